//! What may be done in a session, and why something may not.

use std::collections::BTreeSet;

use chairside_alarm::Role;
use chairside_model::{MonoTime, Value};

use super::Treatment;
use crate::{
    Amendment, CareAct, CareAction, CareEntry, CareEvent, CareRefusal, Check, Dose, DoseEntry,
    DoseQuestion, EntryNumber, GateLine, ScoreEntry, Stage, Standing, Text,
};

/// More entries than a session of hours has: two each minute of twelve hours. What is more is a
/// program gone wrong. What ends the session is taken all the same ([`is_always_taken`]).
const ENTRIES_MAX: usize = 1440;

/// No body is heavier, kg (the heaviest that is known was 635).
const BODY_MAX: f64 = 650.0;

/// Something may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The number that its entry has.
    pub number: EntryNumber,
    /// What is not met and is passed over, in words.
    pub passed_over: Vec<Box<str>>,
    /// Of a rating, which version of its instrument the clinic uses.
    pub(crate) variant: Option<Text>,
}

impl Checked {
    /// Returns what goes on record.
    #[must_use]
    pub fn entry(self, act: &CareAct<'_>) -> CareEntry {
        CareEntry {
            session: act.session,
            number: self.number,
            action: self.action(act.action),
            by: act.by.into(),
            station: act.station.map(Box::from),
            reason: said(act.reason).map(Box::from),
            passed_over: self.passed_over,
            request: act.request.map(Box::from),
        }
    }
}

impl Checked {
    /// Returns the action with what only the session knows of it.
    fn action(&self, wanted: &CareAction) -> CareAction {
        let mut action = wanted.clone();
        if let CareAction::Score(score)
        | CareAction::Amend {
            amendment: Amendment::Score(score),
            ..
        } = &mut action
        {
            score.variant.clone_from(&self.variant);
        }
        action
    }
}

/// From when the patient is here until the end.
const OPEN: &[Stage] = &[
    Stage::Screening,
    Stage::Baseline,
    Stage::Ready,
    Stage::Dosing,
    Stage::Peak,
    Stage::Recovery,
];

/// The same, and afterwards: what is entered late.
const FROM_ARRIVAL: &[Stage] = &[
    Stage::Screening,
    Stage::Baseline,
    Stage::Ready,
    Stage::Dosing,
    Stage::Peak,
    Stage::Recovery,
    Stage::Discharged,
    Stage::Transferred,
    Stage::Aborted,
];

/// The patient is here, and nothing was given.
const BEFORE_DOSE: &[Stage] = &[Stage::Screening, Stage::Baseline, Stage::Ready];

/// A baseline is of the time before the dose.
const BASELINE: &[Stage] = &[Stage::Baseline, Stage::Ready];

/// Something can have been given.
const FROM_DOSE: &[Stage] = &[
    Stage::Dosing,
    Stage::Peak,
    Stage::Recovery,
    Stage::Discharged,
    Stage::Transferred,
    Stage::Aborted,
];

/// What is not met and passed over, if that is allowed.
type Allowed = Result<Vec<Box<str>>, CareRefusal>;

impl Treatment {
    /// Tells whether something may be done now by somebody who has a name.
    ///
    /// # Errors
    ///
    /// Why not.
    pub(crate) fn check(&self, now: MonoTime, act: &CareAct<'_>) -> Result<Checked, CareRefusal> {
        if self.log.len() >= ENTRIES_MAX && !is_always_taken(act.action) {
            return Err(CareRefusal::Full(ENTRIES_MAX));
        }
        let passed_over = match act.action {
            CareAction::Schedule { .. } => Err(CareRefusal::SessionThere(self.session)),
            CareAction::Step { to } => self.check_step(now, act, *to),
            CareAction::Screen { item, .. } => {
                self.during(BEFORE_DOSE, "answering the screening")?;
                let known = self.protocol.item(item).is_some();
                known
                    .then(Vec::new)
                    .ok_or_else(|| CareRefusal::NoItem(item.as_str().into()))
            }
            CareAction::Weigh { weight } => {
                self.during(FROM_ARRIVAL, "weighing")?;
                self.check_weight(act, *weight)
            }
            CareAction::TakeBaseline => {
                self.during(BASELINE, "taking the baseline")?;
                self.check_baseline(now, act)
            }
            CareAction::Dose(dose) => {
                self.during(FROM_DOSE, "logging a dose")?;
                self.check_dose(now, act, self.next_number(), dose)
            }
            CareAction::Score(score) => {
                self.during(FROM_ARRIVAL, "rating")?;
                if score.is_not_done() && said(act.reason).is_none() {
                    return Err(CareRefusal::ReasonNeeded);
                }
                self.check_score(now, score)
            }
            CareAction::Check { check } => {
                self.during(OPEN, "a check")?;
                match check {
                    Check::Score(_) => Err(CareRefusal::RateIt),
                    Check::Look | Check::IvSite | Check::CallPrescriber => Ok(Vec::new()),
                }
            }
            CareAction::Event(event) => {
                self.during(FROM_ARRIVAL, "logging an event")?;
                self.check_event(now, event)
            }
            CareAction::Discharge { .. } => {
                self.during(&[Stage::Recovery], "answering the discharge")?;
                Ok(Vec::new())
            }
            CareAction::Amend { entry, amendment } => {
                self.during(FROM_ARRIVAL, "correcting")?;
                if said(act.reason).is_none() {
                    return Err(CareRefusal::ReasonNeeded);
                }
                self.check_amendment(now, act, *entry, amendment)
            }
        }?;
        Ok(Checked {
            number: self.next_number(),
            passed_over,
            variant: self.variant(act.action),
        })
    }

