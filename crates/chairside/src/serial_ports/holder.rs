//! Who has a port open.
//!
//! Two places tell it without touching the port: the open files of each process, which only its
//! own user and root may list, and the kernel's list of locks, which everybody may read. Programs
//! that read serial ports, ours too, lock them (`flock`), so most are seen by one or the other.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;

use super::facts::{processes, program};
use super::{Roots, SerialPort};

/// A process that has a port open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub process: u32,
    /// What it calls itself; none when it ended meanwhile.
    pub program: Option<String>,
}

impl Holder {
    /// Tells whether it is a Chairside: the service itself, most likely.
    #[must_use]
    pub fn is_chairside(&self) -> bool {
        self.program.as_deref() == Some(env!("CARGO_PKG_NAME"))
    }
}

/// Finds who has each of the ports open.
pub(super) fn find(roots: &Roots, ports: &[SerialPort]) -> Vec<Vec<Holder>> {
    let mut found: Vec<BTreeMap<u32, Option<String>>> = vec![BTreeMap::new(); ports.len()];
    for (process, folder) in processes(&roots.proc) {
        let files = fs::read_dir(folder.join("fd")).into_iter().flatten();
        let open = files
            .flatten()
            .filter_map(|file| fs::read_link(file.path()).ok());
        for path in open {
            let port = ports.iter().position(|port| port.path == path);
            if let Some(port) = port {
                found[port].insert(process, program(&folder));
            }
        }
    }
    let locks = fs::read_to_string(roots.proc.join("locks")).unwrap_or_default();
    for (port, found) in ports.iter().zip(&mut found) {
        let Some(file) = fs::metadata(&port.path).ok().map(|file| named(&file)) else {
            continue;
        };
        for process in locks.lines().filter_map(|line| locker(line, &file)) {
            let folder = roots.proc.join(process.to_string());
            found.entry(process).or_insert_with(|| program(&folder));
        }
    }
    let holders = |found: BTreeMap<u32, Option<String>>| {
        let holders = found.into_iter();
        let holder = |(process, program)| Holder { process, program };
        holders.map(holder).collect()
    };
    found.into_iter().map(holders).collect()
}

/// Returns a file as the list of locks names it: the two numbers of its file system, hexadecimal,
/// and its own.
pub(super) fn named(file: &fs::Metadata) -> String {
    let (major, minor) = (rustix::fs::major(file.dev()), rustix::fs::minor(file.dev()));
    format!("{major:02x}:{minor:02x}:{}", file.ino())
}

/// Returns the process that a line of `/proc/locks` says holds the file: number, kind, manner,
/// access, process, file, range. One that only waits has `->` after the number; a lock that
/// belongs to no single process has -1.
fn locker(line: &str, file: &str) -> Option<u32> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [_, kind, _, _, process, of, ..] = fields[..] else {
        return None;
    };
    let holds = matches!(kind, "FLOCK" | "POSIX") && of == file;
    process
        .parse()
        .ok()
        .filter(|process| holds && *process != 0)
}
