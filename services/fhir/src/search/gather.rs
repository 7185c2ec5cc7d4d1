use catalog::{CaseRow, RecordedPrediction, SlideRow};
use http::{Access, ApiError, Origin};
use reading::{CaseRecord, SlideRecord};

use super::found::Found;
use crate::kind::ResourceKind;
use crate::resource::{
    AuditEventResource, Device, DiagnosticReport, ImagingStudy, ObservationId, ObservationOf,
    Provenance, ProvenanceId, ServiceRequest, Specimen, of_case, of_readers, of_tasks,
};
use crate::state::FhirState;

/// Makes resources of one kind of what the catalog says, for whoever asks.
pub(crate) struct Gatherer<'a> {
    pub(super) state: &'a FhirState,
    pub(super) access: &'a Access,
    pub(super) origin: Origin<'a>,
    pub(super) kind: ResourceKind,
    /// Whether anything was left out because the first read comes before it.
    pub(super) has_kept_back: bool,
}

impl<'a> Gatherer<'a> {
    /// 403 for whoever may not see this kind of resource.
    pub(crate) fn new(
        state: &'a FhirState,
        access: &'a Access,
        origin: Origin<'a>,
        kind: ResourceKind,
    ) -> Result<Self, ApiError> {
        access.require_any(kind.readers())?;
        Ok(Self {
            state,
            access,
            origin,
            kind,
            has_kept_back: false,
        })
    }

    /// 404 where there is none; 403 where the first read comes before it.
    pub(crate) async fn by_id(&self, id: &str) -> Result<Found, ApiError> {
        let found = match self.kind {
            ResourceKind::ServiceRequest => self.order(id).await?,
            ResourceKind::Specimen | ResourceKind::ImagingStudy => match id.parse() {
                Ok(slide) => {
                    let row = self.state.catalog.known_slide(slide).await?;
                    self.of_slide(row).await?
                }
                Err(_) => Vec::new(),
            },
            ResourceKind::Observation => self.observations(id.parse()?).await?,
            ResourceKind::DiagnosticReport => match id.parse() {
                Ok(case) => {
                    let row = self.state.catalog.known_case(case).await?;
                    self.of_case(row).await?
                }
                Err(_) => Vec::new(),
            },
            ResourceKind::Device => self.devices().await?,
            ResourceKind::Provenance => self.provenance(id.parse()?).await?,
            ResourceKind::AuditEvent => self.audit_event(id).await?,
        };
        let mut found = found.into_iter();
        found
            .find(|found| found.id() == id)
            .ok_or_else(|| ApiError::not_found(format!("there is no {} of that id", self.kind)))
    }

    /// All of this kind that a case has.
    ///
    /// 403 where the first read comes before any of it.
    pub(super) async fn of_case(&self, row: CaseRow) -> Result<Vec<Found>, ApiError> {
        let catalog = &self.state.catalog;
        let case = CaseRecord::of(catalog, row).await?;
        if self.kind == ResourceKind::ServiceRequest {
            let orders = case.orders.iter();
            let made = orders.map(|order| ServiceRequest::of(order, &case));
            return Ok(made
                .map(|made| Found::service_request(made, &case))
                .collect());
        }
        let slides = case.slides(catalog).await?;
        let mut found = Vec::new();
        match self.kind {
            ResourceKind::DiagnosticReport => {
                self.require_read(&slides).await?;
                let report = DiagnosticReport::of(&case, &slides, self.state.research);
                found.push(Found::diagnostic_report(report, &case));
            }
            ResourceKind::Provenance => {
                self.require_read(&slides).await?;
                let signatures = case.signatures.iter();
                let made = signatures.map(|signed| Provenance::of_signature(&case, signed));
                found.extend(made.map(Found::provenance));
            }
            _ => {
                for slide in &slides {
                    found.extend(self.made_of_slide(slide, Some(&case)).await?);
                }
                if self.kind == ResourceKind::Observation {
                    found.extend(self.together(&case, &slides));
                }
            }
        }
        Ok(found)
    }

    /// All of this kind that a slide has; where it is the first of its case, what all slides of it
    /// say together too.
    pub(super) async fn of_slide(&self, row: SlideRow) -> Result<Vec<Found>, ApiError> {
        let catalog = &self.state.catalog;
        let case = CaseRecord::of_slide(catalog, &row).await?;
        let slide = SlideRecord::of(catalog, row).await?;
        let mut found = self.made_of_slide(&slide, case.as_ref()).await?;
        if let (ResourceKind::Observation, Some(case)) = (self.kind, &case) {
            let slides = case.slides(catalog).await?;
            let is_first = slides
                .first()
                .is_some_and(|first| first.row.id == slide.row.id);
            if is_first && self.require_read(&slides).await.is_ok() {
                found.extend(self.together(case, &slides));
            }
        }
        Ok(found)
    }

