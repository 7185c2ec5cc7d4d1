use serde::Deserialize;
use thiserror::Error;

/// Frames as an address names them: numbers from 1 on, separated by commas.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct FrameList(Vec<u32>);

#[derive(Debug, Error)]
#[error("frames are named by their numbers, which count from 1, separated by commas")]
pub(crate) struct NoFrameList;

impl FrameList {
    pub(crate) fn numbers(&self) -> &[u32] {
        &self.0
    }

    pub(crate) fn is_single(&self) -> bool {
        self.0.len() == 1
    }
}

impl TryFrom<String> for FrameList {
    type Error = NoFrameList;

    fn try_from(text: String) -> Result<Self, NoFrameList> {
        let number = |part: &str| {
            let is_plain = part.bytes().all(|byte| byte.is_ascii_digit());
            let number = part.parse().ok().filter(|number| *number > 0);
            number.filter(|_| is_plain).ok_or(NoFrameList)
        };
        text.split(',')
            .map(number)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(text: &str) -> Option<Vec<u32>> {
        FrameList::try_from(text.to_owned()).ok().map(|list| list.0)
    }

    #[test]
    fn numbers_count_from_one() {
        assert_eq!(list("1"), Some(vec![1]));
        assert_eq!(list("3,1,3"), Some(vec![3, 1, 3]));
        for text in [
            "",
            "0",
            "1,",
            ",1",
            "1,0",
            "-1",
            "+1",
            "1 ",
            "a",
            "4294967296",
        ] {
            assert_eq!(list(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_list_is_read_as_it_is_written(numbers in prop::collection::vec(1_u32.., 1..20)) {
            let text: Vec<_> = numbers.iter().map(u32::to_string).collect();
            prop_assert_eq!(list(&text.join(",")), Some(numbers));
        }
    }
}
