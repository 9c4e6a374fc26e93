//! What a bed knows now of the patient of its session: cuff readings and the values of now.
//!
//! Nothing of before the session, of another patient's device, too old or doubted is ever offered.
//! What is asked of a chart is asked here and nowhere else, so that this holds for the baseline,
//! the gate, the checklist and every row of a sheet alike.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::Sources;
use chairside_model::{
    Cadence, Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Numeric, Observation,
    Reading, Value,
};

/// How long a cuff reading counts for the baseline, the gate and the checklist. Our design: the
/// two readings of a baseline lie five minutes apart and a gate is passed soon after; half an hour
/// later a pressure says little of a patient who has waited, or moved.
pub const READING_COUNTS: Duration = Duration::from_mins(30);

/// How long a rate or a saturation counts: as long as it is shown (`docs/dashboard.md`).
const RATES_COUNT: Duration = Duration::from_secs(10);

/// The same of breaths and carbon dioxide.
const BREATH_COUNTS: Duration = Duration::from_secs(30);

/// The same of a temperature.
const TEMPERATURE_COUNTS: Duration = Duration::from_mins(30);

/// A value that comes more seldom counts for this many of its nominal periods.
const PERIODS: u32 = 3;

/// More readings than count at any time: one each half minute. The oldest goes.
const READINGS_MAX: usize = 60;

/// What is known now of the patient of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    sources: Sources,
    opened: MonoTime,
    /// Devices that were changed in this session: since when what they say is of the patient
    /// again, or nothing while it is not.
    changed: BTreeMap<DeviceId, Option<MonoTime>>,
    /// By when they were taken, the newest last.
    readings: Vec<CuffReading>,
    numerics: BTreeMap<Metric, Latest>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Latest {
    measured: Measured,
    taken: MonoTime,
    /// Since when it has been valid without a break.
    valid_since: Option<MonoTime>,
}

/// A pressure that counts: both of its numbers, from one determination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pressure {
    /// Systolic, mmHg.
    pub systolic: Value,
    /// Diastolic, mmHg.
    pub diastolic: Value,
    /// Mean, mmHg, where the monitor tells one.
    pub mean: Option<Value>,
    /// When the determination ended.
    pub taken: MonoTime,
}

/// A value that counts, and when it was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// The value, in its metric's unit.
    pub value: Value,
    /// When.
    pub taken: MonoTime,
}

impl Chart {
    /// Begins at the moment at which a session opens.
    #[must_use]
    pub const fn new(sources: Sources, opened: MonoTime) -> Self {
        Self {
            sources,
            opened,
            changed: BTreeMap::new(),
            readings: Vec::new(),
            numerics: BTreeMap::new(),
        }
    }

    /// Takes whether the device that answers on a line is the one of the session. While another
    /// one does, what it says is nobody's; what it measured before it was confirmed stays so.
    pub fn device(&mut self, now: MonoTime, device: DeviceId, belongs: bool) {
        self.changed.insert(device, belongs.then_some(now));
    }

    /// Takes a reading of the bed, if it is of this patient.
    pub fn observe(&mut self, now: MonoTime, observation: &Observation) {
        let Observation {
            device, reading, ..
        } = observation;
        if !self.is_of_the_patient(now, *device, reading) {
            return;
        }
        match reading {
            Reading::Numeric(numeric) if self.reads(numeric.metric, *device) => {
                self.numeric_taken(numeric);
            }
            Reading::Cuff(Cuff::Completed(reading))
                if self.reads(Metric::NibpSystolic, *device) =>
            {
                self.reading_taken(*reading);
            }
            Reading::Numeric(_) | Reading::Cuff(_) | Reading::Waveform(_) => {}
        }
    }

    /// Returns the pressures that count, the newest first.
    pub fn pressures(&self, now: MonoTime) -> impl Iterator<Item = Pressure> {
        let counts = move |one: &Pressure| {
            one.taken <= now && now.saturating_since(one.taken) <= READING_COUNTS
        };
        let known = self.readings.iter().rev().filter_map(Pressure::of);
        known.filter(counts)
    }

    /// Returns the last pressure that counts.
    #[must_use]
    pub fn pressure(&self, now: MonoTime) -> Option<Pressure> {
        self.pressures(now).next()
    }

    /// Returns the last pressure that counts and the last one at least `apart` before it.
    #[must_use]
    pub fn pair(&self, now: MonoTime, apart: Duration) -> Option<(Pressure, Pressure)> {
        let last = self.pressure(now)?;
        let far = |one: &Pressure| last.taken.saturating_since(one.taken) >= apart;
        let before = self.pressures(now).find(far)?;
        Some((before, last))
    }

