//! Which format the device sends: what counts as proof.
//!
//! One frame proves nothing. The start byte of format 2 and bit 7 are found among the data, one
//! in 256 random sums fits, and formats 1 and 8 have no sum at all. What proves a format is
//! frames one behind the other: at the distance of one format, the marks of another cannot lie.

use super::frame::Frame;
use super::message::{Format1Frame, Format2Frame, Format7Frame, Format8Frame, Format13Frame};
use crate::Discard;

/// Frames with a checksum that prove their format, one behind the other.
const CHECKED_FRAMES: usize = 2;

/// Frames of format 1 or 8 within which damage is over at the first one that agrees with the last.
/// Waiting for another would make a damaged frame look like a device that fell silent.
const BRIEF_DAMAGE: usize = 3;

/// A format that comes as a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    One,
    Two,
    Seven,
    Eight,
}

/// What the bytes up to here prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// This many bytes at the end are frames of one format.
    Stream(Format, usize),
    /// This many bytes at the end are one spot check.
    SpotCheck(usize, Format13Frame),
}

impl Format {
    /// Every one, the strongest check first.
    pub(super) const ALL: [Self; 4] = [Self::Two, Self::Seven, Self::Eight, Self::One];

    /// Returns the length of its frames.
    #[inline]
    pub(super) const fn length(self) -> usize {
        match self {
            Self::One => Format1Frame::LENGTH,
            Self::Two => Format2Frame::LENGTH,
            Self::Seven => Format7Frame::LENGTH,
            Self::Eight => Format8Frame::LENGTH,
        }
    }

    /// Tells whether its frames have a checksum.
    pub(super) const fn has_checksum(self) -> bool {
        match self {
            Self::Two | Self::Seven => true,
            Self::One | Self::Eight => false,
        }
    }

    #[inline]
    pub(super) fn parse(self, frame: &[u8]) -> Result<Frame, Discard> {
        match self {
            Self::One => Format1Frame::parse(frame).map(Frame::One),
            Self::Two => Format2Frame::parse(frame).map(Frame::Two),
            Self::Seven => Format7Frame::parse(frame).map(Frame::Seven),
            Self::Eight => Format8Frame::parse(frame).map(Frame::Eight),
        }
    }

    /// Returns why no frame is at the beginning of these bytes, where one might have been.
    pub(super) fn cause(self, bytes: &[u8]) -> Discard {
        let start = bytes.first().is_some_and(|&first| match self {
            Self::Two => first == Format2Frame::START,
            Self::One | Self::Seven | Self::Eight => Format1Frame::is_start(first),
        });
        match bytes.get(..self.length()) {
            Some(frame) if start => self.parse(frame).err().unwrap_or(Discard::BeforeStart),
            Some(_) | None => Discard::BeforeStart,
        }
    }

    /// Tells whether these bytes, all there are, make this format likely, though nothing in them
    /// proves it: at least half are in frames with a checksum; or, without one, they begin with a
    /// frame and no more is unused than one damaged and one cut frame would be.
    pub(super) fn is_likely(self, bytes: &[u8]) -> bool {
        let length = self.length();
        let mut unused = 0;
        let mut rest = bytes;
        while let Some(frame) = rest.get(..length) {
            let sound = self.parse(frame).is_ok();
            unused += usize::from(!sound);
            rest = &rest[if sound { length } else { 1 }..];
        }
        unused += rest.len();
        if self.has_checksum() {
            unused * 2 <= bytes.len()
        } else {
            let begins = bytes
                .get(..length)
                .is_some_and(|frame| self.parse(frame).is_ok());
            begins && unused < 2 * length
        }
    }
}

/// Returns what is proven by the bytes at the end, which are behind the last frame taken from this
/// line. `format` is the format proven before, if one was.
pub(super) fn proof(bytes: &[u8], format: Option<Format>, last: Option<&Frame>) -> Option<Proof> {
    if let Some(format) = format.filter(|format| are_two_in_step(bytes, *format)) {
        return Some(Proof::Stream(format, bytes.len()));
    }
    if let Some((length, frame)) = spot_check(bytes) {
        return Some(Proof::SpotCheck(length, frame));
    }
    let format = if checked_run(bytes, Format2Frame::LENGTH, |frame| {
        Format2Frame::parse(frame).is_ok()
    }) {
        Format::Two
    } else if checked_run(bytes, Format7Frame::LENGTH, |frame| {
        Format7Frame::parse(frame).is_ok()
    }) && !is_format_2_out_of_step(bytes)
    {
        Format::Seven
    } else {
        return unchecked_run(bytes, last);
    };
    Some(Proof::Stream(format, CHECKED_FRAMES * format.length()))
}

