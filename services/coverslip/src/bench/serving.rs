//! Native tiles over HTTP against nginx sending the same tiles as files, turn by turn.
//!
//! Both servers run on one core. The load comes once from that same core, so that what is counted
//! is the servers' own work, and once from another, where waking the load's core up is most of
//! what either server costs and is counted as theirs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::cost::cpu_of_process;
use super::inputs::{Inputs, Synthetic};
use super::load::{self, Tiles};
use super::peers;
use super::table::{Comparison, Figure, Table};

const ROUNDS: usize = 3;

const SERVER_CORE: usize = 0;

/// Where the load comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    SameCore,
    OtherCore,
}

impl Load {
    fn core(self) -> usize {
        match self {
            Self::SameCore => SERVER_CORE,
            Self::OtherCore => SERVER_CORE + 1,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::SameCore => "from the server's core",
            Self::OtherCore => "from another core",
        }
    }
}

pub(crate) fn tiles(inputs: &Inputs, table: &mut Table) -> Result<()> {
    let slide = inputs.synthetic(Synthetic {
        side: 20_480,
        step: 2,
    })?;
    let data = inputs.fresh("serving")?;
    super::cost::run(
        peers::coverslip()?
            .arg("ingest")
            .arg(&slide)
            .arg("--data")
            .arg(&data),
    )?;
    let ours = OurServer::start(&data)?;
    let tiles = Tiles::of_only_slide(&ours.base, &ours.token)?;
    let files = inputs.fresh("nginx")?;
    tiles.save_below(&files.join("html"), &ours.base, &ours.token)?;
    let theirs = Nginx::start(&files)?;

    let script = load::write_script(&files, &tiles)?;
    let mut loads = vec![Load::SameCore];
    if std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) {
        loads.push(Load::OtherCore);
    }
    for load in loads {
        table.add(figure(load, &ours, &theirs, &script)?)?;
    }
    Ok(())
}

fn figure(load: Load, ours: &OurServer, theirs: &Nginx, script: &Path) -> Result<Figure> {
    let (mut our_cost, mut their_cost) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        our_cost = our_cost.min(ours.cpu_per_request(load, script)?);
        their_cost = their_cost.min(theirs.cpu_per_request(load, script)?);
    }
    Ok(Figure {
        work: format!(
            "serve native tiles over HTTP, 16 connections {}",
            load.text()
        ),
        ours: format!("{:.1} us of CPU a tile", our_cost * 1e6),
        peer: format!("nginx sendfile: {:.1} us of CPU a tile", their_cost * 1e6),
        result: Comparison::Ratio {
            ratio: their_cost / our_cost,
            promised: 1.3,
        },
    })
}

/// `coverslip up` on a free port; killed when dropped.
struct OurServer {
    process: Child,
    base: String,
    token: String,
}

impl OurServer {
    fn start(data: &Path) -> Result<Self> {
        let mut process = peers::pinned(SERVER_CORE, peers::coverslip()?.get_program())
            .args(["up", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start coverslip up")?;
        let stdout = process.stdout.take().context("standard output is piped")?;
        let mut lines = BufReader::new(stdout).lines();
        let base = loop {
            let line = lines.next().context("coverslip up ended early")??;
            if let Some(base) = line
                .split("/login?code=")
                .next()
                .filter(|base| *base != line)
            {
                break base
                    .split_whitespace()
                    .last()
                    .unwrap_or_default()
                    .to_owned();
            }
        };
        thread::spawn(move || lines.for_each(drop));
        let created = peers::coverslip()?
            .args(["token", "create", "--role", "admin", "--json", "--data"])
            .arg(data)
            .output()?;
        let answer: serde_json::Value = serde_json::from_slice(&created.stdout)?;
        let token = answer["token"]
            .as_str()
            .context("token create printed no token")?
            .to_owned();
        Ok(Self {
            process,
            base,
            token,
        })
    }

    fn cpu_per_request(&self, load: Load, script: &Path) -> Result<f64> {
        let before = cpu_of_process(self.process.id())?;
        let n_requests = load::run(load.core(), &self.base, Some(&self.token), script)?;
        Ok((cpu_of_process(self.process.id())? - before) / n_requests)
    }
}

impl Drop for OurServer {
    fn drop(&mut self) {
        stop(&mut self.process);
    }
}

/// One nginx worker with sendfile, as its own manual advises for static files.
struct Nginx {
    master: Child,
    worker: u32,
    base: String,
}

impl Nginx {
    fn start(folder: &Path) -> Result<Self> {
        let port = free_port()?;
        let configuration = folder.join("nginx.conf");
        fs::write(&configuration, configuration_of(folder, port))?;
        let master = peers::pinned(SERVER_CORE, "nginx")
            .arg("-c")
            .arg(&configuration)
            .arg("-p")
            .arg(folder)
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start nginx: `make bench` installs it")?;
        let worker = only_child(master.id())?;
        Ok(Self {
            master,
            worker,
            base: format!("http://127.0.0.1:{port}"),
        })
    }

    fn cpu_per_request(&self, load: Load, script: &Path) -> Result<f64> {
        let before = cpu_of_process(self.worker)?;
        let n_requests = load::run(load.core(), &self.base, None, script)?;
        Ok((cpu_of_process(self.worker)? - before) / n_requests)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master must end its worker, so it is asked, not killed.
        let _asked = Command::new("kill")
            .arg(self.master.id().to_string())
            .status();
        let _ended = self.master.wait();
    }
}

fn configuration_of(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "daemon off; worker_processes 1; pid {folder}/pid; error_log /dev/null;\n\
         events {{ worker_connections 256; }}\n\
         http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;\n\
         open_file_cache max=10000; types {{ image/jpeg jpeg; }}\n\
         client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;\n\
         fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;\n\
         server {{ listen 127.0.0.1:{port}; root {folder}/html; }} }}\n"
    )
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}

fn only_child(process: u32) -> Result<u32> {
    let path = format!("/proc/{process}/task/{process}/children");
    let deadline = Instant::now() + Duration::from_secs(5);
    while Instant::now() < deadline {
        let children = fs::read_to_string(&path).unwrap_or_default();
        if let Some(child) = children.split_whitespace().next() {
            return Ok(child.parse()?);
        }
        thread::sleep(Duration::from_millis(50));
    }
    bail!("nginx started no worker")
}

fn stop(process: &mut Child) {
    // A process that is already gone is stopped.
    let _killed = process.kill();
    let _ended = process.wait();
}
