//! A weights file becomes an encoder if every tensor fits, and is refused by name if not.

use std::error::Error;
use std::path::{Path, PathBuf};

use coverslip_encoder::{Encoder, EncoderConfig, EncoderError, Published, RgbTile};

const PLAIN: &[u8] = include_bytes!("fixtures/plain.json");

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// The tiny encoder of the fixtures as if somebody had published it.
fn published() -> Result<Published, EncoderError> {
    let config = EncoderConfig::parse(PLAIN)?;
    Ok(Published {
        name: config.name,
        source: "a fixture".to_owned(),
        licence: config.licence,
        intended_use: config.intended_use,
        architecture: config.architecture,
        input: config.input,
    })
}

#[test]
fn an_imported_encoder_embeds_as_the_original() -> Result<(), Box<dyn Error>> {
    let published = published()?;
    let path = fixture("plain.safetensors");
    let found = weights::read(&path)?;
    let report = published.report(&found);
    assert!(report.fits(), "{report}");
    let imported = published.import(&found, &report)?;
    let json = serde_json::to_vec(&imported.config)?;
    let imported = Encoder::load(&json, &imported.weights)?;
    let original = Encoder::load(PLAIN, &std::fs::read(path)?)?;
    let pixels: Vec<u8> = (0..3 * 32 * 32).map(|at| (at * 7 % 251) as u8).collect();
    let tile = RgbTile {
        pixels: &pixels,
        side: 32,
    };
    assert_eq!(imported.embed(&[tile])?, original.embed(&[tile])?);
    Ok(())
}

#[test]
fn weights_of_another_architecture_are_refused_by_name() -> Result<(), Box<dyn Error>> {
    let published = published()?;
    let found = weights::read(&fixture("registers.safetensors"))?;
    let report = published.report(&found);
    assert!(!report.fits());
    let error = published.import(&found, &report).expect_err("a misfit");
    let text = error.to_string();
    for part in ["reg_token", "blocks.0.ls1.gamma", "pos_embed is"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    Ok(())
}
