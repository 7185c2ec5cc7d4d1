use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub const BUCKET: &str = "slides";
pub const ACCESS_KEY: &str = "coverslip";
pub const SECRET_KEY: &str = "coverslip-secret";

/// After a kill SeaweedFS takes some 20 seconds.
const MAX_WAIT: Duration = Duration::from_secs(120);

/// Waits for the end of its input, which comes with the end of the test process even when that is
/// killed. SeaweedFS does not heed SIGTERM for a long time. `$1` is then removed, if it is not empty.
const KEEPER: &str = r#"trap "" INT TERM
remove=$1 log=$2
shift 2
"$@" >>"$log" 2>&1 &
cat
kill -9 $!
wait $!
test -z "$remove" || rm -rf "$remove"
"#;

/// SeaweedFS, which speaks S3, with an empty bucket [`BUCKET`]. It ends when this process ends,
/// however that may be.
#[derive(Debug)]
pub struct SeaweedServer {
    endpoint: String,
    ports: Ports,
    /// Ends SeaweedFS when its input is closed.
    keeper: Child,
}

#[derive(Clone, Copy, Debug)]
struct Ports([u16; 8]);

impl Ports {
    fn filer(self) -> u16 {
        self.0[4]
    }

    fn s3(self) -> u16 {
        self.0[6]
    }
}

impl SeaweedServer {
    /// For a `static`, which is never dropped.
    pub fn start_and_forget() -> Result<Self> {
        let folder = tempfile::tempdir()?.keep();
        Self::start(&folder, Ports::free()?, &folder)
    }

    /// Its data lies in `folder`.
    pub fn start_in(folder: &Path) -> Result<Self> {
        Self::start(folder, Ports::free()?, Path::new(""))
    }

    /// The same server after a [`SeaweedServer::kill`].
    pub fn start_again(killed: Killed, folder: &Path) -> Result<Self> {
        Self::start(folder, killed.0, Path::new(""))
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// As a power cut would end it.
    pub fn kill(self) -> Killed {
        Killed(self.ports)
    }

    fn start(folder: &Path, ports: Ports, remove: &Path) -> Result<Self> {
        let identities = folder.join("s3.json");
        fs::write(&identities, identities_json())?;
        let data = folder.join("data");
        fs::create_dir_all(&data)?;
        let log = folder.join("log");
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .args([remove, &log])
            .arg(weed()?)
            .args(arguments(ports, &data, &identities))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let endpoint = format!("http://127.0.0.1:{}", ports.s3());
        let server = Self {
            endpoint,
            ports,
            keeper,
        };
        server.wait_until_ready(&log)?;
        Ok(server)
    }

    /// Ready is when the bucket is there and S3 answers.
    fn wait_until_ready(&self, log: &Path) -> Result<()> {
        let deadline = Instant::now() + MAX_WAIT;
        while Instant::now() < deadline {
            if self.is_ready() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(200));
        }
        let log = fs::read_to_string(log)?;
        bail!("SeaweedFS did not come up within {MAX_WAIT:?}: {log}")
    }

    /// A bucket is a folder of the filer, which takes what lies in `/buckets` once it has a volume
    /// to write to.
    fn is_ready(&self) -> bool {
        let made = ask(self.ports.filer(), &format!("POST /buckets/{BUCKET}/"));
        let answers = ask(self.ports.s3(), &format!("GET /{BUCKET}"));
        // Without a signature S3 refuses, which is an answer.
        made.is_ok_and(|status| matches!(status, 200 | 201 | 409))
            && answers.is_ok_and(|status| status == 403)
    }
}

/// The status of an answer to a request without a body.
fn ask(port: u16, request: &str) -> Result<u16> {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        connection,
        "{request} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
    )?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    let status = answer.split_whitespace().nth(1);
    Ok(status.context("an answer has a status")?.parse()?)
}

impl Drop for SeaweedServer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ended = self.keeper.wait();
    }
}

/// What tells `coverslip` to keep its objects in the bucket, reached at `endpoint`.
pub fn s3_arguments(endpoint: &str) -> [&str; 8] {
    [
        "--s3-bucket",
        BUCKET,
        "--s3-endpoint",
        endpoint,
        "--s3-access-key-id",
        ACCESS_KEY,
        "--s3-secret-access-key",
        SECRET_KEY,
    ]
}

/// A server that was killed, and can be started again where it was.
#[derive(Clone, Copy, Debug)]
pub struct Killed(Ports);

impl Ports {
    fn free() -> io::Result<Self> {
        let listeners: Vec<_> = (0..8)
            .map(|_| TcpListener::bind("127.0.0.1:0"))
            .collect::<io::Result<_>>()?;
        let mut ports = [0; 8];
        for (port, listener) in ports.iter_mut().zip(&listeners) {
            *port = listener.local_addr()?.port();
        }
        Ok(Self(ports))
    }
}

/// `weed` on the PATH or where `.ci/setup` puts it.
fn weed() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.push(root.join(".venv/bin"));
    let mut programs = folders.iter().map(|folder| folder.join("weed"));
    programs
        .find(|program| program.is_file())
        .context("SeaweedFS (`weed`) is not installed: run `.ci/setup`")
}

fn arguments(ports: Ports, data: &Path, identities: &Path) -> Vec<String> {
    let names = [
        "master.port",
        "master.port.grpc",
        "volume.port",
        "volume.port.grpc",
        "filer.port",
        "filer.port.grpc",
        "s3.port",
        "s3.port.grpc",
    ];
    let fixed = [
        "-logtostderr=true",
        "server",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-filer",
        "-s3",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.autoCreateBucket=false",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=100",
    ];
    let ports = names.iter().zip(ports.0);
    let mut arguments: Vec<_> = fixed.map(str::to_owned).into();
    arguments.extend(ports.map(|(name, port)| format!("-{name}={port}")));
    arguments.push(format!("-dir={}", data.display()));
    arguments.push(format!("-s3.config={}", identities.display()));
    arguments
}

fn identities_json() -> String {
    format!(
        r#"{{"identities":[{{"name":"admin","actions":["Admin","Read","Write","List","Tagging"],
        "credentials":[{{"accessKey":"{ACCESS_KEY}","secretKey":"{SECRET_KEY}"}}]}}]}}"#
    )
}
