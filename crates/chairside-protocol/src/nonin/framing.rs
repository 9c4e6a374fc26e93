//! Finds frames in the byte stream, and first of all their format.
//!
//! In step with a format, each frame begins where the one before it ended, and is taken as soon
//! as its last byte is there. A frame that does not fit puts the framer out of step, as it is in
//! the beginning. Then it holds bytes back until frames at their end prove a format (the same or
//! another, see [`detect`]), reads what it holds by that format, and is in step again. So frames
//! from before the proof are late, and not lost.

use std::ops::Range;

use chairside_model::MonoTime;

use super::detect::{self, Format, Proof};
use super::frame::{Frame, StreamFrame};
use super::message::{Format1Frame, Format2Frame, Format7Frame, Format8Frame, Format13Frame};
use crate::Discard;

/// Bytes held back at most. When they are full, the older half goes as discarded.
const CAPACITY: usize = 2 * KEPT;

/// What stays of bytes that are full: as much as can still be part of a proof.
const KEPT: usize = Format13Frame::LENGTH_MAX;

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A frame whose checks fit.
    Frame(Frame),
    /// Bytes that were not used.
    Discarded { bytes: usize, why: Discard },
}

/// Where and when something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Bytes received up to its end.
    pub(super) offset: u64,
    /// When its last byte arrived.
    pub(super) arrived: MonoTime,
}

/// Finds frames; bounded, and never stops.
#[derive(Debug)]
pub(super) struct Framer {
    /// The beginning of a frame, or what is held back.
    held: [u8; CAPACITY],
    /// When each held byte arrived. Looked at only out of step.
    arrived: [MonoTime; CAPACITY],
    filled: usize,
    /// With how many held bytes there is something to do: in step, the length of a frame.
    due: usize,
    /// Bytes received before the first one held.
    before: u64,
    /// Bytes received before the connection began.
    begun: u64,
    /// The format proven last.
    format: Option<Format>,
    in_step: bool,
    /// The last frame taken, when it has no checksum.
    last: Option<Frame>,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            held: [0; CAPACITY],
            arrived: [MonoTime::ZERO; CAPACITY],
            filled: 0,
            due: 1,
            before: 0,
            begun: 0,
            format: None,
            in_step: false,
            last: None,
        }
    }
}

impl Framer {
    /// Takes the next bytes and hands each thing found to `found`.
    #[inline]
    pub(super) fn push(
        &mut self,
        now: MonoTime,
        bytes: &[u8],
        mut found: impl FnMut(Place, Found),
    ) {
        // Byte by byte, for a serial port gives a few at a time: too few to pay for a copy.
        for &byte in bytes {
            let filled = self.filled;
            self.held[filled] = byte;
            self.filled = filled + 1;
            if self.filled == self.due {
                self.reach_due(now, &mut found);
            }
        }
    }

    /// Makes the best of what is held and forgets the format, for the connection ended or began.
    pub(super) fn reset(&mut self, mut found: impl FnMut(Place, Found)) {
        if !self.in_step && self.filled > 0 {
            let format = self.format.or_else(|| self.likely_format());
            self.read_doubtful(format, self.filled, &mut found);
        } else {
            self.discard(0..self.filled, None, &mut found);
        }
        *self = Self {
            before: self.before,
            begun: self.before,
            ..Self::default()
        };
    }

    /// Returns the format that the held bytes are likely to be in, for want of a proof. A format
    /// without a checksum has to be so from the very first byte.
    fn likely_format(&self) -> Option<Format> {
        let bytes = &self.held[..self.filled];
        Format::ALL.into_iter().find(|format| {
            (format.has_checksum() || self.at_beginning()) && format.is_likely(bytes)
        })
    }

    /// Tells whether everything since the connection began is held.
    fn at_beginning(&self) -> bool {
        self.before == self.begun
    }

    // Out of line, so that a byte inside a frame costs next to nothing.
    #[inline(never)]
    fn reach_due(&mut self, now: MonoTime, found: &mut impl FnMut(Place, Found)) {
        match self.format {
            Some(format) if self.in_step => self.follow(format, now, found),
            Some(_) | None => self.search(now, found),
        }
    }

    /// Takes the frame that is complete, or is out of step when it does not fit.
    #[inline]
    fn follow(&mut self, format: Format, now: MonoTime, found: &mut impl FnMut(Place, Found)) {
        match format {
            Format::One => self.follow_one::<Format1Frame>(now, found),
            Format::Two => self.follow_one::<Format2Frame>(now, found),
            Format::Seven => self.follow_one::<Format7Frame>(now, found),
            Format::Eight => self.follow_one::<Format8Frame>(now, found),
        }
    }

