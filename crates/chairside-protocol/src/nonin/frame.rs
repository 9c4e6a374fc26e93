//! A frame of any format, and which two can be in a row.

use std::ops::RangeInclusive;

use super::message::{Format1Frame, Format2Frame, Format7Frame, Format8Frame, Format13Frame};

/// Steps between two frames of formats 1 and 8, a second apart, that belong to one patient: more
/// than the oximeter's average moves in a second, and far less than noise does.
const RATE_STEP: u16 = 50;
const SATURATION_STEP: u8 = 20;

/// Pulse rates that the oximeters display, per minute (Nonin 7500FO operator's manual,
/// specifications; the others have the same range).
pub(super) const RATE_RANGE: RangeInclusive<u16> = 18..=321;

/// Saturations that can be, per cent. The oximeters display 0 to 100; nobody has none.
pub(super) const SATURATION_RANGE: RangeInclusive<u8> = 1..=100;

/// A frame of any format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    One(Format1Frame),
    Two(Format2Frame),
    Seven(Format7Frame),
    Eight(Format8Frame),
    Thirteen(Format13Frame),
}

impl Frame {
    /// Tells whether it is taken behind `last`: see [`StreamFrame::goes_on_from`].
    pub(super) fn goes_on_from(&self, last: Option<&Self>) -> bool {
        match self {
            Self::One(frame) => frame.goes_on_from(last),
            Self::Two(frame) => frame.goes_on_from(last),
            Self::Seven(frame) => frame.goes_on_from(last),
            Self::Eight(frame) => frame.goes_on_from(last),
            Self::Thirteen(_) => false,
        }
    }
}

/// A frame of a format that comes as a stream.
///
/// In step, each frame is handled as one of its own format from its bytes to its readings. As a
/// [`Frame`] it would be written to memory and taken apart again more than once, which takes
/// longer than to understand it.
pub(super) trait StreamFrame: Copy {
    const LENGTH: usize;

    /// Reads the frame, if it is one.
    fn read(frame: &[u8]) -> Option<Self>;

    /// Returns it as a frame of any format.
    fn into_frame(self) -> Frame;

    /// Tells whether it can be behind `last`, in a stream from one patient. One that has a
    /// checksum can be behind anything.
    #[inline]
    fn goes_on_from(self, _last: Option<&Frame>) -> bool {
        true
    }
}

impl StreamFrame for Format1Frame {
    const LENGTH: usize = Self::LENGTH;

    #[inline]
    fn read(frame: &[u8]) -> Option<Self> {
        Self::read(frame)
    }

    #[inline]
    fn into_frame(self) -> Frame {
        Frame::One(self)
    }

    #[inline]
    fn goes_on_from(self, last: Option<&Frame>) -> bool {
        matches!(last, Some(Frame::One(last)) if values_go_on(*last, self))
    }
}

impl StreamFrame for Format2Frame {
    const LENGTH: usize = Self::LENGTH;

    #[inline]
    fn read(frame: &[u8]) -> Option<Self> {
        Self::parse(frame).ok()
    }

    #[inline]
    fn into_frame(self) -> Frame {
        Frame::Two(self)
    }
}

impl StreamFrame for Format7Frame {
    const LENGTH: usize = Self::LENGTH;

    #[inline]
    fn read(frame: &[u8]) -> Option<Self> {
        Self::parse(frame).ok()
    }

    #[inline]
    fn into_frame(self) -> Frame {
        Frame::Seven(self)
    }
}

impl StreamFrame for Format8Frame {
    const LENGTH: usize = Self::LENGTH;

    #[inline]
    fn read(frame: &[u8]) -> Option<Self> {
        Self::read(frame)
    }

    #[inline]
    fn into_frame(self) -> Frame {
        Frame::Eight(self)
    }

    #[inline]
    fn goes_on_from(self, last: Option<&Frame>) -> bool {
        matches!(last, Some(Frame::Eight(last))
            if values_go_on(last.first, self.first)
                && last.second_status.reserved() == self.second_status.reserved())
    }
}

#[inline]
fn values_go_on(earlier: Format1Frame, later: Format1Frame) -> bool {
    let rates = match (earlier.rate, later.rate) {
        (Some(earlier), Some(later)) => {
            RATE_RANGE.contains(&earlier)
                && RATE_RANGE.contains(&later)
                && earlier.abs_diff(later) <= RATE_STEP
        }
        (Some(only), None) | (None, Some(only)) => RATE_RANGE.contains(&only),
        (None, None) => true,
    };
    let saturations = match (earlier.saturation, later.saturation) {
        (Some(earlier), Some(later)) => {
            SATURATION_RANGE.contains(&earlier)
                && SATURATION_RANGE.contains(&later)
                && earlier.abs_diff(later) <= SATURATION_STEP
        }
        (Some(only), None) | (None, Some(only)) => SATURATION_RANGE.contains(&only),
        (None, None) => true,
    };
    rates && saturations
}
