//! A serial port whose device nobody has named: the search for its driver, with a real line.

use std::path::Path;

use chairside_protocol::identify::{Identification, Verdict};
use chairside_protocol::{DRIVERS, LineInput, LineSettings};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{sleep_until, timeout};

use super::access::{Access, SerialSocket, Way};
use super::{READ_BUFFER, WRITE_TIMEOUT};
use crate::clock::Clock;
use crate::remedy::without_numbers;

/// Finds out which driver fits what is plugged in there; takes up to half a minute, and up to a
/// minute with something that no driver knows.
///
/// # Errors
///
/// When the port cannot be opened, or is gone before the search is over.
pub async fn identify(path: &Path, clock: Clock) -> Result<Verdict, String> {
    let mut search = Identification::new(DRIVERS);
    let mut transmit = Vec::new();
    while let Some(settings) = search.line() {
        let path = path.to_owned();
        let mut way = Access::new(SerialSocket { path, settings });
        let mut line = way.open().await?;
        search.handle(clock.now(), LineInput::Opened, &mut transmit);
        let end = converse(&mut search, settings, &mut transmit, &mut line, clock).await;
        way.close(line).await?;
        end?;
    }
    Ok(search.verdict())
}

/// Lets the search read and write until the line must be set otherwise.
async fn converse(
    search: &mut Identification,
    settings: LineSettings,
    transmit: &mut Vec<u8>,
    line: &mut (impl AsyncRead + AsyncWrite + Unpin),
    clock: Clock,
) -> Result<(), String> {
    let mut buffer = [0; READ_BUFFER];
    while search.line() == Some(settings) {
        if !transmit.is_empty() {
            let written = timeout(WRITE_TIMEOUT, line.write_all(transmit)).await;
            // A device that holds its line back does not answer, and that is an answer.
            if let Ok(written) = written {
                written.map_err(|error| without_numbers(&error.to_string()))?;
            }
            transmit.clear();
        }
        let due = search.next_deadline().map(|due| clock.timer(due));
        let due = due.unwrap_or_else(|| clock.timer(clock.now()));
        tokio::select! {
            read = line.read(&mut buffer) => match read {
                Ok(0) => return Err("end of file: unplugged".to_owned()),
                Ok(length) => {
                    let received = LineInput::Received(&buffer[..length]);
                    search.handle(clock.now(), received, transmit);
                }
                Err(error) => return Err(without_numbers(&error.to_string())),
            },
            () = sleep_until(due) => search.handle(clock.now(), LineInput::Tick, transmit),
        }
    }
    // What was to be said at these settings is of no use at others.
    transmit.clear();
    Ok(())
}
