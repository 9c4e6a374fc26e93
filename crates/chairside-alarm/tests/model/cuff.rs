//! The table of cuff readings as a machine of its own: one reading decides, so that what is told
//! of each can be said exactly.

use chairside_alarm::{AlarmId, Baseline, NibpHighRule, NibpLowRule, ProfileParts};
use chairside_model::{Cuff, CuffReading, MonoTime, Observation, Reading, Value};

use crate::chart::Chart;
use crate::program::{MONITOR, Run, What};

/// What a reading says to one alarm.
struct Says {
    violated: bool,
    good: bool,
}

#[derive(Default)]
struct Monitor {
    /// Which pressures it has ever given: systolic, diastolic, mean.
    gives: [bool; 3],
    present: std::collections::BTreeMap<AlarmId, bool>,
}

const RULES: [AlarmId; 6] = [
    // NIBP_RISE looks at the worse ones of before this reading and of this reading.
    AlarmId::NibpHigh,
    AlarmId::NibpVeryHigh,
    AlarmId::NibpRise,
    AlarmId::NibpLow,
    AlarmId::NibpVeryLow,
    AlarmId::NibpFailed,
];

pub(crate) fn each_cuff_reading_is_told_as_the_table_says(run: &Run) -> Result<(), String> {
    let chart = Chart::of(run);
    let mut monitor = Monitor::default();
    let mut baseline: Option<Baseline> = None;
    let mut limits = run.limits.iter().peekable();
    let mut parts = run.limits[0].1.parts();
    let mut known: Option<&str> = None;
    for (place, step) in run.program.steps.iter().enumerate() {
        let at = step.at;
        match &step.what {
            What::Baseline(values) => baseline = Some(*values),
            What::Session(_) if chart.turned(at) == Some(at) => baseline = None,
            What::Identity(MONITOR, text) => {
                if known.replace(text).is_some_and(|before| before != *text) {
                    monitor.gives = [false; 3];
                }
            }
            What::Limit(..) | What::Phase(_) | What::SessionEnds => {
                // Each change of that moment is taken at its own step; those of one moment are
                // looked at together, and a reading among them is left out.
                while let Some((_, profile)) = limits.next_if(|(from, _)| *from <= at) {
                    parts = profile.parts();
                }
            }
            What::Observed(Observation {
                device: MONITOR,
                reading: Reading::Cuff(cuff),
                ..
            }) => {
                monitor.take(&chart, at, cuff, parts, baseline.as_ref());
            }
            _ => continue,
        }
        let is_last = (run.program.steps.get(place + 1)).is_none_or(|next| next.at > at);
        for id in RULES.into_iter().filter(|_| is_last) {
            let expected = monitor.present.get(&id).copied().unwrap_or_default();
            let is_off = chart.is_off(id, at, at);
            if !is_off && chart.is_present(id, at) != expected {
                return Err(format!("{id} at {at}: present is not {expected}"));
            }
        }
    }
    Ok(())
}

impl Monitor {
    fn take(
        &mut self,
        chart: &Chart<'_>,
        at: MonoTime,
        cuff: &Cuff,
        parts: &ProfileParts,
        baseline: Option<&Baseline>,
    ) {
        let reading = match cuff {
            Cuff::Failed(_) => {
                self.present.insert(AlarmId::NibpFailed, true);
                return;
            }
            Cuff::Completed(reading) if chart.is_of_this_monitor(reading.taken, at) => reading,
            _ => return,
        };
        self.present.insert(AlarmId::NibpFailed, false);
        let pressures = [reading.systolic, reading.diastolic, reading.mean];
        for (gives, pressure) in self.gives.iter_mut().zip(pressures) {
            *gives |= pressure.is_some();
        }
        for id in RULES {
            let Some(says) = self.says(id, reading, &parts.nibp, baseline) else {
                continue;
            };
            let worse = [AlarmId::NibpHigh, AlarmId::NibpVeryHigh];
            let is_rise = id == AlarmId::NibpRise;
            let sleeps = is_rise
                && worse.iter().any(|id| {
                    self.present.get(id).copied().unwrap_or_default() && !chart.is_off(*id, at, at)
                });
            if says.violated && !sleeps {
                self.present.insert(id, true);
            } else if says.good {
                self.present.insert(id, false);
            }
        }
    }

    fn says(
        &self,
        id: AlarmId,
        reading: &CuffReading,
        rules: &chairside_alarm::NibpRules,
        baseline: Option<&Baseline>,
    ) -> Option<Says> {
        let high = |rule: &NibpHighRule, above: [f64; 2]| {
            let parts = [
                (reading.systolic, 0, rule.systolic, rule.clear_systolic),
                (reading.diastolic, 1, rule.diastolic, rule.clear_diastolic),
            ];
            let parts = parts.map(|(value, place, trip, clear)| {
                let value = value.map(|value| value.number() - above[place]);
                let good = value.map(|value| value < clear.number());
                let violated = value.is_some_and(|value| value >= trip.number());
                (violated, good.unwrap_or(!self.gives[place]))
            });
            of(parts)
        };
        let low = |rule: &NibpLowRule| {
            let parts = [
                (reading.systolic, 0, rule.systolic, rule.clear_systolic),
                (reading.mean, 2, rule.mean, rule.clear_mean),
            ];
            let parts = parts.map(
                |(value, place, trip, clear): (Option<Value>, usize, _, _)| {
                    let violated = value.is_some_and(|value| value < trip);
                    let good = value.map(|value| value >= clear);
                    (violated, good.unwrap_or(!self.gives[place]))
                },
            );
            of(parts)
        };
        match id {
            AlarmId::NibpHigh => rules.high.as_ref().map(|rule| high(rule, [0.0; 2])),
            AlarmId::NibpVeryHigh => rules.very_high.as_ref().map(|rule| high(rule, [0.0; 2])),
            AlarmId::NibpRise => {
                let known = baseline?.pressure?;
                let above = [known.systolic.number(), known.diastolic.number()];
                rules.rise.as_ref().map(|rule| high(rule, above))
            }
            AlarmId::NibpLow => rules.low.as_ref().map(low),
            AlarmId::NibpVeryLow => rules.very_low.as_ref().map(low),
            _ => None,
        }
    }
}

fn of(parts: [(bool, bool); 2]) -> Says {
    Says {
        violated: parts.iter().any(|(violated, _)| *violated),
        good: parts.iter().all(|(_, good)| *good),
    }
}
