//! Which entries hold: corrections are entries of their own, and what they correct stays on record.
//!
//! An entry keeps its number when it is corrected, so that it can be corrected again, and also
//! brought back after it was withdrawn. The last correction holds.

use std::collections::BTreeMap;
use std::fmt;

use chairside_model::MonoTime;

use crate::{Amendment, CareAction, CareEvent, Check, DoseEntry, EntryNumber, ScoreEntry};

/// The entries of a session as they hold, each under the number that it was entered with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InForce {
    entries: BTreeMap<EntryNumber, Held>,
}

/// What became of an entry. Nothing in it: it was withdrawn.
#[derive(Clone, Debug, PartialEq)]
enum Held {
    Dose(Option<DoseEntry>),
    Score(Option<ScoreEntry>),
    Event(Option<CareEvent>),
    Check(Option<(MonoTime, Check)>),
    Correction(EntryNumber),
    /// It is said again instead: `"the weight"`.
    SaidAgain(&'static str),
    /// It happened, and everything after it was built on it: `"a step"`.
    Fixed(&'static str),
}

/// Why an entry is not corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmendRefusal {
    /// The session has no entry of that number.
    NotThere(EntryNumber),
    /// It is itself a correction: of which entry.
    IsCorrection(EntryNumber, EntryNumber),
    /// It is of one kind, and what is to hold instead of another.
    OtherKind {
        /// Which entry.
        number: EntryNumber,
        /// What it is.
        is: &'static str,
        /// What it should become.
        instead: &'static str,
    },
    /// It is not corrected but said again.
    SaidAgain(EntryNumber, &'static str),
    /// It happened, and is not corrected.
    Fixed(EntryNumber, &'static str),
    /// It holds, or does not hold, like that already.
    IsThat(EntryNumber),
}

impl InForce {
    /// Takes an entry that is on record; `at` is when it was made.
    pub fn take(&mut self, at: MonoTime, number: EntryNumber, action: &CareAction) {
        let held = match action {
            CareAction::Dose(entry) => Held::Dose(Some(entry.clone())),
            CareAction::Score(entry) => Held::Score(Some(entry.clone())),
            CareAction::Event(event) => Held::Event(Some(event.clone())),
            CareAction::Check { check } => Held::Check(Some((at, *check))),
            CareAction::Schedule { .. } => Held::Fixed("the plan"),
            CareAction::Step { .. } => Held::Fixed("a step"),
            CareAction::TakeBaseline => Held::Fixed("the baseline"),
            CareAction::Screen { .. } => Held::SaidAgain("an answer of the screening"),
            CareAction::Weigh { .. } => Held::SaidAgain("the weight"),
            CareAction::Discharge { .. } => Held::SaidAgain("an answer of the discharge"),
            CareAction::Amend { entry, amendment } => {
                if let Ok(corrected) = self.corrected(*entry, amendment) {
                    self.entries.insert(*entry, corrected);
                }
                Held::Correction(*entry)
            }
        };
        self.entries.insert(number, held);
    }

    /// Checks a correction of the entry of that number.
    ///
    /// # Errors
    ///
    /// Why it is not corrected like that. Whether what holds instead makes sense is another
    /// question: see [`DoseLog::check`](crate::DoseLog::check).
    pub fn check(&self, number: EntryNumber, amendment: &Amendment) -> Result<(), AmendRefusal> {
        self.corrected(number, amendment).map(drop)
    }

    /// Returns the doses that hold, in the order of their numbers.
    pub fn doses(&self) -> impl Iterator<Item = (EntryNumber, &DoseEntry)> {
        self.entries.iter().filter_map(|(number, held)| match held {
            Held::Dose(Some(entry)) => Some((*number, entry)),
            _ => None,
        })
    }

    /// Returns the ratings that hold, in the order of their numbers.
    pub fn scores(&self) -> impl Iterator<Item = (EntryNumber, &ScoreEntry)> {
        self.entries.iter().filter_map(|(number, held)| match held {
            Held::Score(Some(entry)) => Some((*number, entry)),
            _ => None,
        })
    }

    /// Returns the events that hold, in the order of their numbers.
    pub fn events(&self) -> impl Iterator<Item = (EntryNumber, &CareEvent)> {
        self.entries.iter().filter_map(|(number, held)| match held {
            Held::Event(Some(event)) => Some((*number, event)),
            _ => None,
        })
    }

    /// Returns the checks that hold, each with when it was made, in the order of their numbers.
    pub fn checks(&self) -> impl Iterator<Item = (EntryNumber, MonoTime, Check)> {
        self.entries.iter().filter_map(|(number, held)| match held {
            Held::Check(Some((at, check))) => Some((*number, *at, *check)),
            _ => None,
        })
    }

    /// Tells whether the entry was withdrawn.
    #[must_use]
    pub fn is_withdrawn(&self, number: EntryNumber) -> bool {
        self.entries.get(&number).is_some_and(Held::is_withdrawn)
    }

    fn corrected(&self, number: EntryNumber, amendment: &Amendment) -> Result<Held, AmendRefusal> {
        let held = self.entries.get(&number);
        let held = held.ok_or(AmendRefusal::NotThere(number))?;
        let corrected = match (held, amendment) {
            (Held::Correction(of), _) => return Err(AmendRefusal::IsCorrection(number, *of)),
            (Held::SaidAgain(is), _) => return Err(AmendRefusal::SaidAgain(number, is)),
            (Held::Fixed(is), _) => return Err(AmendRefusal::Fixed(number, is)),
            (Held::Dose(_), Amendment::Withdrawn) => Held::Dose(None),
            (Held::Score(_), Amendment::Withdrawn) => Held::Score(None),
            (Held::Event(_), Amendment::Withdrawn) => Held::Event(None),
            (Held::Check(_), Amendment::Withdrawn) => Held::Check(None),
            (Held::Dose(_), Amendment::Dose(entry)) => Held::Dose(Some(entry.clone())),
            (Held::Score(_), Amendment::Score(entry)) => Held::Score(Some(entry.clone())),
            (Held::Event(_), Amendment::Event(event)) => Held::Event(Some(event.clone())),
            (held, amendment) => {
                return Err(AmendRefusal::OtherKind {
                    number,
                    is: held.kind(),
                    instead: amendment.kind(),
                });
            }
        };
        if corrected == *held {
            return Err(AmendRefusal::IsThat(number));
        }
        Ok(corrected)
    }
}

impl Held {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Dose(_) => "a dose",
            Self::Score(_) => "a rating",
            Self::Event(_) => "an event",
            Self::Check(_) => "a check",
            Self::Correction(_) => "a correction",
            Self::SaidAgain(what) | Self::Fixed(what) => what,
        }
    }

    const fn is_withdrawn(&self) -> bool {
        matches!(
            self,
            Self::Dose(None) | Self::Score(None) | Self::Event(None) | Self::Check(None)
        )
    }
}

impl Amendment {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Withdrawn => "nothing",
            Self::Dose(_) => "a dose",
            Self::Score(_) => "a rating",
            Self::Event(_) => "an event",
        }
    }
}

