//! A simulated GE monitor: a CARESCAPE, or an S/5.
//!
//! It is silent until a host asks, and then sends what it was asked for until it is told to stop:
//! displayed values at the interval, waves five times a second, and a CARESCAPE its alarms, with
//! each change. A CARESCAPE gives values each second when asked for that, as the recorded monitor
//! did; an S/5 keeps to the manual, ignores an interval below five seconds, and has no alarms to
//! give.
//! **Not simulated:** the left-over record that a real monitor begins with, trends and the
//! extended classes, invasive pressures, gases other than CO2, spirometry, the limit of 600
//! samples a second, the handshake that stops the waves, and the pulse rate of the cuff.

mod alarms;
pub(super) mod curves;
mod values;

use std::time::Duration;

use chairside_protocol::ge_dri::framing::{Found, Framer};
use chairside_protocol::ge_dri::message::{
    Alarm, AlarmStatus, Header, Request, WaveList, WaveStatus, emit_waves,
};

use self::alarms::{AlarmList, BreathWatch};
use self::curves::Curve;
use super::Simulator;
use crate::patient::VitalSigns;

/// From one record of waves to the next.
const WAVES_PERIOD: Duration = Duration::from_millis(200);

/// From one record of alarms to the next at least (*Computer Interface Specification*).
const ALARMS_PERIOD: Duration = Duration::from_secs(2);

/// The manual's least interval of displayed values, seconds.
const MANUALS_INTERVAL_S: i16 = 5;

/// What its clock says at the start of the story.
const DEVICE_TIME_S: u32 = 0x655E_6B80;

/// A simulated monitor.
#[derive(Debug)]
pub struct GeDri {
    model: Model,
    framer: Framer,
    record_number: u8,
    displayed: Option<Repeated>,
    waves: Option<(WaveList, Repeated)>,
    alarms: Option<Changes>,
    breaths: BreathWatch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    Carescape,
    S5,
}

/// Something that is sent again and again.
#[derive(Clone, Copy, Debug)]
struct Repeated {
    period: Duration,
    due: Duration,
    /// How many were sent.
    sent: u16,
}

/// The alarms that were sent last, and when.
#[derive(Clone, Copy, Debug)]
struct Changes {
    sent_at: Duration,
    sent: AlarmList,
    /// They are sent whether or not they have changed.
    asked: bool,
}

impl Repeated {
    const fn from(now: Duration, period: Duration) -> Self {
        Self {
            period,
            due: now,
            sent: 0,
        }
    }

    /// Tells whether one is due. After a stall those that were missed are left out.
    fn take(&mut self, now: Duration) -> bool {
        if now < self.due {
            return false;
        }
        self.due += self.period;
        if self.due <= now {
            self.due = now + self.period;
        }
        self.sent = self.sent.wrapping_add(1);
        true
    }
}

impl GeDri {
    /// A CARESCAPE of level 10.
    #[must_use]
    pub fn carescape() -> Self {
        Self::new(Model::Carescape)
    }

    /// An S/5 of level 5, from 1999.
    #[must_use]
    pub fn s5() -> Self {
        Self::new(Model::S5)
    }

    fn new(model: Model) -> Self {
        Self {
            model,
            framer: Framer::default(),
            record_number: 0,
            displayed: None,
            waves: None,
            alarms: None,
            breaths: BreathWatch::default(),
        }
    }

    fn obey(&mut self, now: Duration, request: Request) {
        match (request, self.model) {
            (Request::Displayed { interval_s }, model) => self.display(now, interval_s, model),
            (Request::Waves(list), _) => {
                self.waves = Some((list, Repeated::from(now + WAVES_PERIOD, WAVES_PERIOD)));
            }
            (Request::StopWaves, _) => self.waves = None,
            (Request::AlarmStatus, Model::Carescape) => {
                if let Some(changes) = &mut self.alarms {
                    changes.asked = true;
                }
            }
            (Request::AlarmChanges, Model::Carescape) => {
                self.alarms = Some(Changes {
                    sent_at: now.saturating_sub(ALARMS_PERIOD),
                    sent: [Alarm::NONE; 5],
                    asked: true,
                });
            }
            (Request::StopAlarms, _) => self.alarms = None,
            (Request::AlarmStatus | Request::AlarmChanges, Model::S5) => {}
        }
    }

    fn display(&mut self, now: Duration, interval_s: i16, model: Model) {
        let least = match model {
            Model::Carescape => 1,
            Model::S5 => MANUALS_INTERVAL_S,
        };
        if interval_s == 0 {
            self.displayed = None;
        } else if interval_s >= least {
            let period = Duration::from_secs(u64::from(interval_s.unsigned_abs()));
            self.displayed = Some(Repeated::from(now, period));
        }
    }

    fn header(&mut self, now: Duration) -> Header {
        self.record_number = self.record_number.wrapping_add(1);
        let seconds = u32::try_from(now.as_secs()).unwrap_or(u32::MAX);
        Header {
            number: self.record_number,
            level: match self.model {
                Model::Carescape => 10,
                Model::S5 => 5,
            },
            plug: 0,
            time_s: DEVICE_TIME_S.wrapping_add(seconds),
        }
    }

    fn send_waves(&mut self, now: Duration, vitals: &VitalSigns, line: &mut Vec<u8>) {
        let Some((list, repeated)) = &mut self.waves else {
            return;
        };
        if !repeated.take(now) {
            return;
        }
        // The reserved bits count the records, and the first one is a gap, as was recorded.
        let first = if repeated.sent == 1 {
            WaveStatus::GAP
        } else {
            WaveStatus::NONE
        };
        let status = WaveStatus::from_bits(repeated.sent << 4 | 0x0002) | first;
        let curves: Vec<Curve> = list
            .waves()
            .filter_map(|kind| Curve::before(kind, vitals, WAVES_PERIOD))
            .collect();
        let waves: Vec<_> = curves.iter().map(|curve| curve.samples(status)).collect();
        if !waves.is_empty() {
            emit_waves(self.header(now), &waves, line);
        }
    }

    fn send_alarms(&mut self, now: Duration, alarms: &AlarmList, line: &mut Vec<u8>) {
        let Some(changes) = &mut self.alarms else {
            return;
        };
        let news = changes.asked || changes.sent != *alarms;
        if news && changes.sent_at + ALARMS_PERIOD <= now {
            *changes = Changes {
                sent_at: now,
                sent: *alarms,
                asked: false,
            };
            let status = AlarmStatus {
                header: self.header(now),
                sound_on: true,
                silence: 0,
                alarms: *alarms,
            };
            status.emit(line);
        }
    }
}

impl Simulator for GeDri {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        let mut requests = Vec::new();
        self.framer.push(received, |_, found| match found {
            Found::Frame { record, .. } => {
                requests.extend(Request::parse(record).map(|(_, request)| request));
            }
            Found::Discarded { .. } => {}
        });
        for request in requests {
            self.obey(now, request);
        }
        let without_breath = self.breaths.see(now, vitals);
        if self
            .displayed
            .as_mut()
            .is_some_and(|displayed| displayed.take(now))
        {
            let header = self.header(now);
            values::displayed(header, now, vitals, without_breath).emit(line);
        }
        self.send_waves(now, vitals, line);
        self.send_alarms(now, &alarms::standing(vitals, without_breath), line);
    }

    fn next_deadline(&self) -> Option<Duration> {
        let displayed = self.displayed.map(|displayed| displayed.due);
        let waves = self.waves.map(|(_, repeated)| repeated.due);
        displayed.into_iter().chain(waves).min()
    }
}

#[cfg(test)]
mod tests;
