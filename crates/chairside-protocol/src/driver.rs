//! Our side of one device's conversation, without a port and without a clock.

use std::borrow::Cow;
use std::num::NonZeroUsize;

use chairside_model::{CuffAnswer, CuffOrder, CuffRefusal, MonoTime, Reading};

use crate::framing::Discard;

/// Our side of one device's conversation.
///
/// The whole of it is two methods: something happened on the line, and when to call again if
/// nothing does. A driver never fails and never stops: bytes it cannot use are reported as
/// [`Finding::Discarded`], a value that is not there as unavailable. What it finds must not
/// depend on how the bytes were cut into pieces.
pub trait Driver: Send + std::fmt::Debug {
    /// Takes what happened on the line and appends what follows from it to `out`.
    ///
    /// `now` never falls from one call to the next. On [`LineInput::Tick`] the driver does what
    /// is due (a poll, a keep-alive) and ignores a tick that comes too early.
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput);

    /// Returns when the driver wants a [`LineInput::Tick`], if it does.
    fn next_deadline(&self) -> Option<MonoTime>;

    /// Tells whether an order of a person's would be taken now.
    ///
    /// # Errors
    ///
    /// Why not; of a driver whose [`DriverInfo`](crate::DriverInfo) does not say that it can, always
    /// [`CuffRefusal::Unable`].
    fn check_order(&self, order: CuffOrder) -> Result<(), CuffRefusal> {
        let _ = order;
        Err(CuffRefusal::Unable)
    }

    /// Takes an order of a person's: the only thing that can ever make a driver send what starts or
    /// stops a cuff. What [`check_order`](Self::check_order) refuses does nothing.
    ///
    /// One order is sent once, at once or when the reply that is on its way has come, or not at
    /// all; it is never sent again. What became of it is told once, among
    /// [`DriverOutput::answers`]. Orders are answered in the order in which they were taken.
    fn order(&mut self, now: MonoTime, order: CuffOrder, out: &mut DriverOutput) {
        let _ = (now, order, out);
    }
}

/// What can happen on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineInput<'a> {
    /// The port was opened, for the first time or again. Half a frame from before is void.
    Opened,
    /// Bytes arrived; never empty.
    Received(&'a [u8]),
    /// The port is gone. Half a frame is void; the driver waits for `Opened`.
    Closed,
    /// Time passed.
    Tick,
}

/// What a driver gives back. The caller owns it, empties it and uses it again.
#[derive(Debug, Default)]
pub struct DriverOutput {
    /// Bytes to write to the line.
    pub transmit: Vec<u8>,
    /// What was found, in the order of the stream.
    pub events: Vec<DriverEvent>,
    /// What became of a person's orders, after all that was found by then.
    pub answers: Vec<(CuffOrder, CuffAnswer)>,
}

impl DriverOutput {
    /// Empties the lists and keeps their memory.
    pub fn clear(&mut self) {
        self.transmit.clear();
        self.events.clear();
        self.answers.clear();
    }

    /// Appends a finding.
    pub fn push(&mut self, offset: u64, finding: Finding) {
        self.events.push(DriverEvent { offset, finding });
    }

    /// Appends a finding that is made only when there is room for it, so that it is written where
    /// it stays. For the numerics of a fast stream, whose copies would cost more than their bytes.
    #[inline]
    pub(crate) fn push_with(&mut self, offset: u64, finding: impl FnOnce() -> Finding) {
        let event = std::iter::once_with(|| DriverEvent {
            offset,
            finding: finding(),
        });
        self.events.extend(event);
    }

    /// Appends that the `bytes` before `offset` were not used.
    pub(crate) fn discard(&mut self, offset: u64, bytes: usize, why: Discard) {
        self.push(offset, Finding::Discarded { bytes, why });
    }

    /// Appends that half a frame is void, because the connection ended or began: where it ended
    /// and how long it was, if there was one.
    pub(crate) fn void(&mut self, half: Option<(u64, NonZeroUsize)>) {
        if let Some((offset, bytes)) = half {
            self.discard(offset, bytes.get(), Discard::BeforeStart);
        }
    }
}

/// One finding and where in the stream it was complete.
#[derive(Clone, Debug, PartialEq)]
pub struct DriverEvent {
    /// Number of bytes received since the driver was made, up to the end of what gave this.
    pub offset: u64,
    /// What was found.
    pub finding: Finding,
}

/// What a driver can find on its line.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A frame that passed its own checks. Comes before whatever the frame says. Whoever wants
    /// several good frames before trusting a new link counts these.
    Frame,
    /// Something measured.
    Reading(Reading),
    /// The device's own alarm, in its own words; shown beside ours and never confused with it.
    DeviceAlarm {
        /// How urgent the device says it is.
        priority: DeviceAlarmPriority,
        /// The device's text, or the sheet's name of the alarm bit.
        text: Cow<'static, str>,
    },
    /// The device said who it is: a serial number or an identity text.
    Identity(Box<str>),
    /// Bytes that were not used.
    Discarded {
        /// How many; never 0.
        bytes: usize,
        /// Why.
        why: Discard,
    },
}

/// How urgent a device says its own alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceAlarmPriority {
    /// Advisory.
    Low,
    /// Caution.
    Medium,
    /// Crisis.
    High,
}

impl DeviceAlarmPriority {
    /// Returns the name used in JSON: `"low"`, `"medium"`, `"high"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
