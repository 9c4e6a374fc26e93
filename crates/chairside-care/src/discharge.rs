//! Whether the clinic's own criteria for leaving are met: a list of lines, each met, not met or
//! missing, with what was found, what is required, and how old it is.
//!
//! What nobody answered or measured is missing, and never met. The list says what it finds and
//! nothing of whether it is right to go home; a clinician may pass over it with a reason.

mod lines;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use chairside_alarm::Baseline;
use chairside_model::{MonoTime, Value};

use crate::{
    AldreteVariant, DischargeItem, DoseLog, Drug, InForce, Pressure, Route, Said, Standing, Taken,
};

/// What a clinic requires before a patient leaves. The defaults are our design, of what is usual
/// in recovery rooms and of the esketamine label; `docs/session.md` has each with its source.
#[derive(Clone, Debug, PartialEq)]
pub struct DischargePlan {
    /// Which modified Aldrete score, with its pass mark.
    pub aldrete: AldreteVariant,
    /// The least MOAA/S.
    pub moaas_least: i16,
    /// How far the CADSS-6 may be above that before the dose.
    pub cadss6_above: i16,
    /// The most nausea.
    pub nausea_most: i16,
    /// How far rate and pressures may be from the baseline, per cent of it.
    pub vitals_within: Value,
    /// Below which the systolic pressure must be, mmHg.
    pub systolic_below: Value,
    /// Below which the diastolic pressure must be, mmHg.
    pub diastolic_below: Value,
    /// By how much a pressure may be above the one before it and still count as falling, mmHg:
    /// by so much a cuff may be off.
    pub rise_most: Value,
    /// The least saturation on room air, %.
    pub spo2_least: Value,
    /// How long the oxygen must be off until the saturation is one of room air.
    pub on_air: Duration,
    /// How long no alarm of high priority may have stood.
    pub quiet: Duration,
    /// How long a rating counts.
    pub rating_counts: Duration,
    /// How long after the dose nobody leaves.
    pub minimum: MinimumTimes,
    /// What a person must have answered with yes.
    pub answers: Vec<DischargeItem>,
    /// The suicide risk must have been asked about.
    pub suicide_risk: bool,
}

/// How long after the end of a dose nobody leaves, by what was given and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinimumTimes {
    /// Ketamine into a vein.
    pub intravenous: Duration,
    /// Ketamine into a muscle.
    pub intramuscular: Duration,
    /// Ketamine as a spray.
    pub intranasal: Duration,
    /// Ketamine that is swallowed.
    pub oral: Duration,
    /// Ketamine under the tongue.
    pub sublingual: Duration,
    /// Esketamine, whichever way.
    pub esketamine: Duration,
}

impl Default for DischargePlan {
    fn default() -> Self {
        Self {
            aldrete: AldreteVariant::default(),
            moaas_least: 5,
            cadss6_above: 2,
            nausea_most: 1,
            vitals_within: Value::whole(20),
            systolic_below: Value::whole(160),
            diastolic_below: Value::whole(100),
            // Our design: by less a cuff cannot tell one pressure from another.
            rise_most: Value::whole(5),
            spo2_least: Value::whole(94),
            // Our design.
            on_air: Duration::from_mins(5),
            quiet: Duration::from_mins(30),
            rating_counts: Duration::from_mins(30),
            minimum: MinimumTimes::default(),
            answers: vec![
                DischargeItem::SteadyGait,
                DischargeItem::Escort,
                DischargeItem::NoDriving,
            ],
            suicide_risk: true,
        }
    }
}

/// How long somebody is observed after esketamine at least: its label.
pub const OBSERVED_MIN: Duration = Duration::from_hours(2);

impl Default for MinimumTimes {
    /// After esketamine as its label has it. The others are our design; what is absorbed slowly
    /// has as long.
    fn default() -> Self {
        let two_hours = OBSERVED_MIN;
        Self {
            intravenous: Duration::from_hours(1),
            intramuscular: Duration::from_mins(90),
            intranasal: two_hours,
            oral: two_hours,
            sublingual: two_hours,
            esketamine: two_hours,
        }
    }
}

impl MinimumTimes {
    /// Returns how long after the end of such a dose nobody leaves.
    #[must_use]
    pub const fn after(&self, drug: Drug, route: Route) -> Duration {
        match (drug, route) {
            (Drug::Esketamine, _) => self.esketamine,
            (Drug::Ketamine, Route::Intravenous) => self.intravenous,
            (Drug::Ketamine, Route::Intramuscular) => self.intramuscular,
            (Drug::Ketamine, Route::Intranasal) => self.intranasal,
            (Drug::Ketamine, Route::Oral) => self.oral,
            (Drug::Ketamine, Route::Sublingual) => self.sublingual,
        }
    }
}

