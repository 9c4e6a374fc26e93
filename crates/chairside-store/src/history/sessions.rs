//! Which sessions there were.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{History, wall_time};
use crate::error::StoreError;

/// Sessions of an answer about all of them, the newest.
pub const SESSIONS_MAX: usize = 1000;

/// A session at a bed, as it was opened and closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTold {
    /// Which.
    pub id: String,
    /// The configured id of the bed.
    pub bed: String,
    /// The patient's initials, if they were said.
    pub initials: Option<String>,
    /// The clinic's number of the patient, if it was said.
    pub number: Option<String>,
    /// The person who opened it, by id.
    pub by: String,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// When it was closed; nothing while it is open.
    pub closed: Option<DateTime<Utc>>,
    /// What the bed showed was simulated, when it was opened or at any moment of it.
    pub simulated: bool,
}

/// Each session: opened by hand, or by the step of a treatment with which the patient came. It
/// ends with the next close at its bed.
const SESSIONS: &str = "SELECT session, bed.name, initials, number, \"by\", run, at_ns, \
    (SELECT c.run || ' ' || c.at_ns FROM session_change c \
     WHERE c.bed = s.bed AND c.open = 0 AND c.seq > s.seq ORDER BY c.seq LIMIT 1), \
    coalesce((SELECT m.simulated FROM simulation m WHERE m.bed = s.bed AND m.run = s.run \
     AND m.seq < s.seq ORDER BY m.seq DESC LIMIT 1), 0) OR EXISTS (SELECT 1 FROM simulation m \
     WHERE m.bed = s.bed AND m.simulated = 1 AND m.seq > s.seq AND m.seq < coalesce( \
     (SELECT min(c.seq) FROM session_change c WHERE c.bed = s.bed AND c.open = 0 \
     AND c.seq > s.seq), 9223372036854775807)) \
    FROM ( \
     SELECT seq, run, at_ns, bed, session, initials, patient_number AS number, \"by\" \
     FROM operator WHERE action = 'open_session' \
     UNION ALL \
     SELECT f.seq, f.run, f.at_ns, f.bed, f.session, json_extract(plan.what, '$.initials'), \
     json_extract(plan.what, '$.number'), f.\"by\" \
     FROM care f JOIN care plan ON plan.session = f.session AND plan.action = 'schedule' \
     WHERE f.action = 'step' AND json_extract(f.what, '$.to') = 'screening' AND f.entry = \
     (SELECT min(entry) FROM care WHERE session = f.session AND action = 'step') \
    ) s JOIN bed ON bed.id = s.bed";

impl History {
    /// Returns the sessions, the newest first: at most a thousand.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub fn sessions(&self) -> Result<Vec<SessionTold>, StoreError> {
        let query = format!("{SESSIONS} ORDER BY s.seq DESC LIMIT {SESSIONS_MAX}");
        self.sessions_by(&query, [])
    }

    /// Returns the sessions of the patient with that number of the clinic, the newest first.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub fn sessions_of(&self, number: &str) -> Result<Vec<SessionTold>, StoreError> {
        let query = format!("{SESSIONS} WHERE s.number = ?1 ORDER BY s.seq DESC");
        self.sessions_by(&query, [number])
    }

    /// Returns one session, if the record knows it.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub fn session(&self, id: &str) -> Result<Option<SessionTold>, StoreError> {
        let query = format!("{SESSIONS} WHERE session = ?1 ORDER BY s.seq LIMIT 1");
        Ok(self.sessions_by(&query, [id])?.pop())
    }

    fn sessions_by(
        &self,
        query: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<SessionTold>, StoreError> {
        let zeros: BTreeMap<i64, i64> = self
            .reader
            .stored_runs()?
            .into_iter()
            .map(|stored| (stored.key, stored.run.clock_zero_ns))
            .collect();
        let wall = |run: i64, at: i64| {
            let zero = zeros.get(&run).copied().unwrap_or_default();
            wall_time(zero.saturating_add(at))
        };
        let mut statement = self.reader.connection.prepare_cached(query)?;
        let mut rows = statement.query(values)?;
        let mut sessions = Vec::new();
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            let closed: Option<String> = row.get(7)?;
            let closed = closed.as_deref().and_then(|both| both.split_once(' '));
            let closed = closed.and_then(|(run, at)| run.parse().ok().zip(at.parse().ok()));
            sessions.push(SessionTold {
                id: row.get(0)?,
                bed: row.get(1)?,
                initials: row.get(2)?,
                number: row.get(3)?,
                by: row.get(4)?,
                opened: wall(row.get(5)?, row.get(6)?),
                closed: closed.map(|(run, at)| wall(run, at)),
                simulated: row.get(8)?,
            });
        }
        Ok(sessions)
    }
}
