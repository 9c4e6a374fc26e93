//! Rules that judge each cuff reading by itself: one is enough.

use chairside_model::{Cuff, CuffReading, MonoTime, Value};

use crate::evidence::Pressures;
use crate::inputs::{Event, Inputs};
use crate::rules::{Rule, cause};
use crate::{
    AlarmId, AlarmProfile, LimitSide, NibpHighRule, NibpLowRule, NibpRules, PressureBaseline,
    Priority, Transition,
};

pub(crate) fn build(rules: &NibpRules, inputs: &Inputs) -> Vec<Box<dyn Rule>> {
    if inputs.cuff_device().is_none() {
        return Vec::new();
    }
    let ids = [
        AlarmId::NibpHigh,
        AlarmId::NibpVeryHigh,
        AlarmId::NibpRise,
        AlarmId::NibpLow,
        AlarmId::NibpVeryLow,
    ];
    let built = ids.into_iter().filter_map(|id| Pressure::of(id, rules));
    built.map(|rule| Box::new(rule) as Box<dyn Rule>).collect()
}

/// One part of a cuff reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Systolic,
    Diastolic,
    Mean,
}

impl Part {
    const fn of(self, reading: &CuffReading) -> Option<Value> {
        match self {
            Self::Systolic => reading.systolic,
            Self::Diastolic => reading.diastolic,
            Self::Mean => reading.mean,
        }
    }

    /// Returns what the rule's numbers are added to when it compares with the baseline.
    fn of_baseline(self, baseline: &PressureBaseline) -> Option<f64> {
        match self {
            Self::Systolic => Some(baseline.systolic.number()),
            Self::Diastolic => Some(baseline.diastolic.number()),
            Self::Mean => None,
        }
    }
}

/// The limit of one part.
#[derive(Clone, Copy, Debug)]
struct Limit {
    part: Part,
    side: LimitSide,
    trip: Value,
    clear: Value,
    /// The source has given this part before. One that it never gives is a channel that is not
    /// there, and no end waits for it.
    seen: bool,
}

impl Limit {
    const fn new(part: Part, side: LimitSide, trip: Value, clear: Value) -> Self {
        Self {
            part,
            side,
            trip,
            clear,
            seen: false,
        }
    }

    fn violated(&self, number: f64) -> bool {
        match self.side {
            LimitSide::High => number >= self.trip.number(),
            LimitSide::Low => number < self.trip.number(),
        }
    }

    fn cleared(&self, number: f64) -> bool {
        match self.side {
            LimitSide::High => number < self.clear.number(),
            LimitSide::Low => number >= self.clear.number(),
        }
    }
}

/// A rule about two parts of a reading: either may raise it, both must be good to end it.
#[derive(Debug)]
struct Pressure {
    id: AlarmId,
    priority: Priority,
    limits: [Limit; 2],
    present: bool,
}

impl Pressure {
    /// Makes the rule of an alarm, if it is on.
    fn of(id: AlarmId, rules: &NibpRules) -> Option<Self> {
        let high = |rule: Option<NibpHighRule>| rule.map(|rule| Self::high(id, &rule));
        let low = |rule: Option<NibpLowRule>| rule.map(|rule| Self::low(id, &rule));
        match id {
            AlarmId::NibpHigh => high(rules.high),
            AlarmId::NibpVeryHigh => high(rules.very_high),
            AlarmId::NibpRise => high(rules.rise),
            AlarmId::NibpLow => low(rules.low),
            AlarmId::NibpVeryLow => low(rules.very_low),
            _ => None,
        }
    }

    const fn high(id: AlarmId, rule: &NibpHighRule) -> Self {
        let side = LimitSide::High;
        Self {
            id,
            priority: rule.priority,
            limits: [
                Limit::new(Part::Systolic, side, rule.systolic, rule.clear_systolic),
                Limit::new(Part::Diastolic, side, rule.diastolic, rule.clear_diastolic),
            ],
            present: false,
        }
    }

