//! A simulated monitor that sends HL7 observations.
//!
//! It sends a message each second; one that was not answered by then is sent again in the place of
//! the next. Two kinds: one keeps the time of each determination of the
//! cuff and leaves out what it does not have (as Comen's messages are built); the other stamps
//! everything with the time of the message, writes -999 where it has nothing, says its number and
//! asks for the answer in the enhanced mode (as those of XH80X monitors).
//! **Not simulated:** alarms, curves, technical messages, character sets, several sensors.

use std::time::Duration;

use chairside_model::Metric;
use chairside_protocol::hl7::message::{
    Acknowledgement, CARRIAGE_RETURN, END_BLOCK, Message, Observed, Report, START_BLOCK,
};

use super::Simulator;
use crate::patient::{Signal, VitalSigns};

/// From one message to the next.
const PERIOD: Duration = Duration::from_secs(1);

/// Bytes of the longest answer.
const ANSWER_MAX: usize = 1024;

/// What the monitor's clock shows when the story begins.
const BEGINS: Duration = Duration::from_hours(8);

/// A simulated monitor.
#[derive(Debug)]
pub struct Hl7 {
    kind: Kind,
    due: Duration,
    number: u64,
    /// The last message, while it was not answered.
    waiting: Option<Vec<u8>>,
    heard: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    KeepsTimes,
    Stamps,
}

impl Hl7 {
    /// Makes a monitor that keeps the time of each determination of the cuff.
    #[must_use]
    pub const fn keeping_times() -> Self {
        Self::new(Kind::KeepsTimes)
    }

    /// Makes a monitor that gives everything the time of the message.
    #[must_use]
    pub const fn stamping() -> Self {
        Self::new(Kind::Stamps)
    }

    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            due: Duration::ZERO,
            number: 0,
            waiting: None,
            heard: Vec::new(),
        }
    }

    /// Takes what the host sent; whatever is no answer to the last message changes nothing.
    fn hear(&mut self, received: &[u8]) {
        for &byte in received {
            match byte {
                START_BLOCK => self.heard.clear(),
                CARRIAGE_RETURN if self.heard.last() == Some(&END_BLOCK) => {
                    self.heard.pop();
                    let message = Message::parse(&self.heard);
                    let answer = message.and_then(|message| Acknowledgement::parse(&message));
                    let number = self.number.to_string();
                    if answer.is_some_and(|answer| answer.number == number.as_bytes()) {
                        self.waiting = None;
                    }
                    self.heard.clear();
                }
                _ if self.heard.len() < ANSWER_MAX => self.heard.push(byte),
                _ => {}
            }
        }
    }

    fn send(&mut self, now: Duration, vitals: &VitalSigns, line: &mut Vec<u8>) {
        self.number += 1;
        let time = clock(now);
        let observations = self.observations(&time, vitals);
        let observations: Vec<_> = observations
            .iter()
            .map(|(metric, value, at)| Observed {
                metric: *metric,
                value: value.clone(),
                status: match self.kind {
                    Kind::KeepsTimes => "F",
                    Kind::Stamps => "",
                },
                time: at,
            })
            .collect();
        let report = match self.kind {
            Kind::KeepsTimes => Report {
                sender: "Monitor",
                time: &time,
                number: self.number,
                wanted: None,
                observations: &observations,
            },
            Kind::Stamps => Report {
                sender: "Monitor^00A037009B000000^EUI-64",
                time: &time,
                number: self.number,
                wanted: Some(["AL", "NE"]),
                observations: &observations,
            },
        };
        let mut text = Vec::new();
        report.emit(&mut text);
        line.extend_from_slice(&text);
        self.waiting = Some(text);
    }

    /// Returns each metric that there is a channel for, with what is written and its time.
    fn observations(&self, time: &str, vitals: &VitalSigns) -> Vec<(Metric, String, String)> {
        let mut all = Vec::new();
        let shown = |value: f64, decimals: usize| format!("{value:.decimals$}");
        let channels: [(Metric, Signal, usize); 8] = [
            (Metric::HeartRate, vitals.heart_rate, 0),
            (Metric::SpO2, vitals.spo2, 0),
            (Metric::PulseRate, vitals.pulse_rate, 0),
            (Metric::PerfusionIndex, vitals.perfusion_index, 1),
            (Metric::RespirationRate, vitals.respiration_rate, 0),
            (Metric::EffortRate, vitals.effort_rate, 0),
            (Metric::EtCO2, vitals.etco2, 0),
            (Metric::Temperature, vitals.temperature, 1),
        ];
        let none = match self.kind {
            Kind::KeepsTimes => "",
            Kind::Stamps => "-999",
        };
        for (metric, signal, decimals) in channels {
            let value = match signal {
                Signal::Value(value) => shown(value, decimals),
                Signal::Missing(_) => none.to_owned(),
                Signal::NoChannel => continue,
            };
            all.push((metric, value, time.to_owned()));
        }
        if let Some(last) = vitals.cuff.last {
            let at = match self.kind {
                Kind::KeepsTimes => clock(last.ended),
                Kind::Stamps => time.to_owned(),
            };
            let pressures = last.pressures;
            let pressure = |metric, value: Option<f64>| {
                let value = value.map_or_else(|| none.to_owned(), |value| shown(value, 0));
                (metric, value, at.clone())
            };
            all.extend([
                pressure(
                    Metric::NibpSystolic,
                    pressures.and_then(|cuff| cuff.systolic),
                ),
                pressure(
                    Metric::NibpDiastolic,
                    pressures.and_then(|cuff| cuff.diastolic),
                ),
                pressure(Metric::NibpMean, pressures.and_then(|cuff| cuff.mean)),
            ]);
        }
        all
    }
}

