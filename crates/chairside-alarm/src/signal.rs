//! Whether people are being told: the signal of one alarm, apart from its condition
//! (`docs/alarms.md`, states and events; `docs/adr/0004-condition-and-signal.md`).

use crate::SignalPresence;

/// What can happen to a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalEvent {
    /// The condition begins.
    Onset,
    /// Something worse came to a condition that is there: its priority rose, a worse member of its
    /// family began, another device raised it too.
    Worsened,
    /// Somebody has seen it.
    Acknowledged,
    /// The condition ends, and a latching signal stays.
    Ended {
        /// Whether this one does.
        latching: bool,
    },
}

impl SignalPresence {
    /// Returns what becomes of the signal.
    pub(crate) const fn after(self, event: SignalEvent) -> Self {
        match (self, event) {
            (Self::Off | Self::On | Self::Latched | Self::Acknowledged, SignalEvent::Onset)
            | (Self::On | Self::Acknowledged, SignalEvent::Worsened) => Self::On,
            (Self::On | Self::Acknowledged, SignalEvent::Acknowledged) => Self::Acknowledged,
            (Self::On, SignalEvent::Ended { latching: false })
            | (Self::Acknowledged | Self::Off, SignalEvent::Ended { .. })
            | (Self::Latched | Self::Off, SignalEvent::Acknowledged)
            | (Self::Off, SignalEvent::Worsened) => Self::Off,
            (Self::On, SignalEvent::Ended { latching: true })
            | (Self::Latched, SignalEvent::Ended { .. } | SignalEvent::Worsened) => Self::Latched,
        }
    }
}