    /// Returns which version of its instrument a rating is by.
    fn variant(&self, action: &CareAction) -> Option<Text> {
        let (CareAction::Score(score)
        | CareAction::Amend {
            amendment: Amendment::Score(score),
            ..
        }) = action
        else {
            return None;
        };
        let variant = score.id.variant(self.protocol.parts().discharge.aldrete);
        Text::new(&variant).ok()
    }

    fn check_step(&self, now: MonoTime, act: &CareAct<'_>, to: Stage) -> Allowed {
        let from = self.stage();
        if !from.leads_to().contains(&to) {
            return Err(if from == to && !from.is_over() {
                CareRefusal::IsThere(to)
            } else {
                CareRefusal::NoStep { from, to }
            });
        }
        let leaves_the_dose = to == Stage::Peak || to == Stage::Recovery || to.is_over();
        if leaves_the_dose && self.dose_log().infusion(now).is_some() {
            return Err(CareRefusal::InfusionRuns);
        }
        match to {
            Stage::Transferred | Stage::Aborted => match said(act.reason) {
                Some(_) => Ok(Vec::new()),
                None => Err(CareRefusal::ReasonNeeded),
            },
            Stage::Ready => self.check_gate(now, act, |_| false),
            // A clinician who passed over something has decided that; all else must still be met.
            Stage::Dosing if from == Stage::Ready => {
                self.check_gate(now, act, |line| self.gate_passed_over.covers(line))
            }
            Stage::Discharged => self.check_discharge(now, act),
            Stage::Scheduled
            | Stage::Screening
            | Stage::Baseline
            | Stage::Dosing
            | Stage::Peak
            | Stage::Recovery => Ok(Vec::new()),
        }
    }

    fn check_gate(
        &self,
        now: MonoTime,
        act: &CareAct<'_>,
        is_decided: impl Fn(&GateLine) -> bool,
    ) -> Allowed {
        let Some(gate) = self.gate(now) else {
            let (what, stage) = ("the gate", self.stage());
            return Err(CareRefusal::NotNow { what, stage });
        };
        let unmet = gate.unmet().filter(|line| !is_decided(line));
        let unmet: Vec<_> = unmet.collect();
        let note_will_do = unmet.iter().all(|line| line.standing == Standing::Note);
        let lines = unmet.iter().map(|line| line.because.clone()).collect();
        pass_over(act, lines, note_will_do)
    }

    fn check_discharge(&self, now: MonoTime, act: &CareAct<'_>) -> Allowed {
        let Some(discharge) = self.discharge(now) else {
            let (what, stage) = ("leaving", self.stage());
            return Err(CareRefusal::NotNow { what, stage });
        };
        let lines = discharge.unmet().map(|line| line.to_string().into());
        pass_over(act, lines.collect(), false)
    }

    fn check_baseline(&self, now: MonoTime, act: &CareAct<'_>) -> Allowed {
        let apart = self.protocol.parts().gate.readings_apart;
        let there = self
            .chart()
            .is_some_and(|chart| chart.pair(now, apart).is_some());
        let missing = (!there).then(|| {
            let minutes = apart.as_secs_f64() / 60.0;
            format!("two cuff readings {minutes} min apart are not there").into()
        });
        pass_over(act, missing.into_iter().collect(), false)
    }

    fn check_weight(&self, act: &CareAct<'_>, weight: Value) -> Allowed {
        if weight.number() <= 0.0 || weight.number() > BODY_MAX {
            return Err(CareRefusal::Weight(weight));
        }
        let bounds = self.protocol.parts().weight;
        if bounds.contain(weight) {
            return Ok(Vec::new());
        }
        let (least, most) = (bounds.least, bounds.most);
        let asked = vec![format!("{weight} kg is not within {least} to {most} kg").into()];
        // It is asked and not forbidden: who stands at the scales knows.
        if act.pass_over {
            Ok(asked)
        } else {
            Err(CareRefusal::Asked(asked))
        }
    }

