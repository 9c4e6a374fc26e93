//! No CO2, for whatever reason the capnograph gives: a blocked or unplugged line, warming up.

use chairside_model::{Measured, MonoTime, Unavailable};

use crate::evidence::Lasted;
use crate::inputs::{Event, Inputs, Sample};
use crate::rules::{Rule, cause};
use crate::timer::{AfterHold, Horizon, Judged, Persistence};
use crate::{AlarmId, Priority, Signal, TechnicalRule, TechnicalRules, Transition};

#[derive(Debug)]
pub(crate) struct NoCo2 {
    rule: TechnicalRule,
    timer: Persistence,
    last_told: Option<MonoTime>,
    /// What was told of EtCO2 since the last second: whether it is a value.
    told: Option<bool>,
    why: Option<Unavailable>,
}

impl NoCo2 {
    pub(crate) fn new(rules: &TechnicalRules, inputs: &Inputs) -> Option<Self> {
        inputs.co2_device()?;
        let rule = rules.co2_no_data?;
        Some(Self {
            rule,
            timer: Persistence::new(rule.delay, rule.clear_hold, AfterHold::Anew),
            last_told: None,
            told: None,
            why: None,
        })
    }

    fn hear(&mut self, now: MonoTime, measured: Measured) {
        self.last_told = Some(now);
        self.told = Some(measured.valid().is_some());
        self.why = match measured {
            Measured::Unavailable(why) => Some(why),
            Measured::Valid(_) | Measured::Questionable(_) => None,
        };
    }

    fn judge(&mut self, now: MonoTime, inputs: &Inputs) -> Option<Judged> {
        let told = self.told.take();
        // A capnograph that sees no breath may give no number; its curve goes on.
        if told == Some(true) || inputs.features().has_curve(now) {
            return Some(Judged::Cleared);
        }
        // Silence may begin the condition and does not prolong it.
        let mute = !self.timer.present() && self.is_mute(now, inputs);
        (told.is_some() || mute).then_some(Judged::Violated)
    }

    /// A device that lives and says nothing about CO2 for longer than its period.
    fn is_mute(&self, now: MonoTime, inputs: &Inputs) -> bool {
        let Some(device) = inputs.co2_device() else {
            return false;
        };
        let silent_after = device.period + device.period / 2;
        inputs.link(device).alive_at(now)
            && self.last_told.is_none_or(|last| now > last + silent_after)
    }
}

impl Rule for NoCo2 {
    fn id(&self) -> AlarmId {
        AlarmId::Co2NoData
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        match event {
            Event::Sample(Sample {
                signal: Signal::EtCO2,
                measured,
                ..
            }) => self.hear(now, *measured),
            Event::Second => {
                let judged = self.judge(now, inputs);
                let Some(supply) = inputs.co2_supply() else {
                    return;
                };
                if let Some(judged) = judged {
                    self.timer.sample(now, judged, &supply);
                }
                self.timer.settle(Horizon::UpTo(now), &supply);
            }
            Event::Sample(_)
            | Event::Frame(_)
            | Event::Cuff(_)
            | Event::Told(_)
            | Event::Identity(_)
            | Event::Dosing
            | Event::Heard(_) => {}
        }
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

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.timer.adopt(told.map(|told| told.since));
    }

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let lasted = Lasted(self.timer.lasted(now));
        let why = match self.why {
            Some(Unavailable::NoSensor | Unavailable::SensorOff) => ": no sampling line",
            Some(Unavailable::Searching) => ": searching",
            Some(Unavailable::Calibrating) => ": warming up or calibrating",
            Some(Unavailable::OutOfRange) => ": the number is out of range",
            Some(Unavailable::NoReading) | None => "",
        };
        Some(format!("no valid CO2{lasted}{why}"))
    }
}