    const fn low(id: AlarmId, rule: &NibpLowRule) -> Self {
        let side = LimitSide::Low;
        Self {
            id,
            priority: rule.priority,
            limits: [
                Limit::new(Part::Systolic, side, rule.systolic, rule.clear_systolic),
                Limit::new(Part::Mean, side, rule.mean, rule.clear_mean),
            ],
            present: false,
        }
    }

    fn is_rise(&self) -> bool {
        self.id == AlarmId::NibpRise
    }

    fn judge(&mut self, reading: &CuffReading, inputs: &Inputs) {
        for limit in &mut self.limits {
            limit.seen |= limit.part.of(reading).is_some();
        }
        let baseline = if self.is_rise() {
            let Some(baseline) = inputs.pressure_baseline() else {
                return;
            };
            Some(baseline)
        } else {
            None
        };
        let mut violated = false;
        let mut cleared = true;
        for limit in &self.limits {
            let above = baseline.and_then(|known| limit.part.of_baseline(&known));
            match limit.part.of(reading) {
                Some(value) => {
                    let number = value.number() - above.unwrap_or(0.0);
                    violated |= limit.violated(number);
                    cleared &= limit.cleared(number);
                }
                // A missing part neither raises nor clears.
                None => cleared &= !limit.seen,
            }
        }
        // A rise is only news while the pressure itself is within limits.
        let high = AlarmId::NibpHigh;
        let worse = inputs.present.has(high) || inputs.present.has(AlarmId::NibpVeryHigh);
        if violated && !(self.is_rise() && worse) {
            self.present = true;
        } else if cleared {
            self.present = false;
        }
    }

    /// Words the limits, right behind the pressures: little of a line is seen on a small screen.
    /// The mean is named where it is what is judged.
    fn limits_in_words(&self, reading: &CuffReading) -> String {
        let [first, second] = &self.limits;
        let mean = match (second.part, second.part.of(reading)) {
            (Part::Systolic | Part::Diastolic, _) => {
                return format!("limit {}/{}", first.trip, second.trip);
            }
            (Part::Mean, None) => return format!("limit {}", first.trip),
            (Part::Mean, Some(mean)) => mean,
        };
        let by_mean = format!("mean {mean}, limit {}", second.trip);
        let systolic = first.part.of(reading);
        let low = systolic.is_some_and(|value| first.violated(value.number()));
        match (low, second.violated(mean.number())) {
            (true, false) => format!("limit {}", first.trip),
            (false, true) => by_mean,
            // Both, or neither any more: an alarm stands until both are good.
            _ => format!("limit {}, {by_mean}", first.trip),
        }
    }
}

impl Rule for Pressure {
    fn id(&self) -> AlarmId {
        self.id
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        match event {
            Event::Cuff(Cuff::Completed(reading)) => self.judge(reading, inputs),
            // Another monitor may never give what the one before it gave.
            Event::Identity(device) => {
                let cuff = inputs.cuff_device().filter(|cuff| cuff.id == *device);
                if cuff.is_some_and(|cuff| cuff.identity.since == Some(now)) {
                    self.limits.iter_mut().for_each(|limit| limit.seen = false);
                }
            }
            _ => {}
        }
    }

    fn causes(&self) -> u64 {
        cause(self.present)
    }

    fn priority(&self) -> Priority {
        self.priority
    }

    fn retune(&mut self, profile: &AlarmProfile, _inputs: &Inputs) {
        if let Some(other) = Self::of(self.id, &profile.parts().nibp) {
            self.priority = other.priority;
            for (limit, other) in self.limits.iter_mut().zip(other.limits) {
                limit.trip = other.trip;
                limit.clear = other.clear;
            }
        }
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.present = told.is_some();
    }

    fn evidence(&self, _now: MonoTime, inputs: &Inputs) -> Option<String> {
        let reading = inputs.reading?;
        let limits = self.limits_in_words(&reading);
        Some(match inputs.pressure_baseline() {
            Some(baseline) if self.is_rise() => format!(
                "{}, baseline {}/{}, {limits} above it",
                Pressures(reading),
                baseline.systolic,
                baseline.diastolic
            ),
            _ => format!("{}, {limits}", Pressures(reading)),
        })
    }
}
