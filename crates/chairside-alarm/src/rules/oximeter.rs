//! Rules about the oximeter as equipment: its probe, its silence, the cuff on its arm.

use chairside_model::{Cuff, DeviceId, Measured, Metric, MonoTime, Unavailable};

use crate::evidence::Lasted;
use crate::inputs::{Event, Inputs, Sample, Told, Withheld};
use crate::rules::{Rule, cause};
use crate::timer::{AfterHold, Horizon, Judged, Persistence};
use crate::{AlarmId, Priority, Signal, TechnicalRule, TechnicalRules, Transition};

/// Cuff cycles in a row that stop the pulse before it is suggested to move the probe
/// (`docs/alarms.md`, semantics 6).
const LOST_PULSE_CYCLES: u8 = 3;

/// A jump does not make the oximeter mute; a cuff on its limb does.
const fn saturation(event: &Event<'_>) -> Option<Measured> {
    match event {
        Event::Sample(Sample {
            signal: Signal::SpO2,
            measured,
            withheld: None | Some(Withheld::Step),
            ..
        }) => Some(*measured),
        Event::Sample(_)
        | Event::Frame(_)
        | Event::Cuff(_)
        | Event::Told(_)
        | Event::Identity(_)
        | Event::Dosing
        | Event::Heard(_)
        | Event::Second => None,
    }
}

/// The probe is not on the patient.
#[derive(Debug)]
pub(crate) struct ProbeOff {
    priority: Priority,
    timer: Persistence,
    why: Unavailable,
}

impl ProbeOff {
    pub(crate) fn new(rules: &TechnicalRules, inputs: &Inputs) -> Option<Self> {
        inputs.metric(Signal::SpO2)?;
        let rule = rules.spo2_probe_off?;
        Some(Self {
            priority: rule.priority,
            timer: Persistence::new(rule.delay, rule.clear_hold, AfterHold::Anew),
            why: Unavailable::SensorOff,
        })
    }
}

impl Rule for ProbeOff {
    fn id(&self) -> AlarmId {
        AlarmId::Spo2ProbeOff
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        let Some(measured) = saturation(event) else {
            return;
        };
        let judged = match measured {
            Measured::Unavailable(why) if why.is_probe_off() => {
                self.why = why;
                Judged::Violated
            }
            Measured::Valid(_) => Judged::Cleared,
            Measured::Questionable(_) => Judged::Between,
            // A device that is searching says nothing of its probe.
            Measured::Unavailable(_) => return,
        };
        self.timer.sample(now, judged, &inputs.oximeter_supply());
    }

    fn settle(&mut self, horizon: Horizon, inputs: &Inputs) {
        self.timer.settle(horizon, &inputs.oximeter_supply());
    }

    fn next_deadline(&self, inputs: &Inputs) -> Option<MonoTime> {
        self.timer.due(&inputs.oximeter_supply())
    }

    fn causes(&self) -> u64 {
        cause(self.timer.present())
    }

    fn priority(&self) -> Priority {
        self.priority
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.timer.adopt(told.map(|told| told.since));
    }

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let what = match self.why {
            Unavailable::NoSensor => "no SpO2 probe plugged in",
            _ => "SpO2 probe off the patient",
        };
        Some(format!("{what}{}", Lasted(self.timer.lasted(now))))
    }
}

/// No valid saturation, for another reason than the probe or the cuff.
#[derive(Debug)]
pub(crate) struct NoData {
    rule: TechnicalRule,
    timer: Persistence,
    device: DeviceId,
    last_told: Option<MonoTime>,
    why: Option<Unavailable>,
}

impl NoData {
    pub(crate) fn new(rules: &TechnicalRules, inputs: &Inputs) -> Option<Self> {
        let device = inputs.device(Signal::SpO2)?.id;
        let rule = rules.spo2_no_data?;
        Some(Self {
            rule,
            timer: Persistence::new(rule.delay, rule.clear_hold, AfterHold::Anew),
            device,
            last_told: None,
            why: None,
        })
    }

    fn judge(&mut self, now: MonoTime, measured: Measured) -> Judged {
        self.last_told = Some(now);
        match measured {
            Measured::Valid(_) => Judged::Cleared,
            Measured::Unavailable(why) if why.is_probe_off() => Judged::Between,
            Measured::Unavailable(why) => {
                self.why = Some(why);
                Judged::Violated
            }
            Measured::Questionable(_) => {
                self.why = None;
                Judged::Violated
            }
        }
    }

