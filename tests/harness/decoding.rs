//! What the measurements of decoding share: a driver whose line is open, and how fast it is.

use std::hint::black_box;
use std::time::Duration;

use chairside_model::MonoTime;
use chairside_protocol::{Driver, DriverEvent, DriverInfo, DriverOutput, LineInput};

use crate::process::thread_time;

/// So many bytes are given between two looks at the time: asking costs some microseconds, and
/// these take milliseconds.
const UNWATCHED: u32 = 500_000;

/// A driver whose line is open.
#[derive(Debug)]
pub struct Line {
    driver: Box<dyn Driver>,
    now: MonoTime,
    out: DriverOutput,
}

impl Line {
    /// Opens a line for a driver.
    #[must_use]
    pub fn open(driver: &DriverInfo) -> Self {
        let mut line = Self {
            driver: (driver.build)(),
            now: MonoTime::ZERO,
            out: DriverOutput::default(),
        };
        line.handle(LineInput::Opened);
        line
    }

    /// Gives the driver bytes, and returns what it found in them.
    pub fn receive(&mut self, piece: &[u8]) -> &[DriverEvent] {
        self.handle(LineInput::Received(piece))
    }

    /// Closes the line, and returns what the driver still had to tell.
    pub fn close(&mut self) -> &[DriverEvent] {
        self.handle(LineInput::Closed)
    }

    fn handle(&mut self, input: LineInput<'_>) -> &[DriverEvent] {
        self.out.clear();
        self.driver.handle(self.now, input, &mut self.out);
        &black_box(&self.out).events
    }

    /// Says what time it is, counted from the opening of the line.
    pub const fn at(&mut self, now: Duration) {
        self.now = MonoTime::from_start(now);
    }

    /// Lets time pass, so that a stream may begin again: what comes now is younger than all that
    /// came before.
    pub fn later(&mut self, by: Duration) {
        self.now = self.now + by;
    }
}

/// Returns bytes for each second that this thread ran on a processor, of at least so long.
pub fn speed(bytes: usize, least: Duration, mut once: impl FnMut()) -> f64 {
    let each = u32::try_from(bytes).expect("streams are short");
    let repeated = UNWATCHED.div_ceil(each);
    let begun = thread_time();
    let mut given = 0;
    loop {
        for _ in 0..repeated {
            once();
        }
        given += repeated;
        let used = thread_time().saturating_sub(begun);
        if used >= least {
            return f64::from(given) * f64::from(each) / used.as_secs_f64();
        }
    }
}

/// Returns the value in the middle.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
