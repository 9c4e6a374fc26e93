//! The log of one test, so that it can be asserted clean.

use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

/// What the service warns of when the disk keeps it waiting, as that of a machine that runs many
/// tests does: it says something of the machine, and nothing of the service.
const SLOW_DISK: &str = "Told before the kernel had it";

/// What was logged on this thread since [`Log::listen`], as warnings and errors.
///
/// Each test has a runtime on its own thread, so that it has a log of its own.
#[derive(Debug)]
pub struct Log {
    lines: Lines,
    everything: Lines,
    _listening: DefaultGuard,
}

type Lines = Arc<Mutex<Vec<String>>>;

impl Log {
    /// Begins to listen.
    #[must_use]
    pub fn listen() -> Self {
        let (lines, everything) = (Lines::default(), Lines::default());
        let collector = Collector {
            lines: Arc::clone(&lines),
            everything: Arc::clone(&everything),
        };
        let listening = tracing::subscriber::set_default(registry().with(collector));
        Self {
            lines,
            everything,
            _listening: listening,
        }
    }

    /// Returns the warnings and errors so far.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        lock(&self.lines).clone()
    }

    /// Returns what Chairside itself has logged so far, of every level.
    #[must_use]
    pub fn everything(&self) -> Vec<String> {
        lock(&self.everything).clone()
    }

    /// Fails when there is a warning or an error that has none of these words in it.
    #[track_caller]
    pub fn assert_clean_but_for(&self, expected: &[&str]) {
        let mut lines = self.lines();
        lines.retain(|line| !line.contains(SLOW_DISK));
        lines.retain(|line| !expected.iter().any(|words| line.contains(words)));
        assert!(
            lines.is_empty(),
            "the log is not clean:\n{}",
            lines.join("\n")
        );
    }
}

struct Collector {
    lines: Lines,
    everything: Lines,
}

fn lock(lines: &Lines) -> MutexGuard<'_, Vec<String>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let metadata = event.metadata();
        // Errors are below warnings in tracing's order.
        let is_warning = *metadata.level() <= Level::WARN;
        let is_ours = metadata.target().starts_with("chairside");
        if !is_warning && !is_ours {
            return;
        }
        let mut line = Line(format!("{}:", metadata.level()));
        event.record(&mut line);
        if is_ours {
            lock(&self.everything).push(line.0.clone());
        }
        if is_warning {
            lock(&self.lines).push(line.0);
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a string does not fail.
        let _ = write!(self.0, " {field}={value:?}");
    }
}
