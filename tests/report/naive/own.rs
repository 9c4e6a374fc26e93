//! Limits from the patient's own values, as `config/alarm-profiles/adult-ketamine-personal.toml`
//! and `docs/configuration.md` say.

use super::rules::{Limit, Trips};
use crate::recording::{Recording, Row};

/// A patient's own value, and the second of the recording from which it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own {
    pub(crate) value: f64,
    pub(crate) known_at: usize,
}

/// The median of the first valid values of so many seconds.
pub(crate) fn own(
    recording: &Recording,
    seconds: usize,
    of: fn(&Row) -> Option<f64>,
) -> Option<Own> {
    let period = usize::try_from(recording.period).expect("it is short");
    let count = (seconds / period).max(3);
    let rows = recording.seconds.iter().enumerate();
    let values = rows.filter_map(|(t, second)| Some((t, of(second.row.as_ref()?)?)));
    let first: Vec<(usize, f64)> = values
        .filter(|(_, value)| *value > 0.0)
        .take(count)
        .collect();
    let (known_at, _) = *first.last().filter(|_| first.len() == count)?;
    let mut sorted: Vec<f64> = first.iter().map(|(_, value)| *value).collect();
    sorted.sort_by(f64::total_cmp);
    let value = f64::midpoint(sorted[(count - 1) / 2], sorted[count / 2]);
    Some(Own { value, known_at })
}

/// Moves the limits that depend on the patient. Never tighter than the default, and never as far
/// as the limit of the worse alarm.
pub(super) fn move_limits(recording: &Recording, limits: &mut [Limit], seconds: usize) {
    let rate = own(recording, seconds, |row| row.rate);
    let spo2 = own(recording, seconds, |row| row.spo2);
    for limit in limits {
        let (own, offset, least, most) = match limit.id {
            "HR_LOW" => (rate, -10.0, 41.0, 50.0),
            "HR_HIGH" => (rate, 30.0, 120.0, 139.0),
            "SPO2_LOW" => (spo2, -4.0, 89.0, 92.0),
            _ => continue,
        };
        let Some(own) = own else { continue };
        let moved = (own.value + offset).round().clamp(least, most);
        let (trips, distance) = match limit.trips {
            Trips::Above(trip) => (Trips::Above(moved), limit.clear - trip),
            Trips::Below(trip) => (Trips::Below(moved), limit.clear - trip),
        };
        limit.later = Some((own.known_at, trips, moved + distance));
    }
}
