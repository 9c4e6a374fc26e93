//! What instruments people rate with: their items, ranges and totals, and of what a rating reminds.
//!
//! A person rates and Chairside adds up. A total needs every item: nothing is filled in for one
//! that was not rated. A rating reminds people of something and does no more; it never changes or
//! silences an alarm.

mod anchors;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::RangeInclusive;

use chairside_model::MonoTime;

pub use anchors::{AldreteVariant, Anchor, Circulation};

use crate::{Check, EntryNumber, ScoreEntry, ScoreId};

/// What a higher rating means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Better.
    HigherIsBetter,
    /// Worse, or more of it.
    HigherIsWorse,
    /// 0 is calm; above is agitated, below sedated.
    ZeroIsCalm,
    /// It has no order: it was done or not.
    Neither,
}

/// Why a rating is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScoreRefusal {
    /// It would be in the future.
    Future,
    /// It would be before the session began.
    BeforeSession,
    /// It has another number of items than the instrument.
    Items {
        /// Which instrument.
        id: ScoreId,
        /// How many it has.
        has: usize,
    },
    /// An item is out of its range.
    Range {
        /// Which instrument.
        id: ScoreId,
        /// The item's number in the instrument, from 1.
        item: u8,
        /// What was rated.
        is: i16,
    },
    /// No item was rated: then it was not done, which is said without items.
    NothingRated(ScoreId),
}

/// Of what a rating reminds people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// A check is due now.
    Due(Check),
    /// The prescriber is to be called.
    CallPrescriber,
}

impl ScoreId {
    /// Returns the instrument's name as people write it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Moaas => "MOAA/S",
            Self::Rass => "RASS",
            Self::AldreteMod => "Modified Aldrete",
            Self::Padss => "PADSS",
            Self::Cadss23 => "CADSS",
            Self::Cadss6 => "CADSS-6",
            Self::Cssrs => "C-SSRS",
            Self::Phq9 => "PHQ-9",
            Self::Gad7 => "GAD-7",
            Self::Ponv => "Nausea",
            Self::VasPain => "Pain (VAS)",
            Self::VasAnxiety => "Anxiety (VAS)",
            Self::VasDrugEffect => "Drug effect (VAS)",
        }
    }

    /// Returns the numbers that the instrument gives to its items, in order. Those of the CADSS-6
    /// are their numbers in the full scale (Rodrigues 2021, J Affect Disord 282:160).
    #[must_use]
    pub const fn item_numbers(self) -> &'static [u8] {
        const COUNTED: [u8; 23] = [
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
        ];
        match self {
            Self::Moaas
            | Self::Rass
            | Self::Cssrs
            | Self::Ponv
            | Self::VasPain
            | Self::VasAnxiety
            | Self::VasDrugEffect => COUNTED.split_at(1).0,
            Self::AldreteMod | Self::Padss => COUNTED.split_at(5).0,
            Self::Gad7 => COUNTED.split_at(7).0,
            Self::Phq9 => COUNTED.split_at(9).0,
            Self::Cadss23 => COUNTED.split_at(23).0,
            Self::Cadss6 => &[1, 2, 6, 7, 15, 22],
        }
    }

    /// Returns between which numbers each item is rated.
    #[must_use]
    pub const fn range(self) -> RangeInclusive<i16> {
        match self {
            Self::Moaas => 0..=5,
            Self::Rass => -5..=4,
            Self::AldreteMod | Self::Padss => 0..=2,
            Self::Cadss23 | Self::Cadss6 => 0..=4,
            Self::Cssrs => 0..=1,
            Self::Phq9 | Self::Gad7 | Self::Ponv => 0..=3,
            Self::VasPain | Self::VasAnxiety | Self::VasDrugEffect => 0..=100,
        }
    }

    /// Returns between which numbers the total lies.
    #[must_use]
    pub fn total_range(self) -> RangeInclusive<i16> {
        let (least, most) = self.range().into_inner();
        let sum = |rating| self.item_numbers().iter().map(|_| rating).sum();
        sum(least)..=sum(most)
    }

    /// Returns what a higher rating means.
    #[must_use]
    pub const fn direction(self) -> Direction {
        match self {
            Self::Moaas | Self::AldreteMod | Self::Padss => Direction::HigherIsBetter,
            Self::Rass => Direction::ZeroIsCalm,
            Self::Cssrs => Direction::Neither,
            Self::Cadss23
            | Self::Cadss6
            | Self::Phq9
            | Self::Gad7
            | Self::Ponv
            | Self::VasPain
            | Self::VasAnxiety
            | Self::VasDrugEffect => Direction::HigherIsWorse,
        }
    }
}

