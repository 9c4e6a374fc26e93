//! Alarm episodes, and how soon somebody saw to them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chairside_alarm::AlarmId;
use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

use super::{Acted, Happened, History, Stretch, wall_ns};
use crate::error::StoreError;
use crate::kind::{self, Kind};
use crate::row::Fact;

/// Episodes of one answer; of more, the newest.
const EPISODES_MAX: usize = 1000;

/// What happened at a bed, without its readings; each list with the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Events {
    /// The alarms that stood at any moment of that time.
    pub episodes: Vec<Episode>,
    /// There were more of them, older ones.
    pub is_cut: bool,
    /// What people did.
    pub acted: Vec<Acted>,
    /// What else happened.
    pub happened: Vec<Happened>,
}

/// One alarm, from when its condition began until nothing of it stands, as far as it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// Which alarm.
    pub id: String,
    /// Its number at the bed.
    pub occurrence: u64,
    /// `low`, `medium` or `high`: the most urgent that it was.
    pub priority: String,
    /// When the condition began.
    pub began: DateTime<Utc>,
    /// When people were first called, or would have been if nothing had been paused.
    pub told: DateTime<Utc>,
    /// When the condition was last found to be over; nothing while it holds.
    pub ended: Option<DateTime<Utc>>,
    /// Why people were called, in plain numbers, as it was then.
    pub evidence: String,
    /// It was told by the run that is being written, whose numbers of devices the evidence has.
    pub is_of_this_run: bool,
    /// How it stood last.
    pub state: EpisodeState,
    /// The number of its first call at the bed; nothing in a record of the first form.
    pub first_call: Option<u64>,
    /// Who has seen it.
    pub acknowledged: Vec<Seen>,
    /// The first action about it, after people were called, and who did it.
    pub answered: Option<Seen>,
}

/// How an alarm stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpisodeState {
    /// Whether the condition holds.
    pub present: bool,
    /// `off`, `on`, `latched`, `acknowledged` or `paused`.
    pub signal: String,
    /// When that came to be.
    pub since: DateTime<Utc>,
}

/// Somebody has seen an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When.
    pub at: DateTime<Utc>,
    /// The person, by id.
    pub by: String,
    /// Where, as the display calls itself.
    pub station: Option<String>,
}

impl History {
    /// Returns what happened at a bed in a time, without its readings.
    ///
    /// An episode is told whole, also what of it lies outside.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub fn events(
        &self,
        bed: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Events, StoreError> {
        let stretches = self.stretches()?;
        let bed = self.bed(bed)?;
        let span = (wall_ns(from), wall_ns(to));
        let mut numbers = self.standing(&stretches, bed, span.0)?;
        for stretch in stretches.iter().filter(|one| one.meets(span.0, span.1)) {
            self.each(stretch, Kind::Alarm, bed, span, |row| {
                if let Fact::Alarm { occurrence, .. } = row.fact {
                    numbers.insert(occurrence);
                }
            })?;
        }
        let is_cut = numbers.len() > EPISODES_MAX;
        let newest = numbers.into_iter().rev().take(EPISODES_MAX);
        let mut episodes = Vec::new();
        for occurrence in newest {
            self.given_up.check()?;
            episodes.extend(self.episode(&stretches, bed, occurrence)?);
        }
        episodes.sort_by_key(|episode| (episode.began, episode.occurrence));
        self.answers(&stretches, bed, &mut episodes)?;
        Ok(Events {
            episodes,
            is_cut,
            acted: self.acted(&stretches, bed, span)?,
            happened: self.happened(&stretches, bed, span)?,
        })
    }

    /// Returns the episodes that stood at that moment.
    fn standing(
        &self,
        stretches: &[Stretch],
        bed: i64,
        wall: i64,
    ) -> Result<BTreeSet<u64>, StoreError> {
        let before = stretches.iter().rfind(|one| one.first < wall);
        let Some(before) = before else {
            return Ok(BTreeSet::new());
        };
        let seq = self.seq_before(before, Kind::Alarm, wall)?;
        let mut standing = BTreeSet::new();
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT occurrence, present = 1 OR signal <> 'off' FROM alarm \
             WHERE bed = ?1 AND id = ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1",
        )?;
        for id in AlarmId::ALL {
            let last = statement
                .query_row((bed, id.name(), seq), |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if let Some((occurrence, true)) = last {
                standing.insert(occurrence);
            }
        }
        Ok(standing)
    }

