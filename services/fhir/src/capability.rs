use http::Origin;
use serde::Serialize;

use crate::kind::ResourceKind;
use crate::search::Parameter;

/// What this server can do (R4 section 2.35); as true for one caller as for another.
#[derive(Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct CapabilityStatement {
    status: PublicationStatus,
    date: &'static str,
    kind: StatementKind,
    software: Software,
    implementation: Implementation,
    fhir_version: &'static str,
    format: [&'static str; 2],
    rest: [Rest; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum PublicationStatus {
    Active,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum StatementKind {
    Instance,
}

#[derive(Debug, Serialize)]
struct Software {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct Implementation {
    description: &'static str,
    url: String,
}

#[derive(Debug, Serialize)]
struct Rest {
    mode: RestMode,
    documentation: &'static str,
    security: Security,
    resource: Vec<ResourceCapability>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum RestMode {
    Server,
}

#[derive(Debug, Serialize)]
struct Security {
    description: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceCapability {
    #[serde(rename = "type")]
    kind: ResourceKind,
    interaction: Vec<Interaction>,
    versioning: Versioning,
    conditional_create: bool,
    search_param: Vec<SearchParam>,
}

#[derive(Debug, Serialize)]
struct Interaction {
    code: InteractionCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum InteractionCode {
    Read,
    SearchType,
    Create,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Versioning {
    NoVersion,
}

#[derive(Debug, Serialize)]
struct SearchParam {
    name: &'static str,
    #[serde(rename = "type")]
    kind: SearchParamType,
    documentation: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum SearchParamType {
    Token,
    Reference,
    Date,
}

const DOCUMENTATION: &str = "Orders in, results out. What may name a patient (subject, patient, \
    identifier) is searched by POST to _search, in the body. Results of tasks that are for research \
    only are not given out unless the installation says so; they carry the security label HRESCH and the tag research_use_only, and stay preliminary. A \
    report is final only by a person's signature.";

impl CapabilityStatement {
    pub(crate) fn of(origin: Origin<'_>) -> Self {
        Self {
            status: PublicationStatus::Active,
            date: "2026-11-22",
            kind: StatementKind::Instance,
            software: Software {
                name: "Coverslip",
                version: env!("CARGO_PKG_VERSION"),
            },
            implementation: Implementation {
                description: "Whole-slide pathology: research use only, it assists and a human \
                              signs",
                url: format!("{origin}/fhir/R4"),
            },
            fhir_version: "4.0.1",
            format: ["application/fhir+json", "json"],
            rest: [Rest {
                mode: RestMode::Server,
                documentation: DOCUMENTATION,
                security: Security {
                    description: "A bearer token with a role, which `coverslip token create` \
                                  makes, for everything, this statement too.",
                },
                resource: ResourceKind::ALL.map(ResourceCapability::of).into(),
            }],
        }
    }
}

impl ResourceCapability {
    fn of(kind: ResourceKind) -> Self {
        let is_made = kind == ResourceKind::ServiceRequest;
        let codes = [
            Some(InteractionCode::Read),
            Some(InteractionCode::SearchType),
            is_made.then_some(InteractionCode::Create),
        ];
        let interactions = codes.into_iter().flatten();
        let parameters = Parameter::of(kind).iter();
        Self {
            kind,
            interaction: interactions.map(|code| Interaction { code }).collect(),
            versioning: Versioning::NoVersion,
            conditional_create: is_made,
            search_param: parameters.map(|named| SearchParam::of(*named)).collect(),
        }
    }
}

impl SearchParam {
    fn of((name, parameter): (&'static str, Parameter)) -> Self {
        let (kind, documentation) = match parameter {
            Parameter::Id | Parameter::Status => (SearchParamType::Token, None),
            Parameter::Identifier => (
                SearchParamType::Token,
                Some(
                    "by POST to _search, unless \
                 it is a UID or digest of ours; an accession number without a system",
                ),
            ),
            Parameter::Subject => (
                SearchParamType::Reference,
                Some(
                    "the pseudonym, by POST to \
                 _search",
                ),
            ),
            Parameter::BasedOn | Parameter::Target => (SearchParamType::Reference, None),
            Parameter::LastUpdated => (SearchParamType::Date, None),
        };
        Self {
            name,
            kind,
            documentation,
        }
    }
}
