//! Signs compatible with no air movement, drawn from the best that the bed measures.

use std::time::Duration;

use chairside_model::MonoTime;

use crate::evidence::airway;
use crate::features::{BreathRun, Breaths, Second};
use crate::inputs::{Event, Inputs};
use crate::rules::{Rule, cause, delay_of};
use crate::timer::{AfterHold, Horizon, Judged, Persistence, Supply};
use crate::{
    AirwayMode, AirwayRules, AlarmId, Holds, ObstructionRule, Priority, Signal, Transition,
};

#[derive(Debug)]
pub(crate) struct Obstruction {
    rule: ObstructionRule,
    has_oximeter: bool,
    run: BreathRun,
    /// How long the saturation alone has shown it.
    falling: Persistence,
    /// How long it has been over.
    over: Persistence,
    /// While it is present: from which signals it was drawn.
    mode: Option<AirwayMode>,
    /// Kept for the evidence of its end.
    last_mode: AirwayMode,
}

impl Obstruction {
    pub(crate) fn new(rules: &AirwayRules, holds: &Holds, inputs: &Inputs) -> Option<Self> {
        let rule = rules.obstruction?;
        let has_oximeter = inputs.metric(Signal::SpO2).is_some();
        if !has_oximeter && inputs.co2_device().is_none() {
            return None;
        }
        let after_hold = AfterHold::AtMost(holds.after_hold_delay_max);
        let delay = delay_of(rule.spo2_only.delay, Signal::SpO2, inputs);
        Some(Self {
            rule,
            has_oximeter,
            run: BreathRun::new(rule.co2_effort_no_breath),
            falling: Persistence::new(delay, Duration::ZERO, after_hold),
            over: Persistence::new(rule.clear.hold, Duration::ZERO, AfterHold::Anew),
            mode: None,
            last_mode: AirwayMode::Spo2Only,
        })
    }

    /// Follows the saturation for as long as nothing better is measured; tells whether it has
    /// fallen for long enough and is seen to fall now. A fall of before of which nothing more is
    /// seen is none.
    fn watch_fall(&mut self, now: MonoTime, second: &Second, inputs: &Inputs) -> bool {
        if !self.has_oximeter {
            return false;
        }
        let supply = inputs.supply(Signal::SpO2);
        let limit = &self.rule.spo2_only;
        let known = second.saturation.zip(second.slope);
        let mut falls = false;
        if let Some((saturation, slope)) = known {
            falls = second.breaths.is_none()
                && saturation <= limit.spo2_max.number()
                && slope <= limit.slope.number()
                && second.drop.is_some_and(|drop| drop >= limit.drop.number());
            let judged = if falls {
                Judged::Violated
            } else {
                Judged::Cleared
            };
            self.falling.sample(now, judged, &supply);
        }
        self.falling.settle(Horizon::UpTo(now), &supply);
        falls && self.falling.present() && supply.alive_at(now)
    }

    /// Returns from which signals it is drawn now, if it is.
    fn sign(
        &self,
        now: MonoTime,
        falls: bool,
        second: &Second,
        inputs: &Inputs,
    ) -> Option<AirwayMode> {
        let Some(breaths) = second.breaths else {
            return falls.then_some(AirwayMode::Spo2Only);
        };
        // While frames are missing nothing begins.
        let alive = inputs
            .co2_supply()
            .is_some_and(|supply| supply.alive_at(now));
        if !alive {
            return None;
        }
        match second.effort {
            Some(effort) => self
                .with_effort(second, &breaths, effort)
                .then_some(AirwayMode::Co2AndEffort),
            None => self
                .without_effort(second, &breaths)
                .then_some(AirwayMode::Co2),
        }
    }

    fn with_effort(&self, second: &Second, breaths: &Breaths, effort: f64) -> bool {
        let rule = &self.rule;
        let far = |now: f64, before: f64| (now - before).abs() >= rule.corroborating_rate.number();
        let corroborated = second
            .drop
            .is_some_and(|drop| drop >= rule.corroborating_drop.number())
            || second
                .heart_rate
                .zip(second.baseline.heart_rate)
                .is_some_and(|(now, before)| far(now, before))
            || breaths.without >= rule.co2_effort_max;
        breaths.without >= rule.co2_effort_no_breath
            && effort >= rule.effort_min.number()
            && corroborated
    }

