//! One device's line as the station sees it: its driver, whether it is trusted, and its link.

use std::time::Duration;

use chairside_model::{Cuff, CuffAnswer, CuffOrder, CuffRefusal, MonoTime, Reading};
use chairside_protocol::{Discard, Driver, DriverInfo, DriverOutput, Finding, LineInput};

use crate::record::LinkState;

/// Good frames in a row before a newly opened line is believed. A one-byte sum accepts one in
/// 256 of random frames, and the first bytes after opening may be old or half (after the
/// reliability goal R11: "demand k consecutive frames before trusting a new link").
const TRUSTED_AFTER_FRAMES: u8 = 3;

/// A device that speaks as seldom as this is believed at its first good frame: three of them would
/// be minutes, and a frame that is sent so seldom is long and has more to be checked than a sum.
const SELDOM: Duration = Duration::from_secs(5);

/// Silence after which a connected device counts as gone quiet: this or three nominal periods,
/// whichever is longer (reliability goal R3).
const SILENT_AFTER: Duration = Duration::from_secs(3);

/// How often the bytes that were dropped are summed up into the record.
const TALLY_EVERY: Duration = Duration::from_secs(1);

/// Readings kept back while a line is not trusted yet: a few seconds of numerics. Beyond it the
/// oldest go, for a line that is not trusted by then is a wrong one.
const WITHHELD_MAX: usize = 64;

/// What a line gives the bed, in the order it happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LineOutcome {
    /// A trusted frame: the device lives.
    Frame,
    /// A trusted reading.
    Reading(Reading),
    /// The device's own alarm or identity, as the driver found it.
    Device(Finding),
    /// The link changed.
    Link(LinkState),
    /// Bytes dropped since the last such entry.
    Discarded(u64, Discard),
    /// What became of a person's order.
    Ordered(CuffOrder, CuffAnswer),
}

#[derive(Debug)]
pub(crate) struct Line {
    driver: Box<dyn Driver>,
    can_start_cuff: bool,
    silent_after: Duration,
    trusted_after_frames: u8,
    state: LinkState,
    good_frames: u8,
    last_frame: Option<MonoTime>,
    withheld: Vec<Reading>,
    /// Who the device says it is, until the line is trusted.
    identity: Option<Box<str>>,
    dropped: [u64; Discard::ALL.len()],
    tally_due: Option<MonoTime>,
    found: DriverOutput,
}

impl Line {
    pub(crate) fn new(info: &DriverInfo) -> Self {
        Self {
            driver: (info.build)(),
            can_start_cuff: info.can_start_cuff,
            silent_after: SILENT_AFTER.max(info.nominal_period * 3),
            trusted_after_frames: if info.nominal_period < SELDOM {
                TRUSTED_AFTER_FRAMES
            } else {
                1
            },
            state: LinkState::Disconnected,
            good_frames: 0,
            last_frame: None,
            withheld: Vec::new(),
            identity: None,
            dropped: [0; Discard::ALL.len()],
            tally_due: None,
            found: DriverOutput::default(),
        }
    }

    pub(crate) fn handle(
        &mut self,
        now: MonoTime,
        input: LineInput<'_>,
        transmit: &mut Vec<u8>,
        out: &mut Vec<LineOutcome>,
    ) {
        // What was due before this moment comes before what the moment brings. What is due at this
        // very moment waits for the tick, or else the place where bytes were cut would decide.
        if input != LineInput::Tick {
            self.settle(|due| due < now, out);
        }
        match input {
            LineInput::Opened => {
                self.doubt();
                // Whoever it was before: another one may have been plugged in.
                self.identity = None;
                self.enter(LinkState::Connecting, out);
            }
            LineInput::Closed | LineInput::Received(_) | LineInput::Tick => {}
        }
        let due = self
            .driver
            .next_deadline()
            .is_some_and(|deadline| deadline <= now);
        if input != LineInput::Tick || due {
            self.found.clear();
            self.driver.handle(now, input, &mut self.found);
            self.take_what_was_found(now, transmit, out);
        }
        if input == LineInput::Closed {
            self.doubt();
            self.enter(LinkState::Disconnected, out);
            self.tally(out);
        }
        if input == LineInput::Tick {
            self.settle(|due| due <= now, out);
        }
    }

    /// Tells whether the device is one whose cuff can be started from here.
    pub(crate) const fn can_start_cuff(&self) -> bool {
        self.can_start_cuff
    }

    /// Tells whether an order would be taken now. One to stop is also for a device that is silent.
    pub(crate) fn check_order(&self, order: CuffOrder) -> Result<(), CuffRefusal> {
        if !self.can_start_cuff {
            return Err(CuffRefusal::Unable);
        }
        match (self.state, order) {
            (LinkState::Disconnected, _) | (LinkState::Connecting, CuffOrder::Start) => {
                Err(CuffRefusal::NotConnected)
            }
            (LinkState::Connecting, CuffOrder::Stop) | (LinkState::Connected, _) => {
                self.driver.check_order(order)
            }
        }
    }