impl Simulator for Hl7 {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        self.hear(received);
        if self.due > now {
            return;
        }
        while self.due <= now {
            self.due += PERIOD;
        }
        match &self.waiting {
            None => self.send(now, vitals, line),
            Some(text) => line.extend_from_slice(text),
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        Some(self.due)
    }
}

/// Returns what the monitor's clock shows: `20260105080003`.
fn clock(now: Duration) -> String {
    let seconds = (BEGINS + now).as_secs();
    let (day, hour) = (5 + seconds / 86_400, seconds / 3600 % 24);
    let (minute, second) = (seconds / 60 % 60, seconds % 60);
    format!("202601{day:02}{hour:02}{minute:02}{second:02}")
}

#[cfg(test)]
mod tests {
    use chairside_model::{Cuff, Measured, MonoTime, Reading, Value};
    use chairside_protocol::hl7::INFO;
    use chairside_protocol::{DriverOutput, Finding, LineInput};

    use super::*;
    use crate::patient::{CuffResult, CuffState, Missing, Pressures};

    fn patient(at: Duration) -> VitalSigns {
        let ended = [3, 30].map(Duration::from_secs);
        let cuff = ended.into_iter().rfind(|ended| *ended <= at);
        VitalSigns {
            spo2: if at.as_secs() < 20 {
                Signal::Value(97.0)
            } else {
                Signal::Missing(Missing::ProbeOff)
            },
            heart_rate: Signal::Value(72.0),
            temperature: Signal::Value(36.84),
            cuff: CuffState {
                measuring: false,
                last: cuff.map(|ended| CuffResult {
                    ended,
                    pressures: Some(Pressures {
                        systolic: Some(128.0),
                        diastolic: Some(76.0),
                        mean: Some(93.0),
                    }),
                }),
            },
            ..VitalSigns::UNMONITORED
        }
    }

    /// Lets a monitor and the driver talk for a minute, the answers kept back if so wanted;
    /// returns what was found and how many messages were sent.
    fn talk(mut monitor: Hl7, answers: bool) -> (Vec<(u64, Finding)>, usize) {
        let mut driver = (INFO.build)();
        let mut out = DriverOutput::default();
        driver.handle(MonoTime::ZERO, LineInput::Opened, &mut out);
        let mut found = Vec::new();
        let mut sent = 0;
        while let Some(now) = monitor.next_deadline().filter(|now| now.as_secs() < 60) {
            let mut line = Vec::new();
            monitor.handle(now, &[], &patient(now), &mut line);
            sent += usize::from(!line.is_empty());
            if line.is_empty() {
                continue;
            }
            out.clear();
            let at = MonoTime::from_start(now);
            driver.handle(at, LineInput::Received(&line), &mut out);
            let findings = out.events.drain(..).map(|event| event.finding);
            found.extend(findings.map(|finding| (now.as_secs(), finding)));
            if answers {
                monitor.handle(now, &out.transmit, &patient(now), &mut Vec::new());
            }
        }
        (found, sent)
    }

    fn cuffs(found: &[(u64, Finding)]) -> Vec<u64> {
        let cuff = |(at, finding): &(u64, Finding)| match finding {
            Finding::Reading(Reading::Cuff(Cuff::Completed(reading))) => {
                Some((*at, reading.taken.since_start().as_secs()))
            }
            _ => None,
        };
        found.iter().filter_map(cuff).map(|(at, _)| at).collect()
    }

    #[test]
    fn the_driver_reads_what_the_patient_has() {
        let (found, sent) = talk(Hl7::keeping_times(), true);
        assert_eq!(sent, 60, "each was answered");
        let last = |metric| {
            found.iter().rev().find_map(|(_, finding)| match finding {
                Finding::Reading(Reading::Numeric(numeric)) if numeric.metric == metric => {
                    Some(numeric.measured)
                }
                _ => None,
            })
        };
        let value = |metric| last(metric).and_then(Measured::valid).map(Value::number);
        assert_eq!(value(Metric::HeartRate), Some(72.0));
        assert_eq!(value(Metric::Temperature), Some(36.8));
        assert!(matches!(last(Metric::SpO2), Some(Measured::Unavailable(_))));
        assert_eq!(last(Metric::EtCO2), None);
    }

    #[test]
    fn two_determinations_of_the_same_pressures_are_told_apart_where_their_times_are_kept() {
        assert_eq!(cuffs(&talk(Hl7::keeping_times(), true).0), [3, 30]);
        assert_eq!(cuffs(&talk(Hl7::stamping(), true).0), [3]);
    }

    #[test]
    fn nothing_of_a_stamping_monitor_that_has_no_value_is_a_number() {
        let (found, _) = talk(Hl7::stamping(), true);
        let late = found.iter().filter(|(at, _)| *at >= 20);
        for (_, finding) in late {
            if let Finding::Reading(Reading::Numeric(numeric)) = finding
                && numeric.metric == Metric::SpO2
            {
                assert!(matches!(numeric.measured, Measured::Unavailable(_)));
            }
        }
    }

    #[test]
    fn a_monitor_that_is_not_answered_sends_the_same_again_and_its_cuff_is_one() {
        let (found, sent) = talk(Hl7::keeping_times(), false);
        assert_eq!(sent, 60);
        let numbers = found
            .iter()
            .filter(|(_, finding)| *finding == Finding::Frame);
        assert_eq!(numbers.count(), 60);
        assert_eq!(
            cuffs(&found),
            Vec::<u64>::new(),
            "the first message, again and again"
        );
    }
}
