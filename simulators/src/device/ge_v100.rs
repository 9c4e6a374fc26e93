//! A simulated GE CARESCAPE V100.
//!
//! It answers `NA`, `OA`, `RA`, `TC`, `NC0` and `ND` and never speaks first. A request whose
//! check characters do not fit is not answered, for nobody knows what the real one does.
//! An order starts the cuff, or stops it, whoever started it; what it then measures is what the
//! patient's story gave last. **Not simulated:** signal strength and averaging time (always 5 and
//! 12 s), the neonatal and stat modes.

use std::time::Duration;

use chairside_protocol::ge_v100::message::{
    Command, CuffCommandReply, NibpAge, NibpMode, NibpReply, NibpStatus, OximeterReply,
    OximeterStatus, PatientType, RateReply, RateSource, Reply, TemperatureAge, TemperatureMode,
    TemperatureReply, TemperatureStatus, TemperatureUnit,
};

mod cuff;

use self::cuff::Cuff;
use super::{Simulator, whole};
use crate::patient::{CuffState, Missing, Pressures, Signal, VitalSigns};

/// From one temperature determination to the next. A person takes a temperature now and then;
/// here somebody does each minute.
const TEMPERATURE_PERIOD: Duration = Duration::from_mins(1);

/// Bytes of a request kept at most; the longest has seven. More is noise and is dropped.
const REQUEST_LENGTH_MAX: usize = 32;

const CARRIAGE_RETURN: u8 = 0x0D;

/// A simulated V100.
#[derive(Debug, Default)]
pub struct GeV100 {
    request: Vec<u8>,
    cuff: Cuff,
    thermometer: Thermometer,
}

impl Simulator for GeV100 {
    fn handle(&mut self, now: Duration, received: &[u8], vitals: &VitalSigns, line: &mut Vec<u8>) {
        for &byte in received {
            if self.request.len() == REQUEST_LENGTH_MAX {
                self.request.clear();
            }
            self.request.push(byte);
            if byte == CARRIAGE_RETURN {
                let command = Command::parse(&self.request);
                self.request.clear();
                if let Ok(command) = command {
                    self.reply(now, command, vitals).emit(line);
                }
            }
        }
    }

    fn next_deadline(&self) -> Option<Duration> {
        None
    }
}

impl GeV100 {
    fn reply(&mut self, now: Duration, command: Command, vitals: &VitalSigns) -> Reply {
        match command {
            Command::ReadNibp => Reply::Nibp(nibp(now, &self.cuff.state(now, &vitals.cuff))),
            Command::ReadOximeter => Reply::Oximeter(oximeter(vitals.spo2)),
            Command::ReadRate => Reply::Rate(RateReply {
                source: RateSource::Oximeter,
                rate: vitals.pulse_rate.value().map(whole),
            }),
            Command::ReadTemperature => {
                Reply::Temperature(self.thermometer.reply(now, vitals.temperature))
            }
            Command::StartNibp => {
                self.cuff.start(now, &vitals.cuff);
                let status = nibp(now, &self.cuff.state(now, &vitals.cuff)).status;
                Reply::CuffCommand(CuffCommandReply::Start(status))
            }
            Command::CancelNibp => {
                self.cuff.cancel(now, &vitals.cuff);
                let status = nibp(now, &self.cuff.state(now, &vitals.cuff)).status;
                Reply::CuffCommand(CuffCommandReply::Cancel(status))
            }
        }
    }
}

fn nibp(now: Duration, cuff: &CuffState) -> NibpReply {
    let last = cuff.last.filter(|_| !cuff.measuring);
    let age = last.and_then(|last| NibpAge::whole_seconds(now.saturating_sub(last.ended)));
    let status = match last {
        None if cuff.measuring => NibpStatus::Busy,
        Some(last) if last.pressures.is_none() => NibpStatus::Failed,
        None | Some(_) => NibpStatus::Done,
    };
    // The values go when the age does: after 5400 s there is no determination any more.
    let pressures = age.and(last).and_then(|last| last.pressures);
    let pressure = |one: fn(Pressures) -> Option<f64>| pressures.and_then(one).map(whole);
    NibpReply {
        status,
        patient: PatientType::Adult,
        mode: NibpMode::Normal,
        age,
        systolic: pressure(|all| all.systolic),
        diastolic: pressure(|all| all.diastolic),
        mean: pressure(|all| all.mean),
    }
}

fn oximeter(spo2: Signal) -> OximeterReply {
    let status = match spo2 {
        Signal::Value(_) => OximeterStatus::Operating,
        // As the PRO series says it. The ProCare says "no data", which tells less.
        Signal::Missing(Missing::ProbeOff) => OximeterStatus::Unplugged,
        Signal::Missing(
            Missing::Searching | Missing::Motion | Missing::Occluded | Missing::NoReading,
        ) => OximeterStatus::NoData,
        Signal::NoChannel => OximeterStatus::Standby,
    };
    OximeterReply {
        status,
        saturation: spo2.value().map(whole),
        strength: 5,
        averaging_s: 12,
    }
}

/// The thermometer and its last determination.
#[derive(Debug, Default)]
struct Thermometer {
    last: Option<Determination>,
}

#[derive(Clone, Copy, Debug)]
struct Determination {
    ended: Duration,
    counter: u8,
    tenths_fahrenheit: u16,
}

impl Thermometer {
    fn reply(&mut self, now: Duration, temperature: Signal) -> TemperatureReply {
        let status = match temperature {
            Signal::Value(celsius) => {
                self.measure(now, celsius);
                TemperatureStatus::Idle
            }
            Signal::Missing(Missing::ProbeOff) => TemperatureStatus::ProbeFault,
            Signal::Missing(Missing::Searching) => TemperatureStatus::InProgress,
            Signal::Missing(Missing::Motion | Missing::Occluded | Missing::NoReading) => {
                TemperatureStatus::Timeout
            }
            Signal::NoChannel => TemperatureStatus::Idle,
        };
        let age =
            |last: Determination| TemperatureAge::whole_seconds(now.saturating_sub(last.ended));
        TemperatureReply {
            status,
            mode: TemperatureMode::Predictive,
            counter: self.last.map_or(b' ', |last| last.counter),
            age: self.last.and_then(age),
            tenths_fahrenheit: self.last.map(|last| last.tenths_fahrenheit),
            display: TemperatureUnit::Celsius,
        }
    }

    fn measure(&mut self, now: Duration, celsius: f64) {
        let due = self
            .last
            .is_none_or(|last| now >= last.ended + TEMPERATURE_PERIOD);
        if due {
            self.last = Some(Determination {
                ended: now,
                counter: self.last.map_or(b'!', |last| next_counter(last.counter)),
                tenths_fahrenheit: whole(celsius * 18.0 + 320.0),
            });
        }
    }
}

/// Returns the counter's next character; after the last printable one comes the first.
const fn next_counter(counter: u8) -> u8 {
    match counter {
        b' '..b'~' => counter + 1,
        _ => b' ',
    }
}

#[cfg(test)]
mod tests;
