//! The driver: lines of a program to findings.

use std::num::NonZeroUsize;
use std::time::Duration;

use chairside_model::{Cuff, CuffFailure, Measured, Metric, MonoTime, Reading, SampleArray};

use super::message::{Line, NumericLine, SCALE};
use crate::pressures::cuff_reading;
use crate::{Discard, Driver, DriverOutput, Finding, LineInput};

/// Bytes of the longest line: a second of a fast curve has a few thousand.
pub(super) const LINE_MAX: usize = 32 * 1024;

/// The pressures of one determination are lines of their own; nothing else comes between them, and
/// the last of them is there in this time.
const TOGETHER: Duration = Duration::from_millis(200);

/// Reads the lines of a program.
#[derive(Debug, Default)]
pub(super) struct NdjsonDriver {
    /// The line so far.
    held: Vec<u8>,
    /// The line was too long, and its rest is not read.
    skips: bool,
    received: u64,
    cuff: Option<CuffLines>,
}

/// The lines of one determination.
#[derive(Clone, Copy, Debug)]
struct CuffLines {
    taken: MonoTime,
    /// Which pressures were spoken of, and what was said.
    said: [Option<Measured>; 3],
    /// Where the last of them ended.
    offset: u64,
    /// When it is complete at the latest.
    due: MonoTime,
}

impl Driver for NdjsonDriver {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            // Most of what comes singly is the middle of a line.
            LineInput::Received(&[byte])
                if byte != b'\n' && !self.skips && self.held.len() + 1 < LINE_MAX =>
            {
                self.held.push(byte);
                self.received += 1;
            }
            LineInput::Received(bytes) => {
                for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
                    self.push(now, piece, out);
                }
            }
            LineInput::Opened | LineInput::Closed => {
                self.end_cuff(out);
                out.void(NonZeroUsize::new(self.held.len()).map(|half| (self.received, half)));
                self.held.clear();
                self.skips = false;
            }
            LineInput::Tick => {
                if self.cuff.is_some_and(|cuff| cuff.due <= now) {
                    self.end_cuff(out);
                }
            }
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        self.cuff.map(|cuff| cuff.due)
    }
}

impl NdjsonDriver {
    /// Takes bytes of which at most the last ends a line.
    fn push(&mut self, now: MonoTime, mut piece: &[u8], out: &mut DriverOutput) {
        // Once, so that it does not grow step by step.
        self.held.reserve(LINE_MAX.saturating_sub(self.held.len()));
        while !piece.is_empty() {
            let (part, rest) = piece.split_at(piece.len().min(LINE_MAX - self.held.len()));
            piece = rest;
            self.received += part.len() as u64;
            self.held.extend_from_slice(part);
            let ended = part.ends_with(b"\n");
            if self.skips || (self.held.len() == LINE_MAX && !ended) {
                if ended || self.held.len() == LINE_MAX {
                    self.end_cuff(out);
                    out.discard(self.received, self.held.len(), Discard::TooLong);
                    self.held.clear();
                    self.skips = !ended;
                }
            } else if ended {
                let held = std::mem::take(&mut self.held);
                self.line(now, &held, out);
                self.held = held;
                self.held.clear();
            }
        }
    }

    fn line(&mut self, now: MonoTime, line: &[u8], out: &mut DriverOutput) {
        let offset = self.received;
        let read = Line::parse(line.trim_ascii_end());
        if let Ok(Line::Numeric(numeric)) = &read
            && let Some(place) = place(numeric.metric)
        {
            self.pressure(now, place, numeric, out);
            return;
        }
        self.end_cuff(out);
        let finding = match read {
            Err(why) | Ok(Line::Discarded(why)) => {
                out.discard(offset, line.len(), why);
                return;
            }
            Ok(Line::Summary) => None,
            Ok(Line::Numeric(numeric)) => {
                let taken = now.saturating_sub(numeric.age);
                let reading = Reading::numeric(numeric.metric, numeric.measured, taken);
                Some(Finding::Reading(reading))
            }
            Ok(Line::Waveform(run)) => Some(Finding::Reading(Reading::Waveform(SampleArray {
                metric: run.metric,
                sample_period: run.period,
                scale: SCALE,
                samples: run.counts().collect(),
            }))),
            Ok(Line::DeviceAlarm(priority, text)) => {
                let text = text.into_owned().into();
                Some(Finding::DeviceAlarm { priority, text })
            }
            Ok(Line::Identity(text)) => Some(Finding::Identity(text.into())),
        };
        out.push(offset, Finding::Frame);
        if let Some(finding) = finding {
            out.push(offset, finding);
        }
    }

    /// Takes a pressure, which belongs to those before it unless one of its kind is there.
    fn pressure(
        &mut self,
        now: MonoTime,
        place: usize,
        numeric: &NumericLine,
        out: &mut DriverOutput,
    ) {
        let taken = now.saturating_sub(numeric.age);
        if self.cuff.is_some_and(|cuff| cuff.said[place].is_some()) {
            self.end_cuff(out);
        }
        let cuff = self.cuff.get_or_insert(CuffLines {
            taken,
            said: [None; 3],
            offset: 0,
            due: now + TOGETHER,
        });
        cuff.said[place] = Some(numeric.measured);
        cuff.offset = self.received;
        out.push(self.received, Finding::Frame);
    }

    /// Gives the determination; one without a pressure has failed.
    fn end_cuff(&mut self, out: &mut DriverOutput) {
        let Some(cuff) = self.cuff.take() else {
            return;
        };
        // A determination has no place for doubt.
        let pressures = cuff.said.map(|said| said.and_then(Measured::valid));
        let reading = if pressures == [None; 3] {
            Cuff::Failed(CuffFailure::Unknown)
        } else {
            cuff_reading(pressures, cuff.taken)
                .map_or(Cuff::Failed(CuffFailure::NoDetermination), Cuff::Completed)
        };
        out.push(cuff.offset, Finding::Reading(Reading::Cuff(reading)));
    }
}

fn place(metric: Metric) -> Option<usize> {
    match metric {
        Metric::NibpSystolic => Some(0),
        Metric::NibpDiastolic => Some(1),
        Metric::NibpMean => Some(2),
        _ => None,
    }
}
