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
    /// contradicts nobody, and block `A1` is block `1` of part `A`.
    pub fn together(&self, other: &Self) -> Option<Self> {
        if self.accession != other.accession {
            return None;
        }
        let part = either(self.part.as_ref(), other.part.as_ref())?;
        let is_one_block = self
            .lettered_block()
            .is_some_and(|block| other.lettered_block().is_some_and(|other| other == block));
        let block = match is_one_block {
            true => self.block.clone(),
            false => either(self.block.as_ref(), other.block.as_ref())?,
        };
        Some(Self {
            accession: self.accession.clone(),
            part,
            block,
        })
    }

    /// The block with the letters of its part before it, as many laboratories write it. A part that
    /// is a number stays apart: it would make another number of the block.
    fn lettered_block(&self) -> Option<String> {
        let block = self.block.as_ref()?.reveal();
        let part = self.part.as_ref().map_or("", PrivateName::reveal);
        let is_apart = part.chars().all(char::is_alphabetic) && !block.starts_with(part);
        Some(match is_apart {
            true => format!("{part}{block}"),
            false => block.to_owned(),
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
            names("S26-1", None, Some("A3")),
        ] {
            assert_eq!(whole.together(&other), None);
        }
    }

    #[test]
    fn a_block_may_carry_the_letter_of_its_part() {
        let apart = names("S26-1", Some("A"), Some("2"));
        let as_one = names("S26-1", None, Some("A2"));
        let twice = names("S26-1", Some("A"), Some("A2"));
        assert_eq!(apart.together(&as_one), Some(apart.clone()));
        assert_eq!(as_one.together(&apart), Some(twice.clone()));
        assert!(twice.together(&apart).is_some());
        let numbered = names("S26-1", Some("1"), Some("2"));
        assert_eq!(numbered.together(&names("S26-1", None, Some("12"))), None);
    }
}
