use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::decoder::DecoderCommand;
use crate::decoder::protocol::{Answer, Request};
use crate::error::SlideError;

/// How long a child that has closed its pipe may take to be gone.
const GRACE: Duration = Duration::from_secs(1);

/// One running decoder. Killed when dropped.
pub(super) struct DecoderChild {
    process: Child,
    input: ChildStdin,
    output: ChildStdout,
    timeout: Duration,
}

impl DecoderChild {
    pub(super) fn start(command: &DecoderCommand, timeout: Duration) -> Result<Self, SlideError> {
        let start = |source| SlideError::DecoderStart { source };
        let mut process = Command::new(&command.program)
            .args(&command.arguments)
            // Neither the service's secrets nor its log belong in a process that reads hostile
            // files; OpenSlide's warnings may quote the slide.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(start)?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self {
                process,
                input,
                output,
                timeout,
            }),
            _ => Err(start(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Asks and waits. After an error the child is of no more use: drop it.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Answer, SlideError> {
        self.exchange(request).map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => SlideError::decoder(format!(
                "took longer than {} s over one request and was stopped",
                self.timeout.as_secs_f64()
            )),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
                SlideError::decoder(self.cause_of_death())
            }
            _ => SlideError::decoder(format!("gave an unreadable answer: {error}")),
        })
    }

    fn exchange(&mut self, request: &Request) -> io::Result<Answer> {
        self.input.write_all(&request.encode()?)?;
        let mut output = BeforeDeadline {
            output: &mut self.output,
            deadline: Instant::now() + self.timeout,
        };
        Answer::read(&mut output)
    }

    fn cause_of_death(&mut self) -> String {
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            match self.process.try_wait() {
                Ok(Some(status)) => return describe(status),
                Ok(None) => thread::sleep(Duration::from_millis(5)),
                Err(_) => break,
            }
        }
        "closed its output without an answer".to_owned()
    }
}

impl Drop for DecoderChild {
    fn drop(&mut self) {
        // Fails only where the child is gone already; waiting then takes its exit status.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn describe(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("was killed by signal {signal} ({})", signal_name(signal)),
        (None, Some(code)) => format!("ended with exit code {code}"),
        (None, None) => "ended for an unknown reason".to_owned(),
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGILL => "SIGILL",
        libc::SIGKILL => "SIGKILL, perhaps for lack of memory",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGSYS => "SIGSYS, a forbidden system call",
        libc::SIGXCPU => "SIGXCPU, its CPU time was spent",
        _ => "unexpected",
    }
}

/// Reads a pipe, but not past a point in time.
struct BeforeDeadline<'a> {
    output: &'a mut ChildStdout,
    deadline: Instant,
}

impl Read for BeforeDeadline<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec {
            tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        };
        let n_ready = {
            let mut fds = [PollFd::new(&*self.output, PollFlags::IN)];
            poll(&mut fds, Some(&timeout))?
        };
        match n_ready {
            0 => Err(io::ErrorKind::TimedOut.into()),
            _ => self.output.read(buffer),
        }
    }
}
