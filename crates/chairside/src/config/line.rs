//! A device's line: where it is plugged in, and how the line is set.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use chairside_protocol::DriverInfo;

use super::Port;
use super::file::{Section, shown};
use super::mistake::Mistakes;
use super::place::{is_host_name, listen_address};

/// The rates that a serial line can have, bits per second.
const BAUD_MIN: u32 = 300;
const BAUD_MAX: u32 = 921_600;

/// From one set of numerics to the next, seconds. Slower than that nobody is watched.
const PERIOD_S: RangeInclusive<f64> = 1.0..=120.0;

/// Takes the keys of a device that are about its line; the port need not be there.
pub(super) fn read(section: &mut Section, mistakes: &mut Mistakes) -> Option<(Port, Option<u32>)> {
    let port = place(section, mistakes);
    let baud = baud(section, port.as_ref(), mistakes);
    let peer = peer(section, port.as_ref(), mistakes);
    let port = match (port?, peer.ok()?) {
        (Port::TcpListen { address, .. }, peer) => Port::TcpListen { address, peer },
        (port, _) => port,
    };
    Some((port, baud.ok()?))
}

/// Takes where the device is: a port, or a program in its place.
fn place(section: &mut Section, mistakes: &mut Mistakes) -> Option<Port> {
    if !section.has("command") {
        let text = section.text("port", mistakes)?;
        let port = port(&text);
        return port
            .map_err(|why| mistakes.add(section.key("port"), why))
            .ok();
    }
    let command = section.texts("command", mistakes)?;
    let why = match command.first() {
        _ if section.has("port") => "a device has a port or a command, not both".to_owned(),
        Some(program) if program.starts_with('/') => return Some(Port::Program(command)),
        Some(program) => format!("{program:?} is not the whole path of a program"),
        None => "empty; a program's whole path and what it is given".to_owned(),
    };
    mistakes.add(section.key("command"), why);
    // What is there beside it is known, and was told.
    section.take("port");
    None
}

/// It was told what is wrong.
struct Told;

/// Takes the rate of a serial port, if there is one.
fn baud(
    section: &mut Section,
    port: Option<&Port>,
    mistakes: &mut Mistakes,
) -> Result<Option<u32>, Told> {
    let Some(value) = section.take("baud") else {
        return Ok(None);
    };
    let key = section.key("baud");
    if matches!(
        port,
        Some(Port::Tcp { .. } | Port::TcpListen { .. } | Port::Program(_))
    ) {
        let why = format!(
            "{}: only a serial port has a rate; a terminal server is set in its own menu",
            shown(&value)
        );
        mistakes.add(key, why);
        return Err(Told);
    }
    let baud = value.as_u64().and_then(|baud| u32::try_from(baud).ok());
    let baud = baud.filter(|baud| (BAUD_MIN..=BAUD_MAX).contains(baud));
    if baud.is_none() {
        let why = format!(
            "{} is not a whole number from {BAUD_MIN} to {BAUD_MAX}",
            shown(&value)
        );
        mistakes.add(key, why);
    }
    baud.map(Some).ok_or(Told)
}

/// Takes who may connect to us, if that is said.
fn peer(
    section: &mut Section,
    port: Option<&Port>,
    mistakes: &mut Mistakes,
) -> Result<Option<IpAddr>, Told> {
    if !section.has("peer") {
        return Ok(None);
    }
    let text = section.text("peer", mistakes).ok_or(Told)?;
    if matches!(
        port,
        Some(Port::Serial(_) | Port::Tcp { .. } | Port::Program(_))
    ) {
        let why = format!("{text:?}: only of \"tcp-listen:\", where it is who may connect to us");
        mistakes.add(section.key("peer"), why);
        return Err(Told);
    }
    let Ok(peer) = text.parse() else {
        let why = format!("{text:?} is not an IP address, like \"10.0.0.7\"");
        mistakes.add(section.key("peer"), why);
        return Err(Told);
    };
    Ok(Some(peer))
}

/// Takes how often the device speaks, and returns its driver with that period; the driver as it
/// is when nothing is said.
pub(super) fn with_period(
    section: &mut Section,
    driver: Option<&'static DriverInfo>,
    mistakes: &mut Mistakes,
) -> Option<&'static DriverInfo> {
    let Some(value) = section.take("period_s") else {
        return driver;
    };
    let Some(period) = value.as_f64().filter(|period| PERIOD_S.contains(period)) else {
        let (least, most) = (PERIOD_S.start(), PERIOD_S.end());
        let why = format!("{} is not a time from {least} to {most} s", shown(&value));
        mistakes.add(section.key("period_s"), why);
        return None;
    };
    let driver = DriverInfo {
        nominal_period: Duration::from_secs_f64(period),
        ..*driver?
    };
    // The catalogue lives as long as the program, and so does a configuration.
    Some(Box::leak(Box::new(driver)))
}

/// Reads where a device is plugged in.
fn port(text: &str) -> Result<Port, String> {
    if let Some(place) = text.strip_prefix("tcp-listen:") {
        return door(place).map_err(|why| format!("{text:?} {why}"));
    }
    if let Some(place) = text.strip_prefix("tcp:") {
        return host(place).ok_or_else(|| {
            format!("{text:?} is not a host with a port, like \"tcp:10.0.0.7:4001\"")
        });
    }
    if text.starts_with('/') {
        return Ok(Port::Serial(PathBuf::from(text)));
    }
    let hint = if text.starts_with("tty") || text.starts_with("serial/") {
        format!("did you mean \"/dev/{text}\"?")
    } else if text.to_ascii_uppercase().starts_with("COM") {
        "that is a name of Windows; `chairside ports` lists the ports here".to_owned()
    } else {
        "`chairside ports` lists them".to_owned()
    };
    Err(format!(
        "{text:?} is not the whole path of a serial port: {hint}"
    ))
}

fn host(place: &str) -> Option<Port> {
    let (host, port) = place.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port: &u16| *port > 0)?;
    let bracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let fits = match bracketed {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => is_host_name(host) || host.parse::<IpAddr>().is_ok_and(|host| host.is_ipv4()),
    };
    let host = bracketed.unwrap_or(host).to_owned();
    fits.then_some(Port::Tcp { host, port })
}

fn door(place: &str) -> Result<Port, String> {
    let address = listen_address(place)
        .ok()
        .filter(|address: &SocketAddr| address.port() > 0)
        .ok_or(
            "is not an IP address of this machine with a port, like \"tcp-listen:10.0.0.5:2575\"",
        )?;
    if address.ip().is_unspecified() {
        return Err(
            "would listen on every network: name the address of this machine on the \
                    monitors' network"
                .to_owned(),
        );
    }
    Ok(Port::TcpListen {
        address,
        peer: None,
    })
}
