//! What a clinic does in one kind of session, as its prescriber decided it: valid by construction.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmProfile, Bounds, LimitKey, Phase, ProfileError};
use chairside_model::Value;

use crate::{DischargePlan, DoseBounds, Drug, PromptPlan, Route, Said, Stage, Text};

mod mistakes;

/// A named plan of a session that does not contradict itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol(ProtocolParts);

/// What a protocol is made of. Only [`Protocol::new`] turns it into something a session goes by.
///
/// Every number is the clinic's own; the defaults are those of `docs/session.md`, each with its
/// source there.
#[derive(Clone, Debug, PartialEq)]
pub struct ProtocolParts {
    /// Its name, `"iv-ketamine"`: what is on record.
    pub name: Text,
    /// What it is called on screen.
    pub title: Text,
    /// What is given; nothing where that is decided for each session.
    pub drug: Option<Drug>,
    /// Which way; nothing where that is decided for each session.
    pub route: Option<Route>,
    /// How often the cuff is expected.
    pub cuff: CuffPlan,
    /// What is other than in the bed's alarm profile, in a phase of the session.
    pub limits: BTreeMap<Phase, BTreeMap<LimitKey, Value>>,
    /// What is asked before the dose, in the order in which it is asked.
    pub screening: Vec<ScreeningItem>,
    /// What must be so before the dose.
    pub gate: GatePlan,
    /// What is expected of each drug that is given one way.
    pub doses: Vec<DoseBounds>,
    /// Of what people are reminded.
    pub prompts: PromptPlan,
    /// What the clinic requires before the patient leaves.
    pub discharge: DischargePlan,
    /// The weights that are believed as they are entered, kg. Another one is asked about.
    pub weight: Bounds,
}

/// How often a good cuff reading is expected, by where the session stands.
///
/// Ten minutes while the dose acts and for 60 minutes after, then 15: blood pressure every 10
/// minutes in an infusion and every 15 after it is what a series of 684 infusions did (Riva-Posse
/// 2018, J Affect Disord). Five minutes once somebody is sedated is what guidelines of moderate
/// sedation are known for; not verified. That it also follows a high alarm, and for an hour, is our
/// design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CuffPlan {
    /// Before the dose.
    pub baseline: Duration,
    /// While it is given, and at the peak.
    pub dosing: Duration,
    /// After it.
    pub recovery: Duration,
    /// Once the recovery has lasted for [`late_after`](Self::late_after).
    pub late: Duration,
    /// When that is, from the last time that the recovery began.
    pub late_after: Duration,
    /// When the patient is to be watched closely, whatever the stage after the dose began.
    pub close: Duration,
    /// The MOAA/S at which, and below which, the patient is to be watched closely.
    pub close_moaas: i16,
    /// For how long after a high alarm.
    pub close_after_alarm: Duration,
}

impl Default for CuffPlan {
    fn default() -> Self {
        Self {
            baseline: Duration::from_mins(5),
            dosing: Duration::from_mins(10),
            recovery: Duration::from_mins(10),
            late: Duration::from_mins(15),
            late_after: Duration::from_hours(1),
            close: Duration::from_mins(5),
            close_moaas: 3,
            close_after_alarm: Duration::from_hours(1),
        }
    }
}

impl CuffPlan {
    /// Returns the interval of a stage that has lasted for so long, of a patient who is watched
    /// closely or not.
    #[must_use]
    pub fn interval(&self, stage: Stage, in_stage: Duration, closely: bool) -> Duration {
        match stage {
            Stage::Dosing | Stage::Peak | Stage::Recovery if closely => self.close,
            Stage::Recovery if in_stage >= self.late_after => self.late,
            stage => self.of(stage.phase()),
        }
    }

    /// Tells whether the last MOAA/S, or an alarm of high priority that stands or ended so long
    /// ago, is a reason to watch a patient closely.
    #[must_use]
    pub fn is_close(&self, moaas: Option<i16>, since_alarm: Option<Duration>) -> bool {
        moaas.is_some_and(|moaas| moaas <= self.close_moaas)
            || since_alarm.is_some_and(|since| since < self.close_after_alarm)
    }

    /// Returns the interval of a phase, without what a session adds.
    #[must_use]
    pub const fn of(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Baseline => self.baseline,
            Phase::Dosing => self.dosing,
            Phase::Recovery => self.recovery,
        }
    }
}

/// Something that is asked before the dose, or looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreeningItem {
    /// Its name, `"sleep-apnoea"`: what is on record.
    pub name: Text,
    /// What is asked, as it stands on screen.
    pub label: Text,
    /// The answer with which nobody goes on without a clinician; nothing where each answer will do.
    pub blocks_on: Option<Blocks>,
    /// It is of the emergency kit, which is looked after anew for each session.
    pub kit: bool,
}

