//! The rules of `docs/alarms.md` as they are written, evaluated second by second without any
//! cleverness.
//!
//! It shares nothing with the engine: it reads the files itself, has the tables' numbers from the
//! page and not from a profile, knows alarms by their names alone, and goes through every window
//! anew for each second.

mod airway;
mod breaths;
mod cuff;
mod equipment;
mod features;
mod lasting;
mod limits;
mod own;
mod rules;

use crate::recording::Recording;

pub(crate) use own::own;
pub(crate) use rules::Rules;

/// An episode that the rules call for. Seconds are those of the recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Episode {
    pub(crate) id: &'static str,
    /// When what it is about began: the first violating sample.
    pub(crate) since: u64,
    /// When its delay is over, and so when the rule calls.
    pub(crate) begins: u64,
    /// When it is over; never, where the recording ends before.
    pub(crate) ends: Option<u64>,
    /// Of an airway obstruction, the signals it was drawn from.
    pub(crate) mode: Option<&'static str>,
}

/// Evaluates every rule on a recording.
pub(crate) fn evaluate(recording: &Recording, rules: &Rules) -> Vec<Episode> {
    let has = recording.has;
    // Where nobody sees a saturation or CO2, no rule looks at features.
    let features = if has.spo2 || has.etco2 || has.curve {
        features::features(recording, rules)
    } else {
        features::Features::default()
    };
    let mut episodes = Vec::new();
    let mut limits = rules.limits.clone();
    if let Some(seconds) = rules.personal {
        own::move_limits(recording, &mut limits, seconds);
    }
    for limit in &limits {
        episodes.extend(match limit.signal {
            "rate" if has.rate => limits::plain(recording, limit, |row| row.rate, None),
            "SpO2" if has.spo2 => {
                limits::plain(recording, limit, |row| row.spo2, Some(&features.holds))
            }
            "RR" if has.rr && !has.etco2 && !has.curve => {
                limits::plain(recording, limit, |row| row.rr, None)
            }
            "RR" if has.rr => {
                limits::breathing(recording, limit, &features, |second| second.new_rr)
            }
            "EtCO2" if has.etco2 => {
                limits::breathing(recording, limit, &features, |second| second.new_etco2)
            }
            _ => Vec::new(),
        });
    }
    if has.spo2 {
        episodes.extend(airway::fall(recording, &features));
    }
    if has.etco2 || has.curve {
        episodes.extend(airway::apnea(recording, &features, rules));
        episodes.extend(airway::partial(recording, &features));
        episodes.extend(equipment::co2_no_data(recording));
    }
    if has.spo2 || has.etco2 || has.curve {
        episodes.extend(airway::obstruction(recording, &features));
    }
    if has.spo2 {
        episodes.extend(equipment::spo2_no_data(recording));
    }
    if has.cuff {
        episodes.extend(cuff::evaluate(recording));
    }
    episodes.extend(equipment::link_lost(recording));
    episodes.sort_by_key(|episode| (episode.begins, episode.id));
    for episode in &mut episodes {
        episode.since += recording.start;
        episode.begins += recording.start;
        episode.ends = episode.ends.map(|end| end + recording.start);
    }
    episodes
}

/// Tells whether frames of the monitor come at a second: one came in the period before it.
fn alive(recording: &Recording, t: usize) -> bool {
    let period = usize::try_from(recording.period).expect("it is short");
    let from = (t + 1).saturating_sub(period);
    (from..=t).any(|at| recording.seconds[at].row.is_some())
}
