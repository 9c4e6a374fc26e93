//! Who speaks when: one request at a time, in rounds of a second.

use std::time::Duration;

use chairside_model::{CuffOrder, CuffRefusal, MonoTime};

use super::message::{Command, Reply};
use super::orders::{Orders, Told};
use super::text::CARRIAGE_RETURN;

/// From the start of one round (cuff, oximeter, rate) to the next. Public programs poll every
/// one to five seconds.
const ROUND: Duration = Duration::from_secs(1);

/// From one question for the temperature to the next; a determination is a rare thing.
const TEMPERATURE_PERIOD: Duration = Duration::from_secs(10);

/// How long a reply may take. The longest takes 23 ms at 9600 baud; public programs wait up to
/// 3 s, which we do not: a reply that comes later is taken all the same, and a lost one must not
/// leave a hole of three samples.
const REPLY_WITHIN: Duration = Duration::from_secs(1);

/// How long after a damaged reply its question is put again. Longer than the longest reply takes
/// at 9600 baud (23 ms), so that the rest of a reply broken in two has arrived.
const AFTER_DAMAGE: Duration = Duration::from_millis(250);

/// How long a part that did not answer, on a monitor that does, is left alone at first. Twice as
/// long each time it still does not answer: a monitor may lack that part, and each wait keeps the
/// others waiting; or its replies were lost, and they are missed.
const REST_FIRST: Duration = Duration::from_secs(5);

/// The longest such rest, and that of the thermometer from the first time on.
const REST_MAX: Duration = Duration::from_mins(1);

/// What is asked in a round, in this order.
const ROUND_OF: [Command; 4] = [
    Command::ReadNibp,
    Command::ReadOximeter,
    Command::ReadRate,
    Command::ReadTemperature,
];

/// Our side of the conversation: what to ask next, and when.
#[derive(Debug)]
pub(super) struct Conversation {
    turn: Turn,
    round_started: MonoTime,
    parts: [Part; ROUND_OF.len()],
    /// The question before the present one was answered: the monitor is there.
    lives: bool,
    /// The monitor may hold half a command, or be in the middle of something.
    flush: bool,
    /// What a person ordered. Nothing else ever sends an order.
    orders: Orders,
}

/// A part of the monitor that has its own question.
#[derive(Clone, Copy, Debug)]
struct Part {
    command: Command,
    due: MonoTime,
    /// How many times running it was given up.
    silences: u32,
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
        place: usize,
        attempt: Attempt,
        until: MonoTime,
        /// Something came that may have been the reply.
        damaged: bool,
    },
    /// A person's order is out, and its reply is waited for. It is not sent again.
    Ordered { command: Command, until: MonoTime },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    First,
    Second,
}

impl Default for Conversation {
    fn default() -> Self {
        Self {
            turn: Turn::Closed,
            round_started: MonoTime::ZERO,
            parts: ROUND_OF.map(Part::new),
            lives: false,
            flush: false,
            orders: Orders::default(),
        }
    }
}

impl Part {
    const fn new(command: Command) -> Self {
        Self {
            command,
            due: MonoTime::ZERO,
            silences: 0,
        }
    }

    fn is_thermometer(&self) -> bool {
        self.command == Command::ReadTemperature
    }

    /// Tells whether a question that was not answered is put again at once: not to a part that
    /// may not be there.
    fn is_asked_twice(&self) -> bool {
        self.silences == 0 && !self.is_thermometer()
    }

    fn asked(&mut self, now: MonoTime) {
        if self.is_thermometer() {
            self.due = now + TEMPERATURE_PERIOD;
        }
    }

    fn answered(&mut self, now: MonoTime) {
        if std::mem::take(&mut self.silences) > 0 {
            self.due = now;
            self.asked(now);
        }
    }

    fn rest(&mut self, now: MonoTime) {
        let longer = 1 << self.silences.min(4);
        let rest = if self.is_thermometer() {
            REST_MAX
        } else {
            REST_MAX.min(REST_FIRST * longer)
        };
        self.silences = self.silences.saturating_add(1);
        self.due = now + rest;
    }
}

impl Conversation {
    /// Begins with a first round; whatever was under way is forgotten.
    pub(super) fn open(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        let mut orders = std::mem::take(&mut self.orders);
        orders.line_lost();
        *self = Self {
            flush: true,
            orders,
            ..Self::default()
        };
        self.start_round(now, transmit);
    }

    /// Falls silent until the line is opened again.
    pub(super) fn close(&mut self) {
        self.turn = Turn::Closed;
        self.orders.line_lost();
    }

    /// Tells whether an order would be taken while the cuff is as `measuring` says.
    pub(super) const fn check_order(
        &self,
        order: CuffOrder,
        measuring: bool,
    ) -> Result<(), CuffRefusal> {
        match self.turn {
            Turn::Closed => Err(CuffRefusal::NotConnected),
            Turn::Resting { .. } | Turn::Asked { .. } | Turn::Ordered { .. } => {
                self.orders.check(order, measuring)
            }
        }
    }

