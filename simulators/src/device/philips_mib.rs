//! A simulated IntelliVue monitor with a MIB/RS232 port.
//!
//! It is silent until a host asks for an association, grants one, says who it is until the host
//! has confirmed that, and sends what is polled: numbers every 1.024 s, alarms every 1.024 s, curves
//! every 256 ms. A host that gives no sign of life for 10 s loses its association with an abort,
//! and so does one that does not confirm. A second request is refused.
//!
//! **Not simulated:** a monitor's choice of curves, its priority lists, invasive pressures and
//! other numbers, its masks within ECG samples, patient data, and how a real one tells that a
//! cuff determination failed, which is not known.

mod alarms;
mod curves;
mod numbers;
mod reply;

use std::time::Duration;

use chairside_protocol::philips_mib::framing::{Found, Framer};
use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{
    Association, Attribute, DateTime, HostMessage, Message, MonitorEvent, MonitorNames, PollKind,
    PollProfile, PollRequest, class,
};

use self::numbers::CuffPulse;
use self::reply::Reply;
use super::Simulator;
use crate::patient::VitalSigns;

/// What its clock says at the start of the story.
const CLOCK: [u8; 8] = [0x20, 0x26, 0x03, 0x02, 0x09, 0x00, 0x00, 0x00];

/// Its ticks of 1/8 ms at the start of the story.
const TICKS: u32 = 1_950_000;

/// Nanoseconds of a tick.
const TICK_NS: u128 = 125_000;

/// Silence of the host after which the association is aborted (the vendor's guide, page 70).
const HOST_LOST_AFTER: Duration = Duration::from_secs(10);

/// From one "I am there" to the next, until it is confirmed; a real one says it three times in ten
/// seconds.
const EVENT_PERIOD: Duration = Duration::from_secs(3);

/// From one set of numbers, or of alarms, to the next.
const NUMBERS_PERIOD: Duration = Duration::from_millis(1024);

/// From one run of each curve to the next.
const CURVES_PERIOD: Duration = Duration::from_millis(256);

/// A poll that is later than this leaves out what it has missed.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);

/// What it grants, as the one that was recorded.
const GRANTED: PollProfile = PollProfile {
    period: 4000,
    receive_max: 996,
    transmit_max: 996,
    options: 0x6000_0000,
    extensions: PollProfile::NUMBERS_AND_CURVES,
};

/// A simulated monitor.
#[derive(Debug)]
pub struct PhilipsMib {
    number: [u8; 6],
    framer: Framer,
    association: Option<Host>,
    cuff_pulse: CuffPulse,
}

/// The host that has the association.
#[derive(Debug)]
struct Host {
    heard: Duration,
    /// When the monitor says once more that it is there; nothing when that is confirmed.
    event_due: Option<Duration>,
    polls: Vec<Poll>,
}

/// What the host wants again and again.
#[derive(Clone, Copy, Debug)]
struct Poll {
    request: PollRequest,
    /// The next answer.
    due: Duration,
    until: Duration,
    sequence: u16,
}

impl Default for PhilipsMib {
    fn default() -> Self {
        Self::with_number([0x00, 0x09, 0xFB, 0x00, 0x00, 0x01])
    }
}

impl PhilipsMib {
    /// Makes the monitor that has this number for itself.
    #[must_use]
    pub fn with_number(number: [u8; 6]) -> Self {
        Self {
            number,
            framer: Framer::default(),
            association: None,
            cuff_pulse: CuffPulse::default(),
        }
    }
}

impl Simulator for PhilipsMib {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        self.cuff_pulse.see(vitals);
        let mut messages = Vec::new();
        self.framer.push(received, |_, found| match found {
            Found::Frame { data, .. } => messages.extend(HostMessage::parse(data)),
            Found::Discarded { .. } => {}
        });
        for message in messages {
            self.obey(now, &message, vitals, line);
        }
        self.send_due(now, vitals, line);
    }

    fn next_deadline(&self) -> Option<Duration> {
        let host = self.association.as_ref()?;
        let polls = host.polls.iter().map(|poll| poll.due);
        let others = [host.event_due, Some(host.heard + HOST_LOST_AFTER)];
        polls.chain(others.into_iter().flatten()).min()
    }
}

