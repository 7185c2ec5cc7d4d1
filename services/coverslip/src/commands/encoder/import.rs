//! `coverslip encoder import`: a lab's licensed weights, checked tensor by tensor.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use encoder::Published;

use crate::exit::Outcome;
use crate::files;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Safetensors or PyTorch file, or a folder with one. A pickle in it is never run.
    weights: PathBuf,
    /// Which encoder it is: a name that `coverslip encoder list` prints.
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// Where `encoder.json` and `model.safetensors` are written.
    #[arg(long)]
    out: PathBuf,
}

impl Import {
    pub(super) fn run(self) -> Result<Outcome> {
        let published = Published::all()?;
        let published = published.iter().find(|encoder| encoder.name == self.name);
        let published = published.with_context(|| {
            format!(
                "there is no encoder `{}`: `coverslip encoder list` has those that can be imported",
                self.name
            )
        })?;
        let found = weights::read(&self.weights)
            .with_context(|| format!("cannot take {}", self.weights.display()))?;
        let plan = published.plan(&found);
        print::line(plan.to_string().trim_end())?;
        if !plan.report().fits() {
            print::line(&format!(
                "refused: this is not `{}`; nothing was written",
                self.name
            ))?;
            return Ok(Outcome::Refused);
        }
        let imported = plan.import()?;
        let json = serde_json::to_vec_pretty(&imported.config)?;
        let mut files: Vec<(&str, &[u8])> = vec![
            ("encoder.json", &json),
            ("model.safetensors", &imported.weights),
        ];
        if let Some(text) = &imported.text_weights {
            files.push(("text.safetensors", text));
        }
        files::write_shown(&self.out, &files)?;
        print::line(&format!("licence: {}", published.licence))?;
        print::line(&format!("intended use: {}", published.intended_use))?;
        Ok(Outcome::Done)
    }
}
