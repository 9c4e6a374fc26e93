//! The address of the dashboard: free, or answered by our own service.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::Check;
use crate::config::Config;
use crate::remedy::of_address;

const ABOUT: &str = "service.listen";

/// A service on this machine answers at once, or hangs.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// What is done with the world outside takes 6 s at most (`notify::attempt`).
const DEED_TIMEOUT: Duration = Duration::from_secs(10);

/// More of an answer than this is not read, bytes.
const ANSWER_MAX: u64 = 4 << 20;

/// What was found.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) checks: Vec<Check>,
    /// Whether the service of this configuration is running.
    pub(super) by_us: bool,
}

/// Tries to listen, and asks who answers when somebody else does.
pub(super) fn check(config: &Config) -> Answered {
    let listen = config.service.listen;
    let not_us = |check: Check| Answered {
        checks: vec![check],
        by_us: false,
    };
    match TcpListener::bind(listen) {
        Ok(_free) if listen.port() == 0 => not_us(Check::warning(
            ABOUT,
            "port 0 is another port at each start",
            "write a port that stays, such as 8080",
        )),
        Ok(_free) => not_us(Check::ok(
            ABOUT,
            format!("{listen} is free; no service runs there"),
        )),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let address = reachable(listen);
            match beds(address) {
                Some(beds) if beds == configured(config) => Answered {
                    checks: vec![
                        Check::ok(ABOUT, format!("the service answers on {listen}")),
                        ready(ask(address, "/readyz")),
                    ],
                    by_us: true,
                },
                Some(_others) => not_us(Check::problem(
                    ABOUT,
                    format!("another Chairside, with other beds, answers on {listen}"),
                    "end it, a demo perhaps; if the configuration was changed, start the service \
                     again",
                )),
                None => not_us(taken(listen, &error)),
            }
        }
        Err(error) => not_us(taken(listen, &error)),
    }
}

fn taken(listen: SocketAddr, error: &io::Error) -> Check {
    Check::problem(
        ABOUT,
        format!("{listen} cannot be answered on"),
        of_address(error),
    )
}

/// Says what the running service says of itself.
fn ready(answer: io::Result<(u16, String)>) -> Check {
    const ABOUT: &str = "service";
    match answer {
        Ok((200, _)) => Check::ok(
            ABOUT,
            "it reads every port, writes the record and tells whoever follows",
        ),
        Ok((_, why)) => {
            let lines: Vec<&str> = why.lines().collect();
            Check::problem(
                ABOUT,
                format!(
                    "it runs and is not able to monitor or to tell: {}",
                    lines.join("; ")
                ),
                "mend what stands above, or see its log: journalctl -u chairside",
            )
        }
        Err(error) => Check::problem(
            ABOUT,
            format!("it runs and does not answer: {error}"),
            "see its log: journalctl -u chairside",
        ),
    }
}

fn configured(config: &Config) -> Vec<(String, String)> {
    let beds = config.beds.iter();
    beds.map(|bed| (bed.id.clone(), bed.name.clone())).collect()
}

/// Asks for the beds, their ids and names; none when it is no Chairside that answers.
fn beds(address: SocketAddr) -> Option<Vec<(String, String)>> {
    let (_, body) = ask(address, "/api/v1/beds").ok()?;
    let body: Value = serde_json::from_str(&body).ok()?;
    let bed = |bed: &Value| {
        let text = |key: &str| Some(bed.get(key)?.as_str()?.to_owned());
        Some((text("bed")?, text("name")?))
    };
    body.get("beds")?.as_array()?.iter().map(bed).collect()
}

/// Returns where an address that stands for all of the machine's own can be reached here.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Asks for a page; returns its status and its body.
pub(super) fn ask(address: SocketAddr, path: &str) -> io::Result<(u16, String)> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    exchange(address, &request, ANSWER_TIMEOUT)
}

/// Has something done that JSON describes; returns the status and the body of the answer.
pub(super) fn post(address: SocketAddr, path: &str, body: &str) -> io::Result<(u16, String)> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    exchange(address, &request, DEED_TIMEOUT)
}

fn exchange(address: SocketAddr, request: &str, within: Duration) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(within))?;
    stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(ANSWER_MAX).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let no_http = || io::Error::from(io::ErrorKind::InvalidData);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(no_http)?;
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    let status = status.and_then(|status| status.parse().ok());
    Ok((status.ok_or_else(no_http)?, body.to_owned()))
}
