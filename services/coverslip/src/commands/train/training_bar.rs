use indicatif::{ProgressBar, ProgressStyle};
use mil::train::{Ensemble, EpochReport};

/// Heads, epochs, losses and the metric on a terminal.
pub(crate) struct TrainingBar {
    bar: ProgressBar,
    /// What stands before the epochs of each head.
    heads: Vec<String>,
}

impl TrainingBar {
    pub(crate) fn new(ensemble: &Ensemble) -> Self {
        let n_heads = ensemble.heads().len();
        let name = |(number, head): (usize, &mil::train::HeadPlan)| {
            format!("head {}/{n_heads} (fold {})", number + 1, head.fold + 1)
        };
        let style = ProgressStyle::with_template(
            "{prefix} {bar:30.cyan/238} epoch {pos}/{len} {msg} {elapsed}",
        );
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        Self {
            bar: ProgressBar::new(0).with_style(style),
            heads: ensemble.heads().iter().enumerate().map(name).collect(),
        }
    }

    pub(crate) fn show(&self, head: usize, report: EpochReport) {
        let metric = report.validation_metric;
        let metric = metric.map_or_else(|| "-".to_owned(), |metric| format!("{metric:.3}"));
        self.bar.set_prefix(self.heads[head].clone());
        self.bar.set_length(report.n_epochs.into());
        self.bar.set_position(report.epoch.into());
        self.bar.set_message(format!(
            "loss {:.4}, held out {:.4}, metric {metric}",
            report.training_loss, report.validation_loss
        ));
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
