//! Who speaks when: the association, the polls, and the signs of life.

use std::time::Duration;

use chairside_model::MonoTime;

use super::message::{
    Association, HostMessage, Message, MonitorEventResult, PollKind, PollProfile, PollRequest,
    TICKS_PER_SECOND, class, group,
};

/// From what ends an old association to the request for a new one: a monitor keeps one, and refuses
/// a second.
const AFTER_ABORT: Duration = Duration::from_millis(250);

/// How long the monitor's answer to a release may take.
const RELEASE_WITHIN: Duration = Duration::from_secs(1);

/// How long the answer to a request may take before it is put again.
const ACCEPT_WITHIN: Duration = Duration::from_secs(3);

/// How long the monitor may take to say that it is there; it says so again by itself for 10 s.
const EVENT_WITHIN: Duration = Duration::from_secs(10);

/// How long a monitor that refused or aborted is left alone.
const REST: Duration = Duration::from_secs(10);

/// From one sign of life to the next. A monitor that hears nothing for 10 s ends the association
/// (the vendor's guide, page 70): two may be lost.
const ALIVE_PERIOD: Duration = Duration::from_secs(3);

/// How long the monitor goes on sending by itself, and how long before the end it is asked again.
const POLLED_FOR: Duration = Duration::from_secs(30);
const RENEW_PERIOD: Duration = Duration::from_secs(15);

/// Silence after which the association is taken for lost: numbers come every second.
const LOST_AFTER: Duration = Duration::from_secs(5);

/// What is polled: numbers and curves with all that is said about them, and the alarms that stand.
/// The first number is that of the poll and of its invocation.
const POLLS: [(u16, u16, u16); 3] = [
    (1, class::NUMERICS, group::ALL),
    (2, class::ALARMS, group::ALARMS),
    (3, class::CURVES, group::ALL),
];

/// The sign of life that the vendor's guide suggests (page 63), for its answer is short.
const ALIVE: PollRequest = PollRequest {
    invoke: 4,
    number: 4,
    class: class::ALARMS,
    group: group::STATIC,
    kind: PollKind::Single,
};

/// Our side of the conversation: what to say next, and when.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    turn: Turn,
}

#[derive(Clone, Copy, Debug, Default)]
enum Turn {
    /// Nobody to talk to.
    #[default]
    Closed,
    /// What there was is being ended.
    Ending { until: MonoTime },
    /// An association was asked for.
    Requested { until: MonoTime },
    /// It was granted, and the monitor is to say that it is there.
    Accepted { until: MonoTime },
    /// The monitor sends.
    Polling(Polling),
    /// The monitor does not want us.
    Resting { until: MonoTime },
}

#[derive(Clone, Copy, Debug)]
struct Polling {
    alive_due: MonoTime,
    renewal_due: MonoTime,
    /// When the monitor is lost, and when its numbers are asked for once more.
    lost_at: MonoTime,
    numbers_missed_at: MonoTime,
}

impl Conversation {
    /// Ends what another program may have left, and begins.
    pub(super) fn open(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        HostMessage::Association(Association::Abort).emit(transmit);
        self.turn = Turn::Ending {
            until: now + AFTER_ABORT,
        };
    }

    /// Falls silent until the line is opened again.
    pub(super) fn close(&mut self) {
        self.turn = Turn::Closed;
    }

    /// Tells whether this is what we have just said ourselves, echoed by a cable. What ends an
    /// association looks the same from both sides, and a monitor that we have just told so has
    /// nothing to end.
    pub(super) const fn is_echo(&self, message: &Message<'_>) -> bool {
        let ends = matches!(
            message,
            Message::Association(Association::Abort | Association::Release)
        );
        ends && matches!(self.turn, Turn::Ending { .. })
    }

