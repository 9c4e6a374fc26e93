//! What would have alarmed: how often each rule calls with each of several profiles.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::io::{self, Write};

use chairside_alarm::{AlarmId, AlarmProfile, Priority};

use crate::commands::ndjson::{RateLine, TotalLine, line};
use crate::conditions::{Conditions, Edge};
use crate::number::Number;
use crate::replay::{Replay, replay};

/// The alarms of one profile.
#[derive(Debug, Default)]
struct Tally {
    /// How many of each rule, and the most urgent of them.
    rules: BTreeMap<AlarmId, (u64, Priority)>,
    priorities: BTreeMap<Priority, u64>,
}

impl Tally {
    fn of(what: Replay<'_>) -> Self {
        let mut tally = Self::default();
        let mut conditions = Conditions::default();
        let told = replay(what, |transition| {
            if conditions.edge(transition) == Some(Edge::Onset) {
                let priority = transition.priority;
                let rule = tally.rules.entry(transition.id).or_insert((0, priority));
                *rule = (rule.0 + 1, rule.1.max(priority));
                *tally.priorities.entry(priority).or_default() += 1;
            }
            Ok::<(), Infallible>(())
        });
        told.unwrap_or_else(|never| match never {});
        tally
    }
}

/// Runs a recording with each profile, and writes the alarms a bed-hour of each rule that calls
/// with any of them, side by side, and of each profile in all.
pub(super) fn write(
    output: &mut dyn Write,
    what: &Replay<'_>,
    profiles: &[(String, AlarmProfile)],
) -> io::Result<()> {
    let hours = hours(what);
    let tallies: Vec<(&str, Tally)> = profiles
        .iter()
        .map(|(name, profile)| {
            let profile = profile.clone();
            let what = Replay {
                profile,
                ..what.clone()
            };
            (name.as_str(), Tally::of(what))
        })
        .collect();
    let rules = tallies.iter().flat_map(|(_, tally)| tally.rules.keys());
    let rules: BTreeSet<AlarmId> = rules.copied().collect();
    for id in rules {
        for (profile, tally) in &tallies {
            let rule = tally.rules.get(&id);
            let alarms = rule.map_or(0, |(alarms, _)| *alarms);
            let rate = RateLine {
                kind: "rate",
                profile,
                id: id.name(),
                priority: rule.map(|(_, priority)| priority.name()),
                alarms,
                per_bed_hour: per_hour(alarms, hours),
            };
            line(output, &rate)?;
        }
    }
    for (profile, tally) in &tallies {
        let of = |priority: Priority| tally.priorities.get(&priority).copied().unwrap_or(0);
        let alarms = tally.priorities.values().sum();
        let total = TotalLine {
            kind: "total",
            profile,
            bed_hours: hundredths(hours),
            high: of(Priority::High),
            medium: of(Priority::Medium),
            low: of(Priority::Low),
            alarms,
            per_bed_hour: per_hour(alarms, hours),
        };
        line(output, &total)?;
    }
    Ok(())
}

/// Returns how long a bed was watched: what the recorder left out is not counted.
fn hours(what: &Replay<'_>) -> f64 {
    let rows = u32::try_from(what.series.rows().len()).unwrap_or(u32::MAX);
    f64::from(rows) * what.series.period().as_secs_f64() / 3600.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody has so many alarms that it matters"
)]
fn per_hour(alarms: u64, hours: f64) -> Number {
    hundredths(alarms as f64 / hours)
}

fn hundredths(number: f64) -> Number {
    Number((number * 100.0).round() / 100.0)
}
