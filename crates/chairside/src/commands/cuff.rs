//! `chairside cuff`: a person has the cuff of a bed measure, or lets the air out.
//!
//! It tells a running service, which does what it does for the dashboard. It asks once: an answer
//! that does not come is told, and the person looks at the device.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use chairside_model::CuffOrder;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Unusable, check};
use crate::remedy::without_numbers;

/// Where a service answers that nobody set otherwise.
const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// A service on this machine that does not take a connection in this time is not there.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// The record, the order's turn and the device's answer take 9 s at most.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// A longer answer is none of ours, bytes.
const ANSWER_MAX: u64 = 64 * 1024;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Has the cuff measure once, now.
    Start(Whom),
    /// Lets the air out.
    Stop(Whom),
}

/// Which cuff, on whose order, and which service is told.
#[derive(Debug, Args)]
struct Whom {
    /// The bed, by id.
    #[arg(long, value_name = "ID")]
    bed: String,
    /// The person of the staff whose order it is, by id.
    #[arg(long, value_name = "ID")]
    by: String,
    /// The clinic's file, which says where its service answers.
    #[arg(long, value_name = "FILE", conflicts_with = "address")]
    config: Option<PathBuf>,
    /// Where the service answers; 127.0.0.1:8080 where neither is said.
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<SocketAddr>,
}

/// Gives the order and waits for what becomes of it: 0, the device does it; 1, it does not, or
/// nobody knows, and the words say so; 2, the order says something that is not there.
///
/// # Errors
///
/// When the configuration cannot be read or the service cannot be reached.
#[expect(
    clippy::print_stderr,
    reason = "a program's word to the person who called it"
)]
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let (order, whom) = match &options.order {
        Order::Start(whom) => (CuffOrder::Start, whom),
        Order::Stop(whom) => (CuffOrder::Stop, whom),
    };
    let address = whom.address()?;
    let mut service = TcpStream::connect_timeout(&address, CONNECT_WITHIN).map_err(|error| {
        let why = without_numbers(&error.to_string());
        Unusable(format!("no service answers on {address}: {why}"))
    })?;
    let answer = ask(&mut service, address, &request(address, order, whom));
    let (code, words) = match answer {
        Ok(Answer { status: 200, body }) => {
            let warning = body["warning"].as_str();
            let done = match order {
                CuffOrder::Start => "it measures",
                CuffOrder::Stop => "it does not measure any more",
            };
            (
                0,
                warning.map_or_else(|| done.to_owned(), |warning| format!("{done}; {warning}")),
            )
        }
        Ok(Answer { status, body }) => {
            let words = body["error"]
                .as_str()
                .unwrap_or("the service gives no reason");
            (if status == 400 { 2 } else { 1 }, words.to_owned())
        }
        Err(error) => {
            let why = without_numbers(&error.to_string());
            let words = format!(
                "the service did not say what became of it ({why}); the order may have been given: \
                 look at the device"
            );
            (1, words)
        }
    };
    eprintln!("chairside: cuff of bed {}: {words}", whom.bed);
    Ok(ExitCode::from(code))
}

impl Whom {
    /// Returns where the service can be reached from this machine.
    fn address(&self) -> Result<SocketAddr, Unusable> {
        let mut address = match (&self.config, self.address) {
            (Some(file), _) => check::load(file)?.service.listen,
            (None, Some(address)) => address,
            (None, None) => DEFAULT,
        };
        if address.port() == 0 {
            let why = "service.listen takes any free port; say with --address which it took";
            return Err(Unusable(why.to_owned()));
        }
        // All of the machine's own addresses are none that can be reached.
        match address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            IpAddr::V4(_) | IpAddr::V6(_) => {}
        }
        Ok(address)
    }
}

fn request(address: SocketAddr, order: CuffOrder, whom: &Whom) -> String {
    let body = json!({ "order": order.name(), "by": whom.by, "station": "command line" });
    let (bed, body) = (escaped(&whom.bed), body.to_string());
    format!(
        "POST /api/v1/beds/{bed}/cuff HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Returns a name as it stands in an address (RFC 3986, section 2.3).
fn escaped(name: &str) -> String {
    let bytes = name.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    bytes.collect()
}

/// What the service said.
struct Answer {
    status: u16,
    body: Value,
}

fn ask(service: &mut TcpStream, address: SocketAddr, request: &str) -> io::Result<Answer> {
    service.set_write_timeout(Some(CONNECT_WITHIN))?;
    service.set_read_timeout(Some(ANSWER_WITHIN))?;
    service.write_all(request.as_bytes())?;
    let mut text = String::new();
    service.take(ANSWER_MAX).read_to_string(&mut text)?;
    read(&text)
        .ok_or_else(|| io::Error::other(format!("{address} does not speak as a service does")))
}

fn read(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    // What is refused before it is looked at is refused in plain words.
    let body = serde_json::from_str(body).unwrap_or_else(|_| json!({ "error": body.trim() }));
    Some(Answer { status, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_in_an_address_whatever_it_is() {
        assert_eq!(escaped("bed-1_a.b~c"), "bed-1_a.b~c");
        assert_eq!(escaped("a/../b ä"), "a%2F..%2Fb%20%C3%A4");
    }

    #[test]
    fn an_answer_is_read_and_anything_else_is_none() {
        let answer = read("HTTP/1.1 409 Conflict\r\nA: b\r\n\r\n{\"ok\":false,\"error\":\"late\"}");
        let answer = answer.expect("it is an answer");
        assert_eq!(
            (answer.status, &answer.body["error"]),
            (409, &json!("late"))
        );
        let plain = read("HTTP/1.1 421 Misdirected Request\r\n\r\nnot this host\n");
        assert_eq!(plain.expect("it is one").body["error"], "not this host");
        for text in [
            "",
            "SSH-2.0-OpenSSH\r\n\r\n",
            "HTTP/1.1 \r\n\r\n",
            "HTTP/1.1 2\u{e4}\r\n\r\n",
        ] {
            assert!(read(text).is_none(), "{text:?}");
        }
    }
}
