//! The worksheet for the monitoring form of esketamine's REMS: filled from what was measured and
//! entered in this session, each in its window, and blank with the reason where there is nothing.
//!
//! It is no form and is sent nowhere. A person reads it, writes what is blank, and signs.
//!
//! What the programme asks for, as its prescribing information and monitoring form have it: blood
//! pressure before, about 40 minutes after and until the patient leaves; at least two hours of
//! observation; sedation, dissociation and respiratory depression; pulse oximetry at each session.

use std::time::Duration;

use chairside_model::{Metric, MonoTime, Patient, SessionId, Value};

use crate::chart::{READING_COUNTS, Taken};
use crate::discharge::OBSERVED_MIN;
use crate::facts::SessionFacts;
use crate::{Dose, DoseLog, Drug, Pressure, ScoreEntry, ScoreId};

/// The pressure "about 40 minutes after" is the nearest of those from 30 to 50. Our design.
const ABOUT_40_MIN: [Duration; 3] = [
    Duration::from_mins(30),
    Duration::from_mins(40),
    Duration::from_mins(50),
];

/// A worksheet, its lines in the order of the session.
#[derive(Clone, Debug, PartialEq)]
pub struct RemsWorksheet {
    /// Of which session.
    pub session: SessionId,
    /// Of whom.
    pub patient: Patient,
    /// The lines.
    pub lines: Vec<RemsLine>,
}

/// A line of the worksheet.
#[derive(Clone, Debug, PartialEq)]
pub struct RemsLine {
    /// What it asks for.
    pub item: RemsItem,
    /// What was found.
    pub found: RemsFound,
}

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemsItem {
    /// How much esketamine was given, mg.
    Amount,
    /// The last pressure before the first spray.
    PressureBefore,
    /// The saturation at the first spray.
    SaturationBefore,
    /// The pressure about 40 minutes after the first spray.
    Pressure40,
    /// The saturation 40 minutes after it.
    Saturation40,
    /// The last pressure before the patient left.
    PressureLeaving,
    /// The saturation when the patient left.
    SaturationLeaving,
    /// The lowest saturation after the first spray.
    SaturationLowest,
    /// The lowest MOAA/S after the first spray: in the trials 4 or less is sedation, 0 a loss of
    /// consciousness.
    Sedation,
    /// The highest dissociation score after the first spray.
    Dissociation,
    /// Whether there was a respiratory depression: a person says so.
    RespiratoryDepression,
    /// For how long the patient was observed after the last spray.
    Observed,
}

impl RemsItem {
    /// Returns the name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::PressureBefore => "pressure_before",
            Self::SaturationBefore => "saturation_before",
            Self::Pressure40 => "pressure_40",
            Self::Saturation40 => "saturation_40",
            Self::PressureLeaving => "pressure_leaving",
            Self::SaturationLeaving => "saturation_leaving",
            Self::SaturationLowest => "saturation_lowest",
            Self::Sedation => "sedation",
            Self::Dissociation => "dissociation",
            Self::RespiratoryDepression => "respiratory_depression",
            Self::Observed => "observed",
        }
    }
}

/// What was found for a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RemsFound {
    /// An amount, mg, and when the first of it was given.
    Amount(Value, MonoTime),
    /// A pressure of the cuff.
    Pressure(Pressure),
    /// A value of a device.
    Measured(Taken),
    /// A rating: which, its total, and when.
    Rated(ScoreId, i16, MonoTime),
    /// A time, and whether it is as long as it has to be.
    Observed(Duration, bool),
    /// Nothing: a person fills it in. Why.
    Blank(&'static str),
}

const NO_DOSE: &str = "no esketamine is logged";
const NOT_LEFT: &str = "the patient has not left";
const NO_PRESSURE: &str = "no cuff reading of this session in that time";
const NO_SATURATION: &str = "no valid saturation at that time";
const NO_SATURATION_AFTER: &str = "no valid saturation after the dose";
const NOT_RATED: &str = "not rated after the dose";
const FOR_A_PERSON: &str = "a person judges this";

impl RemsWorksheet {
    /// Fills in a worksheet.
    #[must_use]
    pub fn of(facts: &SessionFacts) -> Self {
        let session = Session::of(facts);
        let line = |item: RemsItem| RemsLine {
            item,
            found: session.find(item),
        };
        let items = [
            RemsItem::Amount,
            RemsItem::PressureBefore,
            RemsItem::SaturationBefore,
            RemsItem::Pressure40,
            RemsItem::Saturation40,
            RemsItem::PressureLeaving,
            RemsItem::SaturationLeaving,
            RemsItem::SaturationLowest,
            RemsItem::Sedation,
            RemsItem::Dissociation,
            RemsItem::RespiratoryDepression,
            RemsItem::Observed,
        ];
        Self {
            session: facts.session,
            patient: facts.patient,
            lines: items.map(line).into(),
        }
    }
}

/// What the lines are filled from.
struct Session<'a> {
    facts: &'a SessionFacts,
    amount: Option<Value>,
    /// The first and the last dose of esketamine.
    doses: Option<(MonoTime, MonoTime)>,
    pressures: Vec<Pressure>,
    scores: Vec<ScoreEntry>,
}

