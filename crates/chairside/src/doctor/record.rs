//! The folder of the record: whether it can be written, and for how long.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use chairside_store::StoreError;
use rustix::fs::{Access, access, statfs, statvfs};

use super::{Check, quoted};
use crate::config::Service;
use crate::remedy::{of_record, without_numbers};

const ABOUT: &str = "service.data";

/// Less room than this is said: a busy clinic's record of some weeks.
const FREE_MIN_BYTES: u64 = 2 << 30;

/// So is less than this part of the disk, per cent: others write to it too.
const FREE_MIN_PERCENT: u64 = 10;

/// What is written to see that it can be, bytes.
const TRIAL: [u8; 4096] = [0; 4096];

/// Looks at the folder, or at the one that it would be made in.
pub(super) fn check(service: &Service) -> Vec<Check> {
    let folder = match service.data_absolute() {
        Ok(folder) => folder,
        Err(error) => {
            let found = format!("the folder that this was started in is not known: {error}");
            return vec![Check::problem(ABOUT, found, "write the whole path")];
        }
    };
    let there = folder.ancestors().find(|above| above.exists());
    let Some(there) = there else {
        let found = format!("{} leads nowhere", quoted(&folder));
        return vec![Check::problem(
            ABOUT,
            found,
            "name a folder in service.data",
        )];
    };
    let mut checks = vec![if there == folder {
        writable(&folder, try_to_write(&folder))
    } else {
        makeable(&folder, there)
    }];
    match statfs(there) {
        Ok(disk) => checks.extend(kind_of_disk(&folder, disk.f_type)),
        Err(error) => checks.push(unknown(&folder, &error.into())),
    }
    match statvfs(there) {
        Ok(disk) => {
            let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
            checks.push(space(bytes(disk.f_bavail), bytes(disk.f_blocks)));
        }
        Err(error) => checks.push(unknown(&folder, &error.into())),
    }
    checks
}

/// Writes to a file that has no name and is gone at the end of this call.
fn try_to_write(folder: &Path) -> io::Result<()> {
    let mut file: File = tempfile::tempfile_in(folder)?;
    file.write_all(&TRIAL)?;
    file.sync_all()
}

pub(super) fn writable(folder: &Path, tried: io::Result<()>) -> Check {
    let shown = quoted(folder);
    match tried {
        Ok(()) => Check::ok(ABOUT, format!("{shown} can be written")),
        Err(error) => {
            let why = of_record(
                &folder.display().to_string(),
                &StoreError::File(folder.to_owned(), error),
            );
            Check::problem(ABOUT, format!("{shown} cannot be written"), why)
        }
    }
}

fn makeable(folder: &Path, there: &Path) -> Check {
    let (shown, above) = (quoted(folder), quoted(there));
    if access(there, Access::WRITE_OK | Access::EXEC_OK).is_ok() {
        return Check::ok(
            ABOUT,
            format!("{shown} is made when the service first starts"),
        );
    }
    Check::problem(
        ABOUT,
        format!("{shown} is not there, and this user may not make it in {above}"),
        "let systemd make it (StateDirectory, docs/install.md), or make it and give it to the user \
         that Chairside runs as",
    )
}

/// Tells the disks on which a record does not last, by the numbers of `linux/magic.h`.
#[expect(
    clippy::unreadable_literal,
    reason = "as they stand in the kernel's header"
)]
pub(super) fn kind_of_disk(folder: &Path, number: i64) -> Option<Check> {
    let shown = quoted(folder);
    match number {
        // TMPFS_MAGIC and RAMFS_MAGIC.
        0x01021994 | 0x858458f6 => Some(Check::warning(
            ABOUT,
            format!("{shown} is in memory: the record is gone when the machine starts again"),
            "name a folder on a disk",
        )),
        // NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC and SMB2_SUPER_MAGIC.
        0x6969 | 0x517b | 0xff534d42 | 0xfe534d42 => Some(Check::problem(
            ABOUT,
            format!("{shown} is on another machine: the record's locks do not hold there"),
            "name a folder on a disk of this machine",
        )),
        _ => None,
    }
}

/// Judges the room that is left, of all there is, bytes.
pub(super) fn space(free: u64, all: u64) -> Check {
    let percent = if all == 0 {
        100
    } else {
        u128::from(free) * 100 / u128::from(all)
    };
    let found = format!("{} free, {percent} % of the disk", gibibytes(free));
    if free < FREE_MIN_BYTES || percent < u128::from(FREE_MIN_PERCENT) {
        let found = format!("{found}: a record that finds no room stops, with an alarm");
        let least = gibibytes(FREE_MIN_BYTES);
        let remedy = format!("make room: at least {least} and {FREE_MIN_PERCENT} %");
        return Check::warning(ABOUT, found, remedy);
    }
    Check::ok(ABOUT, found)
}

/// Returns a size in GiB, with one digit after the point, cut off.
fn gibibytes(bytes: u64) -> String {
    let tenths = u128::from(bytes) * 10 / (1 << 30);
    format!("{}.{} GiB", tenths / 10, tenths % 10)
}

fn unknown(folder: &Path, error: &io::Error) -> Check {
    let shown = quoted(folder);
    let error = without_numbers(&error.to_string());
    let found = format!("the disk of {shown} cannot be looked at: {error}");
    Check::problem(
        ABOUT,
        found,
        "name a folder that the service's user may use",
    )
}
