//! Trains the task of a recipe for an encoder and writes its two files.
//!
//! `cargo run --release -p coverslip-shipped --example train_task -- RECIPE.toml ENCODER_DIR OUT_DIR`

use std::error::Error;
use std::io::Write;
use std::path::Path;

use coverslip_shipped::recipe::{TaskRecipe, train_task};
use encoder::Encoder;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [recipe, encoder, out] = arguments.as_slice() else {
        return Err("give RECIPE.toml ENCODER_DIR OUT_DIR".into());
    };
    let recipe = TaskRecipe::parse(&std::fs::read_to_string(recipe)?)?;
    let read = |name: &str| std::fs::read(Path::new(encoder).join(name));
    let encoder = Encoder::load(&read("encoder.json")?, &read("model.safetensors")?)?;
    let trained = train_task(&recipe, &encoder, |report| {
        let _ = writeln!(std::io::stderr(), "{report:?}");
    })?;
    writeln!(std::io::stderr(), "{:?}", trained.validation)?;
    let out = Path::new(out);
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join("task.json"), trained.task_json()?)?;
    std::fs::write(out.join("head.safetensors"), &trained.head)?;
    Ok(())
}