    /// Gives the device an order. What [`check_order`](Self::check_order) refuses does nothing.
    pub(crate) fn order(
        &mut self,
        now: MonoTime,
        order: CuffOrder,
        transmit: &mut Vec<u8>,
        out: &mut Vec<LineOutcome>,
    ) {
        self.settle(|due| due < now, out);
        if self.check_order(order).is_ok() {
            self.found.clear();
            self.driver.order(now, order, &mut self.found);
            self.take_what_was_found(now, transmit, out);
        }
    }

    fn take_what_was_found(
        &mut self,
        now: MonoTime,
        transmit: &mut Vec<u8>,
        out: &mut Vec<LineOutcome>,
    ) {
        transmit.extend_from_slice(&self.found.transmit);
        let mut found = std::mem::take(&mut self.found);
        for event in found.events.drain(..) {
            self.take(now, event.finding, out);
        }
        let answers = found.answers.drain(..);
        out.extend(answers.map(|(order, answer)| LineOutcome::Ordered(order, answer)));
        self.found = found;
    }

    pub(crate) fn next_deadline(&self) -> Option<MonoTime> {
        [
            self.driver.next_deadline(),
            self.silent_at(),
            self.tally_due,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn take(&mut self, now: MonoTime, finding: Finding, out: &mut Vec<LineOutcome>) {
        match finding {
            Finding::Frame => {
                self.last_frame = Some(now);
                self.good_frames = self.good_frames.saturating_add(1);
                if self.trusted() {
                    self.enter(LinkState::Connected, out);
                    out.push(LineOutcome::Frame);
                    let identity = self.identity.take().map(Finding::Identity);
                    out.extend(identity.map(LineOutcome::Device));
                    out.extend(self.withheld.drain(..).map(LineOutcome::Reading));
                }
            }
            Finding::Reading(reading) if self.trusted() => out.push(LineOutcome::Reading(reading)),
            Finding::Reading(reading) => self.withhold(reading),
            // It is said once, and the frames that make the line trusted come after it.
            Finding::Identity(text) if !self.trusted() => self.identity = Some(text),
            Finding::DeviceAlarm { .. } | Finding::Identity(_) => {
                out.push(LineOutcome::Device(finding));
            }
            Finding::Discarded { bytes, why } => {
                self.dropped[why as usize] += bytes as u64;
                self.tally_due.get_or_insert(now + TALLY_EVERY);
                if !self.trusted() {
                    self.doubt();
                }
            }
        }
    }

    /// Begins to count good frames anew. What was kept back goes, but the end of a determination
    /// is given once: dropping it here would lose it for good.
    fn doubt(&mut self) {
        self.good_frames = 0;
        self.withheld.retain(|reading| match reading {
            Reading::Cuff(cuff) => match cuff {
                Cuff::Completed(_) | Cuff::Failed(_) | Cuff::Cancelled => true,
                Cuff::Measuring => false,
            },
            Reading::Numeric(_) | Reading::Waveform(_) => false,
        });
    }

    fn trusted(&self) -> bool {
        self.good_frames >= self.trusted_after_frames
    }

    fn withhold(&mut self, reading: Reading) {
        match reading {
            // A curve from before the line was trusted has no place on the screen.
            Reading::Waveform(_) => {}
            Reading::Numeric(_) | Reading::Cuff(_) => {
                if self.withheld.len() == WITHHELD_MAX {
                    self.withheld.remove(0);
                }
                self.withheld.push(reading);
            }
        }
    }

    fn silent_at(&self) -> Option<MonoTime> {
        match self.state {
            LinkState::Connected => self.last_frame.map(|last| last + self.silent_after),
            LinkState::Disconnected | LinkState::Connecting => None,
        }
    }

    /// Does what has become due by itself: silence noticed, dropped bytes summed up.
    fn settle(&mut self, is_due: impl Fn(MonoTime) -> bool, out: &mut Vec<LineOutcome>) {
        if self.silent_at().is_some_and(&is_due) {
            self.enter(LinkState::Connecting, out);
        }
        if self.tally_due.is_some_and(&is_due) {
            self.tally(out);
        }
    }

    fn enter(&mut self, state: LinkState, out: &mut Vec<LineOutcome>) {
        if self.state != state {
            self.state = state;
            out.push(LineOutcome::Link(state));
        }
    }

    fn tally(&mut self, out: &mut Vec<LineOutcome>) {
        self.tally_due = None;
        for why in Discard::ALL {
            let bytes = std::mem::take(&mut self.dropped[why as usize]);
            if bytes > 0 {
                out.push(LineOutcome::Discarded(bytes, why));
            }
        }
    }
}

#[cfg(test)]
mod tests;
