use std::sync::OnceLock;

use crate::InstructionSet;

/// Whether this processor has the instruction set.
pub(super) fn has(set: InstructionSet) -> bool {
    match set {
        InstructionSet::Portable => true,
        InstructionSet::Avx2 => avx2(),
        InstructionSet::Avx512 => avx2() && avx512(),
        InstructionSet::Avx512Vnni => avx512_vnni(),
        InstructionSet::Avx512Bf16 => avx512_bf16(),
        InstructionSet::AmxBf16 => avx512_bf16() && amx_is_right(),
    }
}

fn avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

fn avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

fn avx512_vnni() -> bool {
    avx2() && avx512() && is_x86_feature_detected!("avx512vnni")
}

fn avx512_bf16() -> bool {
    avx512_vnni() && is_x86_feature_detected!("avx512bf16")
}

/// Whether there is AMX, and it multiplies as plain Rust does: tried once.
fn amx_is_right() -> bool {
    static IS_RIGHT: OnceLock<bool> = OnceLock::new();
    *IS_RIGHT.get_or_init(try_amx)
}

#[cfg(target_os = "linux")]
fn try_amx() -> bool {
    use super::{Machine, amx, self_test};

    // SAFETY: AVX512-BF16 was looked for before, and AMX is permitted.
    amx::permitted() && self_test::agrees(unsafe { Machine::untried_amx() })
}

#[cfg(not(target_os = "linux"))]
fn try_amx() -> bool {
    false
}
