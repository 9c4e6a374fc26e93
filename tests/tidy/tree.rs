//! The files of the workspace, as the rules look at them.

use std::path::{Path, PathBuf};

/// Folders that are not ours, or that a build made.
const NOT_OURS: [&str; 5] = [".git", "target", "node_modules", "output", "data"];

/// The crates that decide and do no input or output.
pub(crate) const CORE: [&str; 6] = [
    "chairside-model",
    "chairside-protocol",
    "chairside-alarm",
    "chairside-station",
    "chairside-escalation",
    "chairside-care",
];

/// A text file, by its path from the root of the workspace.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest
        .parent()
        .expect("this package lies in a folder of the workspace")
        .to_owned()
}

/// Reads every file whose name ends in one of `endings`; an empty ending takes all that is text.
pub(crate) fn files(endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    walk(&root(), &mut found);
    found.sort();
    let files = found.into_iter().filter_map(|path| {
        let relative = path.strip_prefix(root()).ok()?;
        let relative = relative.to_str()?.replace('\\', "/");
        let wanted = endings.iter().any(|ending| relative.ends_with(ending));
        let text = wanted.then(|| std::fs::read(&path).ok()).flatten()?;
        let text = String::from_utf8(text).ok()?;
        Some(File {
            path: relative,
            text,
        })
    });
    files.collect()
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The source files of the core, without its tests.
pub(crate) fn core_sources() -> Vec<File> {
    let in_core = |file: &File| {
        CORE.iter()
            .any(|name| file.path.starts_with(&format!("crates/{name}/src/")))
    };
    files(&[".rs"]).into_iter().filter(in_core).collect()
}

/// Fails with one line for each break of the rule.
#[track_caller]
pub(crate) fn assert_none(rule: &str, breaks: &[String]) {
    assert!(breaks.is_empty(), "{rule}:\n  {}", breaks.join("\n  "));
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        if !path.is_dir() {
            found.push(path);
        } else if !NOT_OURS.iter().any(|name| path.ends_with(name)) {
            walk(&path, found);
        }
    }
}
