//! One limit of one continuous signal.

use std::time::Duration;

use chairside_model::{Metric, MonoTime, Value};

use crate::evidence::{Lasted, WithUnit, beyond, spoken};
use crate::inputs::{Event, Inputs, Sample};
use crate::rules::{Rule, cause};
use crate::timer::{AfterHold, Horizon, Judged, Persistence};
use crate::{AlarmId, Holds, LimitSide, Priority, ThresholdRule};

#[derive(Debug)]
pub(crate) struct Threshold {
    rule: ThresholdRule,
    metric: Metric,
    timer: Persistence,
    last: Option<Value>,
}

impl Threshold {
    pub(crate) fn new(rule: &ThresholdRule, holds: &Holds, inputs: &Inputs) -> Option<Self> {
        let metric = inputs.metric(rule.signal)?;
        let period = inputs.device(rule.signal)?.period;
        // A source slower than the delay could never show that a violation lasts.
        let delay = if period > rule.delay {
            Duration::ZERO
        } else {
            rule.delay
        };
        let after_hold = AfterHold::AtMost(holds.after_hold_delay_max);
        Some(Self {
            rule: *rule,
            metric,
            timer: Persistence::new(delay, rule.clear_hold, after_hold),
            last: None,
        })
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
            let supply = inputs.supply(self.rule.signal);
            self.timer.sample(now, self.judge(value), &supply);
            self.last = Some(value);
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

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> String {
        let name = spoken(self.metric);
        let value = self.last.expect("an onset follows a sample");
        let value = WithUnit(self.metric, value);
        let side = beyond(self.rule.side);
        let trip = WithUnit(self.metric, self.rule.trip);
        let lasted = Lasted(self.timer.lasted(now));
        format!("{name} {value} {side} {trip}{lasted}")
    }
}
