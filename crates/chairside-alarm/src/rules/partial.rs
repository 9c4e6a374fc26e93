//! Breaths that have become small: signs compatible with a partly closed airway.

use chairside_model::MonoTime;

use crate::evidence::airway;
use crate::features::SUSPECT_WITHOUT_BREATH;
use crate::inputs::{Event, Inputs};
use crate::rules::{Rule, cause, delay_of};
use crate::timer::{AfterHold, Horizon, Judged, Persistence};
use crate::{AirwayRules, AlarmId, Holds, PartialRule, Priority, Signal, Transition};

#[derive(Debug)]
pub(crate) struct Partial {
    rule: PartialRule,
    has_oximeter: bool,
    timer: Persistence,
}

impl Partial {
    pub(crate) fn new(rules: &AirwayRules, holds: &Holds, inputs: &Inputs) -> Option<Self> {
        inputs.metric(Signal::EtCO2)?;
        let rule = rules.partial?;
        let delay = delay_of(rule.delay, Signal::EtCO2, inputs);
        let after_hold = AfterHold::AtMost(holds.after_hold_delay_max);
        Some(Self {
            rule,
            has_oximeter: inputs.metric(Signal::SpO2).is_some(),
            timer: Persistence::new(delay, rule.clear_hold, after_hold),
        })
    }

    fn judge(&self, inputs: &Inputs) -> Option<Judged> {
        let second = inputs.second();
        let breaths = second.breaths?;
        let (etco2, before) = second.etco2.zip(second.baseline.etco2)?;
        let rule = &self.rule;
        let small = etco2 >= rule.etco2_min.number() && etco2 <= rule.etco2_ratio.number() * before;
        let drop = second.drop;
        let matters = drop.is_some_and(|drop| drop >= rule.drop.number())
            || second
                .breath_rate
                .zip(second.baseline.breath_rate)
                .is_some_and(|(now, before)| now >= before + rule.rate_rise.number());
        let is_breathing = breaths.without < SUSPECT_WITHOUT_BREATH;
        let good = etco2 > rule.clear_etco2_ratio.number() * before
            && (!self.has_oximeter || drop.is_some_and(|drop| drop < rule.clear_drop.number()));
        Some(match (is_breathing && small && matters, good) {
            (true, _) => Judged::Violated,
            (false, true) => Judged::Cleared,
            (false, false) => Judged::Between,
        })
    }
}

impl Rule for Partial {
    fn id(&self) -> AlarmId {
        AlarmId::AirwayPartial
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        if !matches!(event, Event::Second) {
            return;
        }
        let Some(supply) = inputs.co2_supply() else {
            return;
        };
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
        Some(airway::partial(now, inputs))
    }
}
