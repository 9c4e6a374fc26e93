//! What can be wrong, how urgent that is, and whether people are being told.

use std::fmt;

use chairside_model::MonoTime;

macro_rules! alarm_ids {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $kind:ident;)*) => {
        /// Something that can be wrong at a bed. Identity only: its state lives in the engine.
        ///
        /// The names are those of `docs/alarms.md` and the same in JSON, SQL, configuration and
        /// on screen. An id stands once for a bed, however many devices raise it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AlarmId { $($(#[$doc])* $variant,)* }

        impl AlarmId {
            /// Every id, in the order of the enum.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the name used everywhere outside of the code: `"SPO2_LOW"`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns whether it is about the patient or about the equipment.
            #[must_use]
            pub const fn kind(self) -> AlarmKind {
                match self { $(Self::$variant => AlarmKind::$kind,)* }
            }
        }
    };
}

alarm_ids! {
    /// Heart rate above the limit.
    HrHigh = "HR_HIGH", Physiological;
    /// Heart rate far above the limit.
    HrVeryHigh = "HR_VERY_HIGH", Physiological;
    /// Heart rate below the limit.
    HrLow = "HR_LOW", Physiological;
    /// Heart rate far below the limit.
    HrVeryLow = "HR_VERY_LOW", Physiological;
    /// Saturation below the limit.
    Spo2Low = "SPO2_LOW", Physiological;
    /// Saturation far below the limit.
    Spo2VeryLow = "SPO2_VERY_LOW", Physiological;
    /// Saturation falling fast.
    Spo2Fall = "SPO2_FALL", Physiological;
    /// Breathing slower than the limit.
    RrLow = "RR_LOW", Physiological;
    /// Breathing faster than the limit.
    RrHigh = "RR_HIGH", Physiological;
    /// Carbon dioxide above the limit.
    Etco2High = "ETCO2_HIGH", Physiological;
    /// No breath and no effort.
    Apnea = "APNEA", Physiological;
    /// Signs compatible with no air movement.
    AirwayObstruction = "AIRWAY_OBSTRUCTION", Physiological;
    /// Signs compatible with a partly closed airway.
    AirwayPartial = "AIRWAY_PARTIAL", Physiological;
    /// Cuff pressure above the limits.
    NibpHigh = "NIBP_HIGH", Physiological;
    /// Cuff pressure far above the limits.
    NibpVeryHigh = "NIBP_VERY_HIGH", Physiological;
    /// Cuff pressure far above this patient's baseline.
    NibpRise = "NIBP_RISE", Physiological;
    /// Cuff pressure below the limits.
    NibpLow = "NIBP_LOW", Physiological;
    /// Cuff pressure far below the limits.
    NibpVeryLow = "NIBP_VERY_LOW", Physiological;
    /// A cuff determination ended without a result.
    NibpFailed = "NIBP_FAILED", Technical;
    /// No good cuff reading for the interval and its grace.
    NibpOverdue = "NIBP_OVERDUE", Technical;
    /// The oximeter's probe is not on the patient.
    Spo2ProbeOff = "SPO2_PROBE_OFF", Technical;
    /// The oximeter gives no value.
    Spo2NoData = "SPO2_NO_DATA", Technical;
    /// The oximeter's signal is weak.
    Spo2LowPerfusion = "SPO2_LOW_PERFUSION", Technical;
    /// The cuff keeps stopping the pulse at the probe.
    Spo2CuffSameLimb = "SPO2_CUFF_SAME_LIMB", Technical;
    /// The capnograph gives no value.
    Co2NoData = "CO2_NO_DATA", Technical;
    /// No frames from a device.
    DeviceLinkLost = "DEVICE_LINK_LOST", Technical;
    /// Bytes arrive and no frame is valid.
    LineGarbled = "LINE_GARBLED", Technical;
    /// Another device answers on a bed's line.
    DeviceSwapped = "DEVICE_SWAPPED", Technical;
    /// The bed's machine failed and is being rebuilt.
    BedFailed = "BED_FAILED", Technical;
    /// The record can't be written.
    RecordingStopped = "RECORDING_STOPPED", Technical;
    /// Nobody can hear the alarms of an open session.
    NoStation = "NO_STATION", Technical;
    /// An alarm reached no one by a channel in its time.
    DeliveryFailed = "DELIVERY_FAILED", Technical;
    /// The patient asks for somebody.
    PatientCall = "PATIENT_CALL", Technical;
    /// A member of the staff asks for help at the bed.
    HelpWanted = "HELP_WANTED", Technical;
}

