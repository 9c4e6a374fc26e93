//! One limit of one continuous signal.

use std::time::Duration;

use chairside_model::{Metric, MonoTime, Value};

use crate::evidence::{Lasted, WithUnit, beyond, spoken};
use crate::inputs::{Event, Inputs, Sample};
use crate::rules::{Rule, apnea_of, cause, delay_of};
use crate::timer::{AfterHold, Horizon, Judged, Persistence};
use crate::{
    AlarmId, AlarmProfile, Holds, LimitSide, Priority, Signal, TechnicalRules, ThresholdRule,
    Transition,
};

#[derive(Debug)]
pub(crate) struct Threshold {
    rule: ThresholdRule,
    timer: Persistence,
    last: Option<(Metric, Value)>,
}

impl Threshold {
    pub(crate) fn new(rule: &ThresholdRule, holds: &Holds, inputs: &Inputs) -> Option<Self> {
        inputs.metric(rule.signal)?;
        let delay = delay_of(rule.delay, rule.signal, inputs);
        let after_hold = AfterHold::AtMost(holds.after_hold_delay_max);
        Some(Self {
            rule: *rule,
            timer: Persistence::new(delay, rule.clear_hold, after_hold),
            last: None,
        })
    }

    /// Makes the rule about a weak pulse: technical, and a limit like any other.
    pub(crate) fn low_perfusion(
        rules: &TechnicalRules,
        holds: &Holds,
        inputs: &Inputs,
    ) -> Option<Self> {
        let rule = rules.spo2_low_perfusion?;
        let limit = ThresholdRule {
            id: AlarmId::Spo2LowPerfusion,
            signal: Signal::PerfusionIndex,
            side: LimitSide::Low,
            trip: rule.below,
            delay: rule.delay,
            clear: rule.below,
            clear_hold: rule.clear_hold,
            priority: rule.priority,
        };
        Self::new(&limit, holds, inputs)
    }

    fn take_rule(&mut self, rule: &ThresholdRule, inputs: &Inputs) {
        if *rule != self.rule {
            self.rule = *rule;
            self.take_times(inputs);
        }
    }

    fn take_times(&mut self, inputs: &Inputs) {
        let delay = delay_of(self.rule.delay, self.rule.signal, inputs);
        self.timer.retune(delay, self.rule.clear_hold);
    }

    fn sample(&mut self, now: MonoTime, metric: Metric, value: Value, inputs: &Inputs) {
        if self.last.is_none_or(|(before, _)| before != metric) {
            // Another source, maybe of another period.
            self.take_times(inputs);
        }
        let supply = inputs.supply(self.rule.signal);
        self.timer.sample(now, self.judge(value), &supply);
        self.last = Some((metric, value));
    }

    fn judge(&self, value: Value) -> Judged {
        let (violated, cleared) = match self.rule.side {
            LimitSide::Low => (value < self.rule.trip, value >= self.rule.clear),
            LimitSide::High => (value > self.rule.trip, value <= self.rule.clear),
        };
        match (violated, cleared) {
            (true, _) => Judged::Violated,
            (false, true) => Judged::Cleared,
            (false, false) => Judged::Between,
        }
    }
}

impl Rule for Threshold {
    fn id(&self) -> AlarmId {
        self.rule.id
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        let Event::Sample(Sample {
            signal,
            metric,
            measured,
            withheld: None,
        }) = event
        else {
            return;
        };
        if *signal != self.rule.signal {
            return;
        }
        // What the device doubts is not compared with a limit: a missing sample.
        if let Some(value) = measured.valid() {
            self.sample(now, *metric, value, inputs);
        }
    }

    fn settle(&mut self, horizon: Horizon, inputs: &Inputs) {
        self.timer.settle(horizon, &inputs.supply(self.rule.signal));
    }

    fn next_deadline(&self, inputs: &Inputs) -> Option<MonoTime> {
        self.timer.due(&inputs.supply(self.rule.signal))
    }

    fn causes(&self) -> u64 {
        cause(self.timer.present())
    }

    fn pending(&self) -> bool {
        self.timer.pending()
    }

    fn priority(&self) -> Priority {
        self.rule.priority
    }

    fn retune(&mut self, profile: &AlarmProfile, inputs: &Inputs) {
        let rules = &profile.parts().thresholds;
        if let Some(rule) = rules.iter().find(|rule| rule.id == self.rule.id) {
            self.take_rule(rule, inputs);
        }
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.timer.adopt(told.map(|told| told.since));
    }

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let (metric, value) = self.last?;
        let name = spoken(metric);
        let value = WithUnit(metric, value);
        let side = beyond(self.rule.side);
        let trip = WithUnit(metric, self.rule.trip);
        let lasted = Lasted(self.timer.lasted(now));
        Some(format!("{name} {value} {side} {trip}{lasted}"))
    }
}

/// A limit of breathing, judged second by second: it sleeps while no breath is seen, and whether
/// one is seen must not depend on the order in which a monitor tells its numbers.
#[derive(Debug)]
pub(crate) struct Breathing {
    limit: Threshold,
    apnea: Duration,
}

impl Breathing {
    pub(crate) fn new(
        rule: &ThresholdRule,
        apnea: Duration,
        holds: &Holds,
        inputs: &Inputs,
    ) -> Option<Self> {
        Some(Self {
            limit: Threshold::new(rule, holds, inputs)?,
            apnea,
        })
    }
}

impl Rule for Breathing {
    fn id(&self) -> AlarmId {
        self.limit.id()
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        if !matches!(event, Event::Second) {
            return;
        }
        let features = inputs.features();
        if features.sees_no_breath(now, self.apnea) {
            self.limit.timer.restart();
            return;
        }
        let signal = self.limit.rule.signal;
        let value = features.arrived(now, signal).and_then(Value::finite);
        if let Some((metric, value)) = inputs.metric(signal).zip(value) {
            self.limit.sample(now, metric, value, inputs);
        }
        self.limit.settle(Horizon::UpTo(now), inputs);
    }

    fn causes(&self) -> u64 {
        self.limit.causes()
    }

    fn priority(&self) -> Priority {
        self.limit.priority()
    }

    fn looks_at_seconds(&self) -> bool {
        true
    }

    fn retune(&mut self, profile: &AlarmProfile, inputs: &Inputs) {
        self.limit.retune(profile, inputs);
        self.apnea = apnea_of(profile);
    }

    fn adopt(&mut self, now: MonoTime, told: Option<&Transition>, inputs: &Inputs) {
        self.limit.adopt(now, told, inputs);
    }

    fn evidence(&self, now: MonoTime, inputs: &Inputs) -> Option<String> {
        self.limit.evidence(now, inputs)
    }
}