    fn without_effort(&self, second: &Second, breaths: &Breaths) -> bool {
        breaths.without >= self.rule.co2_no_breath
            && second
                .drop
                .is_some_and(|drop| drop >= self.rule.co2_drop.number())
    }

    /// Takes a second of what is present. What cannot be known ends nothing.
    fn judge_end(&mut self, now: MonoTime, second: &Second, inputs: &Inputs) {
        let Some(supply) = self.supply(second, inputs) else {
            return;
        };
        // Seconds before this one were judged by the devices that counted in them.
        let supply = Supply {
            resumed: supply.resumed.max(now),
            ..supply
        };
        if let Some(good) = self.is_good(second) {
            let judged = if good {
                Judged::Violated
            } else {
                Judged::Cleared
            };
            self.over.sample(now, judged, &supply);
        }
        self.over.settle(Horizon::UpTo(now), &supply);
        if self.over.present() {
            self.mode = None;
        }
    }

    fn is_good(&self, second: &Second) -> Option<bool> {
        let clear = &self.rule.clear;
        let breathes = match (second.breaths, self.mode) {
            (Some(_), _) => self.run.lasted() >= clear.breathing,
            (None, Some(AirwayMode::Spo2Only) | None) => true,
            // Drawn from breaths, and nobody sees them any more.
            (None, Some(AirwayMode::Co2AndEffort | AirwayMode::Co2)) => return None,
        };
        if !self.has_oximeter {
            return Some(breathes);
        }
        let saturated = second.saturation? >= clear.spo2_min.number()
            || second
                .drop
                .is_some_and(|drop| drop <= clear.within_of_baseline.number());
        Some(breathes && saturated)
    }

    fn supply(&self, second: &Second, inputs: &Inputs) -> Option<Supply> {
        let oximeter = self.has_oximeter.then(|| inputs.supply(Signal::SpO2));
        let capnograph = second.breaths.and_then(|_| inputs.co2_supply());
        match (oximeter, capnograph) {
            (Some(oximeter), Some(capnograph)) => Some(oximeter.and(capnograph)),
            (one, other) => one.or(other),
        }
    }
}

impl Rule for Obstruction {
    fn id(&self) -> AlarmId {
        AlarmId::AirwayObstruction
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        if !matches!(event, Event::Second) {
            return;
        }
        let second = inputs.second();
        self.run.second(now, second.breaths.as_ref());
        let falls = self.watch_fall(now, second, inputs);
        if self.mode.is_some() {
            self.judge_end(now, second, inputs);
        } else if let Some(mode) = self.sign(now, falls, second, inputs) {
            self.mode = Some(mode);
            self.last_mode = mode;
            self.over = Persistence::new(self.rule.clear.hold, Duration::ZERO, AfterHold::Anew);
        }
    }

    fn causes(&self) -> u64 {
        cause(self.mode.is_some())
    }

    fn pending(&self) -> bool {
        self.falling.pending()
    }

    fn priority(&self) -> Priority {
        self.rule.priority
    }

    fn mode(&self) -> Option<AirwayMode> {
        Some(self.last_mode)
    }

    fn looks_at_seconds(&self) -> bool {
        true
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, inputs: &Inputs) {
        let Some(told) = told else {
            self.mode = None;
            return;
        };
        // A record of before the mode was kept: what the bed measures best.
        let measured = match inputs.co2_device() {
            Some(_) => AirwayMode::Co2,
            None => AirwayMode::Spo2Only,
        };
        self.last_mode = told.mode.unwrap_or(measured);
        self.mode = Some(self.last_mode);
        self.over = Persistence::new(self.rule.clear.hold, Duration::ZERO, AfterHold::Anew);
    }

    fn evidence(&self, now: MonoTime, inputs: &Inputs) -> Option<String> {
        Some(airway::obstruction(now, self.last_mode, inputs))
    }
}
