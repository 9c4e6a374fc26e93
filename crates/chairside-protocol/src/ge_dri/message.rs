//! The records and the requests of the interface: byte maps, parse and emit.
//!
//! `parse` takes a frame's record, as [`Framer`](super::framing::Framer) finds it; `emit` appends
//! the whole frame. Every `parse` fails with [`Discard::Unknown`] for a sound record of another
//! kind, and with [`Discard::Malformed`] when a length or a field cannot be.
//!
//! Source of all byte maps: GE, *S/5 System Interface, Datex-Ohmeda Record Specification*, 8005313,
//! 12th ed. ("DRI Specification"), and *S/5 Computer Interface Specification*, M1017617, 12th ed.

mod alarm;
mod displayed;
mod record;
mod request;
mod status;
mod wave;

pub use alarm::{ALARMS_MAX, Alarm, AlarmStatus, Colour};
pub use displayed::{
    Co2Group, Displayed, EcgGroup, Field, NibpGroup, OximeterGroup, TemperatureGroup,
};
pub use record::Header;
pub use request::{Request, WAVES_MAX, WaveList};
pub use status::{
    Co2Status, EcgLabel, EcgLead, EcgStatus, GroupStatus, HeartRateSource, NibpLabel, WaveStatus,
};
pub use wave::{Samples, Wave, WaveKind, WaveRecord, emit_waves};

use self::record::{REQUEST, Record, main_type};
use crate::Discard;

/// The lowest interface level there is a description of.
const LEVEL_MIN: u8 = 2;

/// What the monitor can send, as far as this driver knows.
#[expect(
    clippy::large_enum_variant,
    reason = "made and read on the spot, never kept; a box would be an allocation a frame"
)]
#[derive(Clone, Copy, Debug)]
pub enum Message<'a> {
    /// The values that are displayed.
    Displayed(Displayed),
    /// Runs of samples.
    Waves(WaveRecord<'a>),
    /// The alarms that stand.
    Alarms(AlarmStatus),
}

impl<'a> Message<'a> {
    /// Reads what the monitor says from its frame's record.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    #[inline]
    pub fn parse(record: &'a [u8]) -> Result<Self, Discard> {
        let record = Record::parse(record)?;
        if record.subrecords().any(|(kind, _)| kind == REQUEST) {
            // A host's, which came back: a cable with a bridge in it.
            return Err(Discard::Unknown);
        }
        if record.header.level < LEVEL_MIN {
            return Err(Discard::Malformed);
        }
        match record.main_type {
            main_type::PHYSIOLOGICAL => Displayed::parse(&record).map(Self::Displayed),
            main_type::WAVE => WaveRecord::parse(record).map(Self::Waves),
            main_type::ALARM => AlarmStatus::parse(&record).map(Self::Alarms),
            _ => Err(Discard::Unknown),
        }
    }
}

#[cfg(test)]
mod tests;