impl fmt::Display for AmendRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere(number) => write!(f, "the session has no entry {number}"),
            Self::IsCorrection(number, of) => {
                write!(f, "entry {number} is a correction: correct entry {of}")
            }
            Self::OtherKind {
                number,
                is,
                instead,
            } => write!(f, "entry {number} is {is} and does not become {instead}"),
            Self::SaidAgain(number, is) => {
                write!(f, "entry {number} is {is}: say it again instead")
            }
            Self::Fixed(number, is) => write!(f, "entry {number} is {is} and is not corrected"),
            Self::IsThat(number) => write!(f, "entry {number} is like that already"),
        }
    }
}

impl std::error::Error for AmendRefusal {}

#[cfg(test)]
mod tests {
    use chairside_model::Value;
    use proptest::prelude::*;

    use super::*;
    use crate::{Dose, Drug, EventKind, Route, ScoreId, Stage};

    fn push(minutes: u64, mg: i32) -> DoseEntry {
        DoseEntry {
            at: MonoTime::from_secs(60 * minutes),
            dose: Dose::Bolus {
                drug: Drug::Ketamine,
                route: Route::Intravenous,
                amount: Value::whole(mg),
                concentration: None,
            },
            again: None,
        }
    }

    fn rated(rating: i16) -> ScoreEntry {
        ScoreEntry {
            at: MonoTime::ZERO,
            id: ScoreId::Moaas,
            items: vec![Some(rating)],
            variant: None,
        }
    }

    fn vomiting() -> CareEvent {
        CareEvent {
            at: MonoTime::ZERO,
            kind: EventKind::Vomiting,
            note: None,
        }
    }

    fn amend(entry: EntryNumber, amendment: Amendment) -> CareAction {
        CareAction::Amend { entry, amendment }
    }

