//! From observations to readings.

use std::time::Duration;

use chairside_model::{Cuff, CuffFailure, Measured, Metric, MonoTime, Reading, Unavailable};

use super::determination::{Determinations, Pressures};
use super::message::{Content, Message, Observation, Timestamp, Unit, metric_of};
use crate::pressures::cuff_reading;
use crate::{DriverOutput, Finding};

/// A body is not colder than this: monitors give 0.0 or 0.1 without a probe (seen in messages of
/// Comen monitors).
const BODY_MIN_CELSIUS: f64 = 20.0;

/// The greatest saturation and pulse rate that mean "no signal" and not a number.
const NO_SIGNAL_MAX: f64 = 1.0;

/// The longest number of a device, bytes.
const IDENTITY_MAX: usize = 64;

/// Metrics of one message, each once.
const METRICS: usize = super::INFO.gives.len();

/// Turns messages into findings and remembers what was published.
#[derive(Debug, Default)]
pub(super) struct Readings {
    determinations: Determinations,
    /// Who the sender last said it is.
    identity: Vec<u8>,
}

impl Readings {
    /// Takes the message that ends at this offset.
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        message: &Message<'_>,
        out: &mut DriverOutput,
    ) {
        self.identity(offset, message, out);
        let mut report = Report {
            now,
            offset,
            message: Timestamp::parse(message.header(7)),
            observed: None,
            beside: None,
            given: Given::default(),
            cuff: CuffGroup::default(),
        };
        for segment in message.segments() {
            if segment.is_report() {
                report.observed = segment.report_time();
            } else if let Some(observation) = Observation::parse(segment) {
                report.take(&observation, &mut self.determinations, out);
            }
        }
        report.end_cuff(&mut self.determinations, out);
    }

    /// Forgets who sent: another monitor may be next. What the cuff gave is kept, for the line of
    /// the same monitor may have been lost for a moment.
    pub(super) fn end(&mut self) {
        self.identity.clear();
    }

    fn identity(&mut self, offset: u64, message: &Message<'_>, out: &mut DriverOutput) {
        let Some(number) = message.sender_number() else {
            return;
        };
        let fits = number.len() <= IDENTITY_MAX && number.iter().all(u8::is_ascii_graphic);
        if fits && self.identity != number {
            self.identity.clear();
            self.identity.extend_from_slice(number);
            let text = String::from_utf8_lossy(number).into();
            out.push(offset, Finding::Identity(text));
        }
    }
}

/// The metrics that were given already.
#[derive(Debug, Default)]
struct Given {
    metrics: [Option<Metric>; METRICS],
    count: usize,
}

impl Given {
    /// Notes one, and tells whether it is the first time.
    fn is_first(&mut self, metric: Metric) -> bool {
        let first = !self.metrics[..self.count].contains(&Some(metric));
        if first {
            self.metrics[self.count] = Some(metric);
            self.count += 1;
        }
        first
    }
}

/// One message on its way to readings.
#[derive(Debug)]
struct Report {
    now: MonoTime,
    offset: u64,
    /// When the message was sent.
    message: Option<Timestamp>,
    /// When what follows was observed, unless it says so itself.
    observed: Option<Timestamp>,
    /// When something beside the cuff was observed.
    beside: Option<Timestamp>,
    given: Given,
    cuff: CuffGroup,
}

/// What belongs to one determination.
#[derive(Clone, Copy, Debug, Default)]
struct CuffGroup {
    /// When its report was observed.
    observed: Option<Timestamp>,
    /// When it was taken, where one of its observations says so itself.
    own: Option<Timestamp>,
    pressures: Pressures,
    rate: Option<Measured>,
}

