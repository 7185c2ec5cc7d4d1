use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
    RulesetStatus, path_beneath_rules,
};

/// Libraries OpenSlide loads late (character sets, picture loaders) and their data.
const SYSTEM: [&str; 4] = ["/usr/lib", "/usr/share", "/lib", "/lib64"];
const LOADER_CACHE: &str = "/etc/ld.so.cache";

/// Whether Landlock holds: only the slide and system libraries can be read, nothing be written or
/// run, and no TCP port be used.
pub(super) fn restrict(slide: &Path) -> bool {
    enforce(slide).is_ok_and(|status| status != RulesetStatus::NotEnforced)
}

fn enforce(slide: &Path) -> Result<RulesetStatus, RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .create()?
        .add_rules(path_beneath_rules(SYSTEM, read))?
        .add_rules(path_beneath_rules([LOADER_CACHE], AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(slide_files(slide), read))?
        .restrict_self()?;
    Ok(status.ruleset)
}

/// The slide itself, and for formats made of many files where the others are.
fn slide_files(slide: &Path) -> Vec<PathBuf> {
    let extension = slide.extension().map(|text| text.to_ascii_lowercase());
    let others = match extension.as_ref().and_then(|text| text.to_str()) {
        // `x.mrxs` has its data in the folder `x`.
        Some("mrxs") => Some(slide.with_extension("")),
        Some("vms" | "vmu") => slide.parent().map(Path::to_owned),
        _ => None,
    };
    [Some(slide.to_owned()), others]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_formats_of_many_files_open_more_than_one_path() {
        let files = |slide: &str| slide_files(Path::new(slide));
        assert_eq!(files("/a/x.svs"), [PathBuf::from("/a/x.svs")]);
        assert_eq!(
            files("/a/x.MRXS"),
            [PathBuf::from("/a/x.MRXS"), PathBuf::from("/a/x")]
        );
        assert_eq!(
            files("/a/x.vms"),
            [PathBuf::from("/a/x.vms"), PathBuf::from("/a")]
        );
    }
}