    pub(super) async fn devices(&self) -> Result<Vec<Found>, ApiError> {
        let models = self.state.catalog.first_of_each_model().await?;
        Ok(models
            .iter()
            .map(|first| Found::device(Device::of(first)))
            .collect())
    }

    async fn made_of_slide(
        &self,
        slide: &SlideRecord,
        case: Option<&CaseRecord>,
    ) -> Result<Vec<Found>, ApiError> {
        Ok(match self.kind {
            ResourceKind::Specimen => vec![Found::specimen(Specimen::of(slide, case), case)],
            ResourceKind::ImagingStudy => {
                let manifest = self.state.manifest(slide.row.id).await?;
                let study = ImagingStudy::of(slide, case, manifest.as_ref(), self.origin);
                vec![Found::imaging_study(study, case)]
            }
            ResourceKind::Observation => {
                self.require_read(std::slice::from_ref(slide)).await?;
                let made = of_tasks(slide, case, self.state.research)
                    .into_iter()
                    .chain(of_readers(slide, case));
                made.map(|made| Found::observation(made, case)).collect()
            }
            _ => Vec::new(),
        })
    }

    async fn order(&self, id: &str) -> Result<Vec<Found>, ApiError> {
        let Ok(id) = id.parse() else {
            return Ok(Vec::new());
        };
        let catalog = &self.state.catalog;
        let Some(order) = catalog.order(id).await? else {
            return Ok(Vec::new());
        };
        let case = CaseRecord::read(catalog, order.case).await?;
        let made = ServiceRequest::of(&order, &case);
        Ok(vec![Found::service_request(made, &case)])
    }

    async fn observations(&self, id: ObservationId) -> Result<Vec<Found>, ApiError> {
        let catalog = &self.state.catalog;
        match id.of {
            ObservationOf::Slide(slide) => {
                let row = catalog.known_slide(slide).await?;
                let case = CaseRecord::of_slide(catalog, &row).await?;
                let slide = SlideRecord::of(catalog, row).await?;
                self.made_of_slide(&slide, case.as_ref()).await
            }
            ObservationOf::Case(case) => {
                let case = CaseRecord::read(catalog, case).await?;
                let slides = case.slides(catalog).await?;
                self.require_read(&slides).await?;
                Ok(self.together(&case, &slides))
            }
        }
    }

    async fn provenance(&self, id: ProvenanceId) -> Result<Vec<Found>, ApiError> {
        let catalog = &self.state.catalog;
        match id {
            ProvenanceId::Signature { case, .. } => {
                self.of_case(catalog.known_case(case).await?).await
            }
            ProvenanceId::Result(ObservationId {
                of: ObservationOf::Slide(slide),
                ..
            }) => {
                catalog.known_slide(slide).await?;
                self.state.first_read.require(self.access, slide).await?;
                let results = catalog.recorded_predictions(slide).await?;
                let research = self.state.research;
                let is_out =
                    |row: &&RecordedPrediction| research.let_out(row.prediction.regulatory_status);
                let made = results.iter().filter(is_out).map(Provenance::of_result);
                Ok(made.map(Found::provenance).collect())
            }
            ProvenanceId::Result(_) => Ok(Vec::new()),
        }
    }

    async fn audit_event(&self, id: &str) -> Result<Vec<Found>, ApiError> {
        let Some(before) = id.parse().ok().and_then(|seq: u64| seq.checked_add(1)) else {
            return Ok(Vec::new());
        };
        let rows = self.state.catalog.audit_trail(Some(before), 1).await?;
        let made = rows.iter().map(AuditEventResource::of);
        Ok(made.map(Found::audit_event).collect())
    }

    /// 403, with the remedy, unless whoever asks may see what is said of all of the slides.
    async fn require_read(&self, slides: &[SlideRecord]) -> Result<(), ApiError> {
        for slide in slides {
            let slide = slide.row.id;
            self.state.first_read.require(self.access, slide).await?;
        }
        Ok(())
    }

    fn together(&self, case: &CaseRecord, slides: &[SlideRecord]) -> Vec<Found> {
        let made = of_case(case, slides, self.state.research).into_iter();
        made.map(|made| Found::observation(made, Some(case)))
            .collect()
    }
}
