//! Trains the encoder of a recipe and writes its two files.
//!
//! `cargo run --release -p coverslip-shipped --example train_encoder -- RECIPE.toml OUT_DIR`

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use coverslip_shipped::recipe::{EncoderRecipe, train_encoder};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [recipe, out] = arguments.as_slice() else {
        return Err("give RECIPE.toml OUT_DIR".into());
    };
    let recipe = EncoderRecipe::parse(&std::fs::read_to_string(recipe)?)?;
    let start = Instant::now();
    let trained = train_encoder(&recipe, |report| {
        if report.step % 10 == 1 || report.validation_accuracy.is_some() {
            let seconds = start.elapsed().as_secs();
            let _ = writeln!(std::io::stderr(), "{seconds} s: {report:?}");
        }
    })?;
    let out = Path::new(out);
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join("encoder.json"), trained.encoder_json()?)?;
    std::fs::write(out.join("model.safetensors"), &trained.weights)?;
    Ok(())
}
