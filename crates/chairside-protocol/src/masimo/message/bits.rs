//! Alarms and exceptions: what their bits mean.

use crate::flags::flags;

flags! {
    /// The oximeter's own alarms.
    ///
    /// Found by experiment in a public program (`nmenon/masimo-datacapture`) and not in a manual:
    /// of medium confidence, and bits without a name here may mean something.
    Alarms(u32) {
        /// Bit 0: the saturation is above its limit.
        SATURATION_HIGH = 0x01,
        /// Bit 1: the saturation is below its limit.
        SATURATION_LOW = 0x02,
        /// Bit 2: the pulse rate is above its limit.
        RATE_HIGH = 0x04,
        /// Bit 3: the pulse rate is below its limit.
        RATE_LOW = 0x08,
        /// Bit 4: an alarm is active.
        ACTIVE = 0x10,
        /// Bit 5: the alarm is muted.
        MUTED = 0x20,
    }
}

flags! {
    /// What stands in the way of measuring. Source: *Rad-8 operator's manual*, serial interface;
    /// bits 8 and 9 are reserved there.
    Exceptions(u32) {
        /// Bit 0: no sensor is plugged in.
        NO_SENSOR = 0x001,
        /// Bit 1: the sensor is defective.
        DEFECTIVE_SENSOR = 0x002,
        /// Bit 2: low perfusion.
        LOW_PERFUSION = 0x004,
        /// Bit 3: searching for the pulse.
        PULSE_SEARCH = 0x008,
        /// Bit 4: interference.
        INTERFERENCE = 0x010,
        /// Bit 5: the sensor is off the patient.
        SENSOR_OFF = 0x020,
        /// Bit 6: too much ambient light.
        AMBIENT_LIGHT = 0x040,
        /// Bit 7: a sensor that the oximeter does not know.
        UNRECOGNISED_SENSOR = 0x080,
        /// Bit 10: the quality of the signal is low.
        LOW_SIGNAL_QUALITY = 0x400,
        /// Bit 11: SET mode is running, as it does in normal operation.
        SET = 0x800,
    }
}
