//! Who speaks when: one request at a time, in rounds of half a second.

use std::time::Duration;

use chairside_model::MonoTime;

use super::message::Request;

/// From one question for the pressure to the next: two a second are enough to see a cuff that is
/// inflated for half a minute.
const ROUND: Duration = Duration::from_millis(500);

/// In one of so many rounds the data are asked for as well, when nobody waits for them.
const ROUNDS_PER_DATA: u32 = 4;

/// How long an answer may take. The longest takes 25 ms at 9600 baud.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// Our side of the conversation: what to ask next, and when.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    turn: Turn,
    round_started: MonoTime,
    round: u32,
}

#[derive(Clone, Copy, Debug, Default)]
enum Turn {
    /// Nobody to talk to.
    #[default]
    Closed,
    /// The round is over.
    Resting { until: MonoTime },
    /// A request is out.
    Asked { request: Request, until: MonoTime },
}

impl Conversation {
    /// Begins with a first round; whatever was under way is forgotten.
    pub(super) fn open(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        self.round = 0;
        self.start_round(now, true, transmit);
    }

    /// Falls silent until the line is opened again.
    pub(super) fn close(&mut self) {
        self.turn = Turn::Closed;
    }

    /// Goes on to the next question if this answered the present one.
    pub(super) fn answered(&mut self, answered: Request, now: MonoTime, transmit: &mut Vec<u8>) {
        match self.turn {
            Turn::Asked { request, .. } if request == answered => match answered {
                Request::BpData => self.ask(Request::CuffPressure, now, transmit),
                Request::CuffPressure => self.rest(now),
            },
            Turn::Closed | Turn::Resting { .. } | Turn::Asked { .. } => {}
        }
    }

    /// Does what is due, and asks for the data as well when somebody waits for them. Returns
    /// whether an answer was given up.
    pub(super) fn tick(&mut self, now: MonoTime, wanted: bool, transmit: &mut Vec<u8>) -> bool {
        match self.turn {
            Turn::Resting { until } if until <= now => {
                self.start_round(now, wanted, transmit);
                false
            }
            Turn::Asked { request, until } if until <= now => {
                // Who does not answer one question may answer the other.
                match request {
                    Request::BpData => self.ask(Request::CuffPressure, now, transmit),
                    Request::CuffPressure => self.start_round(now, wanted, transmit),
                }
                true
            }
            Turn::Closed | Turn::Resting { .. } | Turn::Asked { .. } => false,
        }
    }

    /// Returns when [`tick`](Self::tick) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        match self.turn {
            Turn::Closed => None,
            Turn::Resting { until } | Turn::Asked { until, .. } => Some(until),
        }
    }

    fn start_round(&mut self, now: MonoTime, wanted: bool, transmit: &mut Vec<u8>) {
        self.round_started = now;
        let data = wanted || self.round.is_multiple_of(ROUNDS_PER_DATA);
        self.round = self.round.wrapping_add(1);
        let request = if data {
            Request::BpData
        } else {
            Request::CuffPressure
        };
        self.ask(request, now, transmit);
    }

    fn rest(&mut self, now: MonoTime) {
        self.turn = Turn::Resting {
            until: now.max(self.round_started + ROUND),
        };
    }

    fn ask(&mut self, request: Request, now: MonoTime, transmit: &mut Vec<u8>) {
        request.emit(transmit);
        self.turn = Turn::Asked {
            request,
            until: now + ANSWER_WITHIN,
        };
    }
}
