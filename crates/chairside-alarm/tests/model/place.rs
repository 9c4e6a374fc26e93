//! What the model knows of one alarm.

use chairside_alarm::{Occurrence, Priority, SignalPresence, Suspension, SuspensionKind};
use chairside_model::MonoTime;

/// What is known of one alarm.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) present: bool,
    pub(crate) signal: SignalPresence,
    pub(crate) superseded: bool,
    pub(crate) occurrence: Occurrence,
    pub(crate) priority: Priority,
    pub(crate) call: u64,
    /// The first of its episode, once it has called.
    pub(crate) first_call: Option<u64>,
    pub(crate) evidence: String,
    pub(crate) since: MonoTime,
    pub(crate) seen_at: Option<MonoTime>,
    pub(crate) suspension: Option<Suspension>,
    pub(crate) calls_now: bool,
}

impl Place {
    pub(crate) const NEVER: Self = Self {
        present: false,
        signal: SignalPresence::Off,
        superseded: false,
        occurrence: Occurrence(0),
        priority: Priority::Low,
        call: 0,
        first_call: None,
        evidence: String::new(),
        since: MonoTime::ZERO,
        seen_at: None,
        suspension: None,
        calls_now: false,
    };

    pub(crate) fn is(&self, kind: SuspensionKind) -> bool {
        let suspension = self.suspension.as_ref();
        suspension.is_some_and(|suspension| suspension.kind == kind)
    }

    pub(crate) fn call(&mut self) {
        self.signal = SignalPresence::On;
        self.seen_at = None;
        self.calls_now = true;
    }

    pub(crate) fn stands(&self) -> bool {
        self.present || self.signal != SignalPresence::Off
    }
}
