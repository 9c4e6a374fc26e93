//! Pauses of breathing: what a shorter delay finds before the monitor does, and what it costs.

use std::fmt::Write;
use std::time::Duration;

use chairside::config::profile::adult_ketamine;
use chairside_alarm::AlarmProfile;
use chairside_model::Value;

use super::table::{Table, ends, median, per_hour, seconds};
use crate::compare::Comparison;
use crate::naive::{self, Rules};
use crate::recording::{Annotation, Recording};
use crate::study::Record;

const DELAYS: [u64; 4] = [15, 20, 25, 30];
const THRESHOLDS: [i32; 2] = [8, 4];

/// The default: seconds, mmHg.
const DEFAULT: (u64, i32) = (20, 8);

/// How long after the last breath the monitor announces that there is none, s: a pause that has an
/// announcement this long after its start is the announced one.
const ANNOUNCED_WITHIN: f64 = 60.0;

/// Each choice of delay and threshold.
pub(crate) struct Pauses {
    choices: Vec<Choice>,
    /// The monitor's own announcements.
    announced: usize,
    hours: f64,
    quiet_hours: f64,
    /// By numbers alone, at the default.
    by_numbers: Found,
}

/// What one choice gives.
struct Choice {
    delay: u64,
    threshold: i32,
    found: Found,
    differences: Vec<String>,
}

/// How the episodes of APNEA stand to the monitor's announcements.
#[derive(Default)]
struct Found {
    /// Seconds from ours to the monitor's own, where ours stood when it came.
    gained: Vec<f64>,
    /// Announcements that had no alarm of ours yet.
    later: usize,
    /// Alarms that belong to no announcement, in the recordings with events and the quiet ones.
    on_top: usize,
    quiet: usize,
}

impl Found {
    fn add(&mut self, record: &Recording, apnoeas: &[(f64, f64)]) {
        let announced: Vec<&Annotation> = announcements(record).collect();
        for announcement in &announced {
            let at = announcement.from;
            match apnoeas
                .iter()
                .find(|(begins, ends)| *begins <= at && at <= *ends)
            {
                Some((begins, _)) => self.gained.push(at - begins),
                None => self.later += 1,
            }
        }
        let belongs = |(begins, ends): &&(f64, f64)| {
            announced.iter().any(|announcement| {
                announcement.from <= ends + 1.0
                    && *begins <= announcement.to
                    && announcement.from - begins <= ANNOUNCED_WITHIN
            })
        };
        let on_top = apnoeas.iter().filter(|episode| !belongs(episode)).count();
        if is_quiet(record) {
            self.quiet += on_top;
        } else {
            self.on_top += on_top;
        }
    }
}

fn announcements(record: &Recording) -> impl Iterator<Item = &Annotation> {
    record
        .annotations
        .iter()
        .filter(|annotation| annotation.source == "monitor" && annotation.kind == "no_breath")
}

fn is_quiet(record: &Recording) -> bool {
    record.name.starts_with("sed-quiet-")
}

impl Pauses {
    /// Runs every recording with a CO2 curve at each choice, and evaluates it naively beside.
    pub(crate) fn new(records: &[Record]) -> Self {
        let with_curve: Vec<&Record> = records.iter().filter(|it| it.recording.has.curve).collect();
        let hours = |quiet: bool| -> f64 {
            let of = with_curve.iter().map(|record| &record.recording);
            of.filter(|record| is_quiet(record) == quiet)
                .map(Recording::hours)
                .sum()
        };
        let choices = THRESHOLDS
            .iter()
            .flat_map(|threshold| DELAYS.iter().map(|delay| (*delay, *threshold)))
            .map(|(delay, threshold)| choice(&with_curve, delay, threshold))
            .collect();
        let mut by_numbers = Found::default();
        for record in &with_curve {
            if let Some(numbers) = &record.by_numbers {
                by_numbers.add(&record.recording, &apnoeas(numbers));
            }
        }
        let announced = with_curve
            .iter()
            .map(|record| announcements(&record.recording).count())
            .sum();
        Self {
            choices,
            announced,
            hours: hours(false),
            quiet_hours: hours(true),
            by_numbers,
        }
    }

    /// The median of the seconds gained at the default; nothing where nothing was found.
    pub(super) fn gained(&self) -> Option<f64> {
        let default = |choice: &&Choice| (choice.delay, choice.threshold) == DEFAULT;
        median(&self.choices.iter().find(default)?.found.gained)
    }

    /// Everything in which the engine is not as the rules say at any choice.
    pub(crate) fn differences(&self) -> impl Iterator<Item = &String> {
        self.choices.iter().flat_map(|choice| &choice.differences)
    }

