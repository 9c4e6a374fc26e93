//! What documents must have, and that they say the same as the code.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::tree::{File, assert_none, files, read, root};

/// The sections of a decision record, in this order.
const SECTIONS: [&str; 5] = ["Context", "Options", "Decision", "Consequences", "Outcome"];

#[test]
fn the_live_feeds_page_and_its_code_change_together() {
    let page = read("docs/websocket.md");
    for file in ["wire.rs", "wire/alarms.rs", "wire/client.rs"] {
        let path = root().join("crates/chairside/src/web").join(file);
        let wire = std::fs::read(path).expect("the wire format's code is there");
        let computed = Sha256::digest(wire)
            .iter()
            .fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
        let label = format!("{file} sha256:");
        let stated = page
            .lines()
            .find_map(|line| line.trim().strip_prefix(&label))
            .map(|rest| rest.trim().trim_matches('`'));
        assert_eq!(
            stated,
            Some(computed.as_str()),
            "docs/websocket.md: read it against {file}, then write `{label} {computed}`"
        );
    }
}

#[test]
fn relative_links_lead_somewhere() {
    let mut breaks = Vec::new();
    for file in files(&[".md"]) {
        for link in links(&file.text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
            let target = match path {
                "" => root().join(&file.path),
                path => root().join(folder).join(path),
            };
            if !target.exists() {
                breaks.push(format!("{}: {link} is not there", file.path));
            } else if !anchor.is_empty() && !has_anchor(&target, anchor) {
                breaks.push(format!("{}: {link} has no such heading", file.path));
            }
        }
    }
    assert_none("relative links lead somewhere", &breaks);
}

#[test]
fn every_page_has_one_title() {
    let mut breaks = Vec::new();
    for file in files(&[".md"]) {
        let titles = headings(&file.text)
            .filter(|(level, _)| *level == 1)
            .count();
        if titles != 1 || !file.text.starts_with("# ") {
            breaks.push(format!("{}: {titles} titles", file.path));
        }
    }
    assert_none("a page begins with its only title", &breaks);
}

#[test]
fn decisions_are_complete_and_in_the_list() {
    let map = read("docs/architecture.md");
    let mut numbers = BTreeSet::new();
    let mut breaks = Vec::new();
    for file in files(&[".md"]) {
        let Some(name) = file.path.strip_prefix("docs/adr/") else {
            continue;
        };
        let (number, _) = name.split_at_checked(4).unwrap_or((name, ""));
        if !numbers.insert(number.to_owned()) {
            breaks.push(format!("{}: the number is taken", file.path));
        }
        if !file.text.starts_with(&format!("# {number}: ")) {
            breaks.push(format!("{}: the title begins with the number", file.path));
        }
        let sections: Vec<&str> = headings(&file.text)
            .filter(|(level, _)| *level == 2)
            .map(|(_, title)| title)
            .collect();
        if sections != SECTIONS {
            breaks.push(format!("{}: sections {sections:?}", file.path));
        }
        if !map.contains(&format!("(adr/{name})")) {
            breaks.push(format!("{}: not in docs/architecture.md", file.path));
        }
    }
    assert!(numbers.len() >= 3, "{numbers:?}");
    assert_none("a decision is merged with its outcome", &breaks);
}

#[test]
fn the_map_names_every_crate() {
    let map = read("docs/architecture.md");
    let breaks: Vec<String> = files(&["Cargo.toml"])
        .into_iter()
        .filter_map(|file| {
            let folder = file.path.strip_suffix("/Cargo.toml")?.to_owned();
            (!map.contains(&format!("`{folder}`"))).then_some(folder)
        })
        .collect();
    assert_none("docs/architecture.md names every crate", &breaks);
}

#[test]
fn paths_in_the_documents_are_there() {
    let mut breaks = Vec::new();
    let tops = ["crates/", "docs/", "tests/", "simulators/", "config/"];
    for File { path, text } in files(&[".md"]) {
        for named in text.split('`').skip(1).step_by(2) {
            let whole = named
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
            // What a run leaves behind is not there in a fresh clone.
            let ours = tops.iter().any(|top| named.starts_with(top)) && !named.contains("/output");
            if whole && ours && !root().join(named).exists() {
                breaks.push(format!("{path}: {named}"));
            }
        }
    }
    assert_none("a path in a document leads somewhere", &breaks);
}

/// Returns a page's links: what stands in `](…)`, outside of code.
fn links(text: &str) -> impl Iterator<Item = &str> {
    prose(text).flat_map(|line| {
        line.split("](")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once(')')?.0.trim()))
    })
}

fn headings(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).filter_map(|line| {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let title = line[level..].strip_prefix(' ')?;
        (level > 0).then_some((level, title.trim()))
    })
}

/// Returns a page's lines that are not in a block of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            return false;
        }
        !in_code
    })
}

/// Tells whether a page has a heading with this anchor, as GitHub makes them.
fn has_anchor(page: &Path, anchor: &str) -> bool {
    let text = std::fs::read_to_string(page).unwrap_or_default();
    headings(&text).any(|(_, title)| {
        let letters = title.to_lowercase().replace(' ', "-");
        let kept = |letter: &char| letter.is_alphanumeric() || "-_".contains(*letter);
        letters.chars().filter(kept).collect::<String>() == anchor
    })
}
