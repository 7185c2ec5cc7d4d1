//! A weights file becomes an encoder if every tensor fits, and is refused by name if not.

use std::collections::BTreeMap;

use coverslip_encoder::{
    Architecture, Compute, Encoder, EncoderConfig, EncoderError, PositionFilter, Published,
    RgbTile, TextArchitecture, TextEncoder,
};
use safetensors::SafeTensors;
use serde::Deserialize;

use crate::formula::{cut, tiles};
use crate::numbers::{assert_close, floats};
use crate::{Tested, fixture};

const PLAIN: &[u8] = include_bytes!("../fixtures/plain.json");

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
        trained_mpp: None,
        text: None,
        position_filter: PositionFilter::default(),
    })
}

#[test]
fn an_imported_encoder_embeds_as_the_original() -> Tested {
    let published = published()?;
    let path = fixture("plain.safetensors");
    let found = weights::read(&path)?;
    let imported = published.plan(&found).import()?;
    let json = serde_json::to_vec(&imported.config)?;
    let imported = Encoder::load(&json, &imported.weights, Compute::default())?;
    let original = Encoder::load(PLAIN, &std::fs::read(path)?, Compute::default())?;
    let pixels: Vec<u8> = (0..3 * 32 * 32).map(|at| (at * 7 % 251) as u8).collect();
    let tile = RgbTile {
        pixels: &pixels,
        side: 32,
    };
    assert_eq!(imported.embed(&[tile])?, original.embed(&[tile])?);
    Ok(())
}

#[test]
fn weights_of_another_architecture_are_refused_by_name() -> Tested {
    let published = published()?;
    let found = weights::read(&fixture("registers.safetensors"))?;
    let error = published.plan(&found).import().expect_err("a misfit");
    let text = error.to_string();
    for part in ["reg_token", "blocks.0.ls1.gamma", "pos_embed is"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    Ok(())
}

/// Of `fixtures/import/encoders.json`, which `reference/make_originals.py` wrote.
#[derive(Debug, Deserialize)]
struct Tiny {
    architecture: Architecture,
    text: Option<TextArchitecture>,
}

impl Tiny {
    fn published(&self, name: &str) -> Result<Published, EncoderError> {
        let mut published = published()?;
        published.name = name.to_owned();
        published.input.tile_px = self.architecture.image_px;
        published.input.mean = [0.5; 3];
        published.input.std = [0.5; 3];
        published.architecture = self.architecture.clone();
        published.text = self.text.clone();
        Ok(published)
    }
}

fn tiny() -> Result<BTreeMap<String, Tiny>, Box<dyn std::error::Error>> {
    let json = std::fs::read(fixture("import/encoders.json"))?;
    Ok(serde_json::from_slice(&json)?)
}

#[test]
fn checkpoints_of_every_library_give_its_own_numbers() -> Tested {
    let bytes = std::fs::read(fixture("import/expected.safetensors"))?;
    let expected = SafeTensors::deserialize(&bytes)?;
    let pixels = tiles(7, 16);
    for (name, tiny) in tiny()? {
        let found = weights::read(&fixture(&format!("import/{name}.safetensors")))?;
        let published = tiny.published(&name)?;
        let imported = published.plan(&found).import()?;
        let json = serde_json::to_vec(&imported.config)?;
        let encoder = Encoder::load(&json, &imported.weights, Compute::default())?;
        let embeddings = encoder.embed(&cut(&pixels, 16))?;
        assert_close(&name, &embeddings, &floats(expected.tensor(&name)?.data()));

        assert_eq!(imported.text_weights.is_some(), tiny.text.is_some());
        if let Some(weights) = imported.text_weights {
            let text = TextEncoder::load(&imported.config, &weights)?;
            let embedding = text.embed(&[62, 5, 17, 40, 5, 63])?;
            let expected = expected.tensor(&format!("{name}.text"))?;
            assert_close(&name, &embedding, &floats(expected.data()));
        }
    }
    Ok(())
}

/// DINOv2's own positions have a place for the class token; timm's encoders add it to the token.
#[test]
fn a_class_position_without_a_place_is_added_to_the_token() -> Tested {
    let tiny = tiny()?;
    let plain = tiny["dinov2"].published("dinov2")?;
    let mut folded = plain.clone();
    folded.architecture.position_embedding = coverslip_encoder::PositionEmbedding::Patches;
    let found = weights::read(&fixture("import/dinov2.safetensors"))?;
    let pixels = tiles(7, 16);
    let embed = |published: &Published| -> Result<Vec<f32>, EncoderError> {
        let imported = published.plan(&found).import()?;
        let json = serde_json::to_vec(&imported.config)?;
        Encoder::load(&json, &imported.weights, Compute::default())?.embed(&cut(&pixels, 16))
    };
    assert_close("folded", &embed(&folded)?, &embed(&plain)?);
    let text = folded.plan(&found).to_string();
    assert!(
        text.contains("position is added to the class token"),
        "{text}"
    );
    Ok(())
}

#[test]
fn positions_of_another_grid_are_resampled_and_said_to_be() -> Tested {
    let mut larger = tiny()?["vit"].published("larger")?;
    larger.architecture.image_px = 24;
    larger.input.tile_px = 24;
    let found = weights::read(&fixture("import/vit.safetensors"))?;
    let plan = larger.plan(&found);
    let text = plan.to_string();
    assert!(
        text.contains("resampled from 4 x 4 to 6 x 6 patches"),
        "{text}"
    );
    let imported = plan.import()?;
    let json = serde_json::to_vec(&imported.config)?;
    let embeddings = Encoder::load(&json, &imported.weights, Compute::default())?
        .embed(&cut(&tiles(1, 24), 24))?;
    assert!(embeddings.iter().all(|value| value.is_finite()));
    Ok(())
}

#[test]
fn a_key_without_its_query_is_named() -> Tested {
    let published = tiny()?["vit"].published("vit")?;
    let bytes = std::fs::read(fixture("import/vit.safetensors"))?;
    let query = "encoder.layer.0.attention.attention.query.bias";
    let all = SafeTensors::deserialize(&bytes)?;
    let without = all.tensors().into_iter().filter(|(name, _)| name != query);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("model.safetensors");
    std::fs::write(&path, safetensors::serialize(without, None)?)?;
    let found = weights::read(&path)?;
    let plan = published.plan(&found);
    let text = plan.to_string();
    assert!(
        text.contains("missing (1):\n  blocks.0.attn.qkv.bias [48]"),
        "{text}"
    );
    assert!(
        text.contains("unused (2):\n  encoder.layer.0.attention.attention.key.bias"),
        "{text}"
    );
    assert!(plan.import().is_err());
    Ok(())
}
