//! Who speaks when: the displayed values are asked for until they come, then waves and alarms,
//! and each again when it stops.

use std::time::Duration;

use chairside_model::MonoTime;

use super::message::{Message, Request, WaveKind, WaveList};

/// Interface levels in a request's header, in turn until one is answered: the vendor's examples
/// have none, `VSCapture` sends the other three.
const LEVELS: [u8; 4] = [0, 9, 8, 7];

/// Seconds from one record of displayed values to the next, asked for in this order: 5 is the
/// manual's least, and a monitor that gives no more keeps to it; others gave a record a second
/// when they were asked for that.
const INTERVALS_S: [i16; 2] = [5, 1];

/// How long the first values may take: the longer interval, and a second.
const ANSWER_WITHIN: Duration = Duration::from_secs(6);

/// Silence after which the values are asked for again, two of the longer intervals. A monitor
/// that was restarted forgets what it was asked.
const SILENT_AFTER: Duration = Duration::from_secs(10);

/// The waves asked for, 450 samples a second in all; a monitor at 19200 baud gives 600 at most.
const WAVES: [WaveKind; 4] = [
    WaveKind::ECG_1,
    WaveKind::PLETH,
    WaveKind::CO2,
    WaveKind::RESP,
];

/// From one request for waves to the next as long as none come. A monitor that is held back for
/// 2 s stops them and has to be asked again.
const WAVES_PERIOD: Duration = Duration::from_secs(10);

/// From one request for alarms to the next as long as there was no answer: most monitors have
/// none to give on a serial line.
const ALARMS_PERIOD: Duration = Duration::from_mins(1);

/// From one request for the alarms that stand to the next, where a monitor gives them. It sends
/// each change once, and that record can be lost.
const STATUS_PERIOD: Duration = Duration::from_secs(10);

/// Displayed values after which a level is known to work. The first may be left over.
const ANSWERED_AFTER: u32 = 2;

/// Our side of the conversation: what to ask next, and when.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    turn: Turn,
    /// The level that is asked with, a place among [`LEVELS`].
    way: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum Turn {
    /// Nobody to talk to.
    #[default]
    Closed,
    /// Waits for displayed values.
    Asking { until: MonoTime },
    /// They come.
    Streaming(Streaming),
}

#[derive(Clone, Copy, Debug)]
struct Streaming {
    /// Displayed values so far.
    records: u32,
    silent_at: MonoTime,
    waves_at: MonoTime,
    alarms_at: MonoTime,
    gives_alarms: bool,
}

impl Streaming {
    fn next(&self) -> MonoTime {
        self.silent_at.min(self.waves_at).min(self.alarms_at)
    }
}

impl Conversation {
    /// Begins; whatever was under way is forgotten.
    pub(super) fn open(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        self.way = 0;
        self.ask(now, transmit);
    }

    /// Falls silent until the line is opened again.
    pub(super) fn close(&mut self) {
        self.turn = Turn::Closed;
    }

    /// Goes on if this is what is waited for. Anything else changes nothing.
    pub(super) fn heard(&mut self, message: &Message<'_>, now: MonoTime, transmit: &mut Vec<u8>) {
        match (&mut self.turn, message) {
            (Turn::Asking { .. }, Message::Displayed(_)) => {
                self.ask_for_waves(transmit);
                self.request(Request::AlarmChanges, transmit);
                self.turn = Turn::Streaming(Streaming {
                    records: 1,
                    silent_at: now + SILENT_AFTER,
                    waves_at: now + WAVES_PERIOD,
                    alarms_at: now + ALARMS_PERIOD,
                    gives_alarms: false,
                });
            }
            (Turn::Streaming(streaming), Message::Displayed(_)) => {
                streaming.records = streaming.records.saturating_add(1);
                streaming.silent_at = now + SILENT_AFTER;
            }
            (Turn::Streaming(streaming), Message::Waves(_)) => {
                streaming.waves_at = now + WAVES_PERIOD;
            }
            (Turn::Streaming(streaming), Message::Alarms(_)) => {
                streaming.gives_alarms = true;
                streaming.alarms_at = now + STATUS_PERIOD;
            }
            (Turn::Closed, _) | (Turn::Asking { .. }, Message::Waves(_) | Message::Alarms(_)) => {}
        }
    }

    /// Does what is due. Tells whether the displayed values are asked for again.
    pub(super) fn tick(&mut self, now: MonoTime, transmit: &mut Vec<u8>) -> bool {
        match self.turn {
            Turn::Asking { until } if until <= now => {
                self.way = (self.way + 1) % LEVELS.len();
                self.ask(now, transmit);
                true
            }
            Turn::Streaming(streaming) if streaming.silent_at <= now => {
                if streaming.records < ANSWERED_AFTER {
                    self.way = (self.way + 1) % LEVELS.len();
                }
                self.ask(now, transmit);
                true
            }
            Turn::Streaming(mut streaming) => {
                if streaming.waves_at <= now {
                    self.ask_for_waves(transmit);
                    streaming.waves_at = now + WAVES_PERIOD;
                }
                if streaming.alarms_at <= now {
                    let (request, period) = if streaming.gives_alarms {
                        (Request::AlarmStatus, STATUS_PERIOD)
                    } else {
                        (Request::AlarmChanges, ALARMS_PERIOD)
                    };
                    self.request(request, transmit);
                    streaming.alarms_at = now + period;
                }
                self.turn = Turn::Streaming(streaming);
                false
            }
            Turn::Closed | Turn::Asking { .. } => false,
        }
    }

    /// Returns when [`tick`](Self::tick) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        match &self.turn {
            Turn::Closed => None,
            Turn::Asking { until } => Some(*until),
            Turn::Streaming(streaming) => Some(streaming.next()),
        }
    }

    fn ask(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        for interval_s in INTERVALS_S {
            self.request(Request::Displayed { interval_s }, transmit);
        }
        self.turn = Turn::Asking {
            until: now + ANSWER_WITHIN,
        };
    }

    fn ask_for_waves(&self, transmit: &mut Vec<u8>) {
        let waves = WaveList::new(&WAVES).expect("there are no more than eight");
        self.request(Request::Waves(waves), transmit);
    }

    fn request(&self, request: Request, transmit: &mut Vec<u8>) {
        request.emit(LEVELS[self.way], transmit);
    }
}
