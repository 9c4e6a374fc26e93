//! The wall clock, which every record and every page shows.

use std::fs;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::Check;
use crate::serial_ports::Roots;

const ABOUT: &str = "clock";

/// No version of this program was there before: the first second of 2026, since 1970.
const OLDEST_S: i64 = 1_767_225_600;

/// Files come from machines whose clocks differ a little.
const TOLERANCE: Duration = Duration::from_hours(1);

/// Judges the time `now`, by what was written before.
pub(super) fn check(now: DateTime<Utc>, record: Option<&Path>, roots: &Roots) -> Vec<Check> {
    let program = std::env::current_exe().ok();
    let program = program.and_then(|path| written(&path));
    let record = record.and_then(|folder| written(&folder.join("record.db")));
    let mut checks = vec![plausible(now, program, record)];
    checks.push(synchronised(&roots.run.join("systemd/timesync")));
    checks
}

fn written(path: &Path) -> Option<DateTime<Utc>> {
    Some(fs::metadata(path).ok()?.modified().ok()?.into())
}

pub(super) fn plausible(
    now: DateTime<Utc>,
    program: Option<DateTime<Utc>>,
    record: Option<DateTime<Utc>>,
) -> Check {
    let oldest = DateTime::from_timestamp(OLDEST_S, 0);
    let earlier = [
        (oldest, "this program cannot be older than that"),
        (program, "when this program's file was written"),
        (record, "when the record was written last"),
    ];
    let shown = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let too_late = earlier.into_iter().find_map(|(time, what)| {
        let time = time?;
        (now + TOLERANCE < time).then_some((time, what))
    });
    match too_late {
        None => Check::ok(ABOUT, format!("{}, which can be", shown(now))),
        Some((time, what)) => Check::problem(
            ABOUT,
            format!("{} is before {}, {what}", shown(now), shown(time)),
            "set it: `timedatectl set-ntp true`; if it is wrong after each start, the machine's \
             battery is empty",
        ),
    }
}

/// Looks at what systemd-timesyncd says: its folder is there while it runs, and the file in it
/// once the clock was set from a time server (systemd-timesyncd.service(8)).
pub(super) fn synchronised(folder: &Path) -> Check {
    const ABOUT: &str = "clock's time server";
    if folder.join("synchronized").exists() {
        return Check::ok(ABOUT, "systemd-timesyncd has set the clock by one");
    }
    if folder.exists() {
        return Check::warning(
            ABOUT,
            "systemd-timesyncd runs and has not reached one since the machine started",
            "see `timedatectl timesync-status`; times in the record are the clock's",
        );
    }
    let why = "only systemd-timesyncd can be asked, and it does not run; with chrony, see \
               `chronyc tracking`";
    Check::not_checked(ABOUT, why)
}
