use crate::{Dtype, WeightsError};

/// Everything of Python's that a weights file may name. Nothing is ever run under these names: some
/// are recognised and done here, the rest come to a value without meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Global {
    OrderedDict,
    RebuildTensorV2,
    RebuildTensorV3,
    RebuildParameter,
    /// `None` for a storage of bytes, whose tensors say their type themselves.
    Storage(Option<Dtype>),
    Dtype(Dtype),
    /// A class of plain values that no tensor depends on.
    Inert,
}

/// Longest name that an error repeats.
const MAX_SHOWN: usize = 200;

impl Global {
    /// # Errors
    /// `ForeignGlobal` for every name that is not listed here.
    pub(crate) fn find(module: &str, name: &str) -> Result<Self, WeightsError> {
        let found = match module {
            "torch" | "torch.cuda" | "torch.storage" => of_torch(name),
            "torch._utils" => rebuild_function(name),
            "collections" if name == "OrderedDict" => Some(Self::OrderedDict),
            _ => is_inert(module, name).then_some(Self::Inert),
        };
        found.ok_or_else(|| Self::foreign(module, name))
    }

    /// The refusal of a name, which may be anything: shortened, and with nothing in it that a
    /// terminal would obey.
    pub(crate) fn foreign(module: &str, name: &str) -> WeightsError {
        let full = format!("{module}.{name}");
        let shown = full.chars().take(MAX_SHOWN).flat_map(char::escape_debug);
        WeightsError::ForeignGlobal(shown.collect())
    }
}

fn rebuild_function(name: &str) -> Option<Global> {
    Some(match name {
        "_rebuild_tensor_v2" => Global::RebuildTensorV2,
        "_rebuild_tensor_v3" => Global::RebuildTensorV3,
        "_rebuild_parameter" => Global::RebuildParameter,
        _ => return None,
    })
}

fn of_torch(name: &str) -> Option<Global> {
    Some(match name {
        "Size" | "device" | "TypedStorage" => Global::Inert,
        "UntypedStorage" => Global::Storage(None),
        "DoubleStorage" => Global::Storage(Some(Dtype::F64)),
        "FloatStorage" => Global::Storage(Some(Dtype::F32)),
        "HalfStorage" => Global::Storage(Some(Dtype::F16)),
        "BFloat16Storage" => Global::Storage(Some(Dtype::Bf16)),
        "LongStorage" => Global::Storage(Some(Dtype::I64)),
        "IntStorage" => Global::Storage(Some(Dtype::I32)),
        "ShortStorage" => Global::Storage(Some(Dtype::I16)),
        "CharStorage" => Global::Storage(Some(Dtype::I8)),
        "ByteStorage" => Global::Storage(Some(Dtype::U8)),
        "BoolStorage" => Global::Storage(Some(Dtype::Bool)),
        _ => Global::Dtype(dtype(name)?),
    })
}

fn dtype(name: &str) -> Option<Dtype> {
    Some(match name {
        "float64" => Dtype::F64,
        "float32" => Dtype::F32,
        "float16" => Dtype::F16,
        "bfloat16" => Dtype::Bf16,
        "int64" => Dtype::I64,
        "int32" => Dtype::I32,
        "int16" => Dtype::I16,
        "int8" => Dtype::I8,
        "uint8" => Dtype::U8,
        "bool" => Dtype::Bool,
        _ => return None,
    })
}

/// Settings and counters that training scripts save beside the weights.
fn is_inert(module: &str, name: &str) -> bool {
    matches!(
        (module, name),
        ("argparse", "Namespace")
            | ("collections", "Counter")
            | ("builtins" | "__builtin__", "set")
            | ("_codecs", "encode")
            | ("numpy", "dtype")
            | ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_code_is_refused_by_name() {
        let foreign = [
            ("os", "system"),
            ("posix", "system"),
            ("nt", "system"),
            ("subprocess", "Popen"),
            ("builtins", "eval"),
            ("__builtin__", "exec"),
            ("builtins", "getattr"),
            ("torch", "load"),
            ("torch.storage", "_load_from_bytes"),
            ("torch._utils", "_import_dotted_name"),
            ("torch.jit", "load"),
            ("collections", "namedtuple"),
            ("numpy", "load"),
            ("", ""),
        ];
        for (module, name) in foreign {
            let error = Global::find(module, name).expect_err(name).to_string();
            assert!(error.contains(&format!("`{module}.{name}`")), "{error}");
            assert!(error.contains("safetensors where you trust it"), "{error}");
        }
    }
}
