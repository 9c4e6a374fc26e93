//! Who speaks when: enable, start, and then a sign of life every five seconds.

use std::time::Duration;

use chairside_model::MonoTime;

use super::message::{Command, Message};

/// How long an answer may take (`OpenICE` waits 1.5 s).
const ANSWER_WITHIN: Duration = Duration::from_millis(1500);

/// From one sign of life to the next (`OpenICE`: 5 s).
const LINK_ACTIVE_PERIOD: Duration = Duration::from_secs(5);

/// Silence after which the conversation begins anew. A monitor that was switched off and on again
/// waits to be enabled. Three times the period of the numerics; `OpenICE` gives up after 0.9 s,
/// which trips easily.
const SILENT_AFTER: Duration = Duration::from_secs(3);

/// How often an order is given before another one is tried.
const ATTEMPTS: u8 = 3;

/// Our side of the conversation: what to order next, and when.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    turn: Turn,
}

#[derive(Clone, Copy, Debug, Default)]
enum Turn {
    /// Nobody to talk to.
    #[default]
    Closed,
    /// Waits for the device identity.
    Enabling {
        attempt: u8,
        until: MonoTime,
        /// The monitor streams already: a host was there before us.
        streaming: bool,
    },
    /// Waits for the first sample or numbers.
    Starting { attempt: u8, until: MonoTime },
    /// The monitor streams.
    Streaming {
        link_active_at: MonoTime,
        silent_at: MonoTime,
    },
}

impl Conversation {
    /// Begins; whatever was under way is forgotten.
    pub(super) fn open(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        self.enable(1, now, transmit);
    }

    /// Falls silent until the line is opened again.
    pub(super) fn close(&mut self) {
        self.turn = Turn::Closed;
    }

    /// Goes on if this is what is waited for. Anything else changes nothing.
    pub(super) fn heard(&mut self, message: &Message, now: MonoTime, transmit: &mut Vec<u8>) {
        match message {
            Message::DeviceId(_) => {
                if let Turn::Enabling { .. } = self.turn {
                    self.start(1, now, transmit);
                }
            }
            Message::Wave(_) | Message::Numerics(_) => self.heard_real_time(now),
        }
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        match self.turn {
            Turn::Enabling {
                attempt,
                until,
                streaming,
            } if until <= now => {
                if streaming && attempt >= ATTEMPTS {
                    // It will not say who it is; what it measures is good without.
                    Command::LinkActive.emit(transmit);
                    self.stream(now);
                } else {
                    self.enable(attempt.saturating_add(1), now, transmit);
                }
            }
            Turn::Starting { attempt, until } if until <= now => {
                if attempt >= ATTEMPTS {
                    self.enable(1, now, transmit);
                } else {
                    self.start(attempt + 1, now, transmit);
                }
            }
            Turn::Streaming { silent_at, .. } if silent_at <= now => self.enable(1, now, transmit),
            Turn::Streaming {
                link_active_at,
                silent_at,
            } if link_active_at <= now => {
                Command::LinkActive.emit(transmit);
                self.turn = Turn::Streaming {
                    link_active_at: now + LINK_ACTIVE_PERIOD,
                    silent_at,
                };
            }
            Turn::Closed
            | Turn::Enabling { .. }
            | Turn::Starting { .. }
            | Turn::Streaming { .. } => {}
        }
    }

    /// Returns when [`tick`](Self::tick) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        match self.turn {
            Turn::Closed => None,
            Turn::Enabling { until, .. } | Turn::Starting { until, .. } => Some(until),
            Turn::Streaming {
                link_active_at,
                silent_at,
            } => Some(link_active_at.min(silent_at)),
        }
    }

    fn heard_real_time(&mut self, now: MonoTime) {
        match &mut self.turn {
            Turn::Closed => {}
            Turn::Enabling { streaming, .. } => *streaming = true,
            Turn::Starting { .. } => self.stream(now),
            Turn::Streaming { silent_at, .. } => *silent_at = now + SILENT_AFTER,
        }
    }

    fn enable(&mut self, attempt: u8, now: MonoTime, transmit: &mut Vec<u8>) {
        Command::Enable.emit(transmit);
        self.turn = Turn::Enabling {
            attempt,
            until: now + ANSWER_WITHIN,
            streaming: false,
        };
    }

    fn start(&mut self, attempt: u8, now: MonoTime, transmit: &mut Vec<u8>) {
        Command::StartRealTime.emit(transmit);
        self.turn = Turn::Starting {
            attempt,
            until: now + ANSWER_WITHIN,
        };
    }

    fn stream(&mut self, now: MonoTime) {
        self.turn = Turn::Streaming {
            link_active_at: now + LINK_ACTIVE_PERIOD,
            silent_at: now + SILENT_AFTER,
        };
    }
}
