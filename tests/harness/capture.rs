//! Captures as text: a line for each read or write, so that a difference can be read.
//!
//! ```text
//! +12.345678 < 01 80 7f
//! ```
//!
//! Seconds since the line was opened; `<` from the device, `>` to it; the bytes in hexadecimal.
//! A line that begins with `#` is a comment.

use std::fmt::Write;
use std::time::Duration;

use crate::conversation::{From, Said};

/// Returns what was said as text.
#[must_use]
pub fn write(said: &[Said]) -> String {
    let mut text = String::new();
    for Said { at, from, bytes } in said {
        let arrow = match from {
            From::Device => '<',
            From::Host => '>',
        };
        // Writing to a string does not fail.
        let _ = write!(text, "+{}.{:06} {arrow}", at.as_secs(), at.subsec_micros());
        for byte in bytes {
            let _ = write!(text, " {byte:02x}");
        }
        text.push('\n');
    }
    text
}

/// Reads what [`write()`] wrote.
///
/// # Errors
///
/// The number of the first line that cannot be read, and why.
pub fn read(text: &str) -> Result<Vec<Said>, String> {
    let mut said = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let read = line_of(line).ok_or_else(|| format!("line {number}: {line:?}"))?;
        said.push(read);
    }
    Ok(said)
}

fn line_of(line: &str) -> Option<Said> {
    let mut words = line.split(' ');
    let (seconds, micros) = words.next()?.strip_prefix('+')?.split_once('.')?;
    let micros: u64 = micros.parse().ok().filter(|_| micros.len() == 6)?;
    let seconds: u64 = seconds.parse().ok()?;
    let from = match words.next()? {
        "<" => From::Device,
        ">" => From::Host,
        _ => return None,
    };
    let bytes = words.map(|word| u8::from_str_radix(word, 16).ok());
    Some(Said {
        at: Duration::from_secs(seconds) + Duration::from_micros(micros),
        from,
        bytes: bytes.collect::<Option<_>>()?,
    })
}