    fn folded(actions: &[CareAction]) -> InForce {
        let mut in_force = InForce::default();
        for (number, action) in (1..).zip(actions) {
            in_force.take(MonoTime::ZERO, number, action);
        }
        in_force
    }

    #[test]
    fn a_correction_holds_instead_of_its_entry_and_the_last_one_wins() {
        let in_force = folded(&[
            CareAction::Dose(push(1, 350)),
            CareAction::Dose(push(2, 7)),
            amend(1, Amendment::Dose(push(1, 53))),
            amend(1, Amendment::Dose(push(1, 35))),
        ]);
        let doses: Vec<_> = in_force.doses().collect();
        assert_eq!(doses, [(1, &push(1, 35)), (2, &push(2, 7))]);
    }

    #[test]
    fn a_withdrawn_entry_holds_no_more_and_can_be_brought_back() {
        let mut in_force = folded(&[
            CareAction::Score(rated(3)),
            CareAction::Event(vomiting()),
            CareAction::Check { check: Check::Look },
            amend(1, Amendment::Withdrawn),
            amend(2, Amendment::Withdrawn),
            amend(3, Amendment::Withdrawn),
        ]);
        assert_eq!(in_force.scores().count(), 0);
        assert_eq!(in_force.events().count(), 0);
        assert_eq!(in_force.checks().count(), 0);
        assert!(in_force.is_withdrawn(1));
        in_force.take(MonoTime::ZERO, 7, &amend(1, Amendment::Score(rated(4))));
        assert_eq!(in_force.scores().collect::<Vec<_>>(), [(1, &rated(4))]);
        assert!(!in_force.is_withdrawn(1));
    }

    #[test]
    fn what_cannot_be_corrected_says_why_and_stays() {
        let mut in_force = folded(&[
            CareAction::Step {
                to: Stage::Screening,
            },
            CareAction::Weigh {
                weight: Value::whole(70),
            },
            CareAction::Dose(push(1, 350)),
            amend(3, Amendment::Dose(push(1, 35))),
            CareAction::Check { check: Check::Look },
        ]);
        for (number, amendment, words) in [
            (
                1,
                Amendment::Withdrawn,
                "entry 1 is a step and is not corrected",
            ),
            (
                2,
                Amendment::Withdrawn,
                "entry 2 is the weight: say it again instead",
            ),
            (
                3,
                Amendment::Score(rated(3)),
                "entry 3 is a dose and does not become a rating",
            ),
            (
                3,
                Amendment::Dose(push(1, 35)),
                "entry 3 is like that already",
            ),
            (
                4,
                Amendment::Withdrawn,
                "entry 4 is a correction: correct entry 3",
            ),
            (
                5,
                Amendment::Event(vomiting()),
                "entry 5 is a check and does not become an event",
            ),
            (9, Amendment::Withdrawn, "the session has no entry 9"),
        ] {
            let refused = in_force.check(number, &amendment).unwrap_err();
            assert_eq!(refused.to_string(), words);
            let before: Vec<_> = in_force.doses().map(|(_, dose)| dose.clone()).collect();
            in_force.take(MonoTime::ZERO, 10, &amend(number, amendment));
            let after: Vec<_> = in_force.doses().map(|(_, dose)| dose.clone()).collect();
            assert_eq!(before, after);
        }
        assert_eq!(in_force.check(3, &Amendment::Withdrawn), Ok(()));
    }

    proptest! {
        #[test]
        fn a_correction_is_the_same_as_entering_it_right_at_first(
            wrong in proptest::collection::vec((0..100_u64, 1..100_i32), 1..10),
            right in (0..100_u64, 1..100_i32),
            place in 0..10_usize,
            withdrawn: bool,
        ) {
            let place = place % wrong.len();
            let number = u32::try_from(place).unwrap() + 1;
            let dose = |(minutes, mg): &(u64, i32)| CareAction::Dose(push(*minutes, *mg));
            let mut actions: Vec<_> = wrong.iter().map(dose).collect();
            let mut at_first = actions.clone();
            at_first[place] = dose(&right);
            if withdrawn {
                actions.push(amend(number, Amendment::Withdrawn));
            }
            actions.push(amend(number, Amendment::Dose(push(right.0, right.1))));
            let (corrected, at_first) = (folded(&actions), folded(&at_first));
            prop_assert!(corrected.doses().eq(at_first.doses()));
        }
    }
}