impl AlarmId {
    /// Tells whether it says that too little air or oxygen reaches the patient: then nothing may
    /// hide the saturation.
    pub(crate) const fn is_of_saturation_or_airway(self) -> bool {
        matches!(
            self,
            Self::Spo2Low
                | Self::Spo2VeryLow
                | Self::Spo2Fall
                | Self::Apnea
                | Self::AirwayObstruction
                | Self::AirwayPartial
        )
    }

    /// Tells whether it is somebody's call: it stands until a person acknowledges it, and is
    /// neither paused nor switched off (`docs/adr/0020-calls.md`).
    #[must_use]
    pub const fn is_call(self) -> bool {
        matches!(self, Self::PatientCall | Self::HelpWanted)
    }

    /// Returns the id with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|id| id.name() == name)
    }
}

impl fmt::Display for AlarmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether an alarm is about the patient or about the equipment; also a call, which no reading
/// shows, counts as the latter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlarmKind {
    /// The patient.
    Physiological,
    /// Equipment, signal or link, and people's calls.
    Technical,
}

impl AlarmKind {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Physiological => "physiological",
            Self::Technical => "technical",
        }
    }
}

/// How urgent the response is (IEC 60601-1-8's three priorities).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Be aware.
    Low,
    /// Respond promptly.
    Medium,
    /// Respond at once.
    High,
}

impl Priority {
    /// Returns the name used in JSON, SQL and configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Returns the priority with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High]
            .into_iter()
            .find(|priority| priority.name() == name)
    }
}

/// Whether people are being told, which is not the same as whether something is wrong.
///
/// The first four are the words of IEEE 11073-10207 (BICEPS) alert signal presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignalPresence {
    /// Nobody is told.
    Off,
    /// People are told.
    On,
    /// The condition has ended and the signal stays, visibly, until somebody has seen it.
    Latched,
    /// Somebody has seen it; quiet while the condition lasts, until it is called again.
    Acknowledged,
    /// The condition is told and nobody is called: the alarm is paused for a time.
    Paused,
}

impl SignalPresence {
    /// Every presence.
    pub const ALL: [Self; 5] = [
        Self::Off,
        Self::On,
        Self::Latched,
        Self::Acknowledged,
        Self::Paused,
    ];

    /// Returns the presence with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|presence| presence.name() == name)
    }

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Latched => "latched",
            Self::Acknowledged => "acknowledged",
            Self::Paused => "paused",
        }
    }
}

/// One episode of an alarm at a bed: rises by one with each onset and is never used again, so
/// that a late click can never acknowledge another alarm than the one that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occurrence(pub u64);

/// The state of one alarm just after it changed, and all that is needed to show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// When it changed.
    pub at: MonoTime,
    /// Which alarm.
    pub id: AlarmId,
    /// Which episode of it.
    pub occurrence: Occurrence,
    /// How urgent.
    pub priority: Priority,
    /// Whether the condition holds.
    pub present: bool,
    /// Whether people are told.
    pub signal: SignalPresence,
    /// The last of the bed's calls that this alarm made: each onset that is told, something worse
    /// that joins, a call again, the end of a pause takes the next number. 0 before the first.
    pub call: u64,
    /// A worse alarm of the same family is present and is the one that sounds.
    pub superseded: bool,
    /// When the condition began.
    pub since: MonoTime,
    /// Of an airway obstruction, the signals it was drawn from when it began.
    pub mode: Option<AirwayMode>,
    /// Why, in plain numbers: the readings that fired it. Never a diagnosis, never empty.
    pub evidence: String,
}

/// From which signals an airway obstruction is drawn: the best that the bed measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AirwayMode {
    /// Breaths on CO2, and the movements of the chest.
    Co2AndEffort,
    /// Breaths on CO2, and the saturation.
    Co2,
    /// The saturation alone.
    Spo2Only,
}

impl AirwayMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Co2AndEffort, Self::Co2, Self::Spo2Only];

    /// Returns the mode with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Returns the name used in JSON: `"co2+effort"`, `"co2"`, `"spo2_only"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Co2AndEffort => "co2+effort",
            Self::Co2 => "co2",
            Self::Spo2Only => "spo2_only",
        }
    }
}
