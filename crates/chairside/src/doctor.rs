//! What is wrong with an installation, and what to do about it.
//!
//! `check` looks at the configuration alone; this looks at the machine that it is for: whether
//! each port is there, may be opened and has a name that stays, whether the record has a disk to
//! be written to, whether the clock can be right, whether the address can be answered on,
//! whether the files of the channels are in order, and whether the loudspeaker can be opened. It
//! opens no port, and leaves nothing behind.

mod address;
mod channels;
mod loudspeaker;
mod ports;
mod record;
mod sent;
#[cfg(test)]
mod tests;
mod time;

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::config::{Config, ConfigErrors, Note};
use crate::serial_ports::{Roots, look};

pub use sent::send_tests;

/// How it is with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Good.
    Ok,
    /// Chairside works, and something is not as it should be.
    Warning,
    /// Somebody is not watched, or would not be, as long as it stands.
    Problem,
    /// This version does not look at it.
    NotChecked,
}

impl Level {
    /// Returns the word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::NotChecked => "not checked",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// How it is.
    pub level: Level,
    /// What: a key of the configuration, or a part of the machine.
    pub about: String,
    /// What was found, and what it means.
    pub found: String,
    /// What to do.
    pub remedy: Option<String>,
}

impl Check {
    fn ok(about: impl Into<String>, found: impl Into<String>) -> Self {
        Self::without_remedy(Level::Ok, about, found)
    }

    fn not_checked(about: impl Into<String>, why: impl Into<String>) -> Self {
        Self::without_remedy(Level::NotChecked, about, why)
    }

    fn without_remedy(level: Level, about: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            level,
            about: about.into(),
            found: found.into(),
            remedy: None,
        }
    }

    fn warning(
        about: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..Self::without_remedy(Level::Warning, about, found)
        }
    }

    fn problem(
        about: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..Self::without_remedy(Level::Problem, about, found)
        }
    }
}

/// Looks at everything, in the order in which it is mended.
#[must_use]
pub fn examine(
    config: &Result<Config, ConfigErrors>,
    roots: &Roots,
    now: DateTime<Utc>,
) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.extend(who(rustix::process::geteuid().is_root()));
    match config {
        Ok(config) => {
            checks.push(understood(config));
            let of_ports = |note: &Note| note.key.rsplit('.').next() == Some("port");
            let notes = config.notes().into_iter().filter(|note| !of_ports(note));
            checks.extend(
                notes.map(|note| Check::without_remedy(Level::Warning, note.key, note.why)),
            );
            let answered = address::check(config);
            checks.extend(ports::check(config, &look(roots), answered.by_us));
            checks.extend(record::check(&config.service));
            checks.extend(answered.checks);
            checks.extend(channels::check(config));
            checks.extend(loudspeaker::check(config));
        }
        Err(mistakes) => {
            checks.extend(mistakes.mistakes().iter().map(|mistake| {
                let file = mistake.file.display().to_string();
                let about = match mistake.key.as_str() {
                    "" => file,
                    key => format!("{file}: {key}"),
                };
                Check::problem(
                    about,
                    &*mistake.why,
                    "mend it; docs/configuration.md has the keys",
                )
            }));
            checks.push(Check::not_checked(
                "ports, record and address",
                "they stand in the configuration",
            ));
        }
    }
    let record = config.as_ref().ok().map(|config| &config.service.data);
    checks.extend(time::check(now, record.map(|path| &**path), roots));
    checks.push(Check::not_checked("certificate", "this version has no TLS"));
    checks
}

/// Returns a path in quotation marks, as it stands in the configuration.
fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}

/// What root may, the service's user perhaps may not.
fn who(root: bool) -> Option<Check> {
    root.then(|| {
        Check::warning(
            "user",
            "root may open and write everything, which says nothing of the service's user",
            "ask as that user: sudo -u chairside chairside doctor …",
        )
    })
}

fn understood(config: &Config) -> Check {
    let devices: usize = config.beds.iter().map(|bed| bed.devices.len()).sum();
    let beds = config.beds.len();
    let found = format!(
        "no mistakes; site {}, beds: {beds}, devices: {devices}",
        config.site
    );
    Check::ok("configuration", found)
}
