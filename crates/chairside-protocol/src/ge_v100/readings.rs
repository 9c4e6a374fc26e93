//! From what the monitor says to readings.

use std::time::Duration;

use chairside_model::{Cuff, Measured, Metric, MonoTime, Reading, Unavailable};

use super::cuff::CuffWatch;
use super::message::{
    NibpReply, OximeterReply, OximeterStatus, RateReply, RateSource, Reply, TemperatureAge,
    TemperatureReply, TemperatureStatus,
};
use super::recency::Recency;

/// Turns replies into readings and remembers what was published.
#[derive(Debug, Default)]
pub(super) struct Readings {
    cuff: CuffWatch,
    cuff_rate: CuffRate,
    temperature: TemperatureWatch,
}

impl Readings {
    /// Takes the next reply and returns what is new in it.
    pub(super) fn take(&mut self, now: MonoTime, reply: &Reply) -> Option<Reading> {
        match reply {
            Reply::Nibp(reply) => self.cuff(now, reply).map(Reading::Cuff),
            Reply::Oximeter(reply) => Some(Reading::numeric(Metric::SpO2, saturation(*reply), now)),
            Reply::Rate(reply) => self.rate(now, *reply),
            Reply::Temperature(reply) => self.temperature.take(now, reply),
            // What follows from an order is seen in the replies to `NA`.
            Reply::CuffCommand(_) => None,
        }
    }

    /// Tells whether the cuff is measuring.
    pub(super) fn is_measuring(&self) -> bool {
        self.cuff.is_measuring()
    }

    fn cuff(&mut self, now: MonoTime, reply: &NibpReply) -> Option<Cuff> {
        let cuff = self.cuff.take(now, reply)?;
        if let Cuff::Completed(reading) = cuff {
            self.cuff_rate.new_determination(reading.taken);
        }
        Some(cuff)
    }

    fn rate(&mut self, now: MonoTime, reply: RateReply) -> Option<Reading> {
        let none = Measured::Unavailable(Unavailable::NoReading);
        let Some(rate) = reply.rate else {
            return Some(Reading::numeric(Metric::PulseRate, none, now));
        };
        match reply.source {
            RateSource::Oximeter => {
                let measured = Measured::plausible(Metric::PulseRate, rate.into());
                Some(Reading::numeric(Metric::PulseRate, measured, now))
            }
            RateSource::Cuff => self.cuff_rate.take(now, rate),
            // A rate that nobody knows the source of is the rate of nothing.
            RateSource::Other(_) => Some(Reading::numeric(Metric::PulseRate, none, now)),
        }
    }
}

fn saturation(reply: OximeterReply) -> Measured {
    match (reply.status, reply.saturation) {
        (OximeterStatus::Operating, Some(saturation)) => {
            Measured::plausible(Metric::SpO2, saturation.into())
        }
        (OximeterStatus::Unplugged, _) => Measured::Unavailable(Unavailable::NoSensor),
        (OximeterStatus::Operating, None)
        | (OximeterStatus::Standby | OximeterStatus::NoData, _) => {
            Measured::Unavailable(Unavailable::NoReading)
        }
    }
}

/// The rate counted by the cuff, which the monitor repeats until the next determination.
#[derive(Debug, Default)]
struct CuffRate {
    /// The end of the determination it belongs to, once one was seen.
    taken: Option<MonoTime>,
    published: Option<u16>,
}

impl CuffRate {
    fn new_determination(&mut self, taken: MonoTime) {
        *self = Self {
            taken: Some(taken),
            published: None,
        };
    }

    fn take(&mut self, now: MonoTime, rate: u16) -> Option<Reading> {
        if self.published.replace(rate) == Some(rate) {
            return None;
        }
        let measured = Measured::plausible(Metric::NibpPulseRate, rate.into());
        Some(Reading::numeric(
            Metric::NibpPulseRate,
            measured,
            self.taken.unwrap_or(now),
        ))
    }
}

/// The temperature, which the monitor repeats until the next determination.
#[derive(Debug)]
struct TemperatureWatch {
    recency: Recency<(u8, u16)>,
    counter: Option<u8>,
    told: Told,
}

/// What was last said about the temperature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    Taken,
    None,
}

impl Default for TemperatureWatch {
    fn default() -> Self {
        Self {
            recency: Recency::new(TemperatureAge::OLDEST.duration()),
            counter: None,
            told: Told::Nothing,
        }
    }
}

impl TemperatureWatch {
    fn take(&mut self, now: MonoTime, reply: &TemperatureReply) -> Option<Reading> {
        match reply.status {
            TemperatureStatus::Idle => match (reply.age, reply.tenths_fahrenheit) {
                (Some(age), Some(tenths)) => {
                    self.determination(now, age.duration(), reply.counter, tenths)
                }
                (None, _) | (_, None) => self.none(now),
            },
            // The value is that of an earlier determination, which has been told.
            TemperatureStatus::InProgress
            | TemperatureStatus::Timeout
            | TemperatureStatus::ProbeFault
            | TemperatureStatus::Aborted => None,
        }
    }

    fn determination(
        &mut self,
        now: MonoTime,
        age: Duration,
        counter: u8,
        tenths: u16,
    ) -> Option<Reading> {
        let younger = self.recency.is_new(now, age, (counter, tenths));
        let another = self.counter.replace(counter) != Some(counter);
        if !younger && !another {
            return None;
        }
        self.told = Told::Taken;
        let measured = Measured::plausible(Metric::Temperature, celsius(tenths));
        Some(Reading::numeric(
            Metric::Temperature,
            measured,
            now.saturating_sub(age),
        ))
    }

    fn none(&mut self, now: MonoTime) -> Option<Reading> {
        let news = std::mem::replace(&mut self.told, Told::None) != Told::None;
        let measured = Measured::Unavailable(Unavailable::NoReading);
        news.then(|| Reading::numeric(Metric::Temperature, measured, now))
    }
}

/// Converts tenths of a degree Fahrenheit to degrees Celsius, to a hundredth: a tenth of a degree
/// Fahrenheit is more than five of those, so nothing is lost.
fn celsius(tenths_fahrenheit: u16) -> f64 {
    ((f64::from(tenths_fahrenheit) - 320.0) / 18.0 * 100.0).round() / 100.0
}
