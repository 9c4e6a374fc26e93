//! Standard output: buffered, and quiet when nobody reads it any more.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use super::Unusable;

/// Bytes gathered before the kernel is asked to take them.
const BUFFER: usize = 64 * 1024;

/// Why a command that writes stopped early.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Its output is not taken.
    Output(io::Error),
    /// Its input cannot be used.
    Unusable(Unusable),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Unusable> for Stopped {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}

/// Lets a command write to standard output. A reader who has seen enough and closed the pipe
/// ends it without a word.
pub(super) fn to_stdout(
    write: impl FnOnce(&mut dyn Write) -> Result<ExitCode, Stopped>,
) -> Result<ExitCode, Unusable> {
    let mut output = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let written = write(&mut output).and_then(|code| {
        output.flush()?;
        Ok(code)
    });
    match written {
        Ok(code) => Ok(code),
        Err(Stopped::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            // What is left cannot be written either; dropping the writer would try again.
            let _ = output.into_parts();
            Ok(ExitCode::SUCCESS)
        }
        Err(Stopped::Output(error)) => {
            let _ = output.into_parts();
            Err(Unusable(format!("standard output: {error}")))
        }
        Err(Stopped::Unusable(unusable)) => {
            // What was found before the input became unusable stays found.
            let _ = output.flush();
            Err(unusable)
        }
    }
}
