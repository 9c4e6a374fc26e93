//! How each criterion of a discharge is looked at.

use std::time::Duration;

use chairside_alarm::PressureBaseline;
use chairside_model::{MonoTime, Value};

use super::{DischargeFacts, DischargeLine, DischargeNeed, DischargePlan};
use crate::{
    DischargeItem, Drug, EventKind, Pressure, Route, Said, ScoreEntry, ScoreId, Standing, Taken,
};

/// The items of the modified Aldrete score that are to be as before the dose, by their numbers.
const ACTIVITY: u8 = 1;
const CONSCIOUSNESS: u8 = 4;

/// Its item of the saturation: the best is on air.
const SATURATION: u8 = 5;

/// The best that an item of it can be: what is required of a patient who was not rated before.
const ALDRETE_BEST: i16 = 2;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looked<'a> {
    plan: &'a DischargePlan,
    facts: &'a DischargeFacts<'a>,
    /// When the last dose ended, now while one is given; nothing from before it counts.
    dose_end: Option<MonoTime>,
}

/// What was found: how it stands, in words, and when it was so.
type Found = (Standing, String, Option<MonoTime>);

fn missing(words: &str) -> Found {
    (Standing::Missing, words.to_owned(), None)
}

const fn met_if(is_met: bool) -> Standing {
    if is_met {
        Standing::Met
    } else {
        Standing::NotMet
    }
}

impl<'a> Looked<'a> {
    pub(super) fn new(plan: &'a DischargePlan, facts: &'a DischargeFacts<'a>) -> Self {
        let dose_end = facts.dose_log.last_given(facts.now);
        Self {
            plan,
            facts,
            dose_end,
        }
    }

    pub(super) fn lines(self) -> Vec<DischargeLine> {
        let mut lines = vec![
            self.aldrete(),
            self.moaas(),
            self.dissociation(),
            self.heart_rate(),
            self.pressure(),
            self.spo2(),
            self.nausea(),
            self.quiet(),
            self.time_since_dose(),
        ];
        lines.extend(self.plan.answers.iter().map(|item| self.answered(*item)));
        if self.plan.suicide_risk {
            lines.push(self.suicide_risk());
        }
        lines
    }

    fn line(self, need: DischargeNeed, required: String, found: Found) -> DischargeLine {
        let (standing, found, at) = found;
        DischargeLine {
            need,
            standing,
            found: found.into(),
            required: required.into(),
            age: at.map(|at| self.facts.now.saturating_since(at)),
        }
    }

    fn aldrete(self) -> DischargeLine {
        let pass = self.plan.aldrete.pass;
        let required = format!("{pass} or more, activity and consciousness as before the dose");
        let found = self.rating(ScoreId::AldreteMod, Some(self.plan.rating_counts));
        let found = found.map_or_else(missing, |(entry, total)| {
            let before = self.before(ScoreId::AldreteMod);
            let as_before = [ACTIVITY, CONSCIOUSNESS].into_iter().all(|number| {
                let before = before.and_then(|before| before.item(number));
                entry.item(number) >= Some(before.unwrap_or(ALDRETE_BEST))
            });
            let words = if as_before {
                total.to_string()
            } else {
                format!("{total}, and activity or consciousness is less than before the dose")
            };
            (met_if(total >= pass && as_before), words, Some(entry.at))
        });
        self.line(DischargeNeed::Aldrete, required, found)
    }

    fn moaas(self) -> DischargeLine {
        let least = self.plan.moaas_least;
        let found = self.rating(ScoreId::Moaas, Some(self.plan.rating_counts));
        let found = found.map_or_else(missing, |(entry, total)| {
            (met_if(total >= least), total.to_string(), Some(entry.at))
        });
        self.line(DischargeNeed::Moaas, least.to_string(), found)
    }

