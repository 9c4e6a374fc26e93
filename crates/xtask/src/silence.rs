//! A program that says nothing any more is ended: one test that hangs must not cost all others.

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Runs a program, and gives away each line that it prints. It is ended, with all that it has
/// started, when it has printed nothing for so long.
///
/// # Errors
///
/// When it cannot be started or read, and when it was ended; the last line it printed is told.
pub(crate) fn run(
    command: &mut Command,
    silence_max: Duration,
    mut line_of: impl FnMut(&str),
) -> io::Result<ExitStatus> {
    // A group of its own: what it started ends with it.
    let mut child = command.stdout(Stdio::piped()).process_group(0).spawn()?;
    let lines = lines_of(&mut child);
    let mut last = "nothing".to_owned();
    loop {
        match lines.recv_timeout(silence_max) {
            Ok(line) => {
                let line = line?;
                line_of(&line);
                last = line;
            }
            Err(RecvTimeoutError::Disconnected) => return child.wait(),
            Err(RecvTimeoutError::Timeout) => {
                end(&mut child)?;
                let seconds = silence_max.as_secs();
                let why =
                    format!("it printed nothing for {seconds} s after {last:?}, and was ended");
                return Err(io::Error::new(io::ErrorKind::TimedOut, why));
            }
        }
    }
}

fn lines_of(child: &mut Child) -> Receiver<io::Result<String>> {
    let (sender, lines) = channel();
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    lines
}

/// Ends a program and its group, by the shell, for there need not be another `kill`.
fn end(child: &mut Child) -> io::Result<()> {
    let group = format!("kill -KILL -{}", child.id());
    Command::new("sh").args(["-c", &group]).status()?;
    child.wait().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_is_read_line_by_line_to_its_end() {
        let mut seen = Vec::new();
        let status = run(
            &mut shell("echo one; echo two; exit 3"),
            Duration::from_mins(1),
            |line| {
                seen.push(line.to_owned());
            },
        );
        assert_eq!(status.unwrap().code(), Some(3));
        assert_eq!(seen, ["one", "two"]);
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_what_it_started_and_its_last_line_is_told() {
        // The one it started holds the same pipe.
        let script = "echo begun; sleep 1000 & sleep 1000";
        let ended = run(&mut shell(script), Duration::from_millis(300), |_| {});
        let error = ended.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(error.to_string().contains("\"begun\""), "{error}");
    }
}