    /// Returns an episode with all that is recorded of it.
    fn episode(
        &self,
        stretches: &[Stretch],
        bed: i64,
        occurrence: u64,
    ) -> Result<Option<Episode>, StoreError> {
        let mut episode: Option<Episode> = None;
        let query = Kind::Alarm.until("AND f.bed = ?4 AND occurrence = ?5");
        let mut statement = self.reader.connection.prepare_cached(&query)?;
        for stretch in stretches {
            let (after, end) = stretch.place;
            let occurrence = i64::try_from(occurrence).unwrap_or(i64::MAX);
            let mut rows = statement.query([stretch.run, after, end, bed, occurrence])?;
            while let Some(row) = rows.next()? {
                let fact = kind::read(Kind::Alarm, row)?.1.fact;
                match &mut episode {
                    None => episode = Episode::begin(stretch, fact),
                    Some(episode) => episode.go_on(stretch, fact),
                }
            }
        }
        Ok(episode)
    }

    /// Finds who has seen each of them, and when somebody first did anything about it.
    fn answers(
        &self,
        stretches: &[Stretch],
        bed: i64,
        episodes: &mut [Episode],
    ) -> Result<(), StoreError> {
        let Some(first) = episodes.iter().map(|episode| episode.told).min() else {
            return Ok(());
        };
        let done = self.acted(stretches, bed, (wall_ns(first), i64::MAX))?;
        let mut of_episode: BTreeMap<u64, Vec<&Acted>> = BTreeMap::new();
        // Who does not come has done nothing about it.
        let about_one = |one: &&Acted| one.what.occurrence != 0 && one.what.action != "decline";
        for one in done.iter().filter(about_one) {
            of_episode.entry(one.what.occurrence).or_default().push(one);
        }
        for episode in episodes {
            self.given_up.check()?;
            let own = of_episode.get(&episode.occurrence);
            let own = own.into_iter().flatten().copied();
            let seen = own.clone().filter(|one| one.what.action == "acknowledge");
            episode.acknowledged = seen.map(Seen::of).collect();
            let first = done.partition_point(|one| one.at < episode.told);
            let others = done
                .iter()
                .skip(first)
                .take_while(|one| !episode.is_over(one.at));
            let about = others.filter(|one| episode.is_answered_by(one));
            let first = own.chain(about).min_by_key(|one| one.at);
            episode.answered = first.map(Seen::of);
        }
        Ok(())
    }
}

impl Episode {
    fn begin(stretch: &Stretch, fact: Fact<'_>) -> Option<Self> {
        let Fact::Alarm {
            changed,
            id,
            occurrence,
            priority,
            present,
            signal,
            since,
            evidence,
            call,
            ..
        } = fact
        else {
            return None;
        };
        let at = stretch.time(changed);
        Some(Self {
            first_call: call,
            id: id.into_owned(),
            occurrence,
            priority: priority.into_owned(),
            began: stretch.time(since),
            told: at,
            ended: (!present).then_some(at),
            evidence: evidence.into_owned(),
            is_of_this_run: stretch.is_newest,
            state: EpisodeState {
                present,
                signal: signal.into_owned(),
                since: at,
            },
            acknowledged: Vec::new(),
            answered: None,
        })
    }

    fn go_on(&mut self, stretch: &Stretch, fact: Fact<'_>) {
        let Fact::Alarm {
            changed,
            priority,
            present,
            signal,
            ..
        } = fact
        else {
            return;
        };
        let at = stretch.time(changed);
        if urgency(&priority) > urgency(&self.priority) {
            self.priority = priority.into_owned();
        }
        if present {
            self.ended = None;
        } else if self.state.present {
            self.ended = Some(at);
        }
        if (present, &*signal) != (self.state.present, &*self.state.signal) {
            self.state = EpisodeState {
                present,
                signal: signal.into_owned(),
                since: at,
            };
        }
    }

    /// Tells whether nothing of it stood any more at that moment.
    fn is_over(&self, at: DateTime<Utc>) -> bool {
        !self.state.present && self.state.signal == "off" && at > self.state.since
    }

    /// Tells whether somebody did something about it: paused it or its rule, or what is heard of
    /// the bed, or came for what the bed had called. An acknowledgement names the episode.
    fn is_answered_by(&self, done: &Acted) -> bool {
        match &*done.what.action {
            "pause_alarm" | "switch_off" => done.what.alarm.as_deref() == Some(&*self.id),
            "pause_audio" | "audio_off" => true,
            "accept" | "arrive" => done.what.call >= self.first_call,
            _ => false,
        }
    }
}

impl Seen {
    fn of(done: &Acted) -> Self {
        Self {
            at: done.at,
            by: done.what.by.clone().into_owned(),
            station: done.what.station.clone().map(std::borrow::Cow::into_owned),
        }
    }
}

fn urgency(priority: &str) -> u8 {
    match priority {
        "high" => 3,
        "medium" => 2,
        "low" => 1,
        _ => 0,
    }
}
