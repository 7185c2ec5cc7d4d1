use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

/// What reading a file, computing and answering on a pipe need. Everything else (sockets, new
/// processes and threads, programs, tracing, changing files) fails with EPERM, which a library
/// takes for a missing feature and OpenSlide for an error.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fadvise64,
    libc::SYS_fcntl,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_futex,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
    libc::SYS_statfs,
    libc::SYS_statx,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_write,
    libc::SYS_writev,
];

/// Older calls that newer architectures do without.
#[cfg(target_arch = "x86_64")]
const ALLOWED_OLD: &[libc::c_long] = &[
    libc::SYS_access,
    libc::SYS_lstat,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_stat,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_OLD: &[libc::c_long] = &[];

/// Flags that would let `open` change something.
const WRITING: u64 = (libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC) as u64;

/// Whether the filter holds from now on.
pub(super) fn restrict() -> bool {
    program().is_some_and(|program| apply_filter(&program).is_ok())
}

fn program() -> Option<BpfProgram> {
    let allowed = ALLOWED.iter().chain(ALLOWED_OLD);
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        allowed.map(|&call| (call, Vec::new())).collect();
    rules.insert(libc::SYS_openat, vec![only_to_read(2)?]);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, vec![only_to_read(1)?]);
    rules.insert(libc::SYS_prlimit64, vec![only_zero(2)?]);
    let denied = SeccompAction::Errno(libc::EPERM as u32);
    let arch = std::env::consts::ARCH.try_into().ok()?;
    SeccompFilter::new(rules, denied, SeccompAction::Allow, arch)
        .ok()?
        .try_into()
        .ok()
}

/// The argument with the flags asks for reading alone.
fn only_to_read(argument: u8) -> Option<SeccompRule> {
    let operator = SeccompCmpOp::MaskedEq(WRITING);
    rule(argument, SeccompCmpArgLen::Dword, operator)
}

/// The argument is zero: of `prlimit64`, that limits are read and not set.
fn only_zero(argument: u8) -> Option<SeccompRule> {
    rule(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq)
}

fn rule(argument: u8, length: SeccompCmpArgLen, operator: SeccompCmpOp) -> Option<SeccompRule> {
    let condition = SeccompCondition::new(argument, length, operator, 0).ok()?;
    SeccompRule::new(vec![condition]).ok()
}
