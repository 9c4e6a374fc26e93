//! A driver with its clock, for the tests to drive; each adds what its device needs.

use std::time::Duration;

use chairside_model::MonoTime;
use chairside_protocol::{Driver, DriverEvent, DriverInfo, DriverOutput, LineInput};

/// The driver, its clock, and what it last gave.
pub(crate) struct Bench {
    pub(crate) driver: Box<dyn Driver>,
    pub(crate) now: MonoTime,
    pub(crate) out: DriverOutput,
}

impl Bench {
    /// A driver whose line is not open: it listens and says nothing, as `decode` uses it.
    pub(crate) fn with(info: &DriverInfo) -> Self {
        Self {
            driver: (info.build)(),
            now: MonoTime::from_secs(10_000),
            out: DriverOutput::default(),
        }
    }

    /// Gives one input; `out` then has what follows from it alone.
    pub(crate) fn input(&mut self, input: LineInput<'_>) -> Vec<DriverEvent> {
        self.out.clear();
        self.driver.handle(self.now, input, &mut self.out);
        self.out.events.clone()
    }

    /// Lets time pass, up to and including the next thing the driver wants to do.
    pub(crate) fn wait(&mut self) -> Duration {
        let deadline = self
            .driver
            .next_deadline()
            .expect("an open line always has a next step");
        let waited = deadline.saturating_since(self.now);
        self.now = deadline.max(self.now);
        self.input(LineInput::Tick);
        waited
    }
}