    fn nausea(self) -> DischargeLine {
        let most = self.plan.nausea_most;
        let found = self.rating(ScoreId::Ponv, Some(self.plan.rating_counts));
        let found = found.map_or_else(missing, |(entry, total)| {
            (met_if(total <= most), total.to_string(), Some(entry.at))
        });
        let required = format!("{most} or less of 3");
        self.line(DischargeNeed::Nausea, required, found)
    }

    /// A patient who says that they are back is; one who says that they are not is not, whatever
    /// the scale said before. A rating after that is newer and decides.
    fn dissociation(self) -> DischargeLine {
        let above = self.plan.cadss6_above;
        let required =
            format!("CADSS-6 at most {above} above that before the dose, or \"back to myself\"");
        let said = |said, at| {
            let words = format!("\"back to myself\": {}", Said::name(said));
            (met_if(said == Said::Yes), words, Some(at))
        };
        let by_scale = self.cadss6();
        let rated = match by_scale {
            (Standing::Missing, ..) => None,
            (_, _, rated) => rated,
        };
        let found = match self.answer(DischargeItem::BackToSelf) {
            Ok((at, answer @ (Said::Yes | Said::No))) if rated <= Some(at) => said(answer, at),
            Ok(_) | Err(_) => by_scale,
        };
        self.line(DischargeNeed::Dissociation, required, found)
    }

    fn cadss6(self) -> Found {
        let id = ScoreId::Cadss6;
        let (entry, total) = match self.rating(id, Some(self.plan.rating_counts)) {
            Ok(rated) => rated,
            Err(why) => return missing(&format!("CADSS-6 {why}, and the patient was not asked")),
        };
        let Some(before) = self.before(id).and_then(ScoreEntry::total) else {
            let words = format!("CADSS-6 is {total}, and was not rated before the dose");
            return (Standing::Missing, words, Some(entry.at));
        };
        let is_near = total <= before.saturating_add(self.plan.cadss6_above);
        let words = format!("CADSS-6 is {total}, and was {before} before the dose");
        (met_if(is_near), words, Some(entry.at))
    }

    fn suicide_risk(self) -> DischargeLine {
        let found = self.rating(ScoreId::Cssrs, None);
        let found = found.map_or_else(missing, |(entry, asked)| {
            let words = if asked > 0 { "asked" } else { "not asked" };
            (met_if(asked > 0), words.to_owned(), Some(entry.at))
        });
        let required = "asked since the dose".to_owned();
        self.line(DischargeNeed::SuicideRisk, required, found)
    }

    fn heart_rate(self) -> DischargeLine {
        let within = self.plan.vitals_within;
        let own = self.facts.baseline.and_then(|own| own.heart_rate);
        let required = match own {
            Some(own) => format!("within {within} % of {}/min", rounded(own)),
            None => format!("within {within} % of the baseline"),
        };
        let found = match (self.facts.heart_rate, own) {
            (None, _) => missing("no valid value now"),
            (Some(Taken { value, taken }), None) => {
                let words = format!("{value}/min, and there is no baseline");
                (Standing::Missing, words, Some(taken))
            }
            (Some(Taken { value, taken }), Some(own)) => {
                let standing = met_if(self.is_near(value, own));
                (standing, format!("{value}/min"), Some(taken))
            }
        };
        self.line(DischargeNeed::HeartRate, required, found)
    }

    fn pressure(self) -> DischargeLine {
        let DischargePlan {
            vitals_within,
            systolic_below,
            diastolic_below,
            ..
        } = self.plan;
        let own = self.facts.baseline.and_then(|own| own.pressure);
        let of = own.map_or("the baseline".to_owned(), |own| {
            format!("{}/{} mmHg", rounded(own.systolic), rounded(own.diastolic))
        });
        let required = format!(
            "within {vitals_within} % of {of}, below {systolic_below}/{diastolic_below} mmHg, \
             and falling"
        );
        let found = self.pressure_found(own);
        self.line(DischargeNeed::Pressure, required, found)
    }

