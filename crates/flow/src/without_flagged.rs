use serde::{Deserialize, Serialize};

use crate::{Abstention, Call, Grade, Sha256Digest};

/// What the task says of the slide when it does not see the tiles whose quality is flagged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WithoutFlagged {
    /// sha256 of the quality record that says which tiles these are.
    pub quality: Sha256Digest,
    pub n_flagged: u64,
    #[serde(flatten)]
    pub answer: AnswerWithout,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AnswerWithout {
    /// There are none: it is the same bag.
    NothingFlagged,
    /// Every tile is flagged: no tissue is left to answer from.
    NothingLeft,
    Answered(AnswerLeft),
}

/// The answer from the tiles that are left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerLeft {
    pub call: Call,
    /// As that of the result.
    pub probability: f64,
    pub grade: Option<Grade>,
    /// If there is one, `call` and `grade` are not to be shown as an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstention: Option<Abstention>,
    pub verdict: Verdict,
}

/// Whether both answers are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The same class and grade.
    Holds,
    /// Another class or grade, or there is a call with the flagged tiles or without, and not both.
    Changes,
    /// There is none either way.
    NoCall,
}

/// What is called, as far as anything is.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    pub call: &'a Call,
    pub grade: Option<&'a Grade>,
    pub abstention: Option<&'a Abstention>,
}

impl Verdict {
    pub fn of(with: Answer<'_>, without: Answer<'_>) -> Self {
        match (with.called(), without.called()) {
            (None, None) => Self::NoCall,
            (with, without) if with == without => Self::Holds,
            _ => Self::Changes,
        }
    }
}

impl<'a> Answer<'a> {
    fn called(self) -> Option<(&'a str, Option<u8>)> {
        let grade = self.grade.map(|grade| grade.value);
        self.abstention
            .is_none()
            .then_some((self.call.label.as_str(), grade))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(value: u8) -> Grade {
        Grade {
            scale: "scale".to_owned(),
            value,
            expected: f64::from(value),
            exceedance: Vec::new(),
        }
    }

    #[test]
    fn a_call_holds_with_its_class_and_grade() {
        let call = |label: &str| Call {
            label: label.to_owned(),
            is_positive: label == "tumour",
        };
        let (tumour, normal) = (call("tumour"), call("normal"));
        let (two, same, three) = (grade(2), grade(2), grade(3));
        let answer = |call, grade| Answer {
            call,
            grade,
            abstention: None,
        };
        let of = |with, without| Verdict::of(with, without);
        assert_eq!(
            of(answer(&tumour, Some(&two)), answer(&tumour, Some(&same))),
            Verdict::Holds
        );
        let changed = [answer(&tumour, Some(&three)), answer(&normal, None)];
        for without in changed {
            assert_eq!(of(answer(&tumour, Some(&two)), without), Verdict::Changes);
        }
        let open = Abstention::Uncertain { n_labels: 2 };
        let left_open = |call| Answer {
            abstention: Some(&open),
            ..answer(call, None)
        };
        assert_eq!(
            of(answer(&normal, None), left_open(&normal)),
            Verdict::Changes
        );
        assert_eq!(
            of(left_open(&normal), answer(&normal, None)),
            Verdict::Changes
        );
        assert_eq!(of(left_open(&normal), left_open(&tumour)), Verdict::NoCall);
    }

    #[test]
    fn written_and_read_back() -> serde_json::Result<()> {
        let answers = [
            AnswerWithout::NothingFlagged,
            AnswerWithout::NothingLeft,
            AnswerWithout::Answered(AnswerLeft {
                call: Call {
                    label: "tumour".to_owned(),
                    is_positive: true,
                },
                probability: 0.75,
                grade: Some(grade(2)),
                abstention: None,
                verdict: Verdict::Holds,
            }),
        ];
        for answer in answers {
            let without = WithoutFlagged {
                quality: Sha256Digest::of(b"record"),
                n_flagged: 3,
                answer,
            };
            let json = serde_json::to_value(&without)?;
            assert!(json["kind"].is_string(), "{json}");
            assert_eq!(serde_json::from_value::<WithoutFlagged>(json)?, without);
        }
        Ok(())
    }
}
