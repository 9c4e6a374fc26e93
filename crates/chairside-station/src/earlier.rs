//! What an earlier run of the service left in its record.

use chairside_alarm::Occurrence;
use chairside_model::MonoTime;

use crate::record::Record;

/// What an earlier run of the service left in its record, with times on this run's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// When monitoring began: in the earlier run, or in one before it that it resumed.
    pub began: MonoTime,
    /// From when on everything is there. It is the end of a second as the earlier run judged
    /// them.
    pub from: MonoTime,
    /// When the earlier run is last known to have lived.
    pub ended: MonoTime,
    /// The records, in their order. From before [`from`](Self::from) there is only what says how
    /// things were from then on: how each alarm and each link stood, what the cuff read, whether
    /// a dose ran, what people set; and how alarms changed since a person came to a bed for them
    /// ([`Responsibility`](crate::Responsibility)).
    pub records: Vec<Record>,
}

/// The highest numbers that earlier runs of the service gave at a bed, however long ago: none is
/// given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastNumbers {
    /// Of an episode of an alarm.
    pub occurrence: Occurrence,
    /// Of a call.
    pub call: u64,
}

impl LastNumbers {
    /// Nothing has been numbered.
    pub const NONE: Self = Self {
        occurrence: Occurrence(0),
        call: 0,
    };
}
