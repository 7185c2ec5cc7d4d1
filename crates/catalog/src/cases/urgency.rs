use std::collections::BTreeSet;

use flow::{SlideId, Urgency};

use super::order::{NewOrder, Priority};
use crate::columns::{from_json, parse};
use crate::statement::Statement;
use crate::status::is_unfinished;
use crate::{Catalog, CatalogError};

impl Priority {
    /// Whether it goes before what is routine.
    pub const fn urgency(self) -> Urgency {
        match self {
            Self::Routine => Urgency::Routine,
            Self::Urgent | Self::Stat => Urgency::Urgent,
        }
    }
}

impl Catalog {
    /// Urgent where anything of the slide's case was ordered so.
    pub async fn urgency(&self, slide: SlideId) -> Result<Urgency, CatalogError> {
        let statement = Statement::to(
            "tell how urgent a slide is",
            "SELECT orders.body AS body FROM slide_cases
             JOIN orders ON orders.case_id = slide_cases.case_id
             WHERE slide_cases.slide = $1",
        )
        .bind(slide.to_string())
        .about(slide);
        let mut urgency = Urgency::Routine;
        for row in self.readers.fetch_all(statement).await? {
            let order: NewOrder = from_json(&row, "body")?;
            urgency = urgency.max(order.priority.urgency());
        }
        Ok(urgency)
    }

    /// The slides that are urgent and not yet read by every task.
    pub async fn urgent_slides(&self) -> Result<BTreeSet<SlideId>, CatalogError> {
        let statement = Statement::to(
            "list urgent slides",
            concat!(
                "SELECT slides.id AS id, orders.body AS body FROM slides
                 JOIN slide_cases ON slide_cases.slide = slides.id
                 JOIN orders ON orders.case_id = slide_cases.case_id WHERE ",
                is_unfinished!()
            ),
        );
        let mut urgent = BTreeSet::new();
        for row in self.readers.fetch_all(statement).await? {
            let order: NewOrder = from_json(&row, "body")?;
            if order.priority.urgency() == Urgency::Urgent {
                urgent.insert(parse(&row, "id")?);
            }
        }
        Ok(urgent)
    }

    /// The slides of a case.
    pub async fn slide_ids_of_case(
        &self,
        case: flow::CaseId,
    ) -> Result<Vec<SlideId>, CatalogError> {
        let statement = Statement::to(
            "list the slides of a case",
            "SELECT slide FROM slide_cases WHERE case_id = $1 ORDER BY slide",
        )
        .bind(case.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(|row| parse(row, "slide")).collect()
    }
}
