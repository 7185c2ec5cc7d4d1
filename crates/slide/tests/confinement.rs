//! What the decoder child cannot do once it has locked itself in. The probes run in a process of
//! their own, because the lock cannot be opened again: this test starts itself.

#![expect(
    clippy::print_stdout,
    reason = "the probes report to their parent on standard output"
)]

use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::thread;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("probe") => probe(Path::new(&arguments[2])),
        _ => run(),
    }
}

/// Starts the probes on a slide in a folder of its own and checks what they report.
fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let slide = folder.path().join("slide.svs");
    fs::write(&slide, "slide").expect("a written slide");
    fs::write(folder.path().join("other"), "other").expect("a written file");
    let probes = Command::new(std::env::current_exe().expect("the test's own path"))
        .arg("probe")
        .arg(&slide)
        .output()
        .expect("the probes run");
    let report = String::from_utf8_lossy(&probes.stdout);
    println!("{report}");
    assert!(
        probes.status.success(),
        "the probes died: {}",
        probes.status
    );
    let failures: Vec<&str> = report
        .lines()
        .filter(|line| line.starts_with("FAILED"))
        .collect();
    assert!(failures.is_empty(), "{failures:?}");
    assert!(report.lines().count() >= 12, "too few probes ran");
    assert!(!folder.path().join("written").exists());
}

fn probe(slide: &Path) {
    let other = slide.with_file_name("other");
    let written = slide.with_file_name("written");
    let confinement = coverslip_slide::decode_child::confine(slide).expect("the limits can be set");
    println!("confinement: {confinement:?}");
    allowed("read the slide", &fs::read(slide));
    allowed("read a library", &File::open("/usr/lib/os-release"));
    if confinement.file_system {
        denied("read /etc/passwd", &File::open("/etc/passwd"));
        denied("read another slide", &File::open(&other));
        denied(
            "list the slide's folder",
            &fs::read_dir(slide.with_file_name("")),
        );
    }
    if confinement.system_calls {
        denied(
            "write the slide",
            &OpenOptions::new().write(true).open(slide),
        );
        denied("make a file", &File::create(&written));
        denied("delete the slide", &fs::remove_file(slide));
        denied("rename the slide", &fs::rename(slide, &written));
        denied("connect", &TcpStream::connect("127.0.0.1:1"));
        denied("make a UDP socket", &UdpSocket::bind("127.0.0.1:0"));
        denied("make a UNIX socket", &UnixStream::pair());
        denied("run a program", &Command::new("/bin/true").spawn());
        denied("start a thread", &thread::Builder::new().spawn(|| ()));
        denied("trace its parent", &trace_parent());
        denied("raise a limit", &raise_limit());
    }
    denied_memory();
}

fn allowed<T>(what: &str, tried: &io::Result<T>) {
    match tried {
        Ok(_) => println!("ok: could {what}"),
        Err(error) => println!("FAILED: could not {what}: {error}"),
    }
}

fn denied<T>(what: &str, tried: &io::Result<T>) {
    match tried {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            println!("ok: could not {what}");
        }
        Err(error) => println!("FAILED: {what} was refused for another reason: {error}"),
        Ok(_) => println!("FAILED: could {what}"),
    }
}

fn denied_memory() {
    let mut bytes: Vec<u8> = Vec::new();
    match bytes.try_reserve_exact(8 << 30) {
        Ok(()) => println!("FAILED: could allocate 8 GiB"),
        Err(_) => println!("ok: could not allocate 8 GiB"),
    }
}

fn trace_parent() -> io::Result<()> {
    // SAFETY: PTRACE_ATTACH takes a process id and no pointers.
    let result = unsafe { libc::ptrace(libc::PTRACE_ATTACH, libc::getppid(), 0, 0) };
    outcome(result)
}

fn raise_limit() -> io::Result<()> {
    let limit = libc::rlimit {
        rlim_cur: 100,
        rlim_max: 100,
    };
    // SAFETY: the pointer is to a whole rlimit that outlives the call.
    let result = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    outcome(result.into())
}

fn outcome(result: libc::c_long) -> io::Result<()> {
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
