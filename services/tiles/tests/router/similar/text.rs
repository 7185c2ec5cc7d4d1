//! Words, with the text tower of a small CLIP whose weights are random.

use std::error::Error;
use std::sync::Arc;

use axum::http::StatusCode;
use coverslip_tiles::{SearchConfig, TextSearch};
use encoder::{EncoderConfig, TextArchitecture, TextEncoder, Tokenizer};
use flow::{EncoderRef, Sha256Digest};
use http::FirstReadRule;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

use super::bags::{embed, painted, path, places, search_config, searched, with_tumour};
use crate::lab::{Lab, TestResult};

const SHIPPED: &[u8] = include_bytes!("../../../../../models/shipped/encoder/encoder.json");
/// Merges of CLIP's vocabulary that its tokens are counted by.
const N_MERGES: usize = 48_894;
const SOUGHT: &str = "atypical mitosis";

/// All that a CLIP's text tower is made of.
struct Clip {
    config: EncoderConfig,
    weights: Vec<u8>,
    vocabulary: Vec<u8>,
}

impl Clip {
    fn random() -> Result<Self, Box<dyn Error>> {
        let architecture = json!({
            "vocabulary": 49_408, "context": 24, "width": 16, "depth": 1, "heads": 2,
            "mlp": {"activation": "gelu-erf", "ratio": 4.0}, "layer_norm_eps": 1e-5
        });
        let mut config: Value = serde_json::from_slice(SHIPPED)?;
        let dimension = config["dimension"].as_u64().ok_or("a dimension")?;
        let weights = weights(&serde_json::from_value(architecture.clone())?, dimension)?;
        let digest = Sha256Digest::of(&weights);
        config["text"] = json!({"architecture": architecture, "weights_sha256": digest});
        Ok(Self {
            config: EncoderConfig::parse(config.to_string().as_bytes())?,
            weights,
            vocabulary: vocabulary(),
        })
    }

    fn search(&self) -> Result<SearchConfig, Box<dyn Error>> {
        let text = TextSearch::new(&self.config, &self.weights, &self.vocabulary)?;
        Ok(SearchConfig {
            text: Some(Arc::new(text)),
            ..search_config()
        })
    }

    fn encoder(&self) -> Result<EncoderRef, Box<dyn Error>> {
        Ok(EncoderRef {
            name: self.config.name.clone(),
            hash: self.config.hash()?,
        })
    }

    fn embedding(&self, text: &str) -> Result<Vec<f32>, Box<dyn Error>> {
        let tower = TextEncoder::load(&self.config, &self.weights)?;
        let tokens = Tokenizer::new(&self.vocabulary)?.tokens(text, tower.context());
        Ok(tower.embed(&tokens)?)
    }
}

fn weights(architecture: &TextArchitecture, dimension: u64) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let parameters = architecture.parameters(usize::try_from(dimension)?);
    let mut tensors = Vec::new();
    for (name, shape) in parameters {
        let n_values: usize = shape.iter().product();
        let values = (0..n_values).map(|_| random.random_range(-0.5_f32..0.5));
        let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
        tensors.push((name, shape, bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    Ok(safetensors::serialize(views, None)?)
}

/// A line that says what it is, and merges, few of which ever happen.
fn vocabulary() -> Vec<u8> {
    let merges = (0..N_MERGES).map(|n| format!("a{n} b{n}\n"));
    let mut lines = "#version: 0.2\nm i\nmi t\n".to_owned();
    lines.extend(merges.skip(2));
    lines.into_bytes()
}

#[tokio::test]
async fn words_find_the_tile_that_lies_where_they_lie() -> TestResult {
    let clip = Clip::random()?;
    let lab = Lab::open_searching(FirstReadRule::Off, clip.search()?).await?;
    let slide = painted(&lab, 0).await?.slide;
    let (sought, other) = (clip.embedding(SOUGHT)?, clip.embedding("fat")?);
    embed(&lab, slide, clip.encoder()?, |column, row| {
        match (column, row) {
            (5, 2) => sought.iter().map(|value| value * 3.0).collect(),
            _ => other.clone(),
        }
    })
    .await?;
    let known = lab.fetch(&path(slide)).await?.json()?;
    assert_eq!(known["encoders"][0]["reads_text"], true);
    for scope in ["slide", "all"] {
        let asked = json!({"text": SOUGHT, "scope": scope, "hits": 1});
        let answer = searched(&lab, slide, &asked).await?;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let answer = answer.json()?;
        assert_eq!(places(&answer), [(slide.to_string(), 5, 2)]);
        assert!(answer["query_tiles"].is_null());
        let cosine = answer["hits"][0]["similarity"].as_f64().ok_or("a cosine")?;
        assert!((cosine - 1.0).abs() < 1e-4, "{cosine}");
    }
    let trail = lab.catalog.audit_trail(None, 100).await?;
    let written = trail
        .iter()
        .any(|event| event.detail.to_string().contains("mitosis"));
    assert!(!written, "the words are on record");
    Ok(())
}

#[tokio::test]
async fn words_are_not_compared_with_the_tiles_of_another_encoder() -> TestResult {
    let clip = Clip::random()?;
    let lab = Lab::open_searching(FirstReadRule::Off, clip.search()?).await?;
    let slide = with_tumour(&lab, 0, &[(0, 0)]).await?.slide;
    let known = lab.fetch(&path(slide)).await?.json()?;
    assert_eq!(known["encoders"][0]["reads_text"], false);
    let answer = lab
        .post(&path(slide), &json!({"text": SOUGHT}), &[])
        .await?;
    let detail = answer.problem(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert!(detail.contains("encoder kinds reads no text"), "{detail}");
    Ok(())
}

#[tokio::test]
async fn an_encoder_without_a_text_tower_is_refused() -> TestResult {
    let config = EncoderConfig::parse(SHIPPED)?;
    let refused = TextSearch::new(&config, &[], &vocabulary());
    let error = refused.err().ok_or("an error")?.to_string();
    assert!(error.contains("text"), "{error}");
    Ok(())
}
