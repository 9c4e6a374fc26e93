//! Who speaks when: listen, ask for samples, and then a sign of life every five seconds. To an
//! oximeter of the old generation, which sends by itself, nothing is ever said.

use std::time::Duration;

use chairside_model::MonoTime;

use super::message::{Command, Generation};

/// An old oximeter has sent something by then, and is not spoken to.
const LISTEN_FIRST: Duration = Duration::from_millis(300);

/// From one sign of life to the next (V7.0: 5 s).
const KEEP_ALIVE_PERIOD: Duration = Duration::from_secs(5);

/// Without samples for this long they are asked for again.
const SILENT_AFTER: Duration = Duration::from_secs(2);

/// Our side of the conversation.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    turn: Turn,
}

#[derive(Clone, Copy, Debug, Default)]
enum Turn {
    /// Nobody to talk to: the line is not open, or somebody sends who takes no orders.
    #[default]
    Silent,
    /// Asks for samples then.
    Asking { at: MonoTime },
    /// Samples come.
    Streaming {
        keep_alive_at: MonoTime,
        silent_at: MonoTime,
    },
}

impl Conversation {
    /// Begins: the line was opened.
    pub(super) fn open(&mut self, now: MonoTime) {
        self.turn = Turn::Asking {
            at: now + LISTEN_FIRST,
        };
    }

    /// Falls silent until the line is opened again.
    pub(super) fn close(&mut self) {
        self.turn = Turn::Silent;
    }

    /// A sample came.
    #[inline]
    pub(super) fn heard(&mut self, generation: Generation, now: MonoTime) {
        match (&mut self.turn, generation) {
            (Turn::Silent, _) => {}
            (_, Generation::Old) => self.turn = Turn::Silent,
            (Turn::Streaming { silent_at, .. }, Generation::V7) => *silent_at = now + SILENT_AFTER,
            // Whoever streams without having been asked had a host before: it is told at once that
            // there is one still.
            (Turn::Asking { .. }, Generation::V7) => {
                self.turn = Turn::Streaming {
                    keep_alive_at: now,
                    silent_at: now + SILENT_AFTER,
                };
            }
        }
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        match &mut self.turn {
            Turn::Asking { at } if *at <= now => {
                Command::StartRealTime.emit(transmit);
                *at = now + SILENT_AFTER;
            }
            Turn::Streaming { silent_at, .. } if *silent_at <= now => {
                Command::StartRealTime.emit(transmit);
                self.turn = Turn::Asking {
                    at: now + SILENT_AFTER,
                };
            }
            Turn::Streaming { keep_alive_at, .. } if *keep_alive_at <= now => {
                Command::KeepAlive.emit(transmit);
                *keep_alive_at = now + KEEP_ALIVE_PERIOD;
            }
            Turn::Silent | Turn::Asking { .. } | Turn::Streaming { .. } => {}
        }
    }

    /// Returns when [`tick`](Self::tick) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        match self.turn {
            Turn::Silent => None,
            Turn::Asking { at } => Some(at),
            Turn::Streaming {
                keep_alive_at,
                silent_at,
            } => Some(keep_alive_at.min(silent_at)),
        }
    }
}
