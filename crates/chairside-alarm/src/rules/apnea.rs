//! No breath, and no effort or none that is measured.

use chairside_model::{MonoTime, Value};

use crate::evidence::airway;
use crate::features::BreathRun;
use crate::inputs::{Event, Inputs};
use crate::rules::{Rule, cause};
use crate::timer::{AfterHold, Horizon, Judged, Persistence};
use crate::{AirwayRules, AlarmId, AlarmProfile, ApneaRule, Priority, Transition};

#[derive(Debug)]
pub(crate) struct Apnea {
    rule: ApneaRule,
    /// Effort makes it an obstruction, if there is a rule for that.
    effort_min: Option<Value>,
    run: BreathRun,
    timer: Persistence,
}

impl Apnea {
    pub(crate) fn new(rules: &AirwayRules, inputs: &Inputs) -> Option<Self> {
        inputs.co2_device()?;
        let rule = rules.apnea?;
        Some(Self {
            rule,
            effort_min: rules.obstruction.map(|obstruction| obstruction.effort_min),
            run: BreathRun::new(rule.no_breath),
            // Both times are in what is judged: without a breath, and of breaths.
            timer: Persistence::new(
                std::time::Duration::ZERO,
                std::time::Duration::ZERO,
                AfterHold::Anew,
            ),
        })
    }

    fn judge(&self, inputs: &Inputs) -> Option<Judged> {
        let second = inputs.second();
        let breaths = second.breaths?;
        let effort = second
            .effort
            .zip(self.effort_min)
            .is_some_and(|(effort, least)| effort >= least.number());
        Some(if breaths.without >= self.rule.no_breath {
            if effort {
                Judged::Between
            } else {
                Judged::Violated
            }
        } else if self.run.lasted() >= self.rule.clear_breathing {
            Judged::Cleared
        } else {
            Judged::Between
        })
    }
}

impl Rule for Apnea {
    fn id(&self) -> AlarmId {
        AlarmId::Apnea
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        if !matches!(event, Event::Second) {
            return;
        }
        self.run.second(now, inputs.second().breaths.as_ref());
        let Some((judged, supply)) = self.judge(inputs).zip(inputs.co2_supply()) else {
            return;
        };
        self.timer.sample(now, judged, &supply);
        self.timer.settle(Horizon::UpTo(now), &supply);
    }

    fn causes(&self) -> u64 {
        cause(self.timer.present())
    }

    fn priority(&self) -> Priority {
        self.rule.priority
    }

    fn looks_at_seconds(&self) -> bool {
        true
    }

    fn retune(&mut self, profile: &AlarmProfile, _inputs: &Inputs) {
        if let Some(rule) = profile.parts().airway.apnea {
            self.rule = rule;
            self.run.retune(rule.no_breath);
        }
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.timer.adopt(told.map(|told| told.since));
    }

    fn evidence(&self, now: MonoTime, inputs: &Inputs) -> Option<String> {
        Some(airway::apnea(now, inputs))
    }
}
