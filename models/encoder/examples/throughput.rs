//! Measures how many tiles a second an encoder embeds on this machine.
//!
//! `cargo run --release -p coverslip-encoder --example throughput -- ENCODER_DIR [SECONDS]`

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use coverslip_encoder::{Encoder, RgbTile};

const TILES: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, seconds) = match arguments.as_slice() {
        [folder] => (folder, 5),
        [folder, seconds] => (folder, seconds.parse()?),
        _ => return Err("give ENCODER_DIR [SECONDS]".into()),
    };
    let read = |name: &str| std::fs::read(Path::new(folder).join(name));
    let encoder = Encoder::load(&read("encoder.json")?, &read("model.safetensors")?)?;
    let side = encoder.config().input.tile_px;
    let pixels: Vec<u8> = (0..3 * side * side)
        .map(|at| (at * 37 % 251) as u8)
        .collect();
    let tiles = vec![
        RgbTile {
            pixels: &pixels,
            side
        };
        TILES
    ];

    encoder.embed(&tiles)?;
    let start = Instant::now();
    let mut n_tiles = 0;
    while start.elapsed() < Duration::from_secs(seconds) {
        encoder.embed(&tiles)?;
        n_tiles += TILES;
    }
    let rate = n_tiles as f64 / start.elapsed().as_secs_f64();
    let name = &encoder.reference().name;
    writeln!(std::io::stdout(), "{name}: {rate:.1} tiles a second")?;
    Ok(())
}
