//! Of what people are reminded, and when: ratings and checks that are due.
//!
//! A prompt is no alarm: it has no sound and no priority, calls nobody, and is gone when what it
//! asks for was entered, also when that was entered as not done.

use std::time::Duration;

use chairside_model::MonoTime;

use crate::{Check, Consequence, InForce, Stage};

/// What a protocol reminds people of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptPlan {
    /// The reminders, at most one for a check in a stage.
    pub rules: Vec<PromptRule>,
    /// How long something is due until it is overdue.
    pub grace: Duration,
}

/// Something that is due again and again, or once in a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptRule {
    /// What.
    pub check: Check,
    /// In which stages. Those that follow each other are one time: what was done in the one
    /// counts in the next.
    pub stages: Vec<Stage>,
    /// How long after that time began it is first due.
    pub first: Duration,
    /// How long after it was done it is due again; nothing when it is due once in each stage.
    pub every: Option<Duration>,
}

/// Something that people are reminded of, or will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What.
    pub check: Check,
    /// Since when it is due, or will be.
    pub due: MonoTime,
    /// Since when it is overdue, or will be.
    pub overdue: MonoTime,
    /// When it was last done in this session.
    pub done: Option<MonoTime>,
    /// Why.
    pub cause: PromptCause,
}

/// Why something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptCause {
    /// By the protocol's times.
    Time,
    /// A rating reminds of it.
    Rating,
}

/// How far a prompt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PromptState {
    /// Its time is not there.
    Ahead,
    /// It is due.
    Due,
    /// It is due for longer than the grace.
    Overdue,
}

impl Prompt {
    /// Returns how far it has come.
    #[must_use]
    pub fn state(&self, now: MonoTime) -> PromptState {
        if now < self.due {
            PromptState::Ahead
        } else if now < self.overdue {
            PromptState::Due
        } else {
            PromptState::Overdue
        }
    }

    /// Returns when its state changes next.
    #[must_use]
    pub fn next_deadline(&self, now: MonoTime) -> Option<MonoTime> {
        match self.state(now) {
            PromptState::Ahead => Some(self.due),
            PromptState::Due => Some(self.overdue),
            PromptState::Overdue => None,
        }
    }
}

impl PromptPlan {
    /// Returns of what people are reminded at `now` and will be if nothing happens, the earliest
    /// first. `stages` are the stages that the session went through, each with when; without one,
    /// or when the last is over, nothing is due.
    #[must_use]
    pub fn prompts(
        &self,
        now: MonoTime,
        stages: &[(MonoTime, Stage)],
        in_force: &InForce,
    ) -> Vec<Prompt> {
        let stages = &stages[..stages.partition_point(|(at, _)| *at <= now)];
        if stages.last().is_none_or(|(_, stage)| stage.is_over()) {
            return Vec::new();
        }
        let done = done(in_force, now);
        let last = |check| done.iter().filter(|(own, _)| *own == check).max();
        let mut prompts: Vec<Prompt> = Vec::new();
        let mut add = |check, due, cause| {
            let prompt = Prompt {
                check,
                due,
                overdue: due + self.grace,
                done: last(check).map(|(_, at)| *at),
                cause,
            };
            // What is due for two reasons is due once, by the earlier.
            match prompts.iter_mut().find(|other| other.check == check) {
                Some(other) if due < other.due => *other = prompt,
                Some(_) => {}
                None => prompts.push(prompt),
            }
        };
        for rule in &self.rules {
            if let Some(due) = rule.due(stages, last(rule.check).map(|(_, at)| *at)) {
                add(rule.check, due, PromptCause::Time);
            }
        }
        for (check, at) in raised(in_force, now) {
            if last(check).is_none_or(|(_, done)| *done < at) {
                add(check, at, PromptCause::Rating);
            }
        }
        prompts.sort_by_key(|prompt| (prompt.due, prompt.check));
        prompts
    }
}

impl PromptRule {
    /// Returns when it is due in the stage that the session is in, if it is.
    fn due(&self, stages: &[(MonoTime, Stage)], done: Option<MonoTime>) -> Option<MonoTime> {
        let (stage_began, stage) = *stages.last()?;
        if !self.stages.contains(&stage) {
            return None;
        }
        let began = match self.every {
            None => stage_began,
            Some(_) => self.began(stages).unwrap_or(stage_began),
        };
        match (done.filter(|done| *done >= began), self.every) {
            (None, _) => Some(began + self.first),
            (Some(done), Some(every)) => Some(done + every),
            (Some(_), None) => None,
        }
    }