    fn check_amendment(
        &self,
        now: MonoTime,
        act: &CareAct<'_>,
        number: EntryNumber,
        amendment: &Amendment,
    ) -> Allowed {
        self.in_force.check(number, amendment)?;
        match amendment {
            Amendment::Withdrawn => self.check_dose_sense(now, number, None),
            Amendment::Dose(dose) => self.check_dose(now, act, number, dose),
            Amendment::Score(score) => self.check_score(now, score),
            Amendment::Event(event) => self.check_event(now, event),
        }
    }

    fn check_dose(
        &self,
        now: MonoTime,
        act: &CareAct<'_>,
        number: EntryNumber,
        dose: &DoseEntry,
    ) -> Allowed {
        self.check_time(now, dose.at)?;
        self.check_dose_sense(now, number, Some(dose))?;
        let bounds = &self.protocol.parts().doses;
        let log = self.dose_log();
        let questions = log.questions(bounds, self.weight(), now, number, dose);
        let is_open = |one: &&DoseQuestion| !one.is_answered(dose, act.pass_over);
        let open: Vec<_> = questions.iter().filter(is_open).collect();
        let again = open.iter().filter_map(|one| one.again());
        let figures: BTreeSet<_> = again.collect();
        let figures = Vec::from_iter(figures);
        // It is asked and not forbidden, whoever it is: what was given was given.
        if open.is_empty() {
            Ok(in_words(&questions))
        } else if figures.is_empty() {
            Err(CareRefusal::Asked(in_words(open)))
        } else {
            let lines = in_words(open);
            Err(CareRefusal::AskedAgain { lines, figures })
        }
    }

    /// Checks a dose entry, or that one is withdrawn, among the others.
    fn check_dose_sense(
        &self,
        now: MonoTime,
        number: EntryNumber,
        dose: Option<&DoseEntry>,
    ) -> Allowed {
        let log = self.dose_log();
        let opened = self.opened.unwrap_or(now);
        log.check((opened, now), number, dose)?;
        let runs = log.with(number, dose).infusion(now).is_some();
        if runs && self.stage() != Stage::Dosing {
            return Err(CareRefusal::WouldRun(self.stage()));
        }
        Ok(Vec::new())
    }

    fn check_score(&self, now: MonoTime, score: &ScoreEntry) -> Allowed {
        self.check_time(now, score.at)?;
        score.check((self.opened.unwrap_or(now), now))?;
        Ok(Vec::new())
    }

    fn check_event(&self, now: MonoTime, event: &CareEvent) -> Allowed {
        self.check_time(now, event.at)?;
        if event.kind.needs_note() && event.note.is_none() {
            return Err(CareRefusal::NoteNeeded);
        }
        Ok(Vec::new())
    }

    fn check_time(&self, now: MonoTime, at: MonoTime) -> Result<(), CareRefusal> {
        if at > now {
            Err(CareRefusal::Future)
        } else if self.opened.is_none_or(|opened| at < opened) {
            Err(CareRefusal::BeforeSession)
        } else if self.ended.is_some_and(|ended| at > ended) {
            Err(CareRefusal::AfterSession)
        } else {
            Ok(())
        }
    }

    fn during(&self, stages: &[Stage], what: &'static str) -> Result<(), CareRefusal> {
        let stage = self.stage();
        if stages.contains(&stage) {
            Ok(())
        } else {
            Err(CareRefusal::NotNow { what, stage })
        }
    }
}

/// Tells whether something is taken however many entries there are, so that each session can be
/// ended: a step, and what a step may need before it. Neither can be done over and over.
const fn is_always_taken(action: &CareAction) -> bool {
    match action {
        CareAction::Step { .. }
        | CareAction::Amend {
            amendment: Amendment::Withdrawn,
            ..
        } => true,
        CareAction::Dose(entry) => matches!(entry.dose, Dose::Stop),
        _ => false,
    }
}

/// Tells whether a person may go on although something is not met, and what it is.
fn pass_over(act: &CareAct<'_>, unmet: Vec<Box<str>>, note_will_do: bool) -> Allowed {
    let is_note = act.role >= Role::Clinician && said(act.reason).is_some();
    let wants = act.pass_over || (note_will_do && is_note);
    if unmet.is_empty() {
        Ok(unmet)
    } else if !wants {
        Err(CareRefusal::NotMet(unmet))
    } else if act.role < Role::Clinician {
        Err(CareRefusal::ClinicianOnly(unmet))
    } else if said(act.reason).is_none() {
        Err(CareRefusal::ReasonNeeded)
    } else {
        Ok(unmet)
    }
}

/// Returns what a person wrote; blanks say nothing.
fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn in_words<'a>(questions: impl IntoIterator<Item = &'a DoseQuestion>) -> Vec<Box<str>> {
    let questions = questions.into_iter();
    questions.map(|one| one.to_string().into()).collect()
}
