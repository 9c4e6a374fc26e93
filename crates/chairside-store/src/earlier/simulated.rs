//! Which episodes of alarms were of what was simulated.

use chairside_alarm::Occurrence;

use crate::error::StoreError;
use crate::reader::Reader;

/// Whether a bed, `?1`, was simulated each time that something was told of an episode, `?2`, there.
/// A run says anew what is simulated, so that what one before it said does not count.
const SIMULATED: &str = "SELECT min(coalesce((SELECT m.simulated FROM simulation m \
     WHERE m.bed = a.bed AND m.run = a.run AND m.seq < a.seq ORDER BY m.seq DESC LIMIT 1), 0)) \
     FROM alarm a JOIN bed ON bed.id = a.bed WHERE bed.name = ?1 AND occurrence = ?2";

impl Reader {
    /// Tells whether all that was told of an episode was of what was simulated; an episode that is not on
    /// record is not.
    pub(crate) fn is_simulated(
        &self,
        bed: &str,
        occurrence: Occurrence,
    ) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached(SIMULATED)?;
        let all: Option<bool> =
            statement.query_row((bed, crate::insert::count(occurrence.0)), |row| row.get(0))?;
        Ok(all.unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::sync::Arc;

    use chairside_station::{Entry, Record};

    use super::*;
    use crate::Recorder;
    use crate::testing::{BED, alarm, plan};

    const EPISODE: Occurrence = Occurrence(7);

    #[derive(Clone, Copy, Debug)]
    enum Told {
        Simulated(bool),
        Call(u64),
    }

    use Told::{Call, Simulated};

    fn run(folder: &Path, told: &[Told]) {
        let records = (1_u64..).zip(told).map(|(number, told)| {
            let mut record = alarm(number);
            match (told, &mut record.entry) {
                (Call(call), Entry::Alarm { transition, .. }) => {
                    transition.occurrence = EPISODE;
                    transition.call = *call;
                }
                (Simulated(simulated), entry) => {
                    *entry = Entry::Simulated {
                        bed: BED,
                        simulated: *simulated,
                    };
                }
                (Call(_), _) => unreachable!("it is an alarm"),
            }
            record
        });
        let records: Vec<Record> = records.collect();
        let (recorder, _) = Recorder::open(plan(folder)).unwrap();
        recorder.append(Arc::from(records));
        recorder.close();
    }

    fn check(runs: &[&[Told]], simulated: bool) {
        let folder = tempfile::tempdir().unwrap();
        for told in runs {
            run(folder.path(), told);
        }
        let (recorder, _) = Recorder::open(plan(folder.path())).unwrap();
        let of_the_bed = [(BED, EPISODE), (BED, Occurrence(99))];
        let found = recorder.simulated_episodes(of_the_bed).unwrap();
        let expected = simulated.then_some((BED, EPISODE));
        assert_eq!(found, BTreeSet::from_iter(expected), "{runs:?}");
    }

    #[test]
    fn an_episode_is_simulated_when_the_bed_was_all_the_time() {
        check(&[&[Simulated(true), Call(1)]], true);
        check(&[&[Call(1)]], false);
        check(&[&[Call(1), Simulated(true), Call(1)]], false);
        check(
            &[&[Simulated(true), Call(1), Simulated(false), Call(1)]],
            false,
        );
        check(
            &[&[Simulated(true), Call(1), Simulated(false), Call(2)]],
            false,
        );
        check(&[&[Call(1), Simulated(true), Call(2)]], false);
    }

    #[test]
    fn a_run_says_anew_what_is_simulated() {
        check(
            &[&[Simulated(true), Call(1)], &[Simulated(true), Call(1)]],
            true,
        );
        check(&[&[Simulated(true), Call(1)], &[Call(1)]], false);
        check(&[&[Simulated(true), Call(1)], &[Call(2)]], false);
        check(&[&[Call(1)], &[Simulated(true), Call(1)]], false);
        check(
            &[&[Simulated(true), Call(1)], &[Simulated(true), Call(2)]],
            true,
        );
    }
}