    /// A device that lives and says nothing about the saturation for longer than its period.
    fn is_mute(&self, now: MonoTime, inputs: &Inputs) -> bool {
        let period = inputs
            .device(Signal::SpO2)
            .expect("the rule is only built for a saturation that is there")
            .period;
        let silent_after = period + period / 2;
        self.last_told.is_none_or(|last| now > last + silent_after)
    }
}

impl Rule for NoData {
    fn id(&self) -> AlarmId {
        AlarmId::Spo2NoData
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        let judged = match (event, saturation(event)) {
            (_, Some(measured)) => self.judge(now, measured),
            // Silence may begin the condition and does not prolong it.
            (Event::Frame(device), None)
                if *device == self.device
                    && !self.timer.present()
                    && !inputs.cuff_holds(now, Metric::SpO2)
                    && self.is_mute(now, inputs) =>
            {
                Judged::Violated
            }
            _ => return,
        };
        self.timer.sample(now, judged, &inputs.oximeter_supply());
    }

    fn settle(&mut self, horizon: Horizon, inputs: &Inputs) {
        self.timer.settle(horizon, &inputs.oximeter_supply());
    }

    fn next_deadline(&self, inputs: &Inputs) -> Option<MonoTime> {
        self.timer.due(&inputs.oximeter_supply())
    }

    fn causes(&self) -> u64 {
        cause(self.timer.present())
    }

    fn priority(&self) -> Priority {
        self.rule.priority
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.timer.adopt(told.map(|told| told.since));
    }

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let lasted = Lasted(self.timer.lasted(now));
        let why = match self.why {
            Some(Unavailable::Searching) => ": searching for the pulse",
            Some(Unavailable::Calibrating) => ": calibrating",
            Some(Unavailable::OutOfRange) => ": the number is out of range",
            Some(Unavailable::SensorOff | Unavailable::NoSensor | Unavailable::NoReading)
            | None => "",
        };
        Some(format!("no valid SpO2{lasted}{why}"))
    }
}

/// The cuff stopped the pulse at the probe in each of the latest cycles. A suggestion, and only
/// where cuff and probe are known to be on one limb.
#[derive(Debug)]
pub(crate) struct SameLimb {
    measuring: bool,
    lost: bool,
    cycles: u8,
}

impl SameLimb {
    pub(crate) fn new(inputs: &Inputs) -> Option<Self> {
        inputs.cuff_device()?;
        inputs.metric(Signal::SpO2)?;
        Some(Self {
            measuring: false,
            lost: false,
            cycles: 0,
        })
    }
}

impl Rule for SameLimb {
    fn id(&self) -> AlarmId {
        AlarmId::Spo2CuffSameLimb
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        match event {
            Event::Told(Told::Session(_)) if inputs.session_turned(now) => {
                self.lost = false;
                if self.causes() == 0 {
                    self.cycles = 0;
                }
            }
            Event::Cuff(Cuff::Measuring) => {
                self.lost &= self.measuring;
                self.measuring = true;
            }
            Event::Cuff(Cuff::Completed(_) | Cuff::Failed(_)) => {
                if self.measuring {
                    let counts = self.lost && inputs.cuff_hold.same_limb();
                    self.cycles = if counts {
                        self.cycles.saturating_add(1)
                    } else {
                        0
                    };
                }
                self.measuring = false;
            }
            // What was cut short says nothing of where cuff and probe are.
            Event::Cuff(Cuff::Cancelled) => self.measuring = false,
            Event::Sample(Sample {
                signal: Signal::SpO2 | Signal::HeartRate,
                measured: Measured::Unavailable(why),
                ..
            }) => self.lost |= self.measuring && !why.is_probe_off(),
            Event::Sample(_)
            | Event::Frame(_)
            | Event::Told(_)
            | Event::Identity(_)
            | Event::Dosing
            | Event::Heard(_)
            | Event::Second => {}
        }
    }

    fn causes(&self) -> u64 {
        cause(self.cycles >= LOST_PULSE_CYCLES)
    }

    fn priority(&self) -> Priority {
        Priority::Low
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.cycles = if told.is_some() {
            self.cycles.max(LOST_PULSE_CYCLES)
        } else {
            0
        };
    }

    fn evidence(&self, _now: MonoTime, _inputs: &Inputs) -> Option<String> {
        Some(format!(
            "pulse lost at the probe during {} cuff cycles in a row: cuff and probe on one limb",
            self.cycles
        ))
    }
}