/// The answer with which nobody goes on without a clinician.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blocks {
    /// Yes: it is against the treatment.
    Yes,
    /// No: it must be there.
    No,
}

impl Blocks {
    /// Every answer.
    pub const ALL: [Self; 2] = [Self::Yes, Self::No];

    /// Returns the answer with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|blocks| blocks.name() == name)
    }

    /// Returns the name used in configuration and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.said().name()
    }

    /// Returns it as an answer.
    #[must_use]
    pub const fn said(self) -> Said {
        match self {
            Self::Yes => Said::Yes,
            Self::No => Said::No,
        }
    }
}

/// What must be so before the dose. Our design, of published numbers: `docs/session.md` has the
/// source of each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GatePlan {
    /// How far two cuff readings lie apart at least.
    pub readings_apart: Duration,
    /// A systolic pressure from here on needs a clinician's note, mmHg.
    pub systolic_note: Value,
    /// The same of the diastolic, mmHg.
    pub diastolic_note: Value,
    /// A systolic pressure from here on blocks, mmHg.
    pub systolic_block: Value,
    /// The same of the diastolic, mmHg.
    pub diastolic_block: Value,
    /// Heart or pulse rate, /min, both included.
    pub heart_rate: Bounds,
    /// The least saturation, %.
    pub spo2_least: Value,
    /// Breaths, /min, both included; where the bed has a device for them.
    pub respiration_rate: Bounds,
    /// For how long the probe has given valid values without a break.
    pub probe_valid: Duration,
}

impl Default for GatePlan {
    fn default() -> Self {
        Self {
            readings_apart: Duration::from_mins(5),
            systolic_note: Value::whole(140),
            diastolic_note: Value::whole(90),
            systolic_block: Value::whole(160),
            diastolic_block: Value::whole(100),
            heart_rate: bounds(50, 110),
            spo2_least: Value::whole(94),
            respiration_rate: bounds(10, 24),
            probe_valid: Duration::from_mins(1),
        }
    }
}

/// Returns the weights that are believed, kg, where a clinic says no others. Our design.
#[must_use]
pub fn weight_default() -> Bounds {
    bounds(20, 300)
}

fn bounds(least: i32, most: i32) -> Bounds {
    Bounds {
        least: Value::whole(least),
        most: Value::whole(most),
    }
}

/// Why a protocol is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The key at fault, as in the configuration: `"gate.systolic_block"`.
    pub key: String,
    /// What is wrong with it, in words, with the values.
    pub why: String,
}

impl Protocol {
    /// Makes a protocol of its parts.
    ///
    /// # Errors
    ///
    /// Every mistake that was found, not just the first.
    pub fn new(parts: ProtocolParts) -> Result<Self, Vec<Mistake>> {
        let mistakes = mistakes::of(&parts);
        if mistakes.is_empty() {
            Ok(Self(parts))
        } else {
            Err(mistakes)
        }
    }

    /// Returns what a session goes by whose protocol the clinic has no more: the defaults, and
    /// nothing planned.
    pub(crate) fn unknown(name: &Text) -> Self {
        Self(ProtocolParts {
            name: name.clone(),
            title: name.clone(),
            drug: None,
            route: None,
            cuff: CuffPlan::default(),
            limits: BTreeMap::new(),
            screening: Vec::new(),
            gate: GatePlan::default(),
            doses: Vec::new(),
            prompts: PromptPlan::default(),
            discharge: DischargePlan::default(),
            weight: weight_default(),
        })
    }

    /// Returns what it is made of.
    #[must_use]
    pub const fn parts(&self) -> &ProtocolParts {
        &self.0
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// Returns an item of the screening by its name.
    #[must_use]
    pub fn item(&self, name: &Text) -> Option<&ScreeningItem> {
        self.0.screening.iter().find(|item| item.name == *name)
    }

    /// Returns a bed's alarm profile as it is for a session by this protocol: its limits and its
    /// cuff intervals over those of the profile's phases. Rules that are off stay off.
    ///
    /// # Errors
    ///
    /// Every contradiction with the profile, by the keys of the profile's file.
    pub fn adjust(&self, profile: &AlarmProfile) -> Result<AlarmProfile, Vec<ProfileError>> {
        let mut parts = profile.parts().clone();
        let has_cuff = LimitKey::CuffInterval.of(&parts).is_some();
        for phase in Phase::ALL {
            let numbers = parts.adjustments.phases.entry(phase).or_default();
            let interval = self.0.cuff.of(phase).as_secs_f64();
            if let Some(interval) = Value::finite(interval).filter(|_| has_cuff) {
                numbers.insert(LimitKey::CuffInterval, interval);
            }
            numbers.extend(self.0.limits.get(&phase).into_iter().flatten());
        }
        AlarmProfile::new(parts)
    }
}

#[cfg(test)]
mod tests;