impl PhilipsMib {
    fn obey(
        &mut self,
        now: Duration,
        message: &HostMessage,
        vitals: &VitalSigns,
        line: &mut Vec<u8>,
    ) {
        match (message, &mut self.association) {
            (HostMessage::Association(Association::Request(_)), Some(_)) => {
                Message::Association(Association::Refuse).emit(line);
            }
            (HostMessage::Association(Association::Request(_)), none) => {
                Message::Association(Association::Accept(Some(GRANTED))).emit(line);
                *none = Some(Host {
                    heard: now,
                    event_due: Some(now),
                    polls: Vec::new(),
                });
            }
            (HostMessage::Association(Association::Abort), association) => *association = None,
            // A real one does not release before its event is confirmed.
            (HostMessage::Association(Association::Release), association)
                if association.as_ref().is_some_and(Host::has_confirmed) =>
            {
                Message::Association(Association::Released).emit(line);
                *association = None;
            }
            (HostMessage::EventResult(_), Some(host)) => {
                host.heard = now;
                host.event_due = None;
            }
            (HostMessage::Poll(request), Some(host)) if host.has_confirmed() => {
                host.heard = now;
                host.poll(now, request);
                if !matches!(request.kind, PollKind::ExtendedFor(_)) {
                    self.answer(now, request, 0, vitals, line);
                }
            }
            (
                HostMessage::Association(_) | HostMessage::EventResult(_) | HostMessage::Poll(_),
                _,
            ) => {}
        }
    }

    fn send_due(&mut self, now: Duration, vitals: &VitalSigns, line: &mut Vec<u8>) {
        let Some(host) = &mut self.association else {
            return;
        };
        if host.heard + HOST_LOST_AFTER <= now {
            Message::Association(Association::Abort).emit(line);
            self.association = None;
            return;
        }
        if host.event_due.is_some_and(|due| due <= now) {
            host.event_due = Some(now + EVENT_PERIOD);
            self.say_who_it_is(now, line);
        }
        while let Some((at, request, sequence)) = self
            .association
            .as_mut()
            .and_then(|host| host.next_answer(now))
        {
            self.answer(at, &request, sequence, vitals, line);
        }
    }

    fn say_who_it_is(&self, now: Duration, line: &mut Vec<u8>) {
        let names = MonitorNames {
            manufacturer: b"Philips\0",
            model: b"M8000\0",
            number: &self.number,
        };
        let attributes = [
            (id::SYSTEM_ID, names.number_attribute()),
            (id::MODEL, names.model_attribute()),
            (id::DATE_TIME, date_time(now).to_bytes().to_vec()),
            (id::RELATIVE_TIME, ticks(now).to_be_bytes().to_vec()),
        ];
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(id, value)| Attribute { id: *id, value })
            .collect();
        MonitorEvent::emit_with(1, ticks(now), &attributes, line);
    }

    fn answer(
        &self,
        at: Duration,
        request: &PollRequest,
        sequence: u16,
        vitals: &VitalSigns,
        line: &mut Vec<u8>,
    ) {
        let mut reply = Reply::new(at, *request, sequence);
        match request.class {
            class::NUMERICS => numbers::write(&mut reply, vitals, &self.cuff_pulse),
            class::CURVES => curves::write(&mut reply, vitals),
            class::ALARMS => alarms::write(&mut reply, vitals),
            _ => {
                // No such class.
                let refused = Message::Refused {
                    invoke: request.invoke,
                    why: 0,
                };
                refused.emit(line);
                return;
            }
        }
        reply.send(line);
    }
}

impl Host {
    const fn has_confirmed(&self) -> bool {
        self.event_due.is_none()
    }

    /// Begins to answer again and again; a poll of the same class begins anew.
    fn poll(&mut self, now: Duration, request: &PollRequest) {
        let PollKind::ExtendedFor(ticks) = request.kind else {
            return;
        };
        self.polls
            .retain(|poll| poll.request.class != request.class);
        self.polls.push(Poll {
            request: *request,
            due: now,
            until: now + chairside_protocol::philips_mib::message::ticks(ticks),
            sequence: 0,
        });
    }

    /// Returns the next answer that is due: when it was, to what, and which one it is.
    fn next_answer(&mut self, now: Duration) -> Option<(Duration, PollRequest, u16)> {
        self.polls.retain(|poll| poll.due <= poll.until);
        let poll = self.polls.iter_mut().min_by_key(|poll| poll.due)?;
        if poll.due > now {
            return None;
        }
        let answer = (poll.due, poll.request, poll.sequence);
        let period = match poll.request.class {
            class::CURVES => CURVES_PERIOD,
            _ => NUMBERS_PERIOD,
        };
        poll.due += period;
        if poll.due + CATCH_UP_MAX < now {
            poll.due = now;
        }
        poll.sequence = poll.sequence.wrapping_add(1);
        Some(answer)
    }
}

/// Returns its clock.
fn date_time(now: Duration) -> DateTime {
    let start = DateTime::from_bytes(CLOCK).expect("it is a time");
    start.after(now)
}

/// Returns its ticks, which begin again after 149 hours.
#[expect(clippy::cast_possible_truncation, reason = "they begin again")]
fn ticks(now: Duration) -> u32 {
    TICKS.wrapping_add((now.as_nanos() / TICK_NS) as u32)
}

#[cfg(test)]
mod tests;
