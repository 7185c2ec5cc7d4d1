use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a person or machine may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May do everything.
    Admin,
    /// Sees slides, labels and results, and reviews them.
    Pathologist,
    /// Pushes slides.
    Scanner,
    /// Orders and collects results: the laboratory information system.
    Lis,
    /// Brings encoders and tasks, sees metrics; sees nothing that identifies a patient.
    Engineer,
}

impl Role {
    pub const ALL: [Self; 5] = [
        Self::Admin,
        Self::Pathologist,
        Self::Scanner,
        Self::Lis,
        Self::Engineer,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Pathologist => "pathologist",
            Self::Scanner => "scanner",
            Self::Lis => "lis",
            Self::Engineer => "engineer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let role = Self::ALL.into_iter().find(|role| role.name() == text);
        role.ok_or_else(|| UnknownRole(text.chars().take(80).collect()))
    }
}

/// A role that there is not.
#[derive(Debug, thiserror::Error)]
#[error("role `{0}` is not one of admin, pathologist, scanner, lis and engineer")]
pub struct UnknownRole(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_in_json() -> Result<(), Box<dyn std::error::Error>> {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role)?, role.name());
            assert_eq!(role.name().parse::<Role>()?, role);
        }
        assert!("root".parse::<Role>().is_err());
        Ok(())
    }
}
