use std::ffi::OsStr;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::certificate::{CERTIFICATE, finish, make_certificate};

const USER: &str = "coverslip";
const PASSWORD: &str = "postgres-secret";

/// Waits for the end of its input, which comes with the end of the test process even when that is
/// killed. `$1` is pg_ctl, `$2` the folder, which then goes.
const KEEPER: &str = r#"trap "" INT TERM
cat
"$1" stop --pgdata "$2/data" --mode immediate
rm -rf "$2"
"#;

/// PostgreSQL for a user with a password, on a free port. It ends when this process ends, however
/// that may be.
#[derive(Debug)]
pub struct PostgresServer {
    programs: Programs,
    folder: PathBuf,
    port: u16,
    settings: &'static str,
    /// Ends PostgreSQL when its input is closed.
    keeper: Child,
}

/// PostgreSQL's own programs, and who runs them: it refuses to run as root.
#[derive(Clone, Debug)]
struct Programs {
    folder: PathBuf,
    user: Option<(u32, u32)>,
}

impl PostgresServer {
    /// Returns once it answers.
    pub fn start() -> Result<Self> {
        Self::start_with("", |_, _| Ok(()))
    }

    /// The same with TLS, for which [`PostgresServer::certificate`] vouches.
    pub fn start_with_tls() -> Result<Self> {
        let settings = "-c ssl=on -c ssl_cert_file=../server.crt -c ssl_key_file=../server.key";
        Self::start_with(settings, make_own_certificate)
    }

    fn start_with(
        settings: &'static str,
        prepare: impl Fn(&Programs, &Path) -> Result<()>,
    ) -> Result<Self> {
        let programs = Programs::find()?;
        let folder = tempfile::tempdir()?;
        if let Some((user, group)) = programs.user {
            chown(folder.path(), Some(user), Some(group))?;
        }
        make_cluster(&programs, folder.path())?;
        prepare(&programs, folder.path())?;
        let keeper = programs
            .command("sh", folder.path())
            .args(["-c", KEEPER, "keeper"])
            .args([&programs.folder.join("pg_ctl"), folder.path()])
            .stdin(Stdio::piped())
            .spawn()?;
        let mut server = Self {
            programs,
            folder: folder.keep(),
            port: 0,
            settings,
            keeper,
        };
        // Another program may take the port between its choice and its use.
        for _ in 0..5 {
            server.port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
                .local_addr()?
                .port();
            if server.restart().is_ok() {
                return Ok(server);
            }
        }
        server.restart()?;
        Ok(server)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Of the database that is there from the beginning.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The URL of a new, empty database.
    pub fn new_database(&self, name: &str) -> Result<String> {
        let mut createdb = self.programs.command("createdb", &self.folder);
        let port = self.port.to_string();
        createdb.args(["--username", USER, "--port", &port, "--host"]);
        finish(createdb.arg(&self.folder).arg(name))?;
        Ok(self.url_of(name))
    }

    pub fn certificate(&self) -> PathBuf {
        self.folder.join(CERTIFICATE)
    }

    /// Ends it at once, without a farewell to those who are connected and without writing down what
    /// is in memory alone: after a crash it would be found the same.
    pub fn kill(&mut self) -> Result<()> {
        finish(self.pg_ctl("stop").args(["--mode", "immediate"]))
    }

    /// Starts again on what lies on its disk.
    pub fn restart(&mut self) -> Result<()> {
        let settings = format!(
            "-h 127.0.0.1 -p {} -k {} {}",
            self.port,
            self.folder.display(),
            self.settings
        );
        let log = self.folder.join("log");
        let mut start = self.pg_ctl("start");
        start.args(["--wait", "--timeout", "120", "--options", &settings]);
        let started = finish(start.arg("--log").arg(&log));
        started.with_context(|| fs::read_to_string(&log).unwrap_or_default())
    }

    fn url_of(&self, database: &str) -> String {
        let port = self.port;
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/{database}")
    }

    fn pg_ctl(&self, action: &str) -> Command {
        let mut pg_ctl = self.programs.command("pg_ctl", &self.folder);
        pg_ctl.arg(action).arg("--pgdata");
        pg_ctl.arg(self.folder.join("data"));
        pg_ctl
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ended = self.keeper.wait();
    }
}

impl Programs {
    fn find() -> Result<Self> {
        let user = match fs::metadata("/proc/self") {
            Ok(own) if std::os::unix::fs::MetadataExt::uid(&own) == 0 => Some(postgres_user()?),
            _ => None,
        };
        let folder =
            programs_folder().context("PostgreSQL (`initdb`) is not installed: run `.ci/setup`")?;
        Ok(Self { folder, user })
    }

    /// A program, or one of the system of that name, that says nothing.
    fn command(&self, program: &str, folder: &Path) -> Command {
        let own = self.folder.join(program);
        let mut command = Command::new(match own.is_file() {
            true => own.as_os_str(),
            false => OsStr::new(program),
        });
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command.current_dir(folder).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// On the PATH or where Debian puts the newest version.
fn programs_folder() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut versions: Vec<_> = versions
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    versions.sort();
    folders.extend(versions.iter().rev().map(|version| version.join("bin")));
    let initdb = folders.iter().map(|folder| folder.join("initdb"));
    // The programs lie beside each other, wherever links to some of them may lie.
    let initdb = initdb
        .filter_map(|initdb| initdb.canonicalize().ok())
        .next();
    initdb?.parent().map(Path::to_owned)
}

/// The user and group whom Debian's package has made.
fn postgres_user() -> Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    let user = users.lines().find(|line| line.starts_with("postgres:"));
    let user = user.context("there is no user `postgres` to run as: run `.ci/setup`")?;
    let mut fields = user.split(':').skip(2).map(str::parse);
    match (fields.next(), fields.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Ok((user, group)),
        _ => bail!("/etc/passwd cannot be read"),
    }
}

fn make_cluster(programs: &Programs, folder: &Path) -> Result<()> {
    let password = folder.join("password");
    fs::write(&password, PASSWORD)?;
    let mut initdb = programs.command("initdb", folder);
    initdb.args(["--no-sync", "--encoding", "UTF8", "--locale", "C.UTF-8"]);
    initdb.args(["--auth-local", "trust", "--auth-host", "scram-sha-256"]);
    initdb.args(["--username", USER, "--pwfile"]).arg(&password);
    finish(initdb.arg("--pgdata").arg(folder.join("data")))
}

fn make_own_certificate(programs: &Programs, folder: &Path) -> Result<()> {
    make_certificate(programs.command("openssl", folder))
}