/// Tells whether these bytes are two frames exactly, where they were due. Then the values of the
/// first, which did not go on from the last, are the patient's and not those of another format.
fn are_two_in_step(bytes: &[u8], format: Format) -> bool {
    bytes.len() == 2 * format.length()
        && bytes
            .chunks_exact(format.length())
            .all(|frame| format.parse(frame).is_ok())
}

fn checked_run(bytes: &[u8], length: usize, is_frame: impl Fn(&[u8]) -> bool) -> bool {
    bytes.len() >= CHECKED_FRAMES * length
        && bytes
            .rchunks_exact(length)
            .take(CHECKED_FRAMES)
            .all(is_frame)
}

/// Tells whether frames of format 7 at the end may be those of format 2, begun one byte late:
/// then what looks like the check is the start byte of the next. With a flat curve this fits for
/// many frames on end, for the sum is then 0x01 when the byte of the packet is 0.
fn is_format_2_out_of_step(bytes: &[u8]) -> bool {
    bytes
        .rchunks_exact(Format7Frame::LENGTH)
        .take(CHECKED_FRAMES)
        .all(|frame| frame.ends_with(&[Format2Frame::START]))
}

fn spot_check(bytes: &[u8]) -> Option<(usize, Format13Frame)> {
    if !bytes.ends_with(&[Format13Frame::END]) {
        return None;
    }
    (Format13Frame::LENGTH_MIN..=Format13Frame::LENGTH_MAX.min(bytes.len())).find_map(|length| {
        let frame = Format13Frame::parse(&bytes[bytes.len() - length..]).ok()?;
        Some((length, frame))
    })
}

/// How many frames without a checksum prove their format: so many that noise makes them up once in
/// half a terabyte (counted: `docs/protocols/nonin.md`).
struct Company {
    /// As many that go on from one another, as a patient's values do.
    agreeing: usize,
    /// As many in any case.
    sound: usize,
}

impl Company {
    const fn of(format: Format) -> Self {
        match format {
            // Three bytes have three fixed bits, four have four.
            Format::One => Self {
                agreeing: 6,
                sound: 16,
            },
            Format::Two | Format::Seven | Format::Eight => Self {
                agreeing: 4,
                sound: 12,
            },
        }
    }
}

fn unchecked_run(bytes: &[u8], last: Option<&Frame>) -> Option<Proof> {
    [Format::Eight, Format::One].into_iter().find_map(|format| {
        let length = unchecked_run_of(format, bytes, last)?;
        Some(Proof::Stream(format, length))
    })
}

fn unchecked_run_of(format: Format, bytes: &[u8], last: Option<&Frame>) -> Option<usize> {
    let company = Company::of(format);
    // Noise that lasts makes up a frame that agrees with the last sooner or later.
    let is_brief = bytes.len() <= BRIEF_DAMAGE * format.length()
        // Format 8 is format 1 with a byte too many, always.
        && (format != Format::One || bytes.len().is_multiple_of(format.length()));
    let mut sound = 0;
    let mut agreeing = true;
    let mut later: Option<Frame> = None;
    for bytes in bytes.rchunks_exact(format.length()).take(company.sound) {
        let Ok(frame) = format.parse(bytes) else {
            break;
        };
        sound += 1;
        agreeing &= later.is_none_or(|later| later.goes_on_from(Some(&frame)));
        later = Some(frame);
        // The last frame before the damage counts, as if it were directly before these.
        let goes_on_from_last = frame.goes_on_from(last);
        let enough = sound + usize::from(goes_on_from_last) >= company.agreeing;
        if agreeing && (enough || goes_on_from_last && is_brief) {
            return Some(sound * format.length());
        }
    }
    (sound == company.sound).then_some(sound * format.length())
}
