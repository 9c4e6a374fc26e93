//! The patient's own values, of a recording that nobody took them for: what a profile's limits are
//! drawn from (`[personal]`).

use std::time::Duration;

use chairside_alarm::{AlarmProfile, Baseline, PressureBaseline, SessionLimits};
use chairside_model::{Measured, Metric, Value};
use chairside_simulators::series::{Column, Row, Series};

/// The patient's own value is the median of the first valid ones of so long: one that moved, or
/// held the breath, does not decide it, and hardly anything was given by then.
const LENGTH: Duration = Duration::from_mins(3);

/// Of a source of one value in a minute or an hour so many.
const VALUES_MIN: usize = 3;

/// The limits of a profile that has `[personal]`, while a recording goes by.
pub(super) struct Personal {
    limits: SessionLimits,
    signals: Vec<Own>,
    baseline: Baseline,
}

/// The first values of a signal.
struct Own {
    column: Column,
    metric: Metric,
    values: Vec<f64>,
    needed: usize,
}

impl Personal {
    /// Returns nothing for a profile whose limits are the same for every patient.
    pub(super) fn new(profile: &AlarmProfile, series: &Series) -> Option<Self> {
        if profile.parts().adjustments.personal.is_empty() {
            return None;
        }
        let rate = if series.has(Column::HeartRate) {
            (Column::HeartRate, Metric::HeartRate)
        } else {
            (Column::PulseRate, Metric::PulseRate)
        };
        let others = [
            (Column::SpO2, Metric::SpO2),
            (Column::RespirationRate, Metric::RespirationRate),
            (Column::EtCO2, Metric::EtCO2),
        ];
        let period = series.period().as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few hundred at most"
        )]
        let needed = (LENGTH.as_secs_f64() / period).floor() as usize;
        let own = |(column, metric)| Own {
            column,
            metric,
            values: Vec::new(),
            needed: needed.max(VALUES_MIN),
        };
        Some(Self {
            limits: SessionLimits::new(profile.clone()),
            signals: std::iter::once(rate).chain(others).map(own).collect(),
            baseline: Baseline::default(),
        })
    }

    /// Takes a row. Returns the limits that hold after it, where they are other now.
    pub(super) fn row(&mut self, row: &Row) -> Option<&AlarmProfile> {
        let mut known = false;
        for own in &mut self.signals {
            let Some(value) = own.take(row) else {
                continue;
            };
            known = true;
            let place = match own.column {
                Column::SpO2 => &mut self.baseline.spo2,
                Column::RespirationRate => &mut self.baseline.respiration_rate,
                Column::EtCO2 => &mut self.baseline.etco2,
                _ => &mut self.baseline.heart_rate,
            };
            *place = Some(value);
        }
        if self.baseline.pressure.is_none() {
            self.baseline.pressure = pressure(row);
            known |= self.baseline.pressure.is_some();
        }
        let changed = known && !self.limits.personalise(&self.baseline).is_empty();
        changed.then(|| self.limits.in_force())
    }
}

impl Own {
    /// Takes a row. Returns the patient's value with the row that makes it known.
    fn take(&mut self, row: &Row) -> Option<Value> {
        if self.values.len() == self.needed {
            return None;
        }
        let value = Measured::plausible(self.metric, row.value(self.column)?).valid()?;
        // Nought is no value of one who lives: no breath was counted yet, no pulse was found.
        if value.number() <= 0.0 {
            return None;
        }
        self.values.push(value.number());
        if self.values.len() < self.needed {
            return None;
        }
        self.values.sort_by(f64::total_cmp);
        let (low, high) = (
            self.values[(self.needed - 1) / 2],
            self.values[self.needed / 2],
        );
        Value::finite(f64::midpoint(low, high))
    }
}

fn pressure(row: &Row) -> Option<PressureBaseline> {
    let part =
        |column: Column, metric: Metric| Measured::plausible(metric, row.value(column)?).valid();
    Some(PressureBaseline {
        systolic: part(Column::NibpSystolic, Metric::NibpSystolic)?,
        diastolic: part(Column::NibpDiastolic, Metric::NibpDiastolic)?,
    })
}
