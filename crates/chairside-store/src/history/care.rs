//! What people did in a treatment session.

use chrono::{DateTime, TimeDelta, Utc};

use super::{History, SessionTold, wall_ns};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::row::{CareFact, Fact};

/// A session is planned no longer before it opens than this.
const PLANNED_MAX: TimeDelta = TimeDelta::days(60);

/// Something that a person did in a treatment session.
#[derive(Clone, Debug, PartialEq)]
pub struct Cared {
    /// When it was entered.
    pub at: DateTime<Utc>,
    /// When it happened, where the person said so.
    pub happened: Option<DateTime<Utc>>,
    /// What, by whom and why.
    pub fact: CareFact<'static>,
}

impl History {
    /// Returns what people did in a treatment session up to now, also before it opened, in the
    /// order of its entries.
    ///
    /// # Errors
    ///
    /// When the database cannot be read, or when nobody waits any more.
    pub fn care(
        &self,
        session: &SessionTold,
        now: DateTime<Utc>,
    ) -> Result<Vec<Cared>, StoreError> {
        let bed = self.bed(&session.bed)?;
        let until = session.closed.unwrap_or(now) + TimeDelta::seconds(1);
        let span = (wall_ns(session.opened - PLANNED_MAX), wall_ns(until));
        let mut found = Vec::new();
        for stretch in self
            .stretches()?
            .iter()
            .filter(|one| one.meets(span.0, span.1))
        {
            self.each(stretch, Kind::Care, bed, span, |row| {
                if let Fact::Care(fact) = row.fact
                    && fact.session == session.id
                {
                    found.push(Cared {
                        at: stretch.time(row.at),
                        happened: fact.happened.map(|at| stretch.time(at)),
                        fact,
                    });
                }
            })?;
        }
        found.sort_by_key(|cared| cared.fact.entry);
        Ok(found)
    }
}
