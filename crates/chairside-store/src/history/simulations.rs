//! When what a bed showed was simulated.

use std::collections::BTreeMap;

use super::History;
use crate::error::StoreError;

/// The turns of each bed, run by run: a run says anew what is simulated.
#[derive(Debug, Default)]
pub(super) struct Simulations(BTreeMap<(i64, i64), Vec<Turn>>);

#[derive(Debug)]
struct Turn {
    seq: i64,
    simulated: bool,
}

impl Simulations {
    /// Tells whether a bed was simulated at a place of the record.
    pub(super) fn at(&self, run: i64, bed: i64, seq: i64) -> bool {
        let turns = self.0.get(&(run, bed)).map_or(&[][..], Vec::as_slice);
        let before = turns.partition_point(|turn| turn.seq < seq);
        turns[..before].last().is_some_and(|turn| turn.simulated)
    }
}

impl History {
    /// Reads the turns of all beds.
    pub(super) fn simulations(&self) -> Result<Simulations, StoreError> {
        let mut simulations = Simulations::default();
        let mut statement = self
            .reader
            .connection
            .prepare_cached("SELECT run, bed, seq, simulated FROM simulation ORDER BY seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            self.given_up.check()?;
            let turns = simulations.0.entry((row.get(0)?, row.get(1)?));
            turns.or_default().push(Turn {
                seq: row.get(2)?,
                simulated: row.get(3)?,
            });
        }
        Ok(simulations)
    }
}
