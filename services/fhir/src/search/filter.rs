use catalog::PrivateName;
use flow::OrderId;
use http::ApiError;

use super::found::Facts;
use super::moment::Moment;
use super::parameter::Parameter;
use crate::kind::ResourceKind;
use crate::systems;

/// One condition; all of a search must hold.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    Id(Vec<String>),
    Identifier(Token),
    Subject(PrivateName),
    BasedOn(OrderId),
    Status(Vec<String>),
    LastUpdated(Moment),
    Target(String),
}

/// `system|value`, `|value` or `value`.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// `Some("")` where there must be none.
    pub(super) system: Option<String>,
    pub(super) value: String,
}

impl Filter {
    /// `name` as it was sent, for the answer.
    pub(super) fn read(
        kind: ResourceKind,
        parameter: Parameter,
        name: &str,
        value: &str,
    ) -> Result<Self, ApiError> {
        let wrong = |remedy: &str| ApiError::bad_request(format!("{name}: {remedy}"));
        let many = || value.split(',').map(str::to_owned).collect();
        Ok(match parameter {
            Parameter::Id => Self::Id(many()),
            // No identifier has them, and not every catalog can look for them.
            Parameter::Identifier if value.contains(char::is_control) => {
                return Err(wrong("it has control characters: take them out"));
            }
            Parameter::Identifier => Self::Identifier(Token::read(value)),
            Parameter::Subject => {
                let pseudonym = PrivateName::new(&Token::read(value).value);
                Self::Subject(pseudonym.map_err(|error| wrong(&error.to_string()))?)
            }
            Parameter::BasedOn => {
                let id = value.strip_prefix("ServiceRequest/").unwrap_or(value);
                let id = id.parse().map_err(|_no_id: flow::FlowError| {
                    wrong("give a ServiceRequest of here, as ServiceRequest/ID")
                })?;
                Self::BasedOn(id)
            }
            Parameter::Status => {
                let known = kind.statuses();
                let wanted: Vec<String> = many();
                if let Some(strange) = wanted.iter().find(|s| !known.contains(&s.as_str())) {
                    let known = known.join(", ");
                    return Err(wrong(&format!("`{strange}` is none of {known}")));
                }
                Self::Status(wanted)
            }
            Parameter::LastUpdated => Self::LastUpdated(Moment::read(value).ok_or_else(|| {
                wrong("give a date or an instant with its zone, after eq, gt, ge, lt or le")
            })?),
            Parameter::Target => Self::Target(value.to_owned()),
        })
    }

    /// Whether its value may name a patient, and so has no place in an address.
    pub(super) fn is_private(&self) -> bool {
        match self {
            Self::Subject(_) => true,
            Self::Identifier(token) => !token.is_ours(),
            _ => false,
        }
    }

    pub(super) fn holds(&self, facts: &Facts) -> bool {
        match self {
            Self::Id(ids) => ids.contains(&facts.id),
            Self::Identifier(token) => facts.identifiers.iter().any(|given| {
                let system = given.system.as_deref().unwrap_or_default();
                let is_system = token
                    .system
                    .as_deref()
                    .is_none_or(|wanted| wanted == system);
                is_system && given.value == token.value
            }),
            Self::Subject(patient) => facts.patient.as_ref() == Some(patient),
            Self::BasedOn(order) => facts.orders.contains(order),
            Self::Status(wanted) => facts.status.as_ref().is_some_and(|s| wanted.contains(s)),
            Self::LastUpdated(moment) => facts.updated.is_some_and(|at| moment.holds(at)),
            Self::Target(target) => facts.targets.contains(target),
        }
    }
}

impl Token {
    fn read(text: &str) -> Self {
        match text.rsplit_once('|') {
            Some((system, value)) => Self {
                system: Some(system.to_owned()),
                value: value.to_owned(),
            },
            None => Self {
                system: None,
                value: text.to_owned(),
            },
        }
    }

    /// Whether the identifier is one that is made here, of digests alone.
    fn is_ours(&self) -> bool {
        let ours = [systems::DICOM_UID, systems::TASK_HASH];
        self.system
            .as_deref()
            .is_some_and(|system| ours.contains(&system))
    }
}
