use std::collections::BTreeMap;
use std::fmt;

use candle_core::{Device, Tensor};
use flow::Sha256Digest;
use weights::{Match, Place, Report, StateDict};

use crate::positions::{FoundPositions, Learned};
use crate::{EncoderConfig, EncoderError, Published, TextConfig};

/// Before the names of a text tower's parameters.
const TEXT: &str = "text.";

/// A published encoder with the weights a lab got from its authors: the files of its folder.
#[derive(Clone, Debug)]
pub struct Imported {
    pub config: EncoderConfig,
    /// Contents of `model.safetensors`, f32 with timm's names.
    pub weights: Vec<u8>,
    /// Contents of `text.safetensors`, where the encoder has a text tower.
    pub text_weights: Option<Vec<u8>>,
}

/// How a weights file fits a published encoder, and what is done to make it one. Its `Display` is
/// for people.
#[derive(Clone, Debug)]
pub struct ImportPlan<'a> {
    published: &'a Published,
    report: Report,
    positions: Option<FoundPositions>,
}

impl Published {
    /// How a weights file fits the architecture.
    pub fn plan(&self, found: &StateDict) -> ImportPlan<'_> {
        let plain = self.report(found, self.parameters());
        let positions = plain.other_shape.iter().find_map(|tensor| {
            let rows = *tensor.found_shape.iter().rev().nth(1)?;
            let is_it = tensor.expected == "pos_embed"
                && tensor.found_shape.last() == Some(&self.architecture.width);
            is_it.then(|| FoundPositions::of(rows, &self.architecture))?
        });
        let Some(positions) = positions else {
            return ImportPlan {
                published: self,
                report: plain,
                positions: None,
            };
        };
        let mut parameters = self.parameters();
        for (name, shape) in &mut parameters {
            if name == "pos_embed" {
                let n_rows = positions.n_before + positions.side.pow(2);
                *shape = vec![1, n_rows, self.architecture.width];
            }
        }
        ImportPlan {
            published: self,
            report: self.report(found, parameters),
            positions: Some(positions),
        }
    }

    fn report(&self, found: &StateDict, parameters: Vec<(String, Vec<usize>)>) -> Report {
        let expected: Vec<(&str, &[usize])> = parameters
            .iter()
            .map(|(name, shape)| (name.as_str(), shape.as_slice()))
            .collect();
        weights::report(&expected, found, |name| self.place(name))
    }

    /// Where a tensor belongs; a text tower that the encoder does not use is left out.
    fn place(&self, name: &str) -> Option<Place> {
        let place = weights::vit_place(name)?;
        let is_text = place.name.starts_with(TEXT);
        (self.text.is_some() || !is_text).then_some(place)
    }

    fn parameters(&self) -> Vec<(String, Vec<usize>)> {
        let mut all = self.architecture.parameters();
        if let Some(text) = &self.text {
            let of_text = text.parameters(self.architecture.dimension()).into_iter();
            all.extend(of_text.map(|(name, shape)| (format!("{TEXT}{name}"), shape)));
        }
        all
    }
}

impl ImportPlan<'_> {
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The encoder with the tensors that were matched in the file.
    ///
    /// # Errors
    /// If they do not fit, or a tensor cannot be read as numbers.
    pub fn import(&self) -> Result<Imported, EncoderError> {
        if !self.report.fits() {
            return Err(EncoderError::Misfit {
                name: self.published.name.clone(),
                report: self.report.to_string(),
            });
        }
        let matched = self.report.matched.iter();
        let (text, image): (Vec<&Match>, Vec<&Match>) =
            matched.partition(|matched| matched.expected.starts_with(TEXT));
        let mut image = read(&image)?;
        if let Some(positions) = self.positions {
            self.fit(&mut image, positions);
        }
        let weights = serialised(&image)?;
        let mut config = self.published.with_weights(&weights);
        let mut text_weights = None;
        if let Some(architecture) = self.published.text.clone() {
            let serialised = serialised(&read(&text)?)?;
            config.text = Some(TextConfig {
                architecture,
                weights_sha256: Sha256Digest::of(&serialised),
            });
            text_weights = Some(serialised);
        }
        Ok(Imported {
            config,
            weights,
            text_weights,
        })
    }

    fn fit(&self, tensors: &mut BTreeMap<&str, Values>, positions: FoundPositions) {
        let architecture = &self.published.architecture;
        let mut take = |name: &str| tensors.get_mut(name).map(|t| std::mem::take(&mut t.values));
        let learned = Learned {
            positions: take("pos_embed").unwrap_or_default(),
            class: take("cls_token").unwrap_or_default(),
        };
        let fitted = positions.fitted(learned, architecture, self.published.position_filter);
        let width = architecture.width;
        let mut put = |name, rows, values| {
            let shape = vec![1, rows, width];
            tensors.insert(name, Values { shape, values });
        };
        put("pos_embed", architecture.n_positions(), fitted.positions);
        put("cls_token", 1, fitted.class);
    }
}

impl fmt::Display for ImportPlan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.report)?;
        let Some(FoundPositions { n_before, side }) = self.positions else {
            return Ok(());
        };
        let architecture = &self.published.architecture;
        let needed = architecture.patches_per_side();
        if side != needed {
            writeln!(
                f,
                "pos_embed is resampled from {side} x {side} to {needed} x {needed} patches"
            )?;
        }
        if n_before != architecture.n_positions_before_patches() {
            writeln!(f, "the class token's position is added to the class token")?;
        }
        Ok(())
    }
}

struct Values {
    shape: Vec<usize>,
    values: Vec<f32>,
}

/// By name, without the prefix of a text tower.
fn read<'a>(matched: &[&'a Match]) -> Result<BTreeMap<&'a str, Values>, EncoderError> {
    let values = |matched: &&'a Match| {
        let name = matched.expected.as_str();
        let name = name.strip_prefix(TEXT).unwrap_or(name);
        let shape = matched.tensor.shape().to_vec();
        let values = matched.tensor.to_f32()?;
        Ok::<_, EncoderError>((name, Values { shape, values }))
    };
    matched.iter().map(values).collect()
}

fn serialised(tensors: &BTreeMap<&str, Values>) -> Result<Vec<u8>, EncoderError> {
    let tensors = tensors.iter().map(|(name, tensor)| {
        let values = Tensor::from_slice(&tensor.values, tensor.shape.as_slice(), &Device::Cpu)?;
        Ok((*name, values))
    });
    let tensors = tensors.collect::<Result<BTreeMap<&str, Tensor>, EncoderError>>()?;
    Ok(safetensors::serialize(&tensors, None)?)
}
