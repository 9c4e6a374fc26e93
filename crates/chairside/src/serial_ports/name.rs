//! Names: which of them lead to a port, and which will tomorrow.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::{Adapter, SerialPort};

/// Returns udev's name in that folder that leads to the device file. Where several do, the one
/// that older versions of udev give too: the first in the order of the alphabet
/// (`…-usb-0:1:1.0-port0` before `…-usbv2-0:1:1.0-port0`).
pub(super) fn leading_to(path: &Path, folder: &Path) -> Option<PathBuf> {
    let links = fs::read_dir(folder).ok()?.flatten();
    links
        .map(|link| link.path())
        .filter(|link| fs::canonicalize(link).is_ok_and(|leads| leads == path))
        .min()
}

/// Notes for each port which others have an adapter that says the same of itself: udev gives all
/// of them one name by id, and the name leads to one of them.
pub(super) fn tell_apart(ports: &mut [SerialPort]) {
    let others: Vec<(PathBuf, Adapter)> = ports
        .iter()
        .filter_map(|port| Some((port.path.clone(), port.adapter.clone()?)))
        .collect();
    for port in ports {
        let Some(mine) = &port.adapter else {
            continue;
        };
        let alike = others
            .iter()
            .filter(|(_, other)| other.folder != mine.folder && says_the_same(other, mine));
        port.alike = alike.map(|(path, _)| path.clone()).collect();
        port.alike.sort_by_cached_key(|path| in_order(path));
    }
}

fn says_the_same(one: &Adapter, other: &Adapter) -> bool {
    let words = |adapter: &Adapter| {
        let Adapter {
            vendor,
            product,
            manufacturer,
            name,
            serial_number,
            folder: _,
        } = adapter.clone();
        (vendor, product, manufacturer, name, serial_number)
    };
    words(one) == words(other)
}

/// Tells whether a serial number is one that a maker leaves as it comes: `0001` of a CP2102 that
/// nobody programmed, or digits in their order. Another adapter of the kind has the same.
pub(super) fn is_from_the_factory(number: &str) -> bool {
    /// Shorter runs may be a number that somebody gave.
    const RUN_MIN: usize = 4;
    let zeros = number
        .strip_suffix('1')
        .unwrap_or(number)
        .bytes()
        .all(|digit| digit == b'0');
    let upper = number.to_ascii_uppercase();
    let run = ["0123456789ABCDEF", "123456789ABCDEF"]
        .iter()
        .any(|digits| digits.starts_with(&upper));
    zeros || (run && number.len() >= RUN_MIN)
}

/// Returns what device files are sorted by: `ttyUSB2` before `ttyUSB10`.
pub(super) fn in_order(path: &Path) -> (String, u32, OsString) {
    let name = path.file_name().unwrap_or(OsStr::new(""));
    let text = name.to_string_lossy();
    let kind = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = text[kind.len()..].parse().unwrap_or(0);
    (kind.to_owned(), number, name.to_owned())
}
