//! What a failure of SMTP means for the next attempt.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;

use lettre::transport::smtp::Error;

use crate::{Failure, Retry};

/// How far an attempt had come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Connect,
    Protect,
    Account,
    Sender,
    Recipient,
    Content,
}

/// Says what an error means. Only our own words, the server's name and its code are in it.
pub(super) fn failure(server: &str, step: Step, error: &Error) -> Failure {
    let refused = match step {
        Step::Connect => "refuses to talk to us",
        Step::Protect => "refuses STARTTLS",
        Step::Account => "refuses the user or the password",
        Step::Sender => "refuses the sender",
        Step::Recipient => "refuses the recipient",
        Step::Content => "refuses the mail",
    };
    if let Some(code) = error.status() {
        let retry = if error.is_permanent() {
            Retry::Never
        } else {
            Retry::After(None)
        };
        let why = format!("{server} {refused} ({code})");
        return Failure { retry, why };
    }
    if let Some(tls) = of_tls(error) {
        let why = format!("{server} cannot be trusted: {tls}");
        return match tls {
            rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::PeerIncompatible(_)
            // It speaks no TLS there.
            | rustls::Error::InvalidMessage(_) => Failure::lasting(why),
            _ => Failure::passing(why),
        };
    }
    let mut why = match step {
        Step::Connect => format!("{server} cannot be reached"),
        Step::Protect => format!("the connection to {server} could not be protected"),
        Step::Account | Step::Sender | Step::Recipient | Step::Content => {
            format!("{server} went away half-way")
        }
    };
    if let Some(kind) = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()) {
        // Writing into a string does not fail.
        let _ = write!(why, ": {}", kind.kind());
    }
    Failure::passing(why)
}

/// Returns what TLS had against it.
fn of_tls(error: &Error) -> Option<&rustls::Error> {
    causes(error).find_map(|cause| {
        let within = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        within
            .and_then(|within| within.downcast_ref())
            .or_else(|| cause.downcast_ref())
    })
}

fn causes(error: &Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