    pub(super) fn section(&self) -> String {
        let mut text = String::from("## Pauses of breathing\n\n");
        let numbers = &self.by_numbers;
        write!(
            text,
            "The monitor announced \"no breath\" {} times in the {:.1} h of `sed-E*`, and never in the {:.1} h of `sed-quiet-*`.\n\
             For each choice of the two keys `airway.APNEA.no_breath_s` and `airway.no_breath_etco2_lt`, with breaths seen on the curve: how many of them ours stood before, by how many seconds, and how many more alarms an hour came that the monitor did not announce.\n\n",
            self.announced, self.hours, self.quiet_hours,
        )
        .expect("text takes everything");
        let mut table = Table::new(&[
            "no breath for, s",
            "a breath is at least, mmHg",
            "found before the monitor",
            "seconds gained: median, least",
            "more an hour, `sed-E*`",
            "more an hour, `sed-quiet-*`",
        ]);
        for choice in &self.choices {
            let found = &choice.found;
            let least = ends(&found.gained).map(|(least, _)| least);
            let mut cells = vec![
                choice.delay.to_string(),
                choice.threshold.to_string(),
                format!("{} of {}", found.gained.len(), self.announced),
                format!("{}, {}", seconds(median(&found.gained)), seconds(least)),
                format!("{:.1}", per_hour(found.on_top, self.hours)),
                format!("{:.1}", per_hour(found.quiet, self.quiet_hours)),
            ];
            if (choice.delay, choice.threshold) == DEFAULT {
                for cell in &mut cells {
                    *cell = format!("**{cell}**");
                }
            }
            table.row(&cells);
        }
        text.push_str(&table.text());
        write!(
            text,
            "\nBy the numbers alone, at the default: {} of {} found before the monitor, and {} more alarms in all recordings.\n",
            numbers.gained.len(),
            self.announced,
            numbers.on_top + numbers.quiet,
        )
        .expect("text takes everything");
        text.push_str(OF_THE_CHOICE);
        text
    }
}

const OF_THE_CHOICE: &str = "\
The capnograph holds its numbers until it announces that there is no breath: a rule on numbers alone comes later than the monitor, or never.
One of the announcements stood in the first second of `sed-E154`, where nobody can be earlier.

Most of the alarms on top are in three recordings, `sed-E01`, `sed-E73` and `sed-E154`: sedated patients do pause.
The curve was below the threshold for as long as the rule says; but a curve of one sample a second misses the peak of a short breath, so that some of these pauses had breaths in them.
4 mmHg brings fewer alarms and finds fewer of the monitor's own events: in some of them the curve stays between 4 and 8 mmHg, which may be what is left in the line or breaths too small to matter.
It is not the way to fewer alarms; a longer time is.

**20 s and 8 mmHg stay the default, for phases in which the patient is expected to breathe freely.**
A clinic that sedates takes 25 s, which the profile has for the dosing phase, or 30 s, which gains next to nothing on the monitor.
";

fn choice(records: &[&Record], delay: u64, threshold: i32) -> Choice {
    let rules = Rules {
        apnea: delay,
        breath: f64::from(threshold),
        ..Rules::of_the_page()
    };
    let profile = profile(delay, threshold);
    let mut found = Found::default();
    let mut differences = Vec::new();
    for record in records {
        let recording = &record.recording;
        let raised = record.played.run(profile.clone(), None);
        let compared = Comparison::new(naive::evaluate(recording, &rules), raised);
        let told = compared.differences();
        let told = told.into_iter().map(|difference| {
            format!(
                "{}, {delay} s and {threshold} mmHg: {difference}",
                recording.name
            )
        });
        differences.extend(told);
        found.add(recording, &apnoeas(&compared));
    }
    Choice {
        delay,
        threshold,
        found,
        differences,
    }
}

/// Returns when each apnoea that the engine raised began and ended.
fn apnoeas(compared: &Comparison) -> Vec<(f64, f64)> {
    let raised = compared
        .pairs
        .iter()
        .filter_map(|pair| pair.raised.as_ref());
    let raised = raised.chain(&compared.uncalled);
    raised
        .filter(|raised| raised.id == "APNEA")
        .map(|raised| (raised.begins, raised.ends.unwrap_or(f64::INFINITY)))
        .collect()
}

fn profile(delay: u64, threshold: i32) -> AlarmProfile {
    let mut parts = adult_ketamine().parts().clone();
    let apnea = parts.airway.apnea.as_mut();
    apnea.expect("the profile has it").no_breath = Duration::from_secs(delay);
    parts.airway.breath.co2_min = Value::whole(threshold);
    AlarmProfile::new(parts).expect("all choices are allowed")
}
