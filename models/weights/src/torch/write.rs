use std::io::{Seek, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::WeightsError;

/// Values turned into bytes at once.
const VALUES_AT_ONCE: usize = 1 << 16;

/// Writes one f32 tensor as `torch.save(tensor)` does, row-major: `torch.load` gives it back, also
/// with `weights_only=True`.
///
/// # Errors
/// If `values` are not as many as `shape` says, or if `out` takes no more.
pub fn write_tensor(
    out: impl Write + Seek,
    shape: &[usize],
    values: &[f32],
) -> Result<(), WeightsError> {
    if shape.iter().product::<usize>() != values.len() {
        return Err(WeightsError::OtherCount {
            shape: shape.to_vec(),
            n_values: values.len(),
        });
    }
    let mut archive = ZipWriter::new(out);
    entry(&mut archive, "data.pkl", &pickle(shape, values.len()))?;
    entry(&mut archive, "byteorder", b"little")?;
    start(&mut archive, "data/0")?;
    for values in values.chunks(VALUES_AT_ONCE) {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        archive.write_all(&bytes).map_err(ZipError::from)?;
    }
    entry(&mut archive, "version", b"3\n")?;
    archive.finish()?.flush().map_err(ZipError::from)?;
    Ok(())
}

fn start(archive: &mut ZipWriter<impl Write + Seek>, name: &str) -> Result<(), WeightsError> {
    // PyTorch maps storages into memory, so they start where a cache line does.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true)
        .with_alignment(64);
    Ok(archive.start_file(format!("archive/{name}"), options)?)
}

fn entry(
    archive: &mut ZipWriter<impl Write + Seek>,
    name: &str,
    bytes: &[u8],
) -> Result<(), WeightsError> {
    start(archive, name)?;
    Ok(archive.write_all(bytes).map_err(ZipError::from)?)
}

/// Protocol 2: `_rebuild_tensor_v2` of storage 0, offset 0, shape, strides, no gradient, no hooks.
fn pickle(shape: &[usize], n_values: usize) -> Vec<u8> {
    let mut strides = vec![1; shape.len()];
    for at in (1..shape.len()).rev() {
        strides[at - 1] = strides[at] * shape[at].max(1);
    }
    let mut out = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((".to_vec();
    out.extend(text("storage"));
    out.extend(b"ctorch\nFloatStorage\n");
    out.extend(text("0"));
    out.extend(text("cpu"));
    out.extend(integer(n_values));
    out.extend(b"tQ");
    out.extend(integer(0));
    out.extend(tuple(shape));
    out.extend(tuple(&strides));
    out.extend(b"\x89ccollections\nOrderedDict\n)RtR.");
    out
}

/// BINUNICODE.
fn text(text: &str) -> Vec<u8> {
    let length = (text.len() as u32).to_le_bytes();
    [b"X", &length[..], text.as_bytes()].concat()
}

/// LONG1 of eight bytes, whose sign bit no count reaches.
fn integer(number: usize) -> Vec<u8> {
    [b"\x8a\x08", &(number as u64).to_le_bytes()[..]].concat()
}

fn tuple(numbers: &[usize]) -> Vec<u8> {
    let items = numbers.iter().flat_map(|&number| integer(number));
    b"(".iter().copied().chain(items).chain(*b"t").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shape: &[usize], values: &[f32]) -> Result<tempfile::NamedTempFile, WeightsError> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        write_tensor(file.as_file(), shape, values)?;
        Ok(file)
    }

    #[test]
    fn written_and_read_back() -> Result<(), WeightsError> {
        let values: Vec<f32> = (0..70_000_u32).map(|n| n as f32 / 8.0).collect();
        let file = written(&[700, 100], &values)?;
        let found = crate::read(file.path())?;
        let tensor = found.only_tensor().expect("one tensor");
        assert_eq!(tensor.shape(), [700, 100]);
        assert_eq!(tensor.to_f32()?, values);
        let rows = tensor.rows(699..700).expect("the last row");
        assert_eq!(rows.to_f32()?, values[69_900..]);
        Ok(())
    }

    #[test]
    fn an_empty_tensor_keeps_its_width() -> Result<(), WeightsError> {
        let found = crate::read(written(&[0, 5], &[])?.path())?;
        let tensor = found.get(crate::ALONE).expect("the tensor");
        assert_eq!(tensor.shape(), [0, 5]);
        assert!(written(&[2, 2], &[1.0]).is_err());
        Ok(())
    }
}
