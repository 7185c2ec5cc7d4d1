//! Joins the files of `openapi/` to the document that `GET /api/openapi.json` answers with.
//!
//! `document.yaml` has what all share, each other file a service's operations. An operation that needs a
//! token is answered in the ways of `x-of-every-operation` too, its file's own or the document's.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

const FOLDER: &str = "openapi";
const SHARED: &str = "document.yaml";
const OF_EVERY_OPERATION: &str = "x-of-every-operation";
const METHODS: [&str; 7] = ["get", "head", "put", "post", "delete", "patch", "options"];

type Object = Map<String, Value>;

fn main() -> Result<()> {
    writeln!(io::stdout(), "cargo::rerun-if-changed={FOLDER}")?;
    let mut document = read(&Path::new(FOLDER).join(SHARED))?;
    let usual = document
        .remove(OF_EVERY_OPERATION)
        .with_context(|| format!("{SHARED} has no {OF_EVERY_OPERATION}"))?;
    for file in parts()? {
        let joined = read(&file).and_then(|part| join(&mut document, part, &usual));
        joined.with_context(|| format!("{} does not join the others", file.display()))?;
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR").context("cargo names a folder")?);
    fs::write(folder.join("openapi.json"), serde_json::to_vec(&document)?)?;
    Ok(())
}

fn parts() -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(FOLDER)?.collect::<io::Result<Vec<_>>>()?;
    let files = entries.into_iter().map(|entry| entry.path());
    let mut parts: Vec<_> = files.filter(|file| !file.ends_with(SHARED)).collect();
    parts.sort();
    Ok(parts)
}

fn read(file: &Path) -> Result<Object> {
    let text = fs::read_to_string(file)?;
    // As YAML 1.2 has it: a rectangle's `y` is no yes.
    let as_now = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(&text, as_now)
        .with_context(|| format!("{} is no mapping", file.display()))
}

fn join(document: &mut Object, mut part: Object, usual: &Value) -> Result<()> {
    let own = part.remove(OF_EVERY_OPERATION);
    let usual = own.as_ref().unwrap_or(usual);
    let mut paths = object(part.remove("paths").context("there are no paths")?, "paths")?;
    for item in paths.values_mut() {
        complete(item, usual)?;
    }
    merge(document, "paths", paths)?;
    if let Some(components) = part.remove("components") {
        merge(document, "components", object(components, "components")?)?;
    }
    let left: Vec<_> = part.keys().collect();
    ensure!(left.is_empty(), "{left:?} are none of what is joined");
    Ok(())
}

/// Adds what holds of every operation that needs a token; the others need none.
fn complete(item: &mut Value, usual: &Value) -> Result<()> {
    for method in METHODS {
        let Some(operation) = item.get_mut(method) else {
            continue;
        };
        let roles = operation["x-roles"].as_array();
        let is_open = roles.context("an operation lacks x-roles")?.is_empty();
        if is_open {
            operation["security"] = Value::Array(Vec::new());
            continue;
        }
        let responses = operation["responses"].as_object_mut();
        let responses = responses.context("an operation lacks responses")?;
        for (status, response) in usual["responses"].as_object().into_iter().flatten() {
            let entry = responses.entry(status);
            entry.or_insert_with(|| response.clone());
        }
    }
    Ok(())
}

/// Two levels deep: operations join those of the same address, components those of the same kind.
fn merge(document: &mut Object, section: &str, added: Object) -> Result<()> {
    let there = document[section].as_object_mut();
    let there = there.with_context(|| format!("{SHARED} has no {section}"))?;
    for (name, members) in added {
        let entry = there.entry(&name);
        let known = entry.or_insert_with(|| Value::Object(Object::new()));
        let known = known.as_object_mut().context("a section is no mapping")?;
        for (member, value) in object(members, &name)? {
            let before = known.insert(member.clone(), value.clone());
            let is_new = before.is_none_or(|before| before == value);
            ensure!(is_new, "{member} of {name} is there already");
        }
    }
    Ok(())
}

fn object(value: Value, name: &str) -> Result<Object> {
    match value {
        Value::Object(object) => Ok(object),
        _ => bail!("{name} is no mapping"),
    }
}
