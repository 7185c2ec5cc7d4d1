//! Holds the invariants that ARCHITECTURE.md states: who may depend on whom, and what must not
//! appear where.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the repository root")
        .to_owned()
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .exec()
        .expect("cargo metadata runs")
}

/// `crates/flow` for coverslip-flow, and so on.
fn folder(package: &Package) -> String {
    let folder = package
        .manifest_path
        .parent()
        .expect("a manifest lies in a folder");
    let folder = folder.as_std_path();
    folder
        .strip_prefix(root())
        .expect("a member lies in the repository")
        .display()
        .to_string()
}

/// Folder of every member, with the folders of ours and the foreign packages it is built from.
fn built_from(metadata: &Metadata) -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let members: BTreeMap<String, String> = metadata
        .workspace_packages()
        .iter()
        .map(|package| (package.name.to_string(), folder(package)))
        .collect();
    metadata
        .workspace_packages()
        .iter()
        .map(|package| {
            let normal = package
                .dependencies
                .iter()
                .filter(|d| d.kind != DependencyKind::Development);
            let (ours, foreign): (Vec<_>, Vec<_>) = normal
                .map(|d| d.name.clone())
                .partition(|name| members.contains_key(name));
            let ours = ours.iter().map(|name| members[name].clone()).collect();
            (folder(package), (ours, foreign.into_iter().collect()))
        })
        .collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder of the repository can be read");
    for entry in entries {
        let path = entry.expect("a folder entry can be read").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_rust_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    rust_files(&root(), &mut found);
    assert!(
        found.len() > 50,
        "the walk over the repository found too little"
    );
    found
}

#[test]
fn flow_imports_none_of_ours() {
    let (ours, _) = &built_from(&metadata())["crates/flow"];
    assert!(ours.is_empty(), "crates/flow imports {ours:?}");
}

#[test]
fn nothing_below_imports_services_or_workers() {
    for (package, (ours, _)) in built_from(&metadata()) {
        let is_process =
            |folder: &String| folder.starts_with("services/") || folder.starts_with("workers/");
        let is_viewer_of_tiles =
            |folder: &String| package == "services/tiles" && folder == "services/viewer";
        if package == "services/coverslip" {
            continue;
        }
        let wrong: Vec<_> = ours
            .iter()
            .filter(|f| is_process(f) && !is_viewer_of_tiles(f))
            .collect();
        assert!(wrong.is_empty(), "{package} imports {wrong:?}");
    }
}

#[test]
fn only_the_composition_root_imports_every_process() {
    let built_from = built_from(&metadata());
    let (ours, _) = &built_from["services/coverslip"];
    for process in [
        "services/ingest",
        "services/tiles",
        "services/cases",
        "services/dicomweb",
        "services/webhooks",
        "services/fhir",
        "services/hl7",
        "workers/embed",
        "workers/mil",
    ] {
        assert!(
            ours.contains(process),
            "services/coverslip does not compose {process}"
        );
    }
}

#[test]
fn each_boundary_is_crossed_in_one_place() {
    let boundaries: [(&str, &[&str]); 7] = [
        ("redis", &["crates/queue"]),
        // Tests are a scanner's client too.
        ("aws-", &["crates/store", "tests"]),
        ("s3s", &["services/ingest"]),
        ("sqlx", &["crates/catalog"]),
        ("openslide", &["crates/slide"]),
        (
            "candle",
            &["models/encoder", "models/mil", "models/parameters"],
        ),
        ("clap", &["services/coverslip"]),
    ];
    for (package, (_, foreign)) in built_from(&metadata()) {
        for (prefix, allowed) in boundaries {
            let crosses = foreign.iter().any(|name| name.starts_with(prefix));
            assert!(
                !crosses || allowed.contains(&package.as_str()),
                "{package} uses {prefix}"
            );
        }
    }
}

