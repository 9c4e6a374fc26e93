//! Whether the alarms of a run are those that its scenario expects.

use std::fmt;
use std::time::Duration;

use chairside_alarm::{AirwayMode, AlarmId, Priority};
use chairside_simulators::scenario::{Expectation, Scenario};

/// One episode of an alarm's condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// Which alarm.
    pub id: AlarmId,
    /// How urgent it was when it began.
    pub priority: Priority,
    /// Of an airway obstruction, the signals it was drawn from.
    pub mode: Option<AirwayMode>,
    /// When it began, since the start of the scenario.
    pub onset: Duration,
    /// When it ended; nothing while it lasts.
    pub clear: Option<Duration>,
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What was not as expected, each in words.
    pub failures: Vec<String>,
    /// Alarms that are expected and that this version has no rule for; they are not judged.
    pub needs: Vec<String>,
}

impl Verdict {
    /// Tells whether everything that is expected happened, and nothing else.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.needs.is_empty()
    }
}

/// Judges a run by its episodes, in the order of their onsets.
///
/// Expected rows of one alarm are successive episodes, in order. An alarm that is neither
/// expected nor allowed fails the scenario however short it was, and so does one that is present
/// after `quiet_after`; an alarm that is allowed and not expected may come and stay as it likes.
/// An expected alarm that this version does not run (`runs`) is not judged but named.
#[must_use]
pub fn judge(scenario: &Scenario, runs: impl Fn(AlarmId) -> bool, episodes: &[Episode]) -> Verdict {
    let mut verdict = Verdict::default();
    let mut left: Vec<Episode> = episodes.to_vec();
    for row in &scenario.expect {
        if AlarmId::from_name(&row.id).is_none_or(|id| !runs(id)) {
            if !verdict.needs.contains(&row.id) {
                verdict.needs.push(row.id.clone());
            }
            continue;
        }
        match take_episode(&mut left, row, scenario.allow.contains(&row.id)) {
            Some(episode) => compare(row, &episode, &mut verdict.failures),
            None => verdict.failures.push(format!("{} did not appear", row.id)),
        }
    }
    for episode in &left {
        let id = episode.id.name();
        if !scenario.allow.iter().any(|allowed| allowed == id) {
            let forbidden = scenario.forbid.iter().any(|forbidden| forbidden == id);
            let word = if forbidden {
                "forbidden"
            } else {
                "not expected"
            };
            verdict.failures.push(format!("{episode} is {word}"));
        }
    }
    let quiet_after = scenario.quiet_after;
    for episode in episodes {
        let id = episode.id.name();
        let expected = scenario.expect.iter().any(|row| row.id == id);
        let exempt = !expected && scenario.allow.iter().any(|allowed| allowed == id);
        if !exempt && episode.clear.is_none_or(|clear| clear > quiet_after) {
            let after = Seconds(quiet_after);
            verdict
                .failures
                .push(format!("{episode} is present after {after} s"));
        }
    }
    verdict
}

/// Takes the episode that a row is about: the next one, or, where others may appear as well, the
/// next that begins when it should.
fn take_episode(left: &mut Vec<Episode>, row: &Expectation, others: bool) -> Option<Episode> {
    let position = left.iter().position(|episode| {
        episode.id.name() == row.id && (!others || within(episode.onset, row.onset))
    });
    position.map(|position| left.remove(position))
}

fn compare(row: &Expectation, episode: &Episode, failures: &mut Vec<String>) {
    let id = &row.id;
    if episode.priority.name() != row.priority {
        let is = episode.priority.name();
        failures.push(format!("{id} is {is}, not {}", row.priority));
    }
    if !within(episode.onset, row.onset) {
        let (is, [first, last]) = (Seconds(episode.onset), row.onset);
        failures.push(format!(
            "{id} begins at {is} s, not within {first}-{last} s"
        ));
    }
    if let Some([first, last]) = row.clear
        && !episode
            .clear
            .is_some_and(|clear| within(clear, [first, last]))
    {
        let ends = match episode.clear {
            Some(clear) => format!("ends at {} s", Seconds(clear)),
            None => "does not end".to_owned(),
        };
        failures.push(format!("{id} {ends}, not within {first}-{last} s"));
    }
    let mode = episode.mode.map(AirwayMode::name);
    if let Some(expected) = &row.mode
        && mode != Some(expected)
    {
        let is = mode.unwrap_or("no mode");
        failures.push(format!("{id} is drawn from {is}, not {expected}"));
    }
}

fn within(at: Duration, [first, last]: [u64; 2]) -> bool {
    (Duration::from_secs(first)..=Duration::from_secs(last)).contains(&at)
}

impl fmt::Display for Episode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let onset = Seconds(self.onset);
        write!(f, "{} ({}", self.id, self.priority.name())?;
        if let Some(mode) = self.mode {
            write!(f, ", {}", mode.name())?;
        }
        write!(f, ") from {onset} ")?;
        match self.clear {
            Some(clear) => write!(f, "to {} s", Seconds(clear)),
            None => f.write_str("s on"),
        }
    }
}

/// A time in seconds, to the millisecond, without needless digits.
#[derive(Clone, Copy, Debug)]
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        let (whole, rest) = (milliseconds / 1000, milliseconds % 1000);
        if rest == 0 {
            write!(f, "{whole}")
        } else {
            write!(f, "{whole}.{rest:03}")
        }
    }
}

#[cfg(test)]
mod tests;
