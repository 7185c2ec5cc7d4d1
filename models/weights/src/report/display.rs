use std::fmt::{Display, Formatter, Result};

use crate::Report;
use crate::report::OtherShape;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let n_matched = self.matched.len();
        let n_expected = n_matched + self.missing.len() + self.other_shape.len();
        let container = self.container;
        writeln!(f, "{container}: {n_matched} of {n_expected} tensors fit")?;
        if !self.stripped.is_empty() {
            let prefixes = self.stripped.concat();
            writeln!(f, "`{prefixes}` was taken off the names of all tensors")?;
        }
        let n_joined = self.matched.iter().filter(|m| m.found.len() > 1).count();
        if n_joined > 0 {
            writeln!(f, "{n_joined} of them are joined from several of the file")?;
        }
        if n_matched == 0 {
            let branches = self.branches.iter();
            let lines = branches.map(|(branch, n)| format!("{branch} ({n})"));
            listed(f, "names in the file begin with", lines)?;
        }
        let missing = self.missing.iter();
        listed(
            f,
            "missing",
            missing.map(|(name, shape)| format!("{name} {shape:?}")),
        )?;
        listed(f, "of another shape", self.other_shape.iter().map(in_words))?;
        listed(f, "unused", self.unused.iter())?;
        listed(f, "left out on purpose", self.left_out.iter())
    }
}

fn in_words(tensor: &OtherShape) -> String {
    let (found, needed) = (&tensor.found_shape, &tensor.expected_shape);
    let text = format!("{} is {found:?}, needs {needed:?}", tensor.expected);
    if tensor.found == [tensor.expected.as_str()] {
        return text;
    }
    format!("{text} (`{}` in the file)", tensor.found.join("`, `"))
}

/// A headline with the count, then one name a line; nothing for none.
fn listed(
    f: &mut Formatter<'_>,
    headline: &str,
    lines: impl ExactSizeIterator<Item = impl Display>,
) -> Result {
    if lines.len() > 0 {
        writeln!(f, "{headline} ({}):", lines.len())?;
    }
    for line in lines {
        writeln!(f, "  {line}")?;
    }
    Ok(())
}
