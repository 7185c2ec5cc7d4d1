use serde::{Deserialize, Serialize};

use crate::PrivateName;

/// By which names somebody knows a slide: the laboratory's number of the case, and from where in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlideNames {
    pub accession: PrivateName,
    #[serde(default)]
    pub part: Option<PrivateName>,
    #[serde(default)]
    pub block: Option<PrivateName>,
}

impl SlideNames {
    /// All that both know together; `None` where they name two slides. Who leaves out part or block
    /// contradicts nobody.
    pub fn together(&self, other: &Self) -> Option<Self> {
        if self.accession != other.accession {
            return None;
        }
        Some(Self {
            accession: self.accession.clone(),
            part: either(self.part.as_ref(), other.part.as_ref())?,
            block: either(self.block.as_ref(), other.block.as_ref())?,
        })
    }
}

/// The name that at least one gives; `None` where they give two.
fn either(one: Option<&PrivateName>, other: Option<&PrivateName>) -> Option<Option<PrivateName>> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => None,
        _ => Some(one.or(other).cloned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(accession: &str, part: Option<&str>, block: Option<&str>) -> SlideNames {
        let name = |text: &str| PrivateName::new(text).expect("a good name");
        SlideNames {
            accession: name(accession),
            part: part.map(name),
            block: block.map(name),
        }
    }

    #[test]
    fn who_says_less_contradicts_nobody_and_who_says_otherwise_does() {
        let whole = names("S26-1", Some("A"), Some("2"));
        let case = names("S26-1", None, None);
        assert_eq!(whole.together(&case), Some(whole.clone()));
        let part = names("S26-1", Some("A"), None);
        let block = names("S26-1", None, Some("2"));
        assert_eq!(part.together(&block), Some(whole.clone()));
        for other in [
            names("S26-2", Some("A"), Some("2")),
            names("S26-1", Some("B"), Some("2")),
            names("S26-1", Some("A"), Some("3")),
        ] {
            assert_eq!(whole.together(&other), None);
        }
    }
}
