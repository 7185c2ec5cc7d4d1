//! What one tenant asks too often is refused to that tenant alone, and what it has too much of waits for
//! its turn.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use harness::{Asker, pushed_new};
use serde_json::Value;

use crate::deployment::{Deployment, SOUTH};
use crate::hospital::painted;

/// More than are embedded before it is the other one's turn.
const FLOOD: usize = 5;

#[test]
fn a_tenant_beyond_its_limit_is_refused_and_the_other_is_answered() -> Result<()> {
    let deployment = Deployment::start(&["--most-requests", "2"])?;
    let north = &deployment.server;
    let south = north.asker_with(&deployment.token(SOUTH, "admin")?);
    let (mut n_refused, mut n_answered) = (0, 0);
    for n in 0..120 {
        n_refused += usize::from(north.get("/api/v1/slides")?.status() == 429);
        if n % 10 == 0 {
            let status = south.get("/api/v1/slides")?.status();
            ensure!(status == 200, "the other tenant was answered {status}");
            n_answered += 1;
        }
    }
    ensure!(n_refused > 60, "{n_refused} of 120 were refused");
    ensure!(n_answered == 12, "{n_answered}");
    Ok(())
}

#[test]
fn a_tenant_with_many_slides_waiting_holds_up_the_other_by_one() -> Result<()> {
    let deployment = Deployment::start(&[])?;
    let north = &deployment.server;
    let south = north.asker_with(&deployment.token(SOUTH, "admin")?);
    let bytes = painted(&deployment)?;
    let mut norths = Vec::new();
    for n in 0..FLOOD {
        // They differ where no reader looks.
        norths.push(north.push_new([&bytes[..], &n.to_le_bytes()].concat())?);
    }
    let request = south.asked("POST".parse()?, "/api/v1/slides");
    let souths = pushed_new(request.body(bytes))?;
    let began = Instant::now();
    while state(&south, &souths)? != "scored" {
        ensure!(
            began.elapsed() < Duration::from_secs(240),
            "it was not scored"
        );
        thread::sleep(Duration::from_millis(50));
    }
    let mut n_scored = 0;
    for slide in &norths {
        n_scored += usize::from(state(&north.asker(), slide)? == "scored");
    }
    ensure!(
        n_scored < FLOOD,
        "the other tenant's slide waited for all that came before it"
    );
    for slide in &norths {
        north.wait_for_state(slide, &["scored"])?;
    }
    Ok(())
}

fn state(asker: &Asker, slide: &str) -> Result<String> {
    let row: Value = asker.get(&format!("/api/v1/slides/{slide}"))?.json()?;
    Ok(row["status"]["state"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}
