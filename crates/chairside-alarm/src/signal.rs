//! Whether people are being told: the signal of one alarm, apart from its condition
//! (`docs/alarms.md`, states and events; `docs/adr/0004-condition-and-signal.md`).

use crate::SignalPresence;

/// What can happen to a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalEvent {
    /// The condition begins.
    Onset {
        /// Whether the alarm is paused.
        paused: bool,
    },
    /// Something worse came to a condition that is there: its priority rose, a worse member of its
    /// family began, another device raised it too.
    Worsened,
    /// Somebody has seen it.
    Acknowledged,
    /// It was acknowledged long ago, and the condition is still there.
    Realarm,
    /// Somebody paused the alarm.
    Paused,
    /// The pause of the alarm is over.
    PauseEnded,
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
            (_, SignalEvent::Onset { paused: false })
            | (Self::On | Self::Acknowledged | Self::Paused, SignalEvent::Worsened)
            | (Self::On | Self::Acknowledged, SignalEvent::Realarm)
            | (Self::On | Self::Paused, SignalEvent::PauseEnded) => Self::On,
            (_, SignalEvent::Onset { paused: true })
            | (Self::On | Self::Acknowledged | Self::Paused, SignalEvent::Paused)
            | (Self::Paused, SignalEvent::Acknowledged | SignalEvent::Realarm) => Self::Paused,
            (Self::On | Self::Acknowledged, SignalEvent::Acknowledged)
            | (Self::Acknowledged, SignalEvent::PauseEnded) => Self::Acknowledged,
            (Self::On, SignalEvent::Ended { latching: false })
            | (Self::Acknowledged | Self::Paused, SignalEvent::Ended { .. })
            | (Self::Latched, SignalEvent::Acknowledged)
            | (Self::Off, _) => Self::Off,
            (Self::On, SignalEvent::Ended { latching: true })
            | (
                Self::Latched,
                SignalEvent::Ended { .. }
                | SignalEvent::Worsened
                | SignalEvent::Realarm
                | SignalEvent::Paused
                | SignalEvent::PauseEnded,
            ) => Self::Latched,
        }
    }
}