    #[inline]
    fn follow_one<F: StreamFrame>(&mut self, now: MonoTime, found: &mut impl FnMut(Place, Found)) {
        match F::read(&self.held[..F::LENGTH]) {
            // One without a checksum has to go on from the last, or else it may be the first of
            // another format.
            Some(frame) if frame.goes_on_from(self.last.as_ref()) => {
                self.filled = 0;
                self.take(frame.into_frame(), F::LENGTH, now, found);
            }
            Some(_) | None => {
                self.in_step = false;
                self.arrived[..F::LENGTH].fill(now);
                self.due = F::LENGTH + 1;
            }
        }
    }

    /// Looks whether what is held proves a format, and goes on holding back if it does not.
    #[inline(never)]
    fn search(&mut self, now: MonoTime, found: &mut impl FnMut(Place, Found)) {
        self.arrived[self.filled - 1] = now;
        let held = &self.held[..self.filled];
        match detect::proof(held, self.format, self.last.as_ref()) {
            Some(Proof::Stream(format, length)) => {
                self.settle(format, self.filled - length, found);
            }
            Some(Proof::SpotCheck(length, frame)) => {
                // The format of a stream stays what it was, if there was one.
                self.read_doubtful(self.format, self.filled - length, found);
                self.filled = 0;
                self.due = 1;
                self.take(Frame::Thirteen(frame), length, now, found);
            }
            None => {
                if self.filled == CAPACITY {
                    self.discard(0..CAPACITY - KEPT, None, found);
                    self.held.copy_within(CAPACITY - KEPT.., 0);
                    self.arrived.copy_within(CAPACITY - KEPT.., 0);
                    self.filled = KEPT;
                }
                self.due = self.filled + 1;
            }
        }
    }

    /// Reads what is held by this format, proven by the frames from `begin` on, and is in step.
    fn settle(&mut self, format: Format, begin: usize, found: &mut impl FnMut(Place, Found)) {
        self.read_doubtful(Some(format), begin, found);
        let length = format.length();
        for end in (begin + length..=self.filled).step_by(length) {
            let frame = format.parse(&self.held[end - length..end]);
            let frame = frame.expect("the frames that prove a format are frames of it");
            self.take(frame, length, self.arrived[end - 1], found);
        }
        self.format = Some(format);
        self.in_step = true;
        self.filled = 0;
        self.due = length;
    }

    /// Reads the first `end` bytes held, which prove nothing by themselves. Of frames without a
    /// checksum only those count that go on from the last one taken, or all when they are likely
    /// since the beginning.
    fn read_doubtful(
        &mut self,
        format: Option<Format>,
        end: usize,
        found: &mut impl FnMut(Place, Found),
    ) {
        let all = format.is_some_and(|format| {
            format.has_checksum() || self.at_beginning() && format.is_likely(&self.held[..end])
        });
        let (mut unused, mut at) = (0, 0);
        while at < end {
            let next = format.and_then(|format| {
                let bytes = self.held[at..end].get(..format.length())?;
                let frame = format.parse(bytes).ok()?;
                (all || frame.goes_on_from(self.last.as_ref())).then_some((format.length(), frame))
            });
            let Some((length, frame)) = next else {
                at += 1;
                continue;
            };
            self.discard(unused..at, format, found);
            at += length;
            unused = at;
            self.take(frame, length, self.arrived[at - 1], found);
        }
        self.discard(unused..end, format, found);
    }

    #[inline]
    fn take(
        &mut self,
        frame: Frame,
        length: usize,
        arrived: MonoTime,
        found: &mut impl FnMut(Place, Found),
    ) {
        self.before += length as u64;
        self.last = match frame {
            Frame::One(_) | Frame::Eight(_) => Some(frame),
            Frame::Two(_) | Frame::Seven(_) | Frame::Thirteen(_) => None,
        };
        let offset = self.before;
        found(Place { offset, arrived }, Found::Frame(frame));
    }

    /// Reports held bytes as not used, because of what is wrong with the frame of this format that
    /// might have begun there.
    fn discard(
        &mut self,
        unused: Range<usize>,
        format: Option<Format>,
        found: &mut impl FnMut(Place, Found),
    ) {
        if unused.is_empty() {
            return;
        }
        self.before += unused.len() as u64;
        let place = Place {
            offset: self.before,
            arrived: self.arrived[unused.end - 1],
        };
        let bytes = &self.held[unused.start..self.filled];
        let why = format.map_or(Discard::BeforeStart, |format| format.cause(bytes));
        let bytes = unused.len();
        found(place, Found::Discarded { bytes, why });
    }
}
