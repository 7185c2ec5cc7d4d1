use crate::StateDict;

/// What training scripts wrap a whole model in.
const WRAPPERS: [&str; 7] = [
    "state_dict.",
    "module.",
    "model.",
    "backbone.",
    "encoder.",
    "student.",
    "teacher.",
];

/// The prefixes that every found name begins with, outermost first, up to one that the model itself
/// has.
pub(super) fn shared(found: &StateDict, expected: &[(&str, &[usize])]) -> Vec<String> {
    let mut names: Vec<&str> = found.iter().map(|(name, _)| name).collect();
    let mut stripped = Vec::new();
    while let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wraps_all(&names, wrapper)) {
        if expected.iter().any(|(name, _)| name.starts_with(wrapper)) {
            break;
        }
        let inner = names.iter().filter_map(|name| name.strip_prefix(wrapper));
        names = inner.collect();
        stripped.push((*wrapper).to_owned());
    }
    stripped
}

fn wraps_all(names: &[&str], wrapper: &str) -> bool {
    !names.is_empty() && names.iter().all(|name| name.starts_with(wrapper))
}