/// What is known of a patient who would leave. Values are those that count: valid, of this patient
/// and this session, and not too old.
#[derive(Clone, Copy, Debug)]
pub struct DischargeFacts<'a> {
    /// The time.
    pub now: MonoTime,
    /// The patient's own values before the dose.
    pub baseline: Option<&'a Baseline>,
    /// The last cuff reading.
    pub pressure: Option<Pressure>,
    /// The one before it.
    pub pressure_before: Option<Pressure>,
    /// Heart or pulse rate, /min.
    pub heart_rate: Option<Taken>,
    /// Saturation, %.
    pub spo2: Option<Taken>,
    /// Since when no alarm of high priority stands: the end of the last one, or the beginning of
    /// the session when there was none. Nothing while one stands.
    pub quiet_since: Option<MonoTime>,
    /// Ratings and events, as they hold.
    pub in_force: &'a InForce,
    /// What was given.
    pub dose_log: &'a DoseLog,
    /// What people answered, in order.
    pub answers: &'a [(MonoTime, DischargeItem, Said)],
}

/// What of the clinic's criteria is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discharge {
    /// Each criterion, always in the same order.
    pub lines: Vec<DischargeLine>,
}

/// One criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DischargeLine {
    /// Which.
    pub need: DischargeNeed,
    /// How it stands: met, not met, or missing.
    pub standing: Standing,
    /// What was found, in words with the numbers.
    pub found: Box<str>,
    /// What is required.
    pub required: Box<str>,
    /// How old is what was found; nothing where there is nothing that could be.
    pub age: Option<Duration>,
}

/// What a criterion is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DischargeNeed {
    /// The modified Aldrete score.
    Aldrete,
    /// Awake.
    Moaas,
    /// Dissociation is over.
    Dissociation,
    /// Heart or pulse rate near the baseline.
    HeartRate,
    /// Pressures near the baseline, not high, and falling.
    Pressure,
    /// Saturation on room air.
    SpO2,
    /// Nausea.
    Nausea,
    /// No alarm of high priority for a while.
    Quiet,
    /// Long enough after the dose.
    TimeSinceDose,
    /// What a person answers.
    Answer(DischargeItem),
    /// The suicide risk was asked about.
    SuicideRisk,
}

impl DischargeNeed {
    /// Returns the name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aldrete => "aldrete_mod",
            Self::Moaas => "moaas",
            Self::Dissociation => "dissociation",
            Self::HeartRate => "heart_rate",
            Self::Pressure => "pressure",
            Self::SpO2 => "spo2",
            Self::Nausea => "nausea",
            Self::Quiet => "quiet",
            Self::TimeSinceDose => "time_since_dose",
            Self::Answer(item) => item.name(),
            Self::SuicideRisk => "suicide_risk",
        }
    }

    /// Returns what it is about, as it stands on screen.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Aldrete => "Modified Aldrete",
            Self::Moaas => "Awake (MOAA/S)",
            Self::Dissociation => "Dissociation",
            Self::HeartRate => "Heart rate",
            Self::Pressure => "Blood pressure",
            Self::SpO2 => "SpO2 on room air",
            Self::Nausea => "Nausea",
            Self::Quiet => "Time since the last high alarm",
            Self::TimeSinceDose => "Time since the dose",
            Self::Answer(DischargeItem::BackToSelf) => "\"Back to myself\"",
            Self::Answer(DischargeItem::SteadyGait) => "Steady on their feet",
            Self::Answer(DischargeItem::Escort) => "Escort is here",
            Self::Answer(DischargeItem::NoDriving) => "Told not to drive until the next day",
            Self::Answer(DischargeItem::Instructions) => "Instructions in writing",
            Self::Answer(DischargeItem::IvRemoved) => "The needle is out",
            Self::SuicideRisk => "Suicide risk asked about (C-SSRS)",
        }
    }
}

impl Discharge {
    /// Looks at each criterion.
    #[must_use]
    pub fn of(plan: &DischargePlan, facts: &DischargeFacts<'_>) -> Self {
        let lines = lines::Looked::new(plan, facts).lines();
        Self { lines }
    }

    /// Tells whether each criterion is met.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.unmet().next().is_none()
    }

    /// Returns the criteria that are not met or missing.
    pub fn unmet(&self) -> impl Iterator<Item = &DischargeLine> {
        let is_unmet = |line: &&DischargeLine| line.standing != Standing::Met;
        self.lines.iter().filter(is_unmet)
    }
}

impl fmt::Display for Discharge {
    /// Never says more than that the clinic's criteria are met.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ready() {
            return f.write_str("the clinic's criteria are met");
        }
        f.write_str("not ready, because ")?;
        for (place, line) in self.unmet().enumerate() {
            let comma = if place == 0 { "" } else { "; " };
            write!(f, "{comma}{line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for DischargeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            found, required, ..
        } = self;
        write!(f, "{}: {found}", self.need.label())?;
        match self.age.map(|age| age.as_secs()) {
            None => {}
            Some(age @ ..60) => write!(f, ", {age} s old")?,
            Some(age) => write!(f, ", {} min old", age / 60)?,
        }
        write!(f, " (required: {required})")
    }
}
