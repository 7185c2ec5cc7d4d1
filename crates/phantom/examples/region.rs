//! Paints one region of a phantom as a portable pixmap (PPM), to look at.
//!
//! `cargo run --release -p coverslip-phantom --example region -- OUT.ppm SEED SIZE TUMOUR GRADE X Y SIDE MPP`

use std::error::Error;
use std::io::Write;

use coverslip_phantom::{Grade, PhantomSpec, Scene, paint};
use flow::{Mpp, PixelRect};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, seed, size, tumour, grade, x, y, side, mpp] = arguments.as_slice() else {
        return Err("give OUT.ppm SEED SIZE TUMOUR GRADE X Y SIDE MPP".into());
    };
    let spec = PhantomSpec::benign(size.parse()?, seed.parse()?)
        .with_tumour(tumour.parse()?, grade.parse::<Grade>()?);
    let scene = Scene::new(&spec)?;
    let side: u32 = side.parse()?;
    let rect = PixelRect {
        x: x.parse()?,
        y: y.parse()?,
        width: side,
        height: side,
    };
    let picture = paint(&scene, rect, mpp.parse::<Mpp>()?);
    let mut file = std::fs::File::create(out)?;
    write!(file, "P6\n{side} {side}\n255\n")?;
    file.write_all(&picture.pixels)?;
    Ok(())
}
