//! What the alarm budget is worked out of.

use std::collections::BTreeMap;

use chairside_alarm::{AlarmId, Priority};
use chrono::{DateTime, Utc};

use super::{History, Stretch, wall_ns};
use crate::budget::{About, Act, AlarmTold, Budget, Connected, budget};
use crate::error::StoreError;
use crate::kind::Kind;

impl History {
    /// Works out how often alarms called people in a stretch of time, at how many monitored hours,
    /// and what people did about them.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or the question was given up.
    pub fn budget(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Budget, StoreError> {
        let (from, to) = (wall_ns(from), wall_ns(to));
        let stretches = self.stretches()?.into_iter();
        let stretches: Vec<Stretch> = stretches.filter(|one| one.meets(from, to)).collect();
        let (mut acts, mut connected) = (Vec::new(), Vec::new());
        let mut alarms_after = None;
        for stretch in &stretches {
            let after = self.seq_before(stretch, Kind::Alarm, from)?;
            alarms_after.get_or_insert(after);
            self.acts(stretch, from, &mut acts)?;
            self.connected(stretch, to, &mut connected)?;
        }
        let told = match alarms_after {
            Some(after) => self.alarms_told(after)?,
            None => Vec::new(),
        };
        Ok(budget((from, to), &told, &acts, &connected))
    }

    /// Reads every change of each alarm that changed after a `seq`, also those before it: an alarm
    /// that began earlier did not begin then.
    pub(super) fn alarms_told(&self, after: i64) -> Result<Vec<AlarmTold>, StoreError> {
        let simulations = self.simulations()?;
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT bed, occurrence, alarm.id, priority, clock_zero_ns + changed_ns, signal, \
             superseded, \"call\", alarm.run, alarm.seq FROM alarm JOIN run ON run.id = alarm.run WHERE (bed, occurrence) IN \
             (SELECT bed, occurrence FROM alarm WHERE seq > ?1) ORDER BY alarm.seq",
        )?;
        let mut rows = statement.query([after])?;
        let mut told = Vec::new();
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            let (rule, priority): (String, String) = (row.get(2)?, row.get(3)?);
            let (signal, superseded): (String, bool) = (row.get(5)?, row.get(6)?);
            let rule = AlarmId::from_name(&rule);
            // One that this version does not know called people all the same, but it has no name.
            let Some((rule, priority)) = rule.zip(Priority::from_name(&priority)) else {
                continue;
            };
            told.push(AlarmTold {
                bed: row.get(0)?,
                occurrence: row.get(1)?,
                rule,
                priority,
                at: row.get(4)?,
                calls: signal == "on" && !superseded,
                is_over: signal == "off",
                call: row.get::<_, Option<u64>>(7)?.unwrap_or(0),
                simulated: simulations.at(row.get(8)?, row.get(0)?, row.get(9)?),
            });
        }
        Ok(told)
    }

    fn acts(&self, stretch: &Stretch, from: i64, acts: &mut Vec<Act>) -> Result<(), StoreError> {
        let after = self.seq_before(stretch, Kind::Operator, from)?;
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT bed, at_ns, action, occurrence, alarm, \"call\" FROM operator \
             WHERE seq > ?1 AND seq < ?2 ORDER BY seq",
        )?;
        let mut rows = statement.query([after, stretch.place.1])?;
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            let (action, alarm): (String, Option<String>) = (row.get(2)?, row.get(4)?);
            let alarm = alarm.as_deref().and_then(AlarmId::from_name);
            let call: Option<u64> = row.get(5)?;
            let about = match (&*action, alarm) {
                ("acknowledge" | "confirm_device" | "help", _) => About::Occurrence(row.get(3)?),
                ("pause_alarm" | "switch_off" | "set_limit", Some(alarm)) => About::Rule(alarm),
                ("pause_audio" | "audio_off", _) => About::Bed,
                ("accept" | "arrive", _) => About::Calls(call.unwrap_or(0)),
                // What begins again, a phase, a call and "not me" answer no alarm.
                _ => continue,
            };
            acts.push(Act {
                bed: row.get(0)?,
                at: stretch.wall(row.get(1)?),
                about,
            });
        }
        Ok(())
    }

    /// Reads when devices were connected in a run: until the next change of the link, and at most
    /// until the run's last record.
    fn connected(
        &self,
        stretch: &Stretch,
        to: i64,
        connected: &mut Vec<Connected>,
    ) -> Result<(), StoreError> {
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT bed, device, at_ns, state FROM link WHERE seq > ?1 AND seq < ?2 ORDER BY seq",
        )?;
        let (after, before) = stretch.place;
        let mut rows = statement.query([after, before])?;
        let mut since: BTreeMap<(i64, i64), i64> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            let (bed, device): (i64, i64) = (row.get(0)?, row.get(1)?);
            let at = stretch.wall(row.get(2)?);
            let state: String = row.get(3)?;
            if state == "connected" {
                since.entry((bed, device)).or_insert(at);
            } else if let Some(from) = since.remove(&(bed, device)) {
                connected.push(Connected { bed, from, to: at });
            }
        }
        let end = if stretch.is_newest { to } else { stretch.last };
        let open = since.into_iter();
        connected.extend(open.map(|((bed, _), from)| Connected { bed, from, to: end }));
        Ok(())
    }

    /// Returns the last day-start checks, the newest first.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub fn day_checks(&self, last: u32) -> Result<Vec<crate::SignedCheck>, StoreError> {
        self.reader.day_checks(last, false)
    }
}

#[cfg(test)]
mod tests;
