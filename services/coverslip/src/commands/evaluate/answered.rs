use std::path::Path;

use anyhow::{Context, Result, ensure};
use catalog::{Catalog, Standing};
use flow::{Prediction, SlideId};
use mil::{ServiceTask, StoredAnswer};

use super::table_of_answers;
use crate::cohort::{Columns, DataFolder, LabelTable, bag_label, ensure_unrepeated, usable};
use crate::installation::known_catalog;
use crate::slide_names::SlideNames;

/// What a service said of every labelled slide, in service or in shadow: the table that is then
/// evaluated. It is asked nothing.
///
/// A slide that the task's own checks held back counts by the figures of its result, as one that is
/// scored from its bag does.
///
/// # Errors
/// If a slide has no figures of this very task; each is named with its row, why, and what helps.
pub(super) async fn answered(task: &ServiceTask, data: &Path, labels: &Path) -> Result<Vec<u8>> {
    ensure!(
        DataFolder::is_one(data),
        "the task is a service, which scores slides of an installation, and {} is no data folder: \
         `coverslip ingest` the slides and `coverslip bags import` their bags, let it score them, in \
         shadow if they are not to be shown, and give the data folder by --bags",
        data.display()
    );
    let catalog = known_catalog(data).await?;
    let labels = LabelTable::read(labels, &Columns::default())?;
    for row in &labels.rows {
        bag_label(&task.file().answers, row)?;
    }
    let names = SlideNames::read(&catalog).await?;
    let slides = usable(
        &labels,
        labels.rows.iter().map(|row| names.find(&row.slide)),
    )?;
    ensure_unrepeated(&labels, &slides)?;
    let mut found = Vec::with_capacity(slides.len());
    for slide in slides {
        found.push(result_with_figures(&catalog, task, slide).await?);
    }
    table(&labels, task, &usable(&labels, found)?)
}

/// Of a slide; or in words why there is none, and what helps.
async fn result_with_figures(
    catalog: &Catalog,
    task: &ServiceTask,
    slide: SlideId,
) -> Result<Result<Prediction, String>> {
    let Some(result) = stored_result(catalog, task, slide).await? else {
        return Ok(Err(why_none(catalog, task, slide).await?));
    };
    let withheld = result.abstention.as_ref();
    Ok(match withheld.filter(|reason| !reason.leaves_figures()) {
        Some(reason) => Err(format!(
            "{reason}: take the row out, and say with the figures that it is out"
        )),
        None => Ok(result),
    })
}

/// That which is shown, before that of the time in shadow.
async fn stored_result(
    catalog: &Catalog,
    task: &ServiceTask,
    slide: SlideId,
) -> Result<Option<Prediction>> {
    let hash = task.reference().hash;
    let is_mine = |result: &Prediction| result.task.hash == hash;
    let results = catalog.predictions_of_all_models(slide).await?;
    if let Some(result) = results.into_iter().find(is_mine) {
        return Ok(Some(result));
    }
    let in_shadow = catalog.shadow_results(slide).await?;
    Ok(in_shadow.into_iter().find(is_mine))
}

async fn why_none(catalog: &Catalog, task: &ServiceTask, slide: SlideId) -> Result<String> {
    let hash = task.reference().hash;
    let standings = catalog.model_standings().await?;
    if standings.of(task.reference(), task.encoder_hash()) == Standing::Off {
        return Ok(format!(
            "this task has not scored it, and is in no state in which it does: register it, and send it to \
             shadow (`coverslip model move {hash} shadow`)"
        ));
    }
    let failures = catalog.task_failures(slide).await?;
    let failure = failures
        .into_iter()
        .find(|failure| failure.task.hash == hash);
    let why = failure.map_or_else(
        || "this task has not scored it yet".to_owned(),
        |failure| failure.reason,
    );
    Ok(format!("{why}: `coverslip score {slide}` asks it"))
}

fn table(labels: &LabelTable, task: &ServiceTask, results: &[Prediction]) -> Result<Vec<u8>> {
    let answers = &task.file().answers;
    let of_this_task = |result| {
        StoredAnswer::of(answers, result)
            .with_context(|| format!("the stored result of slide {} is damaged", result.slide))
    };
    let said: Vec<StoredAnswer> = results.iter().map(of_this_task).collect::<Result<_>>()?;
    let said = said
        .iter()
        .map(|said| (said.answer, &*said.answer_probabilities));
    table_of_answers(labels, answers, said)
}