    /// Returns the value of a metric, if it is valid and of now. A cuff's pressures are
    /// [`pressures`](Self::pressures).
    #[must_use]
    pub fn numeric(&self, now: MonoTime, metric: Metric) -> Option<Taken> {
        let latest = self.current(now, metric)?;
        let value = latest.measured.valid()?;
        let taken = latest.taken;
        Some(Taken { value, taken })
    }

    /// Returns the rate of the heart: from the ECG where it has one, else from the oximeter.
    #[must_use]
    pub fn heart_rate(&self, now: MonoTime) -> Option<Taken> {
        let ecg = self.numeric(now, Metric::HeartRate);
        ecg.or_else(|| self.numeric(now, Metric::PulseRate))
    }

    /// Returns for how long a metric has been valid without a break; nothing when it is not.
    #[must_use]
    pub fn valid_for(&self, now: MonoTime, metric: Metric) -> Option<Duration> {
        let latest = self.current(now, metric)?;
        latest.valid_since.map(|since| now.saturating_since(since))
    }

    fn current(&self, now: MonoTime, metric: Metric) -> Option<&Latest> {
        let latest = self.numerics.get(&metric)?;
        let counts =
            latest.taken <= now && now.saturating_since(latest.taken) <= self.counts_for(metric);
        counts.then_some(latest)
    }

    fn is_of_the_patient(&self, now: MonoTime, device: DeviceId, reading: &Reading) -> bool {
        let since = match self.changed.get(&device) {
            None => Some(self.opened),
            Some(since) => *since,
        };
        let (Some(since), Some(began)) = (since, reading.began(now)) else {
            return false;
        };
        let taken = match reading {
            Reading::Numeric(numeric) => numeric.taken,
            Reading::Cuff(Cuff::Completed(reading)) => reading.taken,
            Reading::Cuff(_) | Reading::Waveform(_) => now,
        };
        // What is told as of later than now has a wrong age, and any could be the right one.
        began >= since && taken <= now
    }

    /// Tells whether the bed has a device for a metric.
    pub(crate) fn has_source(&self, metric: Metric) -> bool {
        self.sources.metrics.contains_key(&metric)
    }

    fn reads(&self, metric: Metric, device: DeviceId) -> bool {
        self.sources.metrics.get(&metric) == Some(&device)
    }

    fn numeric_taken(&mut self, numeric: &Numeric) {
        let counts_for = self.counts_for(numeric.metric);
        let before = self.numerics.get(&numeric.metric);
        if before.is_some_and(|before| before.taken > numeric.taken) {
            return;
        }
        let unbroken = before
            .filter(|before| numeric.taken.saturating_since(before.taken) <= counts_for)
            .and_then(|before| before.valid_since);
        let is_valid = numeric.measured.valid().is_some();
        let latest = Latest {
            measured: numeric.measured,
            taken: numeric.taken,
            valid_since: is_valid.then_some(unbroken.unwrap_or(numeric.taken)),
        };
        self.numerics.insert(numeric.metric, latest);
    }

    fn reading_taken(&mut self, reading: CuffReading) {
        let place = self
            .readings
            .partition_point(|other| other.taken <= reading.taken);
        // Two of which the later began before the other ended are one, told again.
        let began = |one: &CuffReading| Reading::Cuff(Cuff::Completed(*one)).began(one.taken);
        let near = |other: &CuffReading| {
            let (first, last) = if other.taken < reading.taken {
                (other, &reading)
            } else {
                (&reading, other)
            };
            began(last) < Some(first.taken)
        };
        let before = place
            .checked_sub(1)
            .and_then(|last| self.readings.get(last));
        if before.is_some_and(near) || self.readings.get(place).is_some_and(near) {
            return;
        }
        self.readings.insert(place, reading);
        if self.readings.len() > READINGS_MAX {
            self.readings.remove(0);
        }
    }

    /// Returns how long a value of a metric counts: for so long none may be missing.
    pub(crate) fn counts_for(&self, metric: Metric) -> Duration {
        let source = self.sources.metrics.get(&metric);
        let period = source.and_then(|source| self.sources.devices.get(source));
        let period = period.copied().unwrap_or_default();
        match metric {
            Metric::RespirationRate | Metric::EtCO2 | Metric::FiCO2 => {
                BREATH_COUNTS.max(period * PERIODS)
            }
            Metric::Temperature => TEMPERATURE_COUNTS,
            _ if metric.cadence() == Cadence::Aperiodic => READING_COUNTS,
            _ => RATES_COUNT.max(period * PERIODS),
        }
    }
}

impl Pressure {
    /// Returns a reading's pressures, where it has both and they fit together.
    fn of(reading: &CuffReading) -> Option<Self> {
        let (systolic, diastolic) = reading.systolic.zip(reading.diastolic)?;
        (systolic > diastolic).then_some(Self {
            systolic,
            diastolic,
            mean: reading.mean,
            taken: reading.taken,
        })
    }
}

#[cfg(test)]
mod tests;
