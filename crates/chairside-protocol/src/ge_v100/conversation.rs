//! Who speaks when: one request at a time, in rounds of a second.

use std::time::Duration;

use chairside_model::MonoTime;

use super::message::Command;
use super::text::CARRIAGE_RETURN;

/// From the start of one round (cuff, oximeter, rate) to the next. Public programs poll every
/// one to five seconds.
const ROUND: Duration = Duration::from_secs(1);

/// From one question for the temperature to the next; a determination is a rare thing.
const TEMPERATURE_PERIOD: Duration = Duration::from_secs(10);

/// How long a reply may take (public programs wait up to 3 s).
const REPLY_WITHIN: Duration = Duration::from_secs(3);

/// How long after a damaged reply its question is put again. Longer than the longest reply takes
/// at 9600 baud (23 ms), so that the rest of a reply broken in two has arrived.
const AFTER_DAMAGE: Duration = Duration::from_millis(250);

/// How long a monitor that did not answer for its temperature is left alone with it: one without
/// a thermometer may never answer, and each wait keeps the saturation waiting.
const TEMPERATURE_REST: Duration = Duration::from_mins(1);

/// Our side of the conversation: what to ask next, and when.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    turn: Turn,
    round_started: MonoTime,
    temperature_due: MonoTime,
    /// The monitor may hold half a command, or be in the middle of something.
    flush: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum Turn {
    /// Nobody to talk to.
    #[default]
    Closed,
    /// The round is over.
    Resting { until: MonoTime },
    /// A request is out.
    Asked {
        command: Command,
        attempt: Attempt,
        until: MonoTime,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    First,
    Second,
}

impl Conversation {
    /// Begins with a first round; whatever was under way is forgotten.
    pub(super) fn open(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        self.flush = true;
        self.temperature_due = now;
        self.start_round(now, transmit);
    }

    /// Falls silent until the line is opened again.
    pub(super) fn close(&mut self) {
        self.turn = Turn::Closed;
    }

    /// Goes on to the next question if this answered the present one. A late or an unasked
    /// reply changes nothing.
    pub(super) fn answered(&mut self, answered: Command, now: MonoTime, transmit: &mut Vec<u8>) {
        if let Turn::Asked { command, .. } = self.turn
            && command == answered
        {
            self.go_on(command, now, transmit);
        }
    }

    /// Notes that a reply came and could not be used: its question is put again soon.
    pub(super) fn damaged(&mut self, now: MonoTime) {
        if let Turn::Asked { until, .. } = &mut self.turn {
            *until = (*until).min(now + AFTER_DAMAGE);
        }
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        match self.turn {
            Turn::Resting { until } if until <= now => self.start_round(now, transmit),
            Turn::Asked {
                command,
                attempt,
                until,
            } if until <= now => {
                self.unanswered(command, attempt, now, transmit);
            }
            Turn::Closed | Turn::Resting { .. } | Turn::Asked { .. } => {}
        }
    }

    /// Returns when [`tick`](Self::tick) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        match self.turn {
            Turn::Closed => None,
            Turn::Resting { until } | Turn::Asked { until, .. } => Some(until),
        }
    }

    fn start_round(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        self.round_started = now;
        self.ask(Command::ReadNibp, Attempt::First, now, transmit);
    }

    fn unanswered(
        &mut self,
        command: Command,
        attempt: Attempt,
        now: MonoTime,
        transmit: &mut Vec<u8>,
    ) {
        self.flush = true;
        if command == Command::ReadTemperature {
            self.temperature_due = now + TEMPERATURE_REST;
            self.go_on(command, now, transmit);
        } else if attempt == Attempt::First {
            self.ask(command, Attempt::Second, now, transmit);
        } else {
            // A monitor that lacks one part must not keep the others from being read.
            self.go_on(command, now, transmit);
        }
    }

    fn go_on(&mut self, after: Command, now: MonoTime, transmit: &mut Vec<u8>) {
        let next = match after {
            Command::ReadNibp => Some(Command::ReadOximeter),
            Command::ReadOximeter => Some(Command::ReadRate),
            Command::ReadRate if self.temperature_due <= now => {
                self.temperature_due = now + TEMPERATURE_PERIOD;
                Some(Command::ReadTemperature)
            }
            Command::ReadRate
            | Command::ReadTemperature
            | Command::StartNibp
            | Command::CancelNibp => None,
        };
        match next {
            Some(command) => self.ask(command, Attempt::First, now, transmit),
            None => {
                self.turn = Turn::Resting {
                    until: now.max(self.round_started + ROUND),
                }
            }
        }
    }

    fn ask(&mut self, command: Command, attempt: Attempt, now: MonoTime, transmit: &mut Vec<u8>) {
        if std::mem::take(&mut self.flush) {
            transmit.push(CARRIAGE_RETURN);
        }
        command.emit(transmit);
        self.turn = Turn::Asked {
            command,
            attempt,
            until: now + REPLY_WITHIN,
        };
    }
}
