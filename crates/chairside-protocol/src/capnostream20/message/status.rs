//! The status bytes and the alarm bytes, bit by bit.

use crate::flags::flags;

flags! {
    /// How the gas measurement stands, beside each sample of the capnogram.
    FastStatus(u8) {
        /// The sample is not a value.
        INVALID = 0x01,
        /// Starting up.
        INITIALISING = 0x02,
        /// The sampling line is blocked.
        OCCLUSION = 0x04,
        /// This sample ends a breath out.
        END_OF_BREATH = 0x08,
        /// Self-maintenance: the module zeroes itself.
        SELF_MAINTENANCE = 0x10,
        /// Blowing the sampling line free.
        PURGING = 0x20,
        /// No sampling line is plugged in.
        FILTERLINE_OFF = 0x40,
        /// The module is broken.
        MALFUNCTION = 0x80,
    }
}

flags! {
    /// How the monitor stands, in the numerics. What 0x40 means is not known.
    SlowStatus(u8) {
        /// Measures a neonate.
        NEONATAL = 0x01,
        /// Somebody silenced the alarms for a while.
        ALARMS_SILENCED_TEMPORARILY = 0x02,
        /// Somebody silenced all alarms.
        ALARMS_SILENCED = 0x04,
        /// An alarm of high priority stands.
        HIGH_PRIORITY_ALARM = 0x08,
        /// An alarm of low priority stands.
        LOW_PRIORITY_ALARM = 0x10,
        /// An advisory stands.
        ADVISORY = 0x20,
        /// The oximeter is one of Masimo's.
        MASIMO = 0x80,
    }
}

flags! {
    /// The monitor's alarms about the gas.
    Co2Alarms(u8) {
        /// No breath for longer than the monitor's limit.
        NO_BREATH = 0x01,
        /// EtCO2 above its limit.
        ETCO2_HIGH = 0x02,
        /// EtCO2 below its limit.
        ETCO2_LOW = 0x04,
        /// Respiration rate above its limit.
        RESPIRATION_RATE_HIGH = 0x08,
        /// Respiration rate below its limit.
        RESPIRATION_RATE_LOW = 0x10,
        /// FiCO2 above its limit.
        FICO2_HIGH = 0x20,
    }
}

flags! {
    /// The monitor's alarms about the oximeter, and two states of it.
    SpO2Alarms(u8) {
        /// No pulse is found.
        NO_PULSE = 0x01,
        /// Saturation above its limit.
        SPO2_HIGH = 0x02,
        /// Saturation below its limit.
        SPO2_LOW = 0x04,
        /// Pulse rate above its limit.
        PULSE_RATE_HIGH = 0x08,
        /// Pulse rate below its limit.
        PULSE_RATE_LOW = 0x10,
        /// The oximeter is switched off.
        OXIMETRY_OFF = 0x20,
        /// The probe is disconnected.
        PROBE_DISCONNECTED = 0x40,
    }
}

flags! {
    /// More about the gas measurement, in the numerics.
    ExtendedStatus(u8) {
        /// The calibration should be looked at.
        CHECK_CALIBRATION = 0x01,
        /// The flow should be looked at.
        CHECK_FLOW = 0x02,
        /// The pump is off: nothing is measured.
        PUMP_OFF = 0x04,
        /// Something about the battery; whether in use or low is not known.
        BATTERY = 0x80,
    }
}
