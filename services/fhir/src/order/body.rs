use http::ApiError;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::code::{RequestIntent, RequestPriority, RequestStatus};

/// What is read of a ServiceRequest. What stands beside it changes no order and is not kept; what
/// would change its meaning is refused.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderBody {
    #[serde(rename = "resourceType")]
    _resource_type: OnlyServiceRequest,
    pub(super) status: RequestStatus,
    #[serde(rename = "intent")]
    _intent: RequestIntent,
    #[serde(default)]
    pub(super) do_not_perform: bool,
    pub(super) priority: Option<RequestPriority>,
    #[serde(default)]
    pub(super) identifier: Vec<IdentifierBody>,
    pub(super) code: Option<ConceptBody>,
    pub(super) subject: SubjectBody,
    #[serde(default)]
    pub(super) specimen: Vec<ReferenceBody>,
    #[serde(default)]
    pub(super) contained: Vec<ContainedBody>,
    pub(super) implicit_rules: Option<IgnoredAny>,
    pub(super) modifier_extension: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
enum OnlyServiceRequest {
    ServiceRequest,
}

#[derive(Debug, Deserialize)]
pub(super) struct IdentifierBody {
    #[serde(rename = "type")]
    pub(super) kind: Option<ConceptBody>,
    pub(super) system: Option<String>,
    pub(super) value: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ConceptBody {
    #[serde(default)]
    pub(super) coding: Vec<CodingBody>,
    pub(super) text: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CodingBody {
    pub(super) system: Option<String>,
    pub(super) code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SubjectBody {
    pub(super) identifier: Option<IdentifierBody>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReferenceBody {
    pub(super) reference: Option<String>,
    pub(super) identifier: Option<IdentifierBody>,
}

/// A Specimen; other kinds of resource have none of these fields and are not asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContainedBody {
    pub(super) resource_type: String,
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) identifier: Vec<IdentifierBody>,
    pub(super) accession_identifier: Option<IdentifierBody>,
    #[serde(default)]
    pub(super) processing: Vec<ProcessingBody>,
    #[serde(default)]
    pub(super) container: Vec<ContainerBody>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ProcessingBody {
    pub(super) procedure: Option<ConceptBody>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ContainerBody {
    #[serde(default)]
    pub(super) identifier: Vec<IdentifierBody>,
    #[serde(rename = "type")]
    pub(super) kind: Option<ConceptBody>,
}

impl OrderBody {
    /// 422 that names the element where one is missing, or not what it should be.
    pub(super) fn read(body: Value) -> Result<Self, ApiError> {
        serde_path_to_error::deserialize(body).map_err(|error| {
            let element = match error.path().to_string().as_str() {
                "." | "?" => "ServiceRequest".to_owned(),
                path => format!("ServiceRequest.{path}"),
            };
            wrong(&element, error.inner().to_string())
        })
    }
}

impl ConceptBody {
    pub(super) fn code_of(&self, system: &str) -> Option<&str> {
        let of_system = |coding: &&CodingBody| coding.system.as_deref() == Some(system);
        self.coding.iter().find(of_system)?.code.as_deref()
    }
}

/// 422 about one element.
pub(super) fn wrong(element: &str, remedy: impl std::fmt::Display) -> ApiError {
    ApiError::unprocessable(format!("{element}: {remedy}")).about(element)
}
