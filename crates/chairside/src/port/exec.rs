//! A program that reads the device itself: what it prints is the line.
//!
//! It is started again when it ends, as a port is opened again, and killed with all that it has
//! started when the line is closed. What it says on its standard error goes to our log.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncReadExt, Join, join};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout};
use tracing::info;

use super::access::Way;
use crate::clock::timer_now;
use crate::remedy;

/// A program that was asked to end does so in this time, or is killed. Shorter than the service
/// waits for its ports when it stops.
const END_WITHIN: Duration = Duration::from_millis(250);

/// A killed program is gone in this time, unless the kernel holds it.
const KILLED_WITHIN: Duration = Duration::from_secs(2);

/// Bytes of one line that go to the log.
const LINE_MAX: usize = 300;

/// Lines that go to the log in [`WINDOW`].
const LINES_MAX: usize = 20;
const WINDOW: Duration = Duration::from_secs(10);

/// A program and whether it runs.
#[derive(Debug)]
pub(super) struct Program {
    /// What people call the device.
    device: String,
    /// The program's path and what it is given.
    command: Vec<String>,
    running: Option<Child>,
}

impl Way for Program {
    type Line = Join<ChildStdout, ChildStdin>;

    async fn open(&mut self) -> Result<Self::Line, String> {
        self.end().await;
        let (program, arguments) = self.command.split_first().ok_or("names no program")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own, so that what it starts can be ended with it.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| remedy::of_program(&error))?;
        let ends = (child.stdout.take(), child.stdin.take(), child.stderr.take());
        let (Some(output), Some(input), Some(errors)) = ends else {
            unreachable!("they were asked for");
        };
        // It ends with the program.
        tokio::spawn(log(self.device.clone(), errors));
        self.running = Some(child);
        Ok(join(output, input))
    }

    async fn close(&mut self, line: Self::Line) -> Result<(), String> {
        // Most programs end when nobody reads them any more.
        drop(line);
        self.end().await;
        Ok(())
    }

    fn ended(&self) -> &'static str {
        "the program ended, or closed its output"
    }
}

impl Program {
    pub(super) const fn new(device: String, command: Vec<String>) -> Self {
        Self {
            device,
            command,
            running: None,
        }
    }

    async fn end(&mut self) {
        let Some(child) = &mut self.running else {
            return;
        };
        signal(child, Signal::TERM);
        let mut ended = timeout(END_WITHIN, child.wait()).await;
        if ended.is_err() {
            signal(child, Signal::KILL);
            ended = timeout(KILLED_WITHIN, child.wait()).await;
        }
        if let Ok(Ok(status)) = ended {
            info!(device = self.device, %status, "Program ended.");
        }
        self.running = None;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &self.running {
            signal(child, Signal::KILL);
        }
    }
}

/// Sends a signal to a program and all that it has started; nothing to one that has ended.
fn signal(child: &Child, signal: Signal) {
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(group) = id.and_then(Pid::from_raw) {
        // It may end at this very moment.
        let _ = kill_process_group(group, signal);
    }
}

async fn log(device: String, mut errors: ChildStderr) {
    let mut lines = Lines::new(timer_now());
    let mut buffer = [0; 1024];
    // What cannot be read any more has ended.
    while let Ok(length @ 1..) = errors.read(&mut buffer).await {
        lines.push(timer_now(), &buffer[..length], |line| {
            info!(device, line, "The program says.");
        });
    }
    lines.end(|line| info!(device, line, "The program says."));
}

/// Parts what a program says into lines, of bounded length and number.
#[derive(Debug)]
struct Lines {
    held: Vec<u8>,
    window: Instant,
    told: usize,
    left_out: usize,
}

impl Lines {
    const fn new(now: Instant) -> Self {
        Self {
            held: Vec::new(),
            window: now,
            told: 0,
            left_out: 0,
        }
    }

    fn push(&mut self, now: Instant, bytes: &[u8], mut tell: impl FnMut(&str)) {
        if now.saturating_duration_since(self.window) >= WINDOW {
            self.window = now;
            self.told = 0;
            self.tell_left_out(&mut tell);
        }
        for &byte in bytes {
            if byte == b'\n' {
                self.line(&mut tell);
            } else if self.held.len() < LINE_MAX {
                self.held.push(byte);
            }
        }
    }

    /// Tells the last line, which may lack its end.
    fn end(mut self, mut tell: impl FnMut(&str)) {
        self.line(&mut tell);
        self.tell_left_out(&mut tell);
    }

    fn line(&mut self, tell: &mut impl FnMut(&str)) {
        let text = String::from_utf8_lossy(&self.held);
        // No line of ours is to look as if another had begun.
        let text = text.replace(char::is_control, " ");
        self.held.clear();
        if text.trim().is_empty() {
            return;
        }
        if self.told < LINES_MAX {
            self.told += 1;
            tell(text.trim());
        } else {
            self.left_out += 1;
        }
    }

    fn tell_left_out(&mut self, tell: &mut impl FnMut(&str)) {
        let count = std::mem::take(&mut self.left_out);
        if count > 0 {
            tell(&format!("({count} lines more)"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_says_is_told_line_by_line_with_limits() {
        let start = timer_now();
        let mut lines = Lines::new(start);
        let mut told = Vec::new();
        let mut push = |lines: &mut Lines, at, bytes: &[u8]| {
            lines.push(at, bytes, |line| told.push(line.to_owned()));
        };
        push(&mut lines, start, b"port op");
        push(&mut lines, start, b"en\r\n\n\x1b[31mbad\xFF\n");
        push(&mut lines, start, &b"x".repeat(10_000));
        push(&mut lines, start, b"\n");
        for _ in 0..100 {
            push(&mut lines, start, b"again\n");
        }
        push(&mut lines, start + WINDOW, b"later");
        lines.end(|line| told.push(line.to_owned()));
        assert_eq!(told[..2], ["port open", "[31mbad\u{FFFD}"]);
        assert_eq!(told[2].len(), LINE_MAX);
        assert_eq!(told[3..LINES_MAX], vec!["again"; LINES_MAX - 3]);
        assert_eq!(told[LINES_MAX..], ["(83 lines more)", "later"]);
    }
}
