use catalog::{Catalog, CatalogError, ModelAlertKind, NewModelAlert};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::drift_report::{DriftReport, DriftWeek, ScannerDrift, WeeklyRate};

/// The chance below which slides that lie apart are told of.
const UNLIKELY: f64 = 0.01;

/// As often the week that is not over is looked at: each look is a chance to be wrong (Bonferroni).
const LOOKS: f64 = 7.0;

/// Opens an alert for whatever is not as it was in this week or the last: of earlier ones a person was
/// told while they were recent.
pub(super) async fn open_alerts(
    catalog: &Catalog,
    report: &DriftReport,
    now: DateTime<Utc>,
) -> Result<(), CatalogError> {
    let oldest = now - TimeDelta::weeks(1);
    for scanner in &report.scanners {
        // Of one matter one alert is open: that of the newest week.
        let weeks = scanner.weeks.iter().rev();
        for week in weeks.take_while(|week| week.week.end() > oldest) {
            for (kind, detail) in news(week) {
                catalog
                    .open_model_alert(&alert(report, scanner, week, kind, detail))
                    .await?;
            }
        }
    }
    Ok(())
}

fn alert(
    report: &DriftReport,
    scanner: &ScannerDrift,
    week: &DriftWeek,
    kind: ModelAlertKind,
    detail: Value,
) -> NewModelAlert {
    NewModelAlert {
        model: report.model,
        kind,
        subject: scanner.scanner.clone(),
        week: week.week,
        detail,
    }
}

/// What is not as it was. Rates are told of once the week is over: limits are for one look.
fn news(week: &DriftWeek) -> Vec<(ModelAlertKind, Value)> {
    let mut news = Vec::new();
    let unlikely = if week.is_over {
        UNLIKELY
    } else {
        UNLIKELY / LOOKS
    };
    if let Some(distance) = week.distance.filter(|distance| distance.p_value < unlikely) {
        let detail = json!({ "n_slides": week.n_slides, "distance": distance, "limit": unlikely });
        news.push((ModelAlertKind::EmbeddingDistance, detail));
    }
    let rates = [
        (ModelAlertKind::AbstentionRate, &week.abstentions),
        (ModelAlertKind::OverrideRate, &week.overrides),
    ];
    let has_left = |rate: &WeeklyRate| rate.chart.is_some_and(|point| !point.is_within);
    let left = rates
        .into_iter()
        .filter(|(_, rate)| week.is_over && has_left(rate));
    news.extend(
        left.map(|(kind, rate)| (kind, json!({ "n_slides": week.n_slides, "rate": rate }))),
    );
    news
}
