//! The configured ports, beside those of the machine.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use rustix::fs::{Access, access};

use super::{Check, quoted};
use crate::config::{Config, Port, not_a_program};
use crate::remedy::{of_door, without_numbers};
use crate::serial_ports::{Concern, SerialPort, is_simulated};

/// Looks at each device's port; `by_us` says that our own service is running.
pub(super) fn check(config: &Config, ports: &[SerialPort], by_us: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut seen: Vec<(String, &Path, &SerialPort)> = Vec::new();
    for (bed_number, bed) in (1_usize..).zip(&config.beds) {
        for (number, device) in (1_usize..).zip(&bed.devices) {
            let key = format!("bed[{bed_number}].device[{number}].port");
            if bed.scenario.is_some() {
                checks.push(Check::ok(key, "the service simulates this device"));
                continue;
            }
            let path = match &device.port {
                Port::Serial(path) => path,
                Port::Tcp { .. } => {
                    checks.push(Check::not_checked(
                        key,
                        format!(
                            "{:?}: who asks takes the line, for a terminal server has it for one",
                            device.port.to_string()
                        ),
                    ));
                    continue;
                }
                Port::Program(command) => {
                    let program = command.first().map_or("", String::as_str);
                    checks.push(match not_a_program(Path::new(program)) {
                        Some(why) => Check::problem(
                            &key,
                            format!("{program:?} {why}"),
                            "write the whole path of a program that may be started",
                        ),
                        None => Check::ok(key, format!("{program:?} is a program")),
                    });
                    continue;
                }
                Port::TcpListen { address, peer } => {
                    if peer.is_none() && !address.ip().is_loopback() {
                        checks.push(Check::warning(
                            &key,
                            format!("{address} takes values from whoever connects"),
                            "name the monitor's address in peer",
                        ));
                    }
                    checks.push(door(key, TcpListener::bind(address).map(drop), by_us));
                    continue;
                }
            };
            let Some(port) = ports.iter().find(|port| port.is_at(path)) else {
                checks.push(elsewhere(key, path));
                continue;
            };
            let mut found = concerns(&key, path, port);
            found.extend(name(&key, path, port));
            if let Some((first, name, _)) = seen.iter().find(|(_, _, other)| *other == port) {
                let found_twice = format!(
                    "{} and {first}, {}, are one port",
                    quoted(path),
                    quoted(name)
                );
                found.push(Check::problem(
                    &key,
                    found_twice,
                    "give each device a port of its own",
                ));
            }
            if found.is_empty() {
                let what = port.described();
                found.push(Check::ok(&key, format!("{}: {what}", quoted(path))));
            }
            checks.extend(found);
            seen.push((key, path, port));
        }
    }
    checks
}

fn concerns(key: &str, path: &Path, port: &SerialPort) -> Vec<Check> {
    let by_socket = port.by_path.as_deref() == Some(path);
    let concerns = port.concerns().into_iter();
    let of_this_name =
        concerns.filter(|concern| !(by_socket && matches!(concern, Concern::Alike(_))));
    let check = |concern: Concern| {
        let found = format!("{}: {}", quoted(path), concern.meaning());
        let make = match concern {
            Concern::NoDeviceFile
            | Concern::NotPermitted { .. }
            | Concern::InUse(_)
            | Concern::Alike(_) => Check::problem,
            Concern::NoStableName | Concern::Console | Concern::LatencyTimer(_) => Check::warning,
        };
        make(key.to_owned(), found, concern.remedy())
    };
    of_this_name.map(check).collect()
}

/// Looks at the name alone: whether it still leads to the same adapter tomorrow.
fn name(key: &str, path: &Path, port: &SerialPort) -> Option<Check> {
    let best = port.name_to_write();
    if port.adapter.is_none() || best == path {
        return None;
    }
    let shown = quoted(path);
    let found = if path == port.path {
        format!("{shown} may be another adapter at the next start")
    } else if port.by_id.as_deref() == Some(path) && port.alike.is_empty() {
        format!(
            "{shown} is the name of every adapter of the kind, for this one has no serial number of \
             its own"
        )
    } else {
        return None;
    };
    Some(Check::warning(
        key,
        found,
        format!("write port = {}", quoted(best)),
    ))
}

/// What is said of a path that leads to no serial port that the kernel knows.
fn elsewhere(key: String, path: &Path) -> Check {
    const LIST: &str = "`chairside ports` lists those that are";
    let shown = quoted(path);
    let file = match fs::metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let found = format!("{shown} is not there: the bed has an alarm until it is");
            let remedy = format!("plug the adapter in, into the same socket; {LIST}");
            return Check::problem(key, found, remedy);
        }
        Err(error) => {
            let why = without_numbers(&error.to_string());
            return Check::problem(key, format!("{shown} cannot be looked at: {why}"), LIST);
        }
    };
    if !file.file_type().is_char_device() {
        return Check::problem(key, format!("{shown} is no serial port"), LIST);
    }
    if let Err(error) = access(path, Access::READ_OK | Access::WRITE_OK) {
        let why = without_numbers(&io::Error::from(error).to_string());
        let remedy = "let the user that Chairside runs as read and write it";
        return Check::problem(key, format!("{shown} may not be opened: {why}"), remedy);
    }
    let found = if is_simulated(path) {
        format!("{shown} is a pseudo-terminal: a simulated device, nobody's numbers")
    } else {
        format!("{shown} is no serial port that the kernel knows")
    };
    Check::warning(key, found, format!("write the port of the device; {LIST}"))
}

fn door(key: String, bound: io::Result<()>, by_us: bool) -> Check {
    match bound {
        Ok(()) => Check::ok(key, "the address is free for the monitor to connect to"),
        Err(error) if by_us && error.kind() == io::ErrorKind::AddrInUse => {
            Check::ok(key, "the service waits there for the monitor")
        }
        Err(error) => Check::problem(key, "no monitor can connect to us there", of_door(&error)),
    }
}