    /// Returns when the first of the last stages began that are all of this rule.
    fn began(&self, stages: &[(MonoTime, Stage)]) -> Option<MonoTime> {
        let ours = stages.iter().rev();
        let ours = ours.take_while(|(_, stage)| self.stages.contains(stage));
        ours.last().map(|(at, _)| *at)
    }
}

/// What was done up to `now`, each with when.
fn done(in_force: &InForce, now: MonoTime) -> Vec<(Check, MonoTime)> {
    let scores = in_force.scores();
    let scores = scores.map(|(_, entry)| (Check::Score(entry.id), entry.at));
    let checks = in_force.checks().map(|(_, at, check)| (check, at));
    scores.chain(checks).filter(|(_, at)| *at <= now).collect()
}

/// What ratings up to `now` remind of, each from when it was rated.
fn raised(in_force: &InForce, now: MonoTime) -> Vec<(Check, MonoTime)> {
    let mut raised = Vec::new();
    for (_, entry) in in_force.scores().filter(|(_, entry)| entry.at <= now) {
        for consequence in entry.consequences() {
            match consequence {
                Consequence::Due(check) => raised.push((check, entry.at)),
                Consequence::CallPrescriber => raised.push((Check::CallPrescriber, entry.at)),
            }
        }
    }
    raised
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Amendment, CareAction, ScoreEntry, ScoreId};

    const MOAAS: Check = Check::Score(ScoreId::Moaas);

    fn minute(minute: u64) -> MonoTime {
        MonoTime::from_secs(60 * minute)
    }

    fn plan() -> PromptPlan {
        let rule = |check, stages: &[Stage], first, every| PromptRule {
            check,
            stages: stages.to_vec(),
            first: Duration::from_mins(first),
            every,
        };
        let quarter = Some(Duration::from_mins(15));
        PromptPlan {
            rules: vec![
                rule(
                    MOAAS,
                    &[Stage::Dosing, Stage::Peak, Stage::Recovery],
                    0,
                    quarter,
                ),
                rule(Check::IvSite, &[Stage::Dosing], 5, quarter),
                rule(
                    Check::Score(ScoreId::Cssrs),
                    &[Stage::Screening, Stage::Recovery],
                    30,
                    None,
                ),
            ],
            grace: Duration::from_mins(3),
        }
    }

    fn rated(minutes: u64, id: ScoreId, rating: i16) -> CareAction {
        CareAction::Score(ScoreEntry {
            at: minute(minutes),
            id,
            items: vec![Some(rating)],
            variant: None,
        })
    }

    fn folded(actions: &[CareAction]) -> InForce {
        let mut in_force = InForce::default();
        for (number, action) in (1..).zip(actions) {
            in_force.take(minute(60), number, action);
        }
        in_force
    }

    const STAGES: [(u64, Stage); 5] = [
        (0, Stage::Screening),
        (40, Stage::Baseline),
        (60, Stage::Dosing),
        (100, Stage::Peak),
        (110, Stage::Recovery),
    ];

    fn prompts(now: u64, actions: &[CareAction]) -> Vec<Prompt> {
        let stages = STAGES.map(|(minutes, stage)| (minute(minutes), stage));
        plan().prompts(minute(now), &stages, &folded(actions))
    }

    /// Each prompt with its check's name, when it is due (minute) and how far it has come.
    fn check(now: u64, actions: &[CareAction], expected: &[(&str, u64, PromptState)]) {
        let found: Vec<_> = prompts(now, actions)
            .iter()
            .map(|one| {
                let due = one.due.since_start().as_secs() / 60;
                (one.check.name(), due, one.state(minute(now)))
            })
            .collect();
        assert_eq!(found, expected, "at minute {now}");
    }

    use PromptState::{Ahead, Due, Overdue};

    #[test]
    fn a_check_is_due_by_the_stage_and_overdue_after_the_grace() {
        check(20, &[], &[("cssrs", 30, Ahead)]);
        check(30, &[], &[("cssrs", 30, Due)]);
        check(33, &[], &[("cssrs", 30, Overdue)]);
        check(45, &[], &[]);
        check(60, &[], &[("moaas", 60, Due), ("iv_site", 65, Ahead)]);
    }

    #[test]
    fn what_was_done_is_due_again_after_its_interval_also_in_the_next_stage() {
        let done = [rated(62, ScoreId::Moaas, 5)];
        check(70, &done, &[("iv_site", 65, Overdue), ("moaas", 77, Ahead)]);
        let late = [done[0].clone(), rated(95, ScoreId::Moaas, 5)];
        check(101, &late, &[("moaas", 110, Ahead)]);
        check(111, &late, &[("moaas", 110, Due), ("cssrs", 140, Ahead)]);
    }

    #[test]
    fn what_was_done_before_the_stages_of_a_rule_does_not_count_in_them() {
        let early = [rated(58, ScoreId::Moaas, 5), rated(20, ScoreId::Cssrs, 1)];
        check(60, &early, &[("moaas", 60, Due), ("iv_site", 65, Ahead)]);
        check(20, &early, &[]);
        check(
            145,
            &early,
            &[("moaas", 60, Overdue), ("cssrs", 140, Overdue)],
        );
    }

    #[test]
    fn a_rating_reminds_at_once_until_what_it_asks_for_is_done() {
        let sedated = rated(70, ScoreId::Moaas, 3);
        let look = ("look", 70, Overdue);
        check(
            74,
            std::slice::from_ref(&sedated),
            &[("iv_site", 65, Overdue), look, ("moaas", 85, Ahead)],
        );
        let looked = CareAction::Check { check: Check::Look };
        let mut in_force = folded(std::slice::from_ref(&sedated));
        in_force.take(minute(72), 2, &looked);
        let stages = [(minute(60), Stage::Peak)];
        let is_look = |prompt: &Prompt| prompt.check == Check::Look;
        let looks = |in_force: &InForce| {
            let prompts = plan().prompts(minute(74), &stages, in_force);
            prompts.into_iter().filter(is_look).count()
        };
        assert_eq!(looks(&in_force), 0);
        in_force.take(
            minute(73),
            3,
            &CareAction::Amend {
                entry: 2,
                amendment: Amendment::Withdrawn,
            },
        );
        assert_eq!(looks(&in_force), 1, "the check was entered in error");
        in_force.take(
            minute(73),
            4,
            &CareAction::Amend {
                entry: 1,
                amendment: Amendment::Withdrawn,
            },
        );
        assert_eq!(looks(&in_force), 0, "and so was the rating");
    }

    #[test]
    fn somebody_calls_the_prescriber_for_a_patient_who_hardly_answers() {
        let deep = rated(70, ScoreId::Moaas, 2);
        let mut in_force = folded(std::slice::from_ref(&deep));
        let stages = [(minute(60), Stage::Peak)];
        let calls = |in_force: &InForce| {
            let prompts = plan().prompts(minute(71), &stages, in_force).into_iter();
            let mut calls = prompts.filter(|prompt| prompt.check == Check::CallPrescriber);
            calls.next().map(|prompt| (prompt.due, prompt.cause))
        };
        let due = Some((minute(70), PromptCause::Rating));
        assert_eq!(calls(&in_force), due);
        let check = Check::from_name("call_prescriber").unwrap();
        in_force.take(minute(71), 2, &CareAction::Check { check });
        assert_eq!(calls(&in_force), None, "it was done");
        let light = folded(&[rated(70, ScoreId::Moaas, 3)]);
        assert_eq!(calls(&light), None);
    }

    #[test]
    fn what_was_entered_as_not_done_is_not_asked_for_again() {
        let not_done = CareAction::Score(ScoreEntry {
            at: minute(61),
            id: ScoreId::Moaas,
            items: Vec::new(),
            variant: None,
        });
        check(
            64,
            &[not_done],
            &[("iv_site", 65, Ahead), ("moaas", 76, Ahead)],
        );
    }

    #[test]
    fn the_next_deadline_is_when_the_list_looks_different() {
        let [moaas, iv_site] = prompts(60, &[])[..] else {
            panic!("two are there");
        };
        assert_eq!(moaas.next_deadline(minute(60)), Some(minute(63)));
        assert_eq!(moaas.next_deadline(minute(63)), None);
        assert_eq!(iv_site.next_deadline(minute(60)), Some(minute(65)));
        assert_eq!(moaas.cause, PromptCause::Time);
    }

    #[test]
    fn nothing_is_due_without_a_session_or_after_it() {
        let plan = plan();
        let none = InForce::default();
        assert_eq!(plan.prompts(minute(5), &[], &none), []);
        let over = [(minute(0), Stage::Screening), (minute(4), Stage::Aborted)];
        assert_eq!(plan.prompts(minute(50), &over, &none), []);
    }
}
