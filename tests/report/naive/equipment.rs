//! Rules about equipment and the link, as far as a recording can tell of them: what stands in a
//! row, and that there is a row. A probe that is off, a weak pulse, a garbled line and a full
//! disk are in none.

use super::lasting::{Lasting, Word};
use super::{Episode, alive};
use crate::recording::Recording;

pub(super) fn spo2_no_data(recording: &Recording) -> Vec<Episode> {
    let mut rule = Lasting::of_missing_samples("SPO2_NO_DATA", 30, 3, recording.period);
    for (t, second) in recording.seconds.iter().enumerate() {
        let said = match second.row {
            Some(row) if row.spo2.is_some() => Word::Good,
            Some(_) => Word::Bad,
            None => Word::Missing,
        };
        rule.second(t, said, alive(recording, t), None);
    }
    rule.episodes()
}

pub(super) fn co2_no_data(recording: &Recording) -> Vec<Episode> {
    let mut rule = Lasting::of_missing_samples("CO2_NO_DATA", 30, 3, recording.period);
    let mut curve: Option<usize> = None;
    for (t, second) in recording.seconds.iter().enumerate() {
        if second.curve.is_some() {
            curve = Some(t);
        }
        // The curve comes as long as no more than two samples of it are missing.
        let has_curve = curve.is_some_and(|at| t - at <= 3);
        let said = match second.row {
            _ if has_curve => Word::Good,
            Some(row) if row.etco2.is_some() => Word::Good,
            Some(_) => Word::Bad,
            None => Word::Missing,
        };
        rule.second(t, said, alive(recording, t), None);
    }
    rule.episodes()
}

/// No frame for 10 s, or three periods where they are longer; over when frames came for 3 s.
pub(super) fn link_lost(recording: &Recording) -> Vec<Episode> {
    let period = usize::try_from(recording.period).expect("it is short");
    let delay = (3 * period).max(10);
    let mut rule = Lasting::new("DEVICE_LINK_LOST", 0, 0, 1);
    let (mut last, mut back): (usize, Option<usize>) = (0, None);
    for (t, second) in recording.seconds.iter().enumerate() {
        if second.row.is_some() {
            if t - last > 3 * period {
                back = None;
            }
            back = back.or(Some(t));
            last = t;
        }
        if rule.present() {
            if alive(recording, t) && back.is_some_and(|since| t - since >= 3) {
                rule.end(t);
            }
        } else if t - last >= delay {
            rule.begin(last, t, None);
            back = None;
        }
    }
    rule.episodes()
}
