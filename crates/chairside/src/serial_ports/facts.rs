//! What the kernel says of a port, and where.
//!
//! `/sys/class/tty/NAME/device` leads to the hardware; a terminal without it is no port. Above it
//! stands the USB adapter, a folder with `idVendor` (Linux, Documentation/ABI/stable/sysfs-bus-usb).
//! `type` of a port of the machine itself is 0 where the kernel only keeps a place for one
//! (Documentation/ABI/testing/sysfs-tty; `PORT_UNKNOWN` in `linux/serial_core.h`).

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::Access as May;

use super::{Access, Adapter, Roots, SerialPort, name};

/// The driver that keeps places for ports that may not be there.
const PLACES: &str = "serial8250";

/// Reads all ports; who has them open and which are alike is found by others.
pub(super) fn ports(roots: &Roots) -> Vec<SerialPort> {
    let sys = fs::canonicalize(&roots.sys).unwrap_or_else(|_absent| roots.sys.clone());
    let dev = fs::canonicalize(&roots.dev).unwrap_or_else(|_absent| roots.dev.clone());
    let Ok(terminals) = fs::read_dir(sys.join("class/tty")) else {
        return Vec::new();
    };
    let consoles = text(&sys.join("class/tty/console/active")).unwrap_or_default();
    let groups = fs::read_to_string(roots.etc.join("group")).unwrap_or_default();
    let ports = terminals.flatten().filter_map(|terminal| {
        let (terminal, file_name) = (terminal.path(), terminal.file_name());
        let hardware = fs::canonicalize(terminal.join("device")).ok()?;
        let driver = driver(&hardware, &sys);
        if !is_there(&terminal, driver.as_deref()) {
            return None;
        }
        let path = dev.join(&file_name);
        let console = consoles.split(' ').any(|console| file_name == console);
        Some(SerialPort {
            by_id: name::leading_to(&path, &dev.join("serial/by-id")),
            by_path: name::leading_to(&path, &dev.join("serial/by-path")),
            adapter: adapter(&hardware, &sys),
            driver,
            latency_timer_ms: text(&hardware.join("latency_timer"))
                .and_then(|milliseconds| milliseconds.parse().ok()),
            console,
            access: access(&path, &groups),
            path,
            holders: Vec::new(),
            alike: Vec::new(),
        })
    });
    ports.collect()
}

/// Tells whether there is a port behind the terminal, and not only a place for one.
fn is_there(terminal: &Path, driver: Option<&str>) -> bool {
    match fs::read_to_string(terminal.join("type")) {
        Ok(kind) => kind.trim() != "0",
        // Only root may ask an older kernel.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => driver != Some(PLACES),
        Err(_absent) => true,
    }
}

/// Returns the name of the driver, of the hardware or of what it is a part of. The kernel's own
/// bus between a port and its chip has drivers that say nothing.
fn driver(hardware: &Path, sys: &Path) -> Option<String> {
    above(hardware, sys).find_map(|folder| {
        let driver = fs::canonicalize(folder.join("driver")).ok()?;
        let own_bus = driver
            .components()
            .any(|part| part.as_os_str() == "serial-base");
        let name = driver.file_name().filter(|_| !own_bus)?;
        Some(name.to_string_lossy().into_owned())
    })
}

fn adapter(hardware: &Path, sys: &Path) -> Option<Adapter> {
    let folder = above(hardware, sys).find(|folder| folder.join("idVendor").exists())?;
    let attribute = |name: &str| text(&folder.join(name)).filter(|text| !text.is_empty());
    Some(Adapter {
        vendor: attribute("idVendor")?,
        product: attribute("idProduct")?,
        manufacturer: attribute("manufacturer"),
        name: attribute("product"),
        serial_number: attribute("serial"),
        folder: folder.to_owned(),
    })
}

fn above<'p>(hardware: &'p Path, sys: &'p Path) -> impl Iterator<Item = &'p Path> {
    hardware
        .ancestors()
        .take_while(move |folder| folder.starts_with(sys))
}

/// Reading and writing, in the mode of a file.
const FOR_GROUP: u32 = 0o060;

fn access(path: &Path, groups: &str) -> Option<Access> {
    let file = fs::metadata(path).ok()?;
    Some(Access {
        group: group_name(file.gid(), groups),
        for_group: file.mode() & FOR_GROUP == FOR_GROUP,
        permitted: rustix::fs::access(path, May::READ_OK | May::WRITE_OK).is_ok(),
    })
}

/// Finds a group by its number in the lines of `/etc/group`: `name:password:number:members`.
fn group_name(number: u32, groups: &str) -> String {
    let number = number.to_string();
    let named = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    });
    named.unwrap_or(number)
}

/// Reads an attribute: one line of text.
fn text(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// Returns the process folders below `proc`, by number.
pub(super) fn processes(proc: &Path) -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = fs::read_dir(proc).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        Some((number, entry.path()))
    })
}

/// Returns what a process calls itself.
pub(super) fn program(process: &Path) -> Option<String> {
    text(&process.join(OsStr::new("comm")))
}