    fn pressure_found(self, own: Option<PressureBaseline>) -> Found {
        let counts = |one: &Pressure| self.is_after_dose(one.taken);
        let Some(last) = self.facts.pressure.filter(counts) else {
            return missing("no cuff reading that counts since the dose");
        };
        let words = pressures(&last);
        let Some(own) = own else {
            let words = format!("{words}, and there is no baseline");
            return (Standing::Missing, words, Some(last.taken));
        };
        let Some(before) = self.facts.pressure_before.filter(counts) else {
            let words = format!("{words}, and no reading before it that counts");
            return (Standing::Missing, words, Some(last.taken));
        };
        let is_near = self.is_near(last.systolic, own.systolic)
            && self.is_near(last.diastolic, own.diastolic);
        let is_below =
            last.systolic < self.plan.systolic_below && last.diastolic < self.plan.diastolic_below;
        let most = self.plan.rise_most.number();
        let is_falling = last.systolic.number() - before.systolic.number() <= most
            && last.diastolic.number() - before.diastolic.number() <= most;
        let words = format!("{words} after {}", pressures(&before));
        (
            met_if(is_near && is_below && is_falling),
            words,
            Some(last.taken),
        )
    }

    fn spo2(self) -> DischargeLine {
        let least = self.plan.spo2_least;
        let minutes = minutes(self.plan.on_air);
        let required = format!("{least} % or more, {minutes} min without oxygen");
        let found = match self.facts.spo2 {
            None => missing("no valid value now"),
            Some(Taken { value, taken }) => {
                let (on_air, words) = self.on_air();
                let standing = met_if(value >= least).max(on_air);
                (standing, format!("{value} %{words}"), Some(taken))
            }
        };
        self.line(DischargeNeed::SpO2, required, found)
    }

    /// Tells whether the patient has breathed room air for long enough, and if not why, in words.
    /// Where no oxygen was logged it is as whoever rated the Aldrete saw it.
    fn on_air(self) -> (Standing, String) {
        let now = self.facts.now;
        let oxygen = self.facts.in_force.events().filter(|(_, event)| {
            let is_oxygen = matches!(event.kind, EventKind::OxygenOn | EventKind::OxygenOff);
            is_oxygen && event.at <= now
        });
        let last = oxygen.max_by_key(|(number, event)| (event.at, *number));
        match last.map(|(_, event)| (event.kind, now.saturating_since(event.at))) {
            Some((EventKind::OxygenOn, _)) => (Standing::NotMet, " with oxygen".to_owned()),
            Some((_, since)) if since < self.plan.on_air => {
                let words = format!(", {} min without oxygen", minutes(since));
                (Standing::NotMet, words)
            }
            Some(_) => (Standing::Met, String::new()),
            None if self.is_rated_on_air() => (Standing::Met, String::new()),
            None => {
                let words = ", and nobody said that it is without oxygen".to_owned();
                (Standing::Missing, words)
            }
        }
    }

    /// Tells whether somebody rated since the dose that the saturation is good on air.
    fn is_rated_on_air(self) -> bool {
        let counts = Some(self.plan.rating_counts);
        let rated = self.rating(ScoreId::AldreteMod, counts);
        rated.is_ok_and(|(entry, _)| entry.item(SATURATION) == Some(ALDRETE_BEST))
    }

    fn quiet(self) -> DischargeLine {
        let required = format!("{} min", minutes(self.plan.quiet));
        let found = match self.facts.quiet_since {
            None => (Standing::NotMet, "a high alarm stands".to_owned(), None),
            Some(since) => {
                let quiet = self.facts.now.saturating_since(since);
                let words = format!("{} min", minutes(quiet));
                (met_if(quiet >= self.plan.quiet), words, None)
            }
        };
        self.line(DischargeNeed::Quiet, required, found)
    }

