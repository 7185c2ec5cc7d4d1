//! Starts SeaweedFS, and ends it when this process ends, however that may be.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{BUCKET, Error};

pub(crate) const ACCESS_KEY: &str = "coverslip";
pub(crate) const SECRET_KEY: &str = "coverslip-secret";

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

pub(crate) struct Server {
    endpoint: String,
    ports: Ports,
    /// Ends SeaweedFS when its input is closed.
    keeper: Child,
}

#[derive(Clone, Copy)]
struct Ports([u16; 8]);

impl Server {
    /// For a `static`, which is never dropped.
    pub(crate) fn start_and_forget() -> Result<Self, Error> {
        let folder = tempfile::tempdir()?.keep();
        Self::start(&folder, Ports::free()?, &folder)
    }

    /// Its data lies in `folder`.
    pub(crate) fn start_in(folder: &Path) -> Result<Self, Error> {
        Self::start(folder, Ports::free()?, Path::new(""))
    }

    /// The same server after a [`Server::kill`].
    pub(crate) fn start_again(killed: Killed, folder: &Path) -> Result<Self, Error> {
        Self::start(folder, killed.0, Path::new(""))
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// As a power cut would end it.
    pub(crate) fn kill(self) -> Killed {
        Killed(self.ports)
    }

    fn start(folder: &Path, ports: Ports, remove: &Path) -> Result<Self, Error> {
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
        let endpoint = format!("http://127.0.0.1:{}", ports.0[6]);
        let server = Self {
            endpoint,
            ports,
            keeper,
        };
        server.wait_until_ready(&log)?;
        Ok(server)
    }

    /// Ready is when the bucket is there and can be written to.
    fn wait_until_ready(&self, log: &Path) -> Result<(), Error> {
        let endpoint = self.endpoint.clone();
        // The caller may be in a runtime, which must not wait for another one.
        let ready = thread::spawn(move || -> io::Result<bool> {
            let runtime = tokio::runtime::Runtime::new()?;
            let deadline = Instant::now() + MAX_WAIT;
            while Instant::now() < deadline {
                if runtime.block_on(is_ready(&endpoint)) {
                    return Ok(true);
                }
                thread::sleep(Duration::from_millis(200));
            }
            Ok(false)
        });
        let ready = ready
            .join()
            .map_err(|_panic| "the wait for SeaweedFS stopped")?;
        if ready? {
            return Ok(());
        }
        let log = fs::read_to_string(log)?;
        Err(format!("SeaweedFS did not come up within {MAX_WAIT:?}: {log}").into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ended = self.keeper.wait();
    }
}

/// A server that was killed, and can be started again where it was.
pub(crate) struct Killed(Ports);

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
fn weed() -> Result<PathBuf, Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.push(root.join(".venv/bin"));
    let mut programs = folders.iter().map(|folder| folder.join("weed"));
    programs
        .find(|program| program.is_file())
        .ok_or_else(|| "SeaweedFS (`weed`) is not installed: run `.ci/setup`".into())
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

async fn is_ready(endpoint: &str) -> bool {
    let client = super::client(endpoint);
    let _there_or_not_yet = client.create_bucket().bucket(BUCKET).send().await;
    let probe = client.put_object().bucket(BUCKET).key("probe");
    probe.body(b"ready".to_vec().into()).send().await.is_ok()
}
