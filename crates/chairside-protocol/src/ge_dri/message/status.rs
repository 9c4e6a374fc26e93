//! The status words and the label words, bit by bit.

use crate::flags::flags;

flags! {
    /// How any group stands; what each group has besides is beside it.
    GroupStatus(u32) {
        /// The module is there.
        EXISTS = 0x01,
        /// It measures.
        ACTIVE = 0x02,
    }
}

flags! {
    /// How the ECG stands. The bits of [`HeartRateSource`] lie between.
    EcgStatus(u32) {
        /// The module is there.
        EXISTS = 0x0001,
        /// It measures.
        ACTIVE = 0x0002,
        /// The heart stands still.
        ASYSTOLE = 0x0004,
        /// Noise on the ECG.
        NOISE = 0x0080,
        /// An artefact on the ECG.
        ARTEFACT = 0x0100,
        /// Learns what a beat looks like.
        LEARNING = 0x0200,
        /// A pacemaker is expected.
        PACER_ON = 0x0400,
        /// The electrodes of channel 1 are off.
        CHANNEL_1_OFF = 0x0800,
        /// The electrodes of channel 2 are off.
        CHANNEL_2_OFF = 0x1000,
        /// The electrodes of channel 3 are off.
        CHANNEL_3_OFF = 0x2000,
    }
}

flags! {
    /// How the CO2 measurement stands.
    Co2Status(u32) {
        /// The module is there.
        EXISTS = 0x0001,
        /// It measures.
        ACTIVE = 0x0002,
        /// No breath on the capnogram.
        APNOEA = 0x0004,
        /// Calibrates the sensor.
        CALIBRATING = 0x0008,
        /// Zeroes the sensor.
        ZEROING = 0x0010,
        /// The sampling line is blocked.
        OCCLUSION = 0x0020,
        /// Air leaks in.
        AIR_LEAK = 0x0040,
        /// No breath by impedance.
        APNOEA_BY_IMPEDANCE = 0x0080,
        /// The apnoea alarm is off: its bits mean nothing (a real monitor set both).
        APNOEA_OFF = 0x0100,
        /// The gas is wet.
        WET = 0x0200,
    }
}

flags! {
    /// How the cuff stands. What the lowest three bits and the highest seven mean is not known.
    NibpLabel(u16) {
        /// Determinations follow each other by the clock.
        AUTO = 0x0008,
        /// Determinations follow each other at once.
        STAT = 0x0010,
        /// A determination is under way.
        MEASURING = 0x0020,
        /// Holds the pressure in the cuff to fill the veins.
        STASIS = 0x0040,
        /// Calibrates.
        CALIBRATING = 0x0080,
        /// The determination ended more than 60 s ago.
        OLD = 0x0100,
    }
}

flags! {
    /// How a run of samples stands. **The bits without a name are reserved and not 0**: in the
    /// captures they count the records.
    WaveStatus(u16) {
        /// Samples were lost before the first one here.
        GAP = 0x0001,
        /// A pacemaker's pulse was seen.
        PACER = 0x0004,
        /// The electrodes are off.
        LEAD_OFF = 0x0008,
    }
}

/// Where the bits of the heart rate's source lie.
const SOURCE_SHIFT: u32 = 3;

/// Four bits that say what the heart rate was counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeartRateSource {
    /// 1, 9: the ECG.
    Ecg,
    /// 6, 12: an oximeter.
    Oximeter,
    /// 2 to 5, 7, 8, 10, 11: an invasive pressure.
    Pressure,
    /// 0: none was chosen; 13 to 15 are reserved.
    Unknown,
}

impl EcgStatus {
    /// Returns these flags with the bits of a heart rate's source, 0 to 15.
    #[must_use]
    pub const fn with_source(self, source: u8) -> Self {
        let others = self.bits() & !(0x0F << SOURCE_SHIFT);
        Self::from_bits(others | ((source & 0x0F) as u32) << SOURCE_SHIFT)
    }

    /// Returns what the heart rate was counted from.
    #[inline]
    #[must_use]
    pub const fn source(self) -> HeartRateSource {
        match (self.bits() >> SOURCE_SHIFT) & 0x0F {
            1 | 9 => HeartRateSource::Ecg,
            6 | 12 => HeartRateSource::Oximeter,
            2..=5 | 7 | 8 | 10 | 11 => HeartRateSource::Pressure,
            _ => HeartRateSource::Unknown,
        }
    }
}

/// Four bits for each ECG channel that say which lead it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EcgLabel(u16);

/// The lead of an ECG channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EcgLead {
    /// 1: lead I.
    I,
    /// 2: lead II.
    II,
    /// 7: one of the leads V1 to V6, it is not said which.
    V,
    /// 3 to 6: III, aVR, aVL, aVF; 0 is none, and 8 to 15 are reserved.
    Other,
}

impl EcgLabel {
    /// Returns the leads of these bits.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// Returns the bits as they are sent.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Returns the leads of the three channels.
    #[inline]
    #[must_use]
    pub const fn leads(self) -> [EcgLead; 3] {
        [self.lead(8), self.lead(4), self.lead(0)]
    }

    const fn lead(self, shift: u32) -> EcgLead {
        match (self.0 >> shift) & 0x0F {
            1 => EcgLead::I,
            2 => EcgLead::II,
            7 => EcgLead::V,
            _ => EcgLead::Other,
        }
    }
}
