//! Finds frames in the byte stream, in either direction, and writes them.
//!
//! ```text
//! C0 | 11 01 LL LL | user data (LL LL bytes) | FF FF | C1
//! ```
//!
//! - `C0` starts a frame and `C1` ends it, and both are nowhere else
//! - `11` protocol "data export", `01` message type
//! - `LL LL` length of the user data, big-endian
//! - `FF FF` CRC-16/X-25 of the header and the user data, the low byte first
//!
//! Between start and end, `C0`, `C1` and `7D` are sent as `7D` and the byte with bit 5 inverted,
//! in the header and in the check too. `7D C1` gives a frame up.
//!
//! Source: `TestFCSOutputStream` of the `mdpnp` project, `VSCaptureMP`, and the frames of a real
//! monitor (`JVSCapture`).

use std::num::NonZeroUsize;

use super::fcs::fcs;
use crate::Discard;
use crate::framing::Pending;

/// Starts a frame, wherever it stands.
const START: u8 = 0xC0;

/// Ends a frame, or gives it up behind an [`ESCAPE`].
const END: u8 = 0xC1;

/// Says that the next byte is to have [`ESCAPED`] inverted.
const ESCAPE: u8 = 0x7D;
const ESCAPED: u8 = 0x20;

/// What every frame begins with, before its length.
const PROTOCOL: [u8; 2] = [0x11, 0x01];

const HEADER_LENGTH: usize = 4;
const CHECK_LENGTH: usize = 2;

/// Greatest length of the user data: what the driver asks for when it associates, 2500 bytes, and
/// the headers that do not count there. A monitor grants 1000.
pub const DATA_LENGTH_MAX: usize = 2560;

/// Header, user data and check of the longest frame, each byte sent as one.
const FRAME_LENGTH_MAX: usize = HEADER_LENGTH + DATA_LENGTH_MAX + CHECK_LENGTH;

/// Bytes of the shortest frame on the line: no user data, and nothing sent as two bytes.
pub const LINE_LENGTH_MIN: usize = 2 + HEADER_LENGTH + CHECK_LENGTH;

/// Bytes of the longest frame on the line: start and end, and everything else sent as two bytes.
pub const LINE_LENGTH_MAX: usize = 2 + 2 * FRAME_LENGTH_MAX;

/// Bytes between two frames after which they are reported without waiting for the next frame,
/// so that a line which speaks something else is seen to do so.
const BETWEEN_MAX: usize = 256;

/// Bytes that are worth looking through for the end of a run of plain ones.
const RUN_MIN: usize = 8;

/// What was found, in the order of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A frame whose header and check fit.
    Frame {
        /// The user data.
        data: &'a [u8],
        /// How many bytes it took on the line.
        length: usize,
    },
    /// Bytes that were not used.
    Discarded {
        /// How many; never 0.
        bytes: usize,
        /// Why.
        why: Discard,
    },
}

/// Finds frames; bounded, and never stops.
#[derive(Debug)]
pub struct Framer {
    /// Header, user data and check of the frame under way.
    frame: [u8; FRAME_LENGTH_MAX],
    filled: usize,
    place: Place,
    pending: Pending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Between,
    Inside,
    /// Inside, behind an [`ESCAPE`].
    Escaped,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            frame: [0; FRAME_LENGTH_MAX],
            filled: 0,
            place: Place::Between,
            pending: Pending::default(),
        }
    }
}

impl Framer {
    /// Takes the next bytes and hands each thing found to `found`, with the number of bytes
    /// received up to its end.
    #[inline]
    pub fn push(&mut self, mut bytes: &[u8], mut found: impl FnMut(u64, Found<'_>)) {
        while !bytes.is_empty() {
            if self.place == Place::Inside && bytes.len() >= RUN_MIN {
                bytes = self.take_run(bytes);
            }
            // The byte behind the run, or the next one of few.
            if let Some((byte, rest)) = bytes.split_first() {
                self.take(*byte, &mut found);
                bytes = rest;
            }
        }
    }

    /// Drops what is not complete, for the connection ended or began. Returns the number of bytes
    /// received so far and how many of them were dropped; nothing when there was none.
    pub fn reset(&mut self) -> Option<(u64, NonZeroUsize)> {
        self.place = Place::Between;
        self.pending.unused()
    }

    /// Takes the bytes of a frame up to the next one that means something else, or for which there
    /// is no room, and returns what is left.
    #[inline]
    fn take_run<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let plain = bytes.iter().position(|byte| is_special(*byte));
        let room = FRAME_LENGTH_MAX - self.filled;
        let length = plain.unwrap_or(bytes.len()).min(room);
        let (run, rest) = bytes.split_at(length);
        self.frame[self.filled..self.filled + length].copy_from_slice(run);
        self.filled += length;
        self.pending.receive(length);
        rest
    }

