//! What the response figures are worked out of.

use chrono::{DateTime, Utc};

use super::{History, Stretch, wall_ns};
use crate::budget::AlarmTold;
use crate::error::StoreError;
use crate::kind::Kind;
use crate::response::{Answer, Answered, Response, Shifts, response};

impl History {
    /// Works out how soon the alarms of high and medium priority that began to call in a stretch of
    /// time were acknowledged, accepted, and somebody was at the bed: with `simulated`, where what the
    /// bed showed was simulated when they first called, and without, where it was a patient's.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or the question was given up.
    pub fn response(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        (shifts, simulated): (&Shifts, bool),
    ) -> Result<Response, StoreError> {
        let (from, to) = (wall_ns(from), wall_ns(to));
        let (told, answered) = self.told_and_answered(from)?;
        let which = (shifts, simulated);
        Ok(response((from, to), &told, &answered, which))
    }

    /// Returns what the record says of the alarms that called from a moment on, and who answered.
    pub(super) fn told_and_answered(
        &self,
        from: i64,
    ) -> Result<(Vec<AlarmTold>, Vec<Answered>), StoreError> {
        let stretches = self.stretches()?.into_iter();
        // What called in that time may have been answered after it, and in another run.
        let stretches: Vec<Stretch> = stretches.filter(|one| one.meets(from, i64::MAX)).collect();
        let mut answered = Vec::new();
        let mut alarms_after = None;
        for stretch in &stretches {
            let after = self.seq_before(stretch, Kind::Alarm, from)?;
            alarms_after.get_or_insert(after);
            self.answered(stretch, from, &mut answered)?;
        }
        let told = match alarms_after {
            Some(after) => self.alarms_told(after)?,
            None => Vec::new(),
        };
        Ok((told, answered))
    }

    fn answered(
        &self,
        stretch: &Stretch,
        from: i64,
        answered: &mut Vec<Answered>,
    ) -> Result<(), StoreError> {
        let after = self.seq_before(stretch, Kind::Operator, from)?;
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT bed, at_ns, action, occurrence, \"call\" FROM operator \
             WHERE seq > ?1 AND seq < ?2 AND action IN ('acknowledge', 'accept', 'arrive') \
             ORDER BY seq",
        )?;
        let mut rows = statement.query([after, stretch.place.1])?;
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            let action: String = row.get(2)?;
            let call = row.get::<_, Option<u64>>(4)?.unwrap_or(0);
            let how = match &*action {
                "acknowledge" => Answer::Acknowledged(row.get(3)?),
                "accept" => Answer::Accepted(call),
                _ => Answer::Arrived(call),
            };
            answered.push(Answered {
                bed: row.get(0)?,
                at: stretch.wall(row.get(1)?),
                how,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
