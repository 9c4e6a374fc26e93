//! The codes at the end of a line.

use crate::flags::flags;

flags! {
    /// The codes at the end of a line, each of two letters.
    ///
    /// Source: Nellcor *NPB-290* and *N-595 operator's manuals*, data port protocol;
    /// `nellcor-n595.spec` of `OpenICE`.
    Status(u16) {
        /// `AO`: the oximeter's alarm is off.
        ALARM_OFF = 0x0001,
        /// `AS`: the oximeter's alarm is silenced for a while.
        ALARM_SILENCE = 0x0002,
        /// `BU`: on battery.
        ON_BATTERY = 0x0004,
        /// `LB`: low battery.
        LOW_BATTERY = 0x0008,
        /// `LM`: the pulse is lost, with interference.
        PULSE_LOST_WITH_INTERFERENCE = 0x0010,
        /// `LP`: the pulse is lost.
        PULSE_LOST = 0x0020,
        /// `MO`: interference, as by motion.
        INTERFERENCE = 0x0040,
        /// `PH`: the pulse rate is above its limit.
        RATE_HIGH = 0x0080,
        /// `PL`: the pulse rate is below its limit.
        RATE_LOW = 0x0100,
        /// `PS`: searching for the pulse.
        PULSE_SEARCH = 0x0200,
        /// `SD`: the sensor is disconnected.
        SENSOR_DISCONNECTED = 0x0400,
        /// `SH`: the saturation is above its limit.
        SATURATION_HIGH = 0x0800,
        /// `SL`: the saturation is below its limit.
        SATURATION_LOW = 0x1000,
        /// `SO`: the sensor is off the patient.
        SENSOR_OFF = 0x2000,
    }
}

/// Two capital letters that no manual at hand explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownCode([u8; 2]);

const CODES: [(&[u8; 2], Status); 14] = [
    (b"AO", Status::ALARM_OFF),
    (b"AS", Status::ALARM_SILENCE),
    (b"BU", Status::ON_BATTERY),
    (b"LB", Status::LOW_BATTERY),
    (b"LM", Status::PULSE_LOST_WITH_INTERFERENCE),
    (b"LP", Status::PULSE_LOST),
    (b"MO", Status::INTERFERENCE),
    (b"PH", Status::RATE_HIGH),
    (b"PL", Status::RATE_LOW),
    (b"PS", Status::PULSE_SEARCH),
    (b"SD", Status::SENSOR_DISCONNECTED),
    (b"SH", Status::SATURATION_HIGH),
    (b"SL", Status::SATURATION_LOW),
    (b"SO", Status::SENSOR_OFF),
];

impl UnknownCode {
    /// Returns the code of these letters; nothing when they are no capital letters, or a code
    /// that is known.
    #[must_use]
    pub fn new(letters: [u8; 2]) -> Option<Self> {
        let capital = letters.iter().all(u8::is_ascii_uppercase);
        (capital && known(letters).is_none()).then_some(Self(letters))
    }

    /// Returns the letters.
    #[must_use]
    pub const fn letters(self) -> [u8; 2] {
        self.0
    }
}

/// Returns what a code says, if it is known.
pub(super) fn known(letters: [u8; 2]) -> Option<Status> {
    let (_, status) = CODES.iter().find(|(code, _)| **code == letters)?;
    Some(*status)
}

/// Returns the codes of these flags, in the order of the alphabet.
pub(super) fn codes(status: Status) -> impl Iterator<Item = [u8; 2]> {
    let stand = CODES.iter().filter(move |(_, flag)| status.contains(*flag));
    stand.map(|(code, _)| **code)
}
