//! Writes a phantom slide: `cargo run --release -p coverslip-phantom --example slide -- OUT.tiff SEED SIZE TUMOUR GRADE STEP`

use std::error::Error;
use std::path::Path;

use coverslip_phantom::{PhantomSpec, PyramidStep, write_slide};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, seed, size, tumour, grade, step] = arguments.as_slice() else {
        return Err("give OUT.tiff SEED SIZE TUMOUR GRADE STEP".into());
    };
    let mut spec = PhantomSpec::benign(size.parse()?, seed.parse()?)
        .with_tumour(tumour.parse()?, grade.parse()?);
    if step == "4" {
        spec.pyramid = PyramidStep::Four;
    }
    write_slide(&spec, Path::new(out), &|_| {})?;
    Ok(())
}
