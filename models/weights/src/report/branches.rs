use std::collections::BTreeMap;

use crate::StateDict;

/// The part of each name before its first dot, with how many tensors have it.
pub(super) fn counted(found: &StateDict) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in found.iter() {
        let branch = name.split_once('.').map_or(name, |(branch, _)| branch);
        *counts.entry(branch).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts.map(|(branch, n)| (branch.to_owned(), n)).collect()
}