    fn time_since_dose(self) -> DischargeLine {
        let now = self.facts.now;
        // The dose that has longest to wait decides.
        let longest = self
            .dose_ends()
            .into_iter()
            .max_by_key(|(drug, route, end)| (*end + self.plan.minimum.after(*drug, *route), *end));
        let need = DischargeNeed::TimeSinceDose;
        let Some((drug, route, end)) = longest else {
            let required = "a dose that is logged, and its time".to_owned();
            return self.line(need, required, missing("no dose is logged"));
        };
        let minimum = self.plan.minimum.after(drug, route);
        let since = now.saturating_since(end);
        let required = format!(
            "{} min after {}, {}",
            minutes(minimum),
            drug.name(),
            route.name()
        );
        let found = if self.facts.dose_log.infusion(now).is_some() {
            let words = "an infusion is not logged as stopped".to_owned();
            (Standing::NotMet, words, None)
        } else {
            let words = format!("{} min", minutes(since));
            (met_if(since >= minimum), words, None)
        };
        self.line(need, required, found)
    }

    /// When each dose ended.
    fn dose_ends(self) -> Vec<(Drug, Route, MonoTime)> {
        let (log, now) = (self.facts.dose_log, self.facts.now);
        let boluses = log.boluses(now).into_iter();
        let boluses = boluses.map(|bolus| (bolus.drug, bolus.route, bolus.at));
        let infusions = log.infusions(now).into_iter();
        let infusions = infusions.map(|one| (one.drug, Route::Intravenous, one.end(now)));
        boluses.chain(infusions).collect()
    }

    fn answered(self, item: DischargeItem) -> DischargeLine {
        let found = match self.answer(item) {
            Err(why) => missing(why),
            Ok((at, said)) => (met_if(said == Said::Yes), said.name().to_owned(), Some(at)),
        };
        self.line(DischargeNeed::Answer(item), "yes".to_owned(), found)
    }

    /// The last answer to an item since the dose, or why there is none that counts.
    fn answer(self, item: DischargeItem) -> Result<(MonoTime, Said), &'static str> {
        let now = self.facts.now;
        let answers = self.facts.answers.iter().rev();
        let mut answers = answers.filter(|(at, _, _)| *at <= now);
        let last = answers.find(|(_, of, _)| *of == item);
        let (at, _, said) = last.ok_or("not answered since the dose")?;
        if !self.is_after_dose(*at) {
            return Err("not answered since the dose");
        }
        Ok((*at, *said))
    }

    /// The last rating since the dose and its total, or why there is none that counts.
    fn rating(
        self,
        id: ScoreId,
        counts_for: Option<Duration>,
    ) -> Result<(&'a ScoreEntry, i16), &'static str> {
        let now = self.facts.now;
        let latest = ScoreEntry::latest(self.facts.in_force.scores(), id, now);
        let entry = latest.ok_or("not rated")?;
        if !self.is_after_dose(entry.at) {
            return Err("not rated since the dose");
        }
        if counts_for.is_some_and(|counts| now.saturating_since(entry.at) > counts) {
            return Err("rated too long ago");
        }
        let total = entry.total().ok_or("not rated in each item")?;
        Ok((entry, total))
    }

    /// The last rating before anything was given.
    fn before(self, id: ScoreId) -> Option<&'a ScoreEntry> {
        let (_, first) = self.facts.dose_log.entries().first()?;
        let scores = self.facts.in_force.scores();
        let scores = scores.filter(|(_, score)| score.at < first.at);
        ScoreEntry::latest(scores, id, first.at)
    }

    /// Tells whether nothing was given any more at that time.
    fn is_after_dose(self, at: MonoTime) -> bool {
        self.dose_end.is_none_or(|end| at >= end)
    }

    fn is_near(self, value: Value, own: Value) -> bool {
        // What is 20 % off by a rounding of the last bit is 20 % off.
        let most = own.number() * self.plan.vitals_within.number() / 100.0 + 1e-9;
        (value.number() - own.number()).abs() <= most
    }
}

fn pressures(reading: &Pressure) -> String {
    format!("{}/{} mmHg", reading.systolic, reading.diastolic)
}

/// The baseline is a mean, which has halves.
fn rounded(value: Value) -> f64 {
    value.number().round()
}

const fn minutes(duration: Duration) -> u64 {
    duration.as_secs() / 60
}
