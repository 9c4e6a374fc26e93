//! A saturation that falls fast.

use chairside_model::MonoTime;

use crate::evidence::airway;
use crate::inputs::{Event, Inputs};
use crate::rules::{Rule, cause, delay_of};
use crate::timer::{AfterHold, Horizon, Judged, Persistence};
use crate::{AirwayRules, AlarmId, Holds, Priority, Signal, Spo2FallRule, Transition};

#[derive(Debug)]
pub(crate) struct Fall {
    rule: Spo2FallRule,
    timer: Persistence,
}

impl Fall {
    pub(crate) fn new(rules: &AirwayRules, holds: &Holds, inputs: &Inputs) -> Option<Self> {
        inputs.metric(Signal::SpO2)?;
        let rule = rules.spo2_fall?;
        let delay = delay_of(rule.delay, Signal::SpO2, inputs);
        let after_hold = AfterHold::AtMost(holds.after_hold_delay_max);
        Some(Self {
            rule,
            timer: Persistence::new(delay, rule.clear_hold, after_hold),
        })
    }

    fn judge(&self, inputs: &Inputs) -> Option<Judged> {
        let second = inputs.second();
        let (saturation, slope) = second.saturation.zip(second.slope)?;
        let rule = &self.rule;
        let falls = second.drop.is_some_and(|drop| drop >= rule.drop.number())
            && slope <= rule.slope.number()
            && saturation <= rule.spo2_max.number();
        Some(if falls {
            Judged::Violated
        } else if slope >= rule.clear_slope.number() {
            Judged::Cleared
        } else {
            Judged::Between
        })
    }
}

impl Rule for Fall {
    fn id(&self) -> AlarmId {
        AlarmId::Spo2Fall
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        if !matches!(event, Event::Second) {
            return;
        }
        let supply = inputs.supply(Signal::SpO2);
        if let Some(judged) = self.judge(inputs) {
            self.timer.sample(now, judged, &supply);
        }
        self.timer.settle(Horizon::UpTo(now), &supply);
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

    fn looks_at_seconds(&self) -> bool {
        true
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.timer.adopt(told.map(|told| told.since));
    }

    fn evidence(&self, now: MonoTime, inputs: &Inputs) -> Option<String> {
        Some(airway::fall(now, inputs))
    }
}