    #[inline]
    fn take(&mut self, byte: u8, found: &mut impl FnMut(u64, Found<'_>)) {
        self.pending.receive(1);
        if self.place == Place::Inside
            && !is_special(byte)
            && let Some(next) = self.frame.get_mut(self.filled)
        {
            *next = byte;
            self.filled += 1;
        } else {
            self.take_other(byte, found);
        }
    }

    /// Takes a byte that is not simply the next one of a frame.
    // Out of line, as is all that follows, so that a byte inside a frame costs next to nothing.
    #[inline(never)]
    fn take_other(&mut self, byte: u8, found: &mut impl FnMut(u64, Found<'_>)) {
        match (self.place, byte) {
            (_, START) => self.start(found),
            (Place::Between, _) => {
                if self.pending.bytes() == BETWEEN_MAX {
                    self.discard(Discard::BeforeStart, found);
                }
            }
            (Place::Inside, END) => self.end(found),
            (Place::Escaped, END) => self.discard(Discard::Malformed, found),
            (Place::Inside, ESCAPE) => self.place = Place::Escaped,
            (Place::Inside | Place::Escaped, _) if self.filled == FRAME_LENGTH_MAX => {
                self.discard(Discard::TooLong, found);
            }
            (Place::Inside, _) => unreachable!("the next byte of a frame was taken"),
            (Place::Escaped, _) => {
                self.place = Place::Inside;
                self.frame[self.filled] = byte ^ ESCAPED;
                self.filled += 1;
            }
        }
    }

    /// Begins a frame with the last byte received; what came before it is void.
    fn start(&mut self, found: &mut impl FnMut(u64, Found<'_>)) {
        let why = match self.place {
            Place::Between => Discard::BeforeStart,
            Place::Inside | Place::Escaped => Discard::Malformed,
        };
        if let Some((offset, bytes)) = self.pending.unused_before(1) {
            let bytes = bytes.get();
            found(offset, Found::Discarded { bytes, why });
        }
        self.place = Place::Inside;
        self.filled = 0;
    }

    fn end(&mut self, found: &mut impl FnMut(u64, Found<'_>)) {
        match data(&self.frame[..self.filled]) {
            Err(why) => self.discard(why, found),
            Ok(data) => {
                self.place = Place::Between;
                let (offset, length) = self.pending.frame();
                found(offset, Found::Frame { data, length });
            }
        }
    }

    /// Reports the bytes received since the last thing found as not used, and waits for a start.
    #[inline(never)]
    fn discard(&mut self, why: Discard, found: &mut impl FnMut(u64, Found<'_>)) {
        self.place = Place::Between;
        if let Some((offset, bytes)) = self.pending.unused() {
            let bytes = bytes.get();
            found(offset, Found::Discarded { bytes, why });
        }
    }
}

#[inline]
const fn is_special(byte: u8) -> bool {
    matches!(byte, START | END | ESCAPE)
}

/// Returns the user data of a whole frame.
fn data(frame: &[u8]) -> Result<&[u8], Discard> {
    let (content, stated) = frame.split_last_chunk().ok_or(Discard::Malformed)?;
    if fcs(content) != u16::from_le_bytes(*stated) {
        return Err(Discard::Checksum);
    }
    let (header, data) = content
        .split_first_chunk::<HEADER_LENGTH>()
        .ok_or(Discard::Unknown)?;
    let [protocol, message_type, high, low] = *header;
    if [protocol, message_type] != PROTOCOL {
        Err(Discard::Unknown)
    } else if usize::from(u16::from_be_bytes([high, low])) != data.len() {
        Err(Discard::Malformed)
    } else {
        Ok(data)
    }
}

/// Appends the frame of this user data.
///
/// # Panics
///
/// When the user data is longer than [`DATA_LENGTH_MAX`].
pub fn emit(line: &mut Vec<u8>, data: &[u8]) {
    assert!(
        data.len() <= DATA_LENGTH_MAX,
        "no message is longer than a frame"
    );
    let length = u16::try_from(data.len()).expect("the greatest length has sixteen bits");
    let mut content = PROTOCOL.to_vec();
    content.extend_from_slice(&length.to_be_bytes());
    content.extend_from_slice(data);
    seal(line, &content);
}

/// Appends these bytes between a start and an end, with their check.
fn seal(line: &mut Vec<u8>, content: &[u8]) {
    line.push(START);
    for &byte in content.iter().chain(&fcs(content).to_le_bytes()) {
        if is_special(byte) {
            line.extend_from_slice(&[ESCAPE, byte ^ ESCAPED]);
        } else {
            line.push(byte);
        }
    }
    line.push(END);
}

#[cfg(test)]
mod tests;
