//! The only thing that leaves the core.

use chairside_alarm::{
    AudioChange, Baseline, Flood, LimitChange, OperatorAction, Phase, SuspensionChange, Transition,
};
use chairside_care::CareEntry;
use chairside_model::{BedId, CuffAnswer, CuffOrder, DeviceId, MonoTime, Observation};
use chairside_protocol::{DeviceAlarmPriority, Discard};
use std::borrow::Cow;

/// The numbered unit of everything that leaves the core.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Rises by one from 1 at the start of the process, without a gap.
    pub sequence: u64,
    /// When it happened.
    pub at: MonoTime,
    /// What happened.
    pub entry: Entry,
}

/// What a record can say.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A device gave a reading.
    Observed {
        /// The bed it counts for.
        bed: BedId,
        /// The reading.
        observation: Observation,
    },
    /// An alarm condition or its signal changed.
    Alarm {
        /// The bed.
        bed: BedId,
        /// The alarm's state after the change.
        transition: Transition,
    },
    /// A device's link changed.
    Link {
        /// The bed.
        bed: BedId,
        /// The device.
        device: DeviceId,
        /// The link's state after the change.
        state: LinkState,
    },
    /// Bytes of a line that were not used, summed up over at most a second.
    Discarded {
        /// The bed.
        bed: BedId,
        /// The device.
        device: DeviceId,
        /// How many bytes.
        bytes: u64,
        /// Why.
        why: Discard,
    },
    /// The device's own alarm.
    DeviceAlarm {
        /// The bed.
        bed: BedId,
        /// The device.
        device: DeviceId,
        /// How urgent the device says it is.
        priority: DeviceAlarmPriority,
        /// The device's words.
        text: Cow<'static, str>,
    },
    /// The device said who it is.
    Identity {
        /// The bed.
        bed: BedId,
        /// The device.
        device: DeviceId,
        /// The serial number or identity text.
        text: Box<str>,
    },
    /// A person did something.
    Operator {
        /// The bed.
        bed: BedId,
        /// What.
        action: OperatorAction,
        /// The person's id among the configured staff, or [`PATIENT`](chairside_alarm::PATIENT).
        by: Box<str>,
        /// Where, as the display calls itself.
        station: Option<Box<str>>,
        /// Why, in the person's words.
        reason: Option<Box<str>>,
    },
    /// A person did something in a treatment session.
    Care {
        /// The bed.
        bed: BedId,
        /// What, and who.
        entry: Box<CareEntry>,
    },
    /// What became of a person's order to a cuff, which is an [`Entry::Operator`] before this one.
    Ordered {
        /// The bed.
        bed: BedId,
        /// The device that was told, or was not.
        device: DeviceId,
        /// What it was told.
        order: CuffOrder,
        /// What became of it.
        answer: CuffAnswer,
    },
    /// The pause of an alarm began or ended, or a rule was switched off or on.
    Suspension {
        /// The bed.
        bed: BedId,
        /// What changed.
        change: SuspensionChange,
    },
    /// The sound of the bed changed at a station, or people there are reminded that it is off.
    Audio {
        /// The bed.
        bed: BedId,
        /// What changed.
        change: AudioChange,
    },
    /// Many alarms began at the bed, or one more, or that is over.
    Flood {
        /// The bed.
        bed: BedId,
        /// The summary from now on.
        flood: Option<Flood>,
    },
    /// A number of the bed's limits is another one.
    Limit {
        /// The bed.
        bed: BedId,
        /// From what to what, and by what.
        change: LimitChange,
    },
    /// The treatment session went into another phase.
    Phase {
        /// The bed.
        bed: BedId,
        /// The phase from now on.
        phase: Phase,
    },
    /// The patient's values before the session became known.
    Baseline {
        /// The bed.
        bed: BedId,
        /// The values.
        baseline: Baseline,
    },
    /// It became known whether cuff and oximeter probe are on the same limb.
    CuffSameLimb {
        /// The bed.
        bed: BedId,
        /// Whether they are.
        same: bool,
    },
    /// What the bed shows is simulated from now on, or is a patient's again. Nothing is said of a
    /// bed that never was simulated.
    Simulated {
        /// The bed.
        bed: BedId,
        /// Whether it is.
        simulated: bool,
    },
    /// A trainer did something to the simulated patient of a bed for training.
    Trained {
        /// The bed.
        bed: BedId,
        /// The trainer, by id.
        by: Box<str>,
        /// What, by the simulator's name for it.
        did: Box<str>,
    },
    /// A treatment session opened at a bed, or closed.
    Session {
        /// The bed.
        bed: BedId,
        /// Whether one is open now.
        open: bool,
    },
    /// A dose began or ended.
    Dosing {
        /// The bed.
        bed: BedId,
        /// Whether a dose is running now.
        running: bool,
    },
    /// The record is being written again, or has stopped.
    Recording {
        /// Whether it is being written now.
        running: bool,
    },
}

impl Entry {
    /// Returns the bed it is about; nothing when it is about all of them.
    #[must_use]
    pub const fn bed(&self) -> Option<BedId> {
        match self {
            Self::Observed { bed, .. }
            | Self::Alarm { bed, .. }
            | Self::Link { bed, .. }
            | Self::Discarded { bed, .. }
            | Self::DeviceAlarm { bed, .. }
            | Self::Identity { bed, .. }
            | Self::Operator { bed, .. }
            | Self::Care { bed, .. }
            | Self::Ordered { bed, .. }
            | Self::Suspension { bed, .. }
            | Self::Audio { bed, .. }
            | Self::Flood { bed, .. }
            | Self::Limit { bed, .. }
            | Self::Phase { bed, .. }
            | Self::Baseline { bed, .. }
            | Self::CuffSameLimb { bed, .. }
            | Self::Simulated { bed, .. }
            | Self::Trained { bed, .. }
            | Self::Session { bed, .. }
            | Self::Dosing { bed, .. } => Some(*bed),
            Self::Recording { .. } => None,
        }
    }
}

/// How a device's link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// The port is not there.
    Disconnected,
    /// The port is open and nothing has been trusted yet, or the device fell silent.
    Connecting,
    /// Trusted frames arrive.
    Connected,
}

impl LinkState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Disconnected, Self::Connecting, Self::Connected];

    /// Returns the state with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
        }
    }
}