impl Report {
    fn take(
        &mut self,
        observation: &Observation<'_>,
        determinations: &mut Determinations,
        out: &mut DriverOutput,
    ) {
        let Some(metric) = metric_of(&observation.code) else {
            return;
        };
        let time = observation.time.or(self.observed);
        let place = match metric {
            Metric::NibpSystolic => 0,
            Metric::NibpDiastolic => 1,
            Metric::NibpMean => 2,
            Metric::NibpPulseRate => 3,
            _ => {
                self.beside = observation.time.or(self.beside);
                // Of two sensors the first: Comen sends the saturation of two.
                if self.given.is_first(metric) {
                    let reading =
                        Reading::numeric(metric, measured(metric, observation), self.taken(time));
                    out.push(self.offset, Finding::Reading(reading));
                }
                return;
            }
        };
        let measured = measured(metric, observation);
        let group = &mut self.cuff;
        let filled = match group.pressures.get(place) {
            Some(pressure) => pressure.is_some(),
            None => group.rate.is_some(),
        };
        if filled || group.is_of_another(observation.time, self.observed) {
            self.end_cuff(determinations, out);
        }
        let group = &mut self.cuff;
        group.observed = self.observed;
        group.own = group.own.or(observation.time);
        if let Some(pressure) = group.pressures.get_mut(place) {
            // A determination has no place for doubt.
            *pressure = measured.valid();
        } else {
            let is_there = !matches!(measured, Measured::Unavailable(_));
            group.rate = is_there.then_some(measured);
        }
    }

    /// Gives the determination when it is a new one.
    fn end_cuff(&mut self, determinations: &mut Determinations, out: &mut DriverOutput) {
        let group = std::mem::take(&mut self.cuff);
        if group.pressures == [None; 3] {
            return;
        }
        let time = group.own.or(group.observed);
        let is_about = |other: Option<Timestamp>| {
            let both = time.zip(other);
            both.is_some_and(|(time, other)| time.is_about(other))
        };
        let stamped = is_about(self.message) || is_about(self.observed) || is_about(self.beside);
        if !determinations.is_new(time, self.message, stamped, group.pressures) {
            return;
        }
        let taken = self.taken(time);
        let cuff = cuff_reading(group.pressures, taken)
            .map_or(Cuff::Failed(CuffFailure::NoDetermination), Cuff::Completed);
        out.push(self.offset, Finding::Reading(Reading::Cuff(cuff)));
        if let Some(rate) = group.rate {
            let reading = Reading::numeric(Metric::NibpPulseRate, rate, taken);
            out.push(self.offset, Finding::Reading(reading));
        }
    }

    /// Returns when something was observed, by how much older it is than its message.
    fn taken(&self, time: Option<Timestamp>) -> MonoTime {
        let age = time.zip(self.message);
        let age = age.and_then(|(time, message)| time.age_at(message));
        self.now.saturating_sub(age.unwrap_or(Duration::ZERO))
    }
}

impl CuffGroup {
    /// Tells whether an observation with these times belongs to another determination. One that
    /// has no time of its own belongs to those of its report.
    fn is_of_another(&self, own: Option<Timestamp>, observed: Option<Timestamp>) -> bool {
        let is_empty = self.pressures == [None; 3] && self.rate.is_none();
        !is_empty
            && match self.own.zip(own) {
                Some((one, other)) => one != other,
                None => self.observed != observed,
            }
    }
}

/// Returns what an observation says of a metric, in the metric's own unit.
fn measured(metric: Metric, observation: &Observation<'_>) -> Measured {
    let none = Measured::Unavailable(Unavailable::NoReading);
    let content = observation.content();
    let (Content::Number(number) | Content::Doubtful(number)) = content else {
        return none;
    };
    // A number in a unit that we do not know is none.
    let unit = Unit::of(&observation.unit);
    let Some(number) = unit.and_then(|unit| unit.convert(metric, number)) else {
        return none;
    };
    let nothing = match metric {
        Metric::SpO2 => number <= NO_SIGNAL_MAX || number > 100.0,
        Metric::PulseRate | Metric::NibpPulseRate => number <= NO_SIGNAL_MAX,
        Metric::Temperature => number < BODY_MIN_CELSIUS,
        Metric::NibpSystolic | Metric::NibpDiastolic | Metric::NibpMean => number <= 0.0,
        _ => false,
    };
    match content {
        _ if nothing => none,
        Content::Doubtful(_) => Measured::plausible(metric, number).doubted(),
        Content::Number(_) | Content::Nothing => Measured::plausible(metric, number),
    }
}
