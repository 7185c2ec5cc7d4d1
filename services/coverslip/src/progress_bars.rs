//! Progress bars on a terminal; nothing where standard error is not one.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use flow::{Progress, Stage};
use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use step::ProgressSink;

/// One bar a stage, for one slide.
pub(crate) struct ProgressBars {
    screen: MultiProgress,
    slide: String,
    bars: Mutex<HashMap<Stage, ProgressBar>>,
}

impl ProgressBars {
    /// `slide` stands before each bar: the file as the person named it.
    pub(crate) fn new(slide: &str) -> Arc<Self> {
        Arc::new(Self {
            screen: MultiProgress::new(),
            slide: slide.to_owned(),
            bars: Mutex::default(),
        })
    }

    /// For a stage to report to.
    pub(crate) fn sink(self: &Arc<Self>) -> ProgressSink {
        let bars = Arc::clone(self);
        Arc::new(move |progress| bars.show(progress))
    }

    fn show(&self, progress: Progress) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars
            .entry(progress.stage)
            .or_insert_with(|| self.add(progress));
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        if progress.done >= progress.total {
            bar.finish();
        }
    }

    fn add(&self, progress: Progress) -> ProgressBar {
        let bar = self
            .screen
            .add(ProgressBar::new(progress.total).with_style(style(progress.stage)));
        bar.set_prefix(format!("{}  {:<7}", self.slide, progress.stage));
        bar
    }
}

fn style(stage: Stage) -> ProgressStyle {
    let amount = match stage {
        Stage::Receive => "{bytes}/{total_bytes} {bytes_per_sec}",
        Stage::Tile | Stage::Embed => "{human_pos}/{human_len} tiles {speed}",
        Stage::Score | Stage::Evidence => "{human_pos}/{human_len} tasks",
    };
    ProgressStyle::with_template(&format!(
        "{{prefix}} {{bar:30.cyan/238}} {amount} {{elapsed}}"
    ))
    .unwrap_or_else(|_| ProgressStyle::default_bar())
    .with_key("speed", speed)
}

fn speed(state: &ProgressState, out: &mut dyn fmt::Write) {
    // A bar has nowhere to tell of an error.
    let _written = write!(out, "{:.0}/s", state.per_sec());
}