impl ScoreEntry {
    /// Checks a rating. `began` is when the session did.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn check(&self, (began, now): (MonoTime, MonoTime)) -> Result<(), ScoreRefusal> {
        if self.at > now {
            return Err(ScoreRefusal::Future);
        }
        if self.at < began {
            return Err(ScoreRefusal::BeforeSession);
        }
        if self.is_not_done() {
            return Ok(());
        }
        let (id, numbers) = (self.id, self.id.item_numbers());
        let has = self.items.len();
        if has != numbers.len() {
            return Err(ScoreRefusal::Items { id, has });
        }
        if self.items.iter().all(Option::is_none) {
            return Err(ScoreRefusal::NothingRated(id));
        }
        let rated = numbers.iter().zip(&self.items);
        let mut rated = rated.filter_map(|(item, rating)| Some((*item, (*rating)?)));
        match rated.find(|(_, rating)| !id.range().contains(rating)) {
            Some((item, is)) => Err(ScoreRefusal::Range { id, item, is }),
            None => Ok(()),
        }
    }

    /// Tells whether the entry says that the rating was not done.
    #[must_use]
    pub const fn is_not_done(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns the sum of the items; nothing if any was not rated, or none can be a rating.
    #[must_use]
    pub fn total(&self) -> Option<i16> {
        if self.items.len() != self.id.item_numbers().len() {
            return None;
        }
        let range = self.id.range();
        let rated = |item: &Option<i16>| item.filter(|rating| range.contains(rating));
        self.items.iter().map(rated).sum()
    }

    /// Returns the rating of the item with that number in the instrument.
    #[must_use]
    pub fn item(&self, number: u8) -> Option<i16> {
        let numbers = self.id.item_numbers();
        let place = numbers.iter().position(|own| *own == number)?;
        *self.items.get(place)?
    }

    /// Returns of what the rating reminds people, worst last.
    ///
    /// - MOAA/S 3 or less: a second look; 2 or less: the prescriber is called. Chairside's own
    ///   choice; the trials of esketamine call 4 or less sedation. That the cuff is expected more
    ///   often stands in the protocol's [`CuffPlan`](crate::CuffPlan).
    /// - PHQ-9 with its ninth item above 0, whatever the others: the suicide risk is asked about.
    /// - Vomiting: a second look, at the airway.
    #[must_use]
    pub fn consequences(&self) -> Vec<Consequence> {
        let look = Consequence::Due(Check::Look);
        match self.id {
            ScoreId::Moaas => match self.total() {
                Some(..=2) => vec![look, Consequence::CallPrescriber],
                Some(3) => vec![look],
                _ => Vec::new(),
            },
            ScoreId::Phq9 if self.item(9).is_some_and(|rating| rating > 0) => {
                vec![Consequence::Due(Check::Score(ScoreId::Cssrs))]
            }
            ScoreId::Ponv if self.total() == Some(3) => vec![look],
            _ => Vec::new(),
        }
    }

    /// Returns the latest of the ratings with an instrument up to `now`, by when it was rated.
    /// One that was not done is none.
    pub fn latest<'a>(
        scores: impl IntoIterator<Item = (EntryNumber, &'a Self)>,
        id: ScoreId,
        now: MonoTime,
    ) -> Option<&'a Self> {
        let scores = scores.into_iter();
        let rated =
            scores.filter(|(_, entry)| entry.id == id && entry.at <= now && !entry.is_not_done());
        let latest = rated.max_by_key(|(number, entry)| (entry.at, *number));
        latest.map(|(_, entry)| entry)
    }
}

impl fmt::Display for ScoreRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Future => f.write_str("it would be in the future"),
            Self::BeforeSession => f.write_str("it would be before the session began"),
            Self::Items { id, has } => {
                let items = id.item_numbers().len();
                write!(f, "{}: it has {items} items and not {has}", id.title())
            }
            Self::Range { id, item, is } => {
                let (least, most) = id.range().into_inner();
                let title = id.title();
                write!(
                    f,
                    "{title}, item {item}: {is} is not within {least} to {most}"
                )
            }
            Self::NothingRated(id) => {
                write!(
                    f,
                    "{}: nothing was rated: say that it was not done",
                    id.title()
                )
            }
        }
    }
}

impl std::error::Error for ScoreRefusal {}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Due(Check::Look) => f.write_str("look at the patient again"),
            Self::Due(Check::IvSite) => f.write_str("look at the place where the needle is"),
            Self::Due(Check::Score(id)) => write!(f, "{} is due", id.title()),
            Self::CallPrescriber | Self::Due(Check::CallPrescriber) => {
                f.write_str("call the prescriber")
            }
        }
    }
}
