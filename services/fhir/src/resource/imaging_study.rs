use flow::{SlideManifest, SlideStatus, SlideUids};
use http::Origin;
use reading::{CaseRecord, SlideRecord};
use serde::Serialize;

use super::observation::subject_of;
use crate::code::{EndpointStatus, StudyStatus};
use crate::element::{CodeableConcept, Coding, Identifier, Meta, Reference};
use crate::kind::ResourceKind;
use crate::systems;

/// VL Whole Slide Microscopy Image Storage (PS3.4 annex B.5).
const WHOLE_SLIDE_IMAGE: &str = "urn:oid:1.2.840.10008.5.1.4.1.1.77.1.6";
const ENDPOINT: &str = "dicomweb";

/// A slide, which is a DICOM study of one series.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct ImagingStudy {
    pub(crate) id: String,
    meta: Meta,
    contained: Vec<Endpoint>,
    pub(crate) identifier: Vec<Identifier>,
    pub(crate) status: StudyStatus,
    modality: Vec<Coding>,
    pub(crate) subject: Reference,
    pub(crate) based_on: Vec<Reference>,
    endpoint: Vec<Reference>,
    number_of_series: u32,
    number_of_instances: Option<usize>,
    series: Vec<Series>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Series {
    uid: String,
    modality: Coding,
    number_of_instances: usize,
    specimen: Vec<Reference>,
    instance: Vec<Instance>,
}

/// One level of the pyramid.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Instance {
    uid: String,
    sop_class: Coding,
    number: u32,
    title: String,
}

/// Where the study is retrieved by WADO-RS.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
struct Endpoint {
    id: &'static str,
    status: EndpointStatus,
    connection_type: Coding,
    payload_type: Vec<CodeableConcept>,
    address: String,
}

impl ImagingStudy {
    /// `manifest` is there once the slide is tiled.
    pub(crate) fn of(
        slide: &SlideRecord,
        case: Option<&CaseRecord>,
        manifest: Option<&SlideManifest>,
        origin: Origin<'_>,
    ) -> Self {
        let id = slide.row.id;
        let uids = manifest.map_or_else(|| SlideUids::derived(&id), SlideManifest::dicom_uids);
        let orders = case.iter().flat_map(|case| &case.orders);
        let endpoint = manifest.map(|_| Endpoint {
            id: ENDPOINT,
            status: EndpointStatus::Active,
            connection_type: Coding::new(
                "http://terminology.hl7.org/CodeSystem/endpoint-connection-type",
                "dicom-wado-rs",
            ),
            payload_type: vec![CodeableConcept::text("application/dicom")],
            address: format!("{origin}/dicomweb"),
        });
        Self {
            id: id.to_string(),
            meta: Meta::default(),
            identifier: vec![Identifier::dicom_uid(&uids.study)],
            status: match (&slide.row.status, manifest) {
                (SlideStatus::Quarantined { .. }, _) => StudyStatus::Cancelled,
                (_, Some(_)) => StudyStatus::Available,
                (_, None) => StudyStatus::Registered,
            },
            modality: vec![slide_microscopy()],
            subject: subject_of(case),
            based_on: orders
                .map(|order| Reference::to(ResourceKind::ServiceRequest, order.id))
                .collect(),
            endpoint: endpoint
                .iter()
                .map(|endpoint| Reference::within(endpoint.id))
                .collect(),
            contained: endpoint.into_iter().collect(),
            number_of_series: 1,
            number_of_instances: manifest.map(|manifest| manifest.levels.len()),
            series: manifest.map(Series::of).into_iter().collect(),
        }
    }
}

impl Series {
    fn of(manifest: &SlideManifest) -> Self {
        let slide = &manifest.slide;
        let uids = manifest.dicom_uids();
        let levels = manifest.levels.iter();
        Self {
            uid: uids.series.to_string(),
            modality: slide_microscopy(),
            number_of_instances: manifest.levels.len(),
            specimen: vec![Reference::to(ResourceKind::Specimen, slide)],
            instance: levels
                .zip(1..)
                .map(|(level, number)| Instance {
                    uid: uids.level(slide, level.level).to_string(),
                    sop_class: Coding::new(systems::URI, WHOLE_SLIDE_IMAGE),
                    number,
                    title: format!(
                        "{} x {} pixels, {} um each",
                        level.size.width, level.size.height, level.mpp
                    ),
                })
                .collect(),
        }
    }
}

fn slide_microscopy() -> Coding {
    Coding::new(systems::DICOM, "SM").shown_as("Slide Microscopy")
}