impl<'a> Session<'a> {
    fn of(facts: &'a SessionFacts) -> Self {
        let in_force = facts.entries().in_force;
        let log = DoseLog::new(
            in_force
                .doses()
                .map(|(number, entry)| (number, entry.clone())),
        );
        let given = log.totals(facts.end(), None).into_iter();
        let amounts = given.filter(|total| total.drug == Drug::Esketamine);
        let amount: f64 = amounts.map(|total| total.amount.number()).sum();
        let times = || {
            let entries = in_force.doses().map(|(_, entry)| entry);
            let of_drug = entries.filter(|entry| is_esketamine(&entry.dose));
            let within = facts.opened..=facts.end();
            of_drug
                .map(|entry| entry.at)
                .filter(move |at| within.contains(at))
        };
        Self {
            facts,
            amount: Value::finite(amount),
            doses: times().min().zip(times().max()),
            pressures: facts.pressures(),
            scores: in_force.scores().map(|(_, score)| score.clone()).collect(),
        }
    }

    fn find(&self, item: RemsItem) -> RemsFound {
        let Some((first, last)) = self.doses else {
            return RemsFound::Blank(NO_DOSE);
        };
        let end = self.facts.end();
        let has_left = self.facts.ended.is_some();
        match item {
            RemsItem::Amount => match self.amount {
                Some(amount) => RemsFound::Amount(amount, first),
                None => RemsFound::Blank(NO_DOSE),
            },
            RemsItem::PressureBefore => {
                let counts = |at: MonoTime| first.saturating_since(at) <= READING_COUNTS;
                self.pressure(|at| at <= first && counts(at), first)
            }
            RemsItem::Pressure40 => {
                let [from, about, until] = ABOUT_40_MIN.map(|after| first + after);
                self.pressure(|at| (from..=until).contains(&at), about)
            }
            RemsItem::PressureLeaving | RemsItem::SaturationLeaving if !has_left => {
                RemsFound::Blank(NOT_LEFT)
            }
            RemsItem::PressureLeaving => {
                let counts = |at: MonoTime| end.saturating_since(at) <= READING_COUNTS;
                self.pressure(|at| at > first && counts(at), end)
            }
            RemsItem::SaturationBefore => self.saturation(first),
            RemsItem::Saturation40 => self.saturation(first + ABOUT_40_MIN[1]),
            RemsItem::SaturationLeaving => self.saturation(end),
            RemsItem::SaturationLowest => self.lowest_saturation(first),
            RemsItem::Sedation => self.rated(&[ScoreId::Moaas], first, |total| total),
            RemsItem::Dissociation => {
                let scales = [ScoreId::Cadss23, ScoreId::Cadss6];
                self.rated(&scales, first, |total| -total)
            }
            RemsItem::RespiratoryDepression => RemsFound::Blank(FOR_A_PERSON),
            RemsItem::Observed => {
                let observed = end.saturating_since(last);
                RemsFound::Observed(observed, observed >= OBSERVED_MIN)
            }
        }
    }

    /// Returns the pressure in a window that is nearest to a moment.
    fn pressure(&self, is_within: impl Fn(MonoTime) -> bool, moment: MonoTime) -> RemsFound {
        let apart = |one: &&Pressure| {
            let (early, late) = (one.taken.min(moment), one.taken.max(moment));
            late.saturating_since(early)
        };
        let within = self.pressures.iter().filter(|one| is_within(one.taken));
        let nearest = within.min_by_key(apart);
        nearest.map_or(RemsFound::Blank(NO_PRESSURE), |one| {
            RemsFound::Pressure(*one)
        })
    }

    /// Returns the saturation as it stood at a moment of the session.
    fn saturation(&self, moment: MonoTime) -> RemsFound {
        let mut chart = self.facts.chart();
        let until = self.facts.within().take_while(|fact| fact.at() <= moment);
        until.for_each(|fact| fact.tell(&mut chart));
        let is_over = moment > self.facts.end();
        let found = chart.numeric(moment, Metric::SpO2).filter(|_| !is_over);
        found.map_or(RemsFound::Blank(NO_SATURATION), RemsFound::Measured)
    }

    fn lowest_saturation(&self, first: MonoTime) -> RemsFound {
        let lowest = self.facts.lowest(Metric::SpO2, first);
        lowest.map_or(RemsFound::Blank(NO_SATURATION_AFTER), RemsFound::Measured)
    }

    /// Returns the worst rating after the dose, of the first of these scales that was rated.
    fn rated(&self, scales: &[ScoreId], first: MonoTime, order: fn(i16) -> i16) -> RemsFound {
        let worst = |scale: &ScoreId| {
            let within = first..=self.facts.end();
            let scores = self.scores.iter();
            let scores = scores.filter(|one| one.id == *scale && within.contains(&one.at));
            let rated = scores.filter_map(|one| Some((one.total()?, one.at)));
            let (total, at) = rated.min_by_key(|(total, _)| order(*total))?;
            Some(RemsFound::Rated(*scale, total, at))
        };
        let found = scales.iter().find_map(worst);
        found.unwrap_or(RemsFound::Blank(NOT_RATED))
    }
}

const fn is_esketamine(dose: &Dose) -> bool {
    match dose {
        Dose::Bolus { drug, .. } | Dose::Start { drug, .. } => matches!(drug, Drug::Esketamine),
        Dose::Rate { .. } | Dose::Pause | Dose::Resume | Dose::Stop => false,
    }
}
