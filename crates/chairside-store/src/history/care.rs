//! What people did in a treatment session.

use chairside_model::MonoTime;
use chrono::{DateTime, Utc};

use super::{History, SessionTold, wall_ns, wall_time};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::row::{CareFact, Fact, nanoseconds};

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
    /// Returns what people did in a treatment session up to now, in the order of its entries: also
    /// before it opened and after it ended, however long.
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
        let connection = &self.reader.connection;
        let mut statement = connection.prepare_cached(OF_SESSION)?;
        let places = statement.query_map((&session.id, bed), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        let places: Vec<(i64, i64, i64)> = places.collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for (seq, run, zero) in places {
            self.given_up.check()?;
            let row = self.reader.row(Kind::Care, run, seq)?;
            let Some(row) = row else { continue };
            let wall = |at: MonoTime| zero.saturating_add(nanoseconds(at.since_start()));
            if let Fact::Care(fact) = row.fact
                && wall(row.at) <= wall_ns(now)
            {
                found.push(Cared {
                    at: wall_time(wall(row.at)),
                    happened: fact.happened.map(|at| wall_time(wall(at))),
                    fact,
                });
            }
        }
        Ok(found)
    }
}

/// A session's entries, each with its run and the wall-clock time of that run's zero.
const OF_SESSION: &str = "SELECT f.seq, f.run, run.clock_zero_ns FROM care f \
     JOIN run ON run.id = f.run WHERE f.session = ?1 AND f.bed = ?2 ORDER BY f.entry";
