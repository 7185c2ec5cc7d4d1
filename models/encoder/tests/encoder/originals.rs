//! The same numbers as transformers, open_clip, PyTorch and timm for published encoders of theirs
//! at their real widths, cut to two blocks, with weights made by a formula.
//!
//! `reference/make_originals.py` wrote the fixture.

use coverslip_encoder::{Published, TextConfig, TextEncoder};
use flow::Sha256Digest;
use safetensors::SafeTensors;

use crate::Tested;
use crate::formula::weights;
use crate::numbers::{assert_close, every, floats};
use crate::published::compare;

const REFERENCE: &[u8] = include_bytes!("../fixtures/originals.safetensors");
const STRIDE: usize = 4;
/// What the script calls `TEXT`.
const TOKENS: [u32; 9] = [49406, 320, 1125, 539, 320, 1579, 26228, 269, 49407];

#[test]
fn published_encoders_give_the_numbers_of_their_libraries() -> Tested {
    let reference = SafeTensors::deserialize(REFERENCE)?;
    let published = Published::all()?;
    for name in reference.names() {
        let (encoder, is_text) = match name.strip_suffix(".text") {
            Some(encoder) => (encoder, true),
            None => (name, false),
        };
        let found = published.iter().find(|found| found.name == encoder);
        let found = found.ok_or_else(|| format!("{encoder} is not published"))?;
        let expected = floats(reference.tensor(name)?.data());
        if is_text {
            compare_text(found, &expected)?;
        } else {
            compare(found, &expected)?;
        }
    }
    Ok(())
}

fn compare_text(published: &Published, expected: &[f32]) -> Tested {
    let mut published = published.clone();
    let mut architecture = published.text.take().ok_or("a text tower")?;
    architecture.depth = 2;
    let dimension = published.architecture.dimension();
    let weights = weights(architecture.parameters(dimension), "text.")?;
    let mut config = published.with_weights(b"of the images, not needed here");
    config.text = Some(TextConfig {
        architecture,
        weights_sha256: Sha256Digest::of(&weights),
    });
    let found = TextEncoder::load(&config, &weights)?.embed(&TOKENS)?;
    assert_close(&published.name, &every(STRIDE, &found), expected);
    Ok(())
}
