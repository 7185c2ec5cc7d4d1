use flow::{Mpp, Prediction, Sha256Digest, SlideId, SlideUids};

/// A result, and what of its slide is needed to tell of it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub prediction: &'a Prediction,
    /// Of the slide's level 0.
    pub mpp: Mpp,
    /// Of the slide.
    pub uids: &'a SlideUids,
}

impl Told<'_> {
    pub(super) fn slide(&self) -> &SlideId {
        &self.prediction.slide
    }

    pub(super) fn digest(&self) -> Sha256Digest {
        self.prediction.digest()
    }

    /// For a person to read: which task, and that it is for research.
    pub(super) fn title(&self) -> String {
        let task = &self.prediction.task;
        format!("{} {} (research use only)", task.id, task.version)
    }

    /// Whether probabilities may be shown.
    pub fn shows_figures(&self) -> bool {
        let abstention = self.prediction.abstention.as_ref();
        abstention.is_none_or(flow::Abstention::leaves_figures)
    }

    /// From which probability on a tile alone would be called.
    pub(super) fn tile_threshold(&self) -> f64 {
        match self.prediction.threshold > 0.0 {
            true => self.prediction.threshold,
            // The likeliest of several classes is called: a tile for which it is more likely than not.
            false => 0.5,
        }
    }
}