    /// Takes a person's order. One to stop goes out at once, whatever is under way; the monitor
    /// has forgotten half a command after a carriage return. One to start takes its turn.
    pub(super) fn order(&mut self, order: CuffOrder, now: MonoTime, transmit: &mut Vec<u8>) {
        self.orders.take(order);
        match (order, self.turn) {
            (CuffOrder::Stop, _) => {
                self.flush = true;
                self.send_order(now, transmit);
            }
            (CuffOrder::Start, Turn::Resting { .. }) => {
                self.send_order(now, transmit);
            }
            (CuffOrder::Start, Turn::Closed | Turn::Asked { .. } | Turn::Ordered { .. }) => {}
        }
    }

    /// Takes any reply, for what became of an order.
    pub(super) fn heard(&mut self, reply: &Reply) {
        self.orders.heard(reply);
    }

    /// Tells whether something became of an order.
    pub(super) const fn has_told(&self) -> bool {
        self.orders.has_told()
    }

    /// Returns what became of orders since this was last called.
    pub(super) fn told(&mut self) -> impl Iterator<Item = Told> {
        self.orders.told()
    }

    /// Goes on to the next question if this answered the present one. A late or an unasked reply
    /// only tells that its part is there.
    pub(super) fn answered(&mut self, answered: Command, now: MonoTime, transmit: &mut Vec<u8>) {
        let mut parts = self.parts.iter_mut();
        if let Some(part) = parts.find(|part| part.command == answered) {
            part.answered(now);
        }
        if let Turn::Asked { place, .. } = self.turn
            && self.parts[place].command == answered
        {
            self.lives = true;
            if !self.send_order(now, transmit) {
                self.ask_from(place + 1, now, transmit);
            }
        }
        if let Turn::Ordered { command, .. } = self.turn
            && command == answered
        {
            self.start_round(now, transmit);
        }
    }

    /// Notes that a reply came and could not be used: its question is put again soon.
    pub(super) fn damaged(&mut self, now: MonoTime) {
        if let Turn::Asked { until, damaged, .. } = &mut self.turn {
            *until = (*until).min(now + AFTER_DAMAGE);
            *damaged = true;
        }
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        self.orders.tick(now);
        match self.turn {
            Turn::Resting { until } if until <= now => self.start_round(now, transmit),
            Turn::Asked {
                place,
                attempt,
                until,
                damaged,
            } if until <= now => {
                self.flush = true;
                self.orders.give_up_waiting();
                let again = damaged || self.parts[place].is_asked_twice();
                if attempt == Attempt::First && again {
                    self.ask(place, Attempt::Second, now, transmit);
                } else {
                    self.give_up(place, damaged, now, transmit);
                }
            }
            Turn::Ordered { until, .. } if until <= now => {
                self.flush = true;
                self.start_round(now, transmit);
            }
            Turn::Closed | Turn::Resting { .. } | Turn::Asked { .. } | Turn::Ordered { .. } => {}
        }
    }

    /// Returns when [`tick`](Self::tick) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        let turn = match self.turn {
            Turn::Closed => None,
            Turn::Resting { until } | Turn::Asked { until, .. } | Turn::Ordered { until, .. } => {
                Some(until)
            }
        };
        turn.into_iter().chain(self.orders.next_deadline()).min()
    }

    fn start_round(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        self.round_started = now;
        self.ask_from(0, now, transmit);
    }

    /// A monitor that lacks one part must not keep the others from being read, nor count as lost:
    /// that part is left alone for a while, and the next round begins at once. When nothing is
    /// answered it is the line that is silent, and each part is asked in its turn.
    fn give_up(&mut self, place: usize, damaged: bool, now: MonoTime, transmit: &mut Vec<u8>) {
        if std::mem::replace(&mut self.lives, damaged) && !damaged {
            self.parts[place].rest(now);
            self.start_round(now, transmit);
        } else {
            self.ask_from(place + 1, now, transmit);
        }
    }

    fn ask_from(&mut self, first: usize, now: MonoTime, transmit: &mut Vec<u8>) {
        let due = |place: &usize| self.parts[*place].due <= now;
        match (first..self.parts.len()).find(due) {
            Some(place) => {
                self.parts[place].asked(now);
                self.ask(place, Attempt::First, now, transmit);
            }
            None => {
                self.turn = Turn::Resting {
                    until: now.max(self.round_started + ROUND),
                }
            }
        }
    }

    fn ask(&mut self, place: usize, attempt: Attempt, now: MonoTime, transmit: &mut Vec<u8>) {
        let command = self.parts[place].command;
        if command == Command::ReadNibp {
            self.orders.asked_for_status();
        }
        self.say(command, transmit);
        self.turn = Turn::Asked {
            place,
            attempt,
            until: now + REPLY_WITHIN,
            damaged: false,
        };
    }

    /// Sends the order that waits, if one does.
    fn send_order(&mut self, now: MonoTime, transmit: &mut Vec<u8>) -> bool {
        let Some(command) = self.orders.send(now) else {
            return false;
        };
        self.say(command, transmit);
        self.turn = Turn::Ordered {
            command,
            until: now + REPLY_WITHIN,
        };
        true
    }

    fn say(&mut self, command: Command, transmit: &mut Vec<u8>) {
        if std::mem::take(&mut self.flush) {
            transmit.push(CARRIAGE_RETURN);
        }
        command.emit(transmit);
    }
}
