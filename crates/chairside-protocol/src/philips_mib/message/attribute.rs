//! What an object has attributes of, and their numbers.

use super::wire::Reader;
use crate::Discard;

/// An object's attribute: its number and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Which one it is: a constant of [`id`], or one that the driver does not look at.
    pub id: u16,
    /// What it says.
    pub value: &'a [u8],
}

/// The attributes that the driver looks at, and those that the simulated monitor sends.
pub mod id {
    /// The monitor's alarms about the patient.
    pub const PATIENT_ALARMS: u16 = 0x0902;
    /// The monitor's alarms about itself and its sensors.
    pub const TECHNICAL_ALARMS: u16 = 0x0904;
    /// An object's number within its context.
    pub const HANDLE: u16 = 0x0921;
    /// What an object is, as a number.
    pub const LABEL: u16 = 0x0924;
    /// What an object is, as it stands on the screen.
    pub const LABEL_TEXT: u16 = 0x0927;
    /// The monitor's manufacturer and model.
    pub const MODEL: u16 = 0x0928;
    /// An object's class.
    pub const CLASS: u16 = 0x092F;
    /// Several numbers of one object.
    pub const COMPOUND_NUMERIC: u16 = 0x094B;
    /// A number.
    pub const NUMERIC: u16 = 0x0950;
    /// Samples of several curves of one object.
    pub const COMPOUND_SAMPLES: u16 = 0x0967;
    /// How samples are written.
    pub const SAMPLE_FORMAT: u16 = 0x096D;
    /// Samples of a curve.
    pub const SAMPLES: u16 = 0x096E;
    /// What a sample is worth.
    pub const SCALE: u16 = 0x096F;
    /// The number that the monitor has for itself.
    pub const SYSTEM_ID: u16 = 0x0984;
    /// What the monitor's clock says.
    pub const DATE_TIME: u16 = 0x0987;
    /// From one sample to the next, in ticks of 1/8 ms.
    pub const SAMPLE_PERIOD: u16 = 0x098D;
    /// Ticks of 1/8 ms at the moment of [`DATE_TIME`].
    pub const RELATIVE_TIME: u16 = 0x098F;
    /// When a value was measured, on the monitor's clock.
    pub const MEASURED_AT: u16 = 0x0990;
    /// The unit of a curve.
    pub const UNIT: u16 = 0x0996;
    /// How long the monitor goes on sending results by itself.
    pub const POLL_PERIOD: u16 = 0xF13E;
}

/// The attributes of one object, in the order sent. Their lengths have been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes<'a>(pub(super) &'a [u8]);

impl<'a> Attributes<'a> {
    /// Takes a list of attributes from the front of a message and checks its lengths and count.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Discard> {
        let (count, bytes) = reader.list()?;
        let mut rest = Reader(bytes);
        for _ in 0..count {
            rest.short()?;
            rest.sized()?;
        }
        rest.end()?;
        Ok(Self(bytes))
    }
}

impl<'a> IntoIterator for Attributes<'a> {
    type Item = Attribute<'a>;
    type IntoIter = AttributeIter<'a>;

    #[inline]
    fn into_iter(self) -> AttributeIter<'a> {
        AttributeIter(self.0)
    }
}

/// Goes through the attributes of one object.
#[derive(Clone, Debug)]
pub struct AttributeIter<'a>(&'a [u8]);

impl<'a> Iterator for AttributeIter<'a> {
    type Item = Attribute<'a>;

    #[inline]
    fn next(&mut self) -> Option<Attribute<'a>> {
        let mut reader = Reader(self.0);
        let id = reader.short().ok()?;
        let value = reader.sized().ok()?;
        self.0 = reader.0;
        Some(Attribute { id, value })
    }
}
