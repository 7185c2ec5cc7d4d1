use serde::{Deserialize, Serialize};

use crate::{EncoderError, TextEncoder, Tokenizer};

/// Classes in words: every template with every name of a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompts {
    /// Each has `{}` where the name of the class goes.
    pub templates: Vec<String>,
    pub classes: Vec<PromptedClass>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptedClass {
    pub label: String,
    /// Different words for the same.
    pub names: Vec<String>,
}

/// Scores embeddings against classes that were only described (Radford et al. 2021).
#[derive(Clone, Debug)]
pub struct ZeroShot {
    labels: Vec<String>,
    /// One unit vector a class: the direction of the mean of its prompts' unit vectors.
    classes: Vec<Vec<f32>>,
    logit_scale: f64,
}

impl Prompts {
    /// Reads and checks a file of prompts.
    pub fn parse(json: &[u8]) -> Result<Self, EncoderError> {
        let prompts: Self = serde_json::from_slice(json).map_err(EncoderError::PromptsJson)?;
        let wrong = |text| Err(EncoderError::Prompts(text));
        if prompts.classes.len() < 2 {
            return wrong("at least two classes are needed");
        }
        if prompts.classes.iter().any(|class| class.names.is_empty()) {
            return wrong("a class has no names");
        }
        if prompts.templates.is_empty() || prompts.templates.iter().any(|t| !t.contains("{}")) {
            return wrong("a template is needed, and each has {} where the class goes");
        }
        Ok(prompts)
    }
}

impl ZeroShot {
    pub fn new(
        prompts: &Prompts,
        encoder: &TextEncoder,
        tokenizer: &Tokenizer,
    ) -> Result<Self, EncoderError> {
        let class = |class: &PromptedClass| {
            let mut sum: Vec<f32> = Vec::new();
            for name in &class.names {
                for template in &prompts.templates {
                    let text = template.replace("{}", name);
                    let tokens = tokenizer.tokens(&text, encoder.context());
                    let embedding = unit(&encoder.embed(&tokens)?);
                    sum.resize(embedding.len(), 0.0);
                    sum.iter_mut().zip(embedding).for_each(|(s, e)| *s += e);
                }
            }
            Ok::<_, EncoderError>(unit(&sum))
        };
        Ok(Self {
            labels: prompts.classes.iter().map(|c| c.label.clone()).collect(),
            classes: prompts
                .classes
                .iter()
                .map(class)
                .collect::<Result<_, _>>()?,
            logit_scale: encoder.logit_scale(),
        })
    }

    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The probability of every class, in the order of the labels: softmax of scaled cosines.
    pub fn probabilities(&self, embedding: &[f32]) -> Vec<f64> {
        let embedding = unit(embedding);
        let cosine = |class: &Vec<f32>| {
            class
                .iter()
                .zip(&embedding)
                .map(|(a, b)| a * b)
                .sum::<f32>()
        };
        let logits: Vec<f64> = self
            .classes
            .iter()
            .map(|class| self.logit_scale * f64::from(cosine(class)))
            .collect();
        let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares: Vec<f64> = logits.iter().map(|l| (l - highest).exp()).collect();
        let sum: f64 = shares.iter().sum();
        shares.into_iter().map(|share| share / sum).collect()
    }
}

fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    vector
        .iter()
        .map(|v| v / length.max(f32::MIN_POSITIVE))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_the_softmax_of_scaled_cosines() {
        let zero_shot = ZeroShot {
            labels: vec!["left".to_owned(), "right".to_owned()],
            classes: vec![vec![1.0, 0.0], vec![0.6, 0.8]],
            logit_scale: 10.0,
        };
        let found = zero_shot.probabilities(&[3.0, 0.0]);
        let expected = 1.0 / (1.0 + (10.0_f64 * (0.6 - 1.0)).exp());
        assert!((found[0] - expected).abs() < 1e-6, "{found:?}");
        assert!((found[0] + found[1] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn prompts_that_describe_nothing_are_refused() {
        let cases = [
            (r#"{"templates": ["{}"], "classes": []}"#, "two classes"),
            (
                r#"{"templates": ["x"], "classes": [{"label": "a", "names": ["a"]},
                    {"label": "b", "names": ["b"]}]}"#,
                "template",
            ),
            (
                r#"{"templates": ["{}"], "classes": [{"label": "a", "names": []},
                    {"label": "b", "names": ["b"]}]}"#,
                "no names",
            ),
            ("{", "cannot be read"),
        ];
        for (json, reason) in cases {
            let error = Prompts::parse(json.as_bytes())
                .expect_err(reason)
                .to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
