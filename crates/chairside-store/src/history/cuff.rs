//! Cuff pressures, each once.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{History, Stretch, late, wall_time};
use crate::error::StoreError;
use crate::kind::Kind;
use crate::row::nanoseconds;

/// A monitor hands its last determination over again when it is connected again, with its age in
/// whole seconds or worse. Two determinations of the same values do not end this close together
/// (as in the driver of the V100).
const SAME_WITHIN: Duration = Duration::from_secs(30);

/// A cuff pressure, and when its determination ended.
#[derive(Clone, Debug, PartialEq)]
pub struct CuffTaken {
    /// When.
    pub at: DateTime<Utc>,
    /// The configured name of the device.
    pub device: String,
    /// mmHg.
    pub systolic: Option<f64>,
    /// mmHg.
    pub diastolic: Option<f64>,
    /// mmHg.
    pub mean: Option<f64>,
}

/// What was last known of a device's cuff.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Last {
    at: i64,
    pressures: [Option<f64>; 3],
}

impl History {
    /// Returns the cuff pressures of a bed that were taken in this time, the oldest first.
    pub(super) fn cuffs(
        &self,
        stretches: &[Stretch],
        bed: i64,
        (from, to): (i64, i64),
    ) -> Result<Vec<CuffTaken>, StoreError> {
        let mut found = Vec::new();
        let mut known: BTreeMap<i64, Last> = BTreeMap::new();
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT taken_ns, device, device.name, systolic, diastolic, mean FROM cuff f \
             JOIN device ON device.id = f.device WHERE f.seq > ?1 AND f.seq <= ?2 AND bed = ?3 \
             ORDER BY f.seq",
        )?;
        for stretch in stretches.iter().filter(|one| one.meets(from, late(to))) {
            let after = self.seq_before(stretch, Kind::Cuff, from)?;
            let last = self.seq_before(stretch, Kind::Cuff, late(to))?;
            let mut rows = statement.query([after, last, bed])?;
            while let Some(row) = rows.next()? {
                self.given_up.check()?;
                let device: i64 = row.get(1)?;
                let Some(taken) = row.get::<_, Option<i64>>(0)? else {
                    // Something else of a determination: the next pressure is another one.
                    known.remove(&device);
                    continue;
                };
                let now = Last {
                    at: stretch.wall(taken),
                    pressures: [row.get(3)?, row.get(4)?, row.get(5)?],
                };
                let before = known.insert(device, now);
                let again = before.is_some_and(|before| before.is_same(now));
                if again || now.at < from || now.at >= to {
                    continue;
                }
                let [systolic, diastolic, mean] = now.pressures;
                found.push(CuffTaken {
                    at: wall_time(now.at),
                    device: row.get(2)?,
                    systolic,
                    diastolic,
                    mean,
                });
            }
        }
        found.sort_by_key(|cuff| cuff.at);
        Ok(found)
    }
}

impl Last {
    fn is_same(self, other: Self) -> bool {
        let between = self.at.abs_diff(other.at);
        let within = nanoseconds(SAME_WITHIN).unsigned_abs();
        self.pressures == other.pressures && between < within
    }
}
