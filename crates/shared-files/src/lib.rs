//! The captures, recordings and scenarios that may not be published: tests read them where they
//! lie, and a machine without them must not count those tests as passed.
//!
//! A test that needs them stands in a module [`MODULE`], by which `cargo xtask test` leaves it
//! out and counts it as skipped where there are none.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "what tests share fails and speaks as tests do"
)]

use std::env;
use std::path::{Path, PathBuf};

/// Names the folder; where it is not set, the folder is `shared` beside the workspace.
pub const VARIABLE: &str = "CHAIRSIDE_SHARED";

/// The module that such tests stand in.
pub const MODULE: &str = "shared_files";

/// Returns the folder of these files, absolute; nothing where there is none.
///
/// # Panics
///
/// When [`VARIABLE`] names a folder that is not there.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        let found = named.canonicalize();
        return Some(
            found.unwrap_or_else(|error| panic!("{VARIABLE} is {}: {error}", named.display())),
        );
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let beside = workspace.with_file_name("shared");
    beside.is_dir().then_some(beside)
}

/// Returns one of these files or folders; nothing, with a word of it, on a machine without them.
///
/// # Panics
///
/// When there is a folder and this is not in it, and when the test that asks would be counted
/// as passed without it, for it is not in a module [`MODULE`].
#[must_use]
pub fn find(path: &str) -> Option<PathBuf> {
    let test = std::thread::current();
    assert!(
        is_left_out_by_its_name(test.name()),
        "{test:?} needs {path}: it belongs into a module {MODULE}"
    );
    let Some(folder) = folder() else {
        println!("skipped: no shared files, {path} among them");
        return None;
    };
    let found = folder.join(path);
    assert!(found.exists(), "there is no {}", found.display());
    Some(found)
}

/// A test's thread has its name, unless the tests are told to take turns on the first one.
fn is_left_out_by_its_name(thread: Option<&str>) -> bool {
    thread.is_none_or(|name| name == "main" || name.rsplit("::").skip(1).any(|it| it == MODULE))
}

#[cfg(test)]
mod tests {
    use super::is_left_out_by_its_name;

    #[test]
    fn a_test_that_would_count_as_passed_without_its_files_is_refused() {
        for name in ["shared_files::a_test", "replay::shared_files::a_test"] {
            assert!(is_left_out_by_its_name(Some(name)), "{name}");
        }
        for name in [
            "a_test",
            "replay::a_test",
            "with_shared_files::a_test",
            "shared_files",
        ] {
            assert!(!is_left_out_by_its_name(Some(name)), "{name}");
        }
    }
}
