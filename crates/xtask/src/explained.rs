//! The list of the mutants that survive, and why they may: `docs/mutants.md`.

use std::fmt;
use std::fs;
use std::path::Path;

/// The page, as it is read by people and by `cargo xtask mutants`. An entry is a line
/// ``- `the change` in `the line of code`: why it may survive`` below the heading of its file.
pub(crate) const PAGE: &str = "docs/mutants.md";

/// A mutant that no test notices, named so that it is the same after lines were added above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Survivor {
    /// From the workspace's folder.
    pub(crate) file: String,
    /// In the words of `cargo mutants`.
    change: String,
    /// The line of code in which it begins.
    code: String,
}

impl Survivor {
    /// Reads a line of `cargo mutants`: `FILE:LINE:COLUMN: replace > with >= in NAME`.
    pub(crate) fn read(text: &str, root: &Path) -> Result<Self, String> {
        let parts = || {
            let (place, change) = text.split_once(": ")?;
            let mut place = place.split(':');
            let (file, line) = (place.next()?, place.next()?);
            Some((file, line.parse::<usize>().ok()?.checked_sub(1)?, change))
        };
        let (file, line, change) = parts().ok_or_else(|| format!("not a mutant: {text}"))?;
        let source = fs::read_to_string(root.join(file));
        let source = source.map_err(|error| format!("{file}: {error}"))?;
        let code = source.lines().nth(line).unwrap_or_default().trim();
        Ok(Self {
            file: file.to_owned(),
            change: change.to_owned(),
            code: code.to_owned(),
        })
    }
}

impl fmt::Display for Survivor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}` in `{}`", self.file, self.change, self.code)
    }
}

/// Reads the page.
pub(crate) fn read(root: &Path) -> Result<Vec<Survivor>, String> {
    let text = fs::read_to_string(root.join(PAGE));
    parse(&text.map_err(|error| format!("{PAGE}: {error}"))?)
}

fn parse(page: &str) -> Result<Vec<Survivor>, String> {
    let mut file = None;
    let mut entries = Vec::new();
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            file = heading
                .strip_prefix('`')
                .and_then(|rest| rest.strip_suffix('`'));
        } else if line.starts_with("- `") {
            let entry = file.and_then(|file| entry(file, line));
            entries.push(entry.ok_or_else(|| {
                format!("{PAGE}: neither a mutant nor its reason can be read from: {line}")
            })?);
        }
    }
    Ok(entries)
}

fn entry(file: &str, line: &str) -> Option<Survivor> {
    let (change, rest) = line.strip_prefix("- `")?.split_once("` in `")?;
    let (code, why) = rest.split_once("`: ")?;
    (!why.trim().is_empty()).then(|| Survivor {
        file: file.to_owned(),
        change: change.to_owned(),
        code: code.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;

    #[test]
    fn each_line_that_is_explained_is_still_in_its_file() {
        for entry in read(&root()).expect("the page can be read") {
            let source = fs::read_to_string(root().join(&entry.file));
            let source = source.expect("the file is there");
            let has_it = source.lines().any(|line| line.trim() == entry.code);
            assert!(has_it, "{PAGE}: the code has changed since {entry}");
        }
    }

    #[test]
    fn an_entry_has_its_file_above_it_and_its_reason_behind_it() {
        let page = "# T\n\n## `a/b.rs`\n\n- `replace < with <= in f` in `if a < b {`: both are the same there\n";
        let entries = parse(page).expect("it has all three");
        assert_eq!(
            entries[0].to_string(),
            "a/b.rs: `replace < with <= in f` in `if a < b {`"
        );
        assert!(parse(&page.replace("## ", "### ")).is_err(), "of no file");
        assert!(
            parse(&page.replace(": both are the same there", "")).is_err(),
            "without a reason"
        );
    }

    #[test]
    fn a_survivor_is_known_by_its_line_of_code_wherever_that_has_moved() {
        let here = file!();
        let source = fs::read_to_string(root().join(here)).expect("this file is there");
        let line = 1 + source
            .lines()
            .position(|line| line.contains("fn parse("))
            .expect("above");
        let survivor = Survivor::read(&format!("{here}:{line}:9: replace parse with ()"), &root());
        let survivor = survivor.expect("it is a mutant");
        assert_eq!(survivor.file, here);
        assert_eq!(survivor.change, "replace parse with ()");
        assert_eq!(
            survivor.code,
            "fn parse(page: &str) -> Result<Vec<Survivor>, String> {"
        );
        assert!(Survivor::read("no mutant at all", &root()).is_err());
    }
}
