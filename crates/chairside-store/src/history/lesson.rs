//! A lesson at a bed for training: what the trainer did, and how soon each alarm was answered.

use chairside_alarm::{AlarmId, Priority};
use chrono::{DateTime, Utc};

use super::{Event, History, wall_ns, wall_time};
use crate::budget::episodes;
use crate::error::StoreError;
use crate::response::{Answered, HowSoon};

/// A lesson as the record has it; each list with the oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Its beginning.
    pub from: DateTime<Utc>,
    /// What the trainer did.
    pub deeds: Vec<TrainersDeed>,
    /// The alarms of high and medium priority that began to call.
    pub alarms: Vec<LessonAlarm>,
}

/// Something that a trainer did to a simulated patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainersDeed {
    /// When.
    pub at: DateTime<Utc>,
    /// The trainer, by id.
    pub by: String,
    /// What, by the simulator's name for it.
    pub did: String,
}

/// An alarm of a lesson, and how soon it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonAlarm {
    /// Its first call.
    pub called: DateTime<Utc>,
    /// Which alarm.
    pub id: AlarmId,
    /// Its number at the bed.
    pub occurrence: u64,
    /// The worst that it came to.
    pub priority: Priority,
    /// Whether nothing of it is left.
    pub is_over: bool,
    /// By the definitions of the response figures.
    pub soon: HowSoon,
}

impl History {
    /// Returns the lesson of a bed in a stretch of time. Where there is a deed of the name that
    /// `begins` one, it is the part from the last such deed on.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or the question was given up.
    pub fn lesson(
        &self,
        bed: &str,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        begins: Option<&str>,
    ) -> Result<Lesson, StoreError> {
        let stretches = self.stretches()?;
        let bed = self.bed(bed)?;
        let happened = self.happened(&stretches, bed, (wall_ns(from), wall_ns(to)))?;
        let deeds = happened.into_iter().filter_map(|one| match one.what {
            Event::Trained { by, did } => Some(TrainersDeed {
                at: one.at,
                by,
                did,
            }),
            _ => None,
        });
        let mut deeds: Vec<TrainersDeed> = deeds.collect();
        let begun = deeds.iter().rposition(|one| begins == Some(&*one.did));
        deeds.drain(..begun.unwrap_or(0));
        let from = begun.and_then(|_| deeds.first()).map_or(from, |one| one.at);
        Ok(Lesson {
            alarms: self.lesson_alarms(bed, (wall_ns(from), wall_ns(to)))?,
            from,
            deeds,
        })
    }

    fn lesson_alarms(
        &self,
        of: i64,
        (from, to): (i64, i64),
    ) -> Result<Vec<LessonAlarm>, StoreError> {
        let (mut told, mut answered) = self.told_and_answered(from)?;
        told.retain(|one| one.bed == of);
        answered.retain(|one: &Answered| one.bed == of);
        let episodes = episodes(&told).into_iter().filter(|(_, episode)| {
            (from..to).contains(&episode.onset) && episode.priority != Priority::Low
        });
        let alarms = episodes.map(|((_, occurrence), episode)| LessonAlarm {
            called: wall_time(episode.onset),
            id: episode.rule,
            occurrence,
            priority: episode.priority,
            is_over: episode.end.is_some(),
            soon: HowSoon::of(occurrence, &episode, &answered),
        });
        let mut alarms: Vec<LessonAlarm> = alarms.collect();
        alarms.sort_by_key(|one| (one.called, one.occurrence));
        Ok(alarms)
    }
}
