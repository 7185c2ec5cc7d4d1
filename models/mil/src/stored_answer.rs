use flow::Prediction;

use crate::answers::Answers;
use crate::probabilities::of_each_answer;

/// Which answer a stored result shows, and how likely it says that each is.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAnswer {
    /// Which of [`Answers::names`] is called.
    pub answer: usize,
    /// Calibrated, one for each of [`Answers::names`]; they sum to 1.
    pub answer_probabilities: Vec<f64>,
}

impl StoredAnswer {
    /// `None` if no task with these answers gives such a result.
    pub fn of(answers: &Answers, result: &Prediction) -> Option<Self> {
        let (called, answer_probabilities) = match answers {
            Answers::Detection { .. } => (
                result.call.label.clone(),
                of_each_answer(answers, &[result.probability]),
            ),
            Answers::Classes { .. } => {
                let classes = result.class_probabilities.iter();
                let each = classes.map(|class| class.probability);
                (result.call.label.clone(), each.collect())
            }
            Answers::Grades { lowest, .. } => {
                let grade = result.grade.as_ref()?;
                let exceeded = grade.exceedance.get(usize::from(*lowest)..)?;
                (grade.value.to_string(), of_each_answer(answers, exceeded))
            }
        };
        let names = answers.names();
        let answer = names.iter().position(|name| *name == called)?;
        (answer_probabilities.len() == names.len()).then_some(Self {
            answer,
            answer_probabilities,
        })
    }
}

#[cfg(test)]
mod tests {
    use flow::{DeviceKind, EncoderRef, RegulatoryStatus, Sha256Digest, SlideId};
    use serde_json::{Value, json};

    use super::*;
    use crate::{Scores, ServiceAnswer, ServiceTask, ServiceTaskFile};

    type Done = Result<(), Box<dyn std::error::Error>>;

    fn task(answers: &Value, threshold: Option<f64>) -> Result<ServiceTask, crate::MilError> {
        let json = json!({
            "id": "partner",
            "version": "1",
            "encoder": { "name": "an encoder", "hash": "11".repeat(32) },
            "service": {
                "url": "https://models.example",
                "takes": "bag",
                "timeout_s": 60,
                "model": { "name": "partner", "version": "7" },
            },
            "answers": answers,
            "threshold": threshold,
            "temperature": 1.7,
            "regulatory_status": "research_use_only",
            "intended_use": "a test",
        });
        ServiceTask::new(ServiceTaskFile::parse(&serde_json::to_vec(&json)?)?)
    }

    /// What is stored of scores.
    fn stored(task: &ServiceTask, scores: &Scores) -> Prediction {
        let digest = Sha256Digest::of(b"slide");
        Prediction {
            slide: SlideId::from_digest(&digest),
            pyramid: digest,
            encoder: EncoderRef::of_name("an encoder"),
            encoder_terms: None,
            untrained_mpp: None,
            precision: None,
            device: DeviceKind::Cpu,
            task: task.reference().clone(),
            head_precision: None,
            covariates: None,
            regulatory_status: RegulatoryStatus::ResearchUseOnly,
            call: scores.call.clone(),
            probability: scores.probability,
            threshold: scores.threshold,
            grade: scores.grade.clone(),
            set: None,
            abstention: None,
            class_probabilities: scores.class_probabilities.clone(),
            top_tiles: Vec::new(),
            n_instances: 0,
            evidence: None,
        }
    }

    #[test]
    fn a_stored_result_says_what_was_scored() -> Done {
        let detection = json!({ "kind": "detection", "negative": "no", "positive": "yes" });
        let classes = json!({ "kind": "classes", "names": ["a", "b", "c"] });
        let grades = json!({ "kind": "grades", "scale": "ISUP", "lowest": 1, "highest": 3 });
        for (answers, threshold, said, expected) in [
            (&detection, Some(0.9), json!({ "no": 0.2, "yes": 0.8 }), 0),
            (&detection, Some(0.1), json!({ "no": 0.2, "yes": 0.8 }), 1),
            (&classes, None, json!({ "c": 0.5, "a": 0.2, "b": 0.3 }), 2),
            (&grades, None, json!({ "1": 0.1, "2": 0.7, "3": 0.2 }), 1),
        ] {
            let task = task(answers, threshold)?;
            let answer = json!({
                "job": "job", "model": { "name": "partner", "version": "7" }, "probabilities": said,
            });
            let answer: ServiceAnswer = serde_json::from_value(answer)?;
            let scores = task.scores("job", &answer, 0)?;
            let stored = StoredAnswer::of(&task.file().answers, &stored(&task, &scores));
            let stored = stored.expect("a result of this task");
            assert_eq!((stored.answer, scores.answer), (expected, expected));
            assert_eq!(stored.answer_probabilities, scores.answer_probabilities);
        }
        Ok(())
    }

    #[test]
    fn a_result_of_other_answers_is_none() -> Done {
        let detection = json!({ "kind": "detection", "negative": "no", "positive": "yes" });
        let task = task(&detection, Some(0.5))?;
        let answer = json!({
            "job": "job", "model": { "name": "partner", "version": "7" },
            "probabilities": { "no": 0.2, "yes": 0.8 },
        });
        let answer: ServiceAnswer = serde_json::from_value(answer)?;
        let stored = stored(&task, &task.scores("job", &answer, 0)?);
        for other in [
            json!({ "kind": "classes", "names": ["no", "yes"] }),
            json!({ "kind": "detection", "negative": "no", "positive": "perhaps" }),
            json!({ "kind": "grades", "scale": "ISUP", "highest": 1 }),
        ] {
            let other: Answers = serde_json::from_value(other)?;
            assert_eq!(StoredAnswer::of(&other, &stored), None, "{other:?}");
        }
        Ok(())
    }
}