    /// Notes a message of the monitor and answers it.
    #[inline]
    pub(super) fn heard(&mut self, message: &Message<'_>, now: MonoTime, transmit: &mut Vec<u8>) {
        match (message, &mut self.turn) {
            (Message::Poll(_, result), Turn::Polling(polling)) => {
                polling.lost_at = now + LOST_AFTER;
                if result.class == class::NUMERICS {
                    polling.numbers_missed_at = now + LOST_AFTER;
                }
            }
            (Message::Done { .. } | Message::Refused { .. }, Turn::Polling(polling)) => {
                polling.lost_at = now + LOST_AFTER;
            }
            (Message::Event(event), Turn::Requested { .. } | Turn::Accepted { .. }) => {
                confirm(event.invoke, event.relative_time, transmit);
                poll(transmit);
                self.turn = Turn::Polling(Polling::begin(now));
            }
            // The monitor has not heard the answer, and goes on asking for it.
            (Message::Event(event), Turn::Polling(_)) => {
                confirm(event.invoke, event.relative_time, transmit);
            }
            (Message::Association(association), _) => self.agree(*association, now, transmit),
            (
                Message::Poll(..)
                | Message::Done { .. }
                | Message::Refused { .. }
                | Message::Event(_),
                _,
            ) => {}
        }
    }

    fn agree(&mut self, association: Association, now: MonoTime, transmit: &mut Vec<u8>) {
        let rest = Turn::Resting { until: now + REST };
        match (association, self.turn) {
            (Association::Accept(_), Turn::Requested { .. }) => {
                self.turn = Turn::Accepted {
                    until: now + EVENT_WITHIN,
                };
            }
            (Association::Released, Turn::Ending { .. }) => self.request(now, transmit),
            (Association::Refuse | Association::Abort, Turn::Requested { .. })
            | (
                Association::Refuse
                | Association::Abort
                | Association::Release
                | Association::Released,
                Turn::Accepted { .. } | Turn::Polling(_),
            ) => self.turn = rest,
            // Of an association before this one, or nothing that a monitor says now.
            _ => {}
        }
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        if self.next_deadline().is_none_or(|due| due > now) {
            return;
        }
        match &mut self.turn {
            Turn::Closed => {}
            Turn::Ending { .. } => self.request(now, transmit),
            Turn::Requested { .. } | Turn::Accepted { .. } | Turn::Resting { .. } => {
                self.open(now, transmit);
            }
            Turn::Polling(polling) if polling.lost_at <= now => {
                HostMessage::Association(Association::Release).emit(transmit);
                self.turn = Turn::Ending {
                    until: now + RELEASE_WITHIN,
                };
            }
            Turn::Polling(polling) => polling.tick(now, transmit),
        }
    }

    /// Returns when [`tick`](Self::tick) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        match self.turn {
            Turn::Closed => None,
            Turn::Ending { until }
            | Turn::Requested { until }
            | Turn::Accepted { until }
            | Turn::Resting { until } => Some(until),
            Turn::Polling(polling) => Some(polling.next_deadline()),
        }
    }

    fn request(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        HostMessage::Association(Association::Request(PollProfile::ASKED)).emit(transmit);
        self.turn = Turn::Requested {
            until: now + ACCEPT_WITHIN,
        };
    }
}

impl Polling {
    fn begin(now: MonoTime) -> Self {
        Self {
            alive_due: now + ALIVE_PERIOD,
            renewal_due: now + RENEW_PERIOD,
            lost_at: now + LOST_AFTER,
            numbers_missed_at: now + LOST_AFTER,
        }
    }

    fn tick(&mut self, now: MonoTime, transmit: &mut Vec<u8>) {
        // Either tells the monitor that we are there, and it takes four frames at a time.
        if self.renewal_due <= now || self.numbers_missed_at <= now {
            poll(transmit);
            self.renewal_due = now + RENEW_PERIOD;
            self.numbers_missed_at = self.numbers_missed_at.max(now + LOST_AFTER);
        } else {
            HostMessage::Poll(ALIVE).emit(transmit);
        }
        self.alive_due = now + ALIVE_PERIOD;
    }

    fn next_deadline(&self) -> MonoTime {
        let polls = self.renewal_due.min(self.numbers_missed_at);
        self.alive_due.min(polls).min(self.lost_at)
    }
}

fn confirm(invoke: u16, relative_time: u32, transmit: &mut Vec<u8>) {
    let result = MonitorEventResult {
        invoke,
        relative_time,
    };
    HostMessage::EventResult(result).emit(transmit);
}

fn poll(transmit: &mut Vec<u8>) {
    let seconds = u32::try_from(POLLED_FOR.as_secs()).expect("half a minute");
    for (number, class, group) in POLLS {
        let kind = PollKind::ExtendedFor(seconds * TICKS_PER_SECOND);
        let request = PollRequest {
            invoke: number,
            number,
            class,
            group,
            kind,
        };
        HostMessage::Poll(request).emit(transmit);
    }
}