#[test]
fn models_know_no_network_and_no_runtime() {
    for (package, (ours, foreign)) in built_from(&metadata()) {
        if package.starts_with("models/") {
            for banned in ["axum", "redis", "aws-config", "aws-sdk-s3", "tokio", "sqlx"] {
                assert!(!foreign.contains(banned), "{package} uses {banned}");
            }
            for banned in [
                "crates/http",
                "crates/store",
                "crates/queue",
                "crates/catalog",
            ] {
                assert!(!ours.contains(banned), "{package} imports {banned}");
            }
        }
    }
}

#[test]
fn cuda_stays_in_models() {
    for file in all_rust_files() {
        let text = fs::read_to_string(&file).expect("a source file can be read");
        let in_models = file.starts_with(root().join("models"));
        let gate = concat!("feature = \"", "cuda\"");
        assert!(
            in_models || !text.contains(gate),
            "{} gates on cuda",
            file.display()
        );
    }
}

/// Beside tests, which may ask the kernel what it forbids.
#[test]
fn unsafe_code_stays_where_it_is() {
    let rooms = [
        // Vector instructions, and the loop that walks pointers.
        "models/kernels/src/machine",
        // Decoding a part of a JPEG, which the safe binding cannot.
        "crates/pyramid/src/jpeg/part.rs",
        "crates/slide/tests",
    ];
    let rooms = rooms.map(|room| root().join(room));
    assert!(rooms.iter().all(|room| room.exists()));
    for file in all_rust_files() {
        let text = fs::read_to_string(&file).expect("a source file can be read");
        let opens = [
            concat!("unsa", "fe {"),
            concat!("unsa", "fe fn"),
            concat!("unsa", "fe impl"),
        ];
        let is_unsafe = opens.iter().any(|open| text.contains(open));
        let has_room = rooms.iter().any(|room| file.starts_with(room));
        assert!(has_room || !is_unsafe, "{} is unsafe", file.display());
    }
}

#[test]
fn no_room_has_a_name_that_invites_everything() {
    for file in all_rust_files() {
        let parts = file
            .strip_prefix(root())
            .expect("the walk starts at the root");
        for part in parts.iter().map(|part| part.to_string_lossy()) {
            let name = part.trim_end_matches(".rs");
            let vague = [
                "common", "util", "utils", "core", "shared", "helper", "helpers", "misc",
            ];
            assert!(
                !vague.contains(&name),
                "{} says nothing of what is in it",
                file.display()
            );
        }
    }
}

#[test]
fn files_stay_small() {
    for file in all_rust_files() {
        let text = fs::read_to_string(&file).expect("a source file can be read");
        let n_lines = text.lines().count();
        assert!(
            n_lines < 500,
            "{} has {n_lines} lines: split it",
            file.display()
        );
    }
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    for package in metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest can be read");
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} does not take the workspace's lints",
            package.name
        );
    }
}

#[test]
fn nothing_linked_is_copyleft() {
    for package in metadata().packages {
        let licence = package.license.clone().unwrap_or_default();
        let permissive = licence.split(" OR ").any(|choice| !choice.contains("GPL"));
        assert!(permissive, "{} is licensed {licence}", package.name);
    }
}

#[test]
fn the_architecture_document_names_every_crate_and_no_ghost() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md exists");
    for package in metadata().workspace_packages() {
        let folder = folder(package);
        assert!(
            text.contains(&folder),
            "ARCHITECTURE.md does not name {folder}"
        );
    }
    let quoted = text.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|word| {
        let known_top = [
            "services/",
            "workers/",
            "models/",
            "crates/",
            "tests/",
            "helm/",
            ".ci/",
        ];
        known_top.iter().any(|top| word.starts_with(top)) && !word.contains([' ', '{', '*', '<'])
    });
    for path in paths {
        assert!(
            root().join(path).exists(),
            "ARCHITECTURE.md names `{path}`, which is not there"
        );
    }
}
