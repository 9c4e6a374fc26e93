//! Limits from the patient's own values: what they spare, and what they might cost.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use chairside::config::profile;
use chairside_alarm::AlarmProfile;

use super::annotated::{NearBy, about_the_patient};
use super::table::{Table, per_hour};
use crate::compare::Comparison;
use crate::engine::Raised;
use crate::naive::{self, Rules, own};
use crate::recording::{Annotation, Recording};
use crate::study::{Record, calls};

/// The second profile that is shipped, below the project's folder.
const PROFILE: &str = "config/alarm-profiles/adult-ketamine-personal.toml";

/// How long the patient's own values are taken, s: that of `chairside replay`.
const OWN: usize = 180;

/// Other lengths, for comparison, s.
const OTHERS: [usize; 2] = [120, 300];

/// Longer times without a breath, s.
const LONGER: [u64; 2] = [25, 30];

/// The rules whose limits it moves.
const MOVED: [&str; 3] = ["HR_HIGH", "HR_LOW", "SPO2_LOW"];

/// Every recording of a patient with the second profile.
pub(crate) struct Personal<'a> {
    profile: AlarmProfile,
    records: Vec<(&'a Record, Comparison)>,
}

/// Alarms that call people, with each profile.
#[derive(Clone, Copy, Default)]
struct Spared {
    default: usize,
    personal: usize,
}

impl Spared {
    fn add(&mut self, other: Self) {
        self.default += other.default;
        self.personal += other.personal;
    }

    fn text(self) -> String {
        format!("{} → {}", self.default, self.personal)
    }

    /// How many fewer, in per cent.
    fn fewer(self) -> String {
        let share = per_hour(self.personal, 1.0) / per_hour(self.default.max(1), 1.0);
        format!("{:.0}", 100.0 * (1.0 - share))
    }
}

/// A kind of events.
type Which = fn(&Annotation) -> bool;

impl<'a> Personal<'a> {
    /// Runs the recordings of sedated patients with the second profile, and evaluates them naively
    /// beside.
    pub(crate) fn new(root: &Path, records: &'a [Record]) -> std::io::Result<Self> {
        let profile = profile::load(&root.join(PROFILE)).map_err(std::io::Error::other)?;
        let sedated = records.iter().filter(|it| it.name().starts_with("sed-"));
        let run = |record: &'a Record| {
            let raised = record.played.run(profile.clone(), None);
            let called = naive::evaluate(&record.recording, &rules(OWN));
            (record, Comparison::new(called, raised))
        };
        Ok(Self {
            records: sedated.map(run).collect(),
            profile: profile.clone(),
        })
    }

    /// Everything in which the engine is not as the rules say.
    pub(crate) fn differences(&self) -> impl Iterator<Item = String> {
        let of = |(record, compared): &(&Record, Comparison)| {
            let told = compared.differences().into_iter();
            let name = record.name().to_owned();
            told.map(move |told| format!("{name}, personal limits: {told}"))
        };
        self.records.iter().flat_map(of)
    }

    /// How many fewer, per cent: of the rules beyond whose limits the patients live, and of all
    /// that call people.
    pub(super) fn fewer(&self) -> [String; 2] {
        let (mut beyond, mut all) = (Spared::default(), Spared::default());
        for (record, compared) in &self.records {
            let rules = lives_beyond(&record.recording);
            beyond.add(spared(record, compared, |id| rules.contains(&id)));
            all.add(spared(record, compared, |_| true));
        }
        [beyond.fewer(), all.fewer()]
    }

    pub(super) fn section(&self) -> String {
        let mut text = String::from("## Limits from the patient's own values\n\n");
        text.push_str(OF_THE_PROFILE);
        text.push('\n');
        let mut table = Table::new(&[
            "recording",
            "own pulse, /min",
            "own saturation, %",
            "HR_HIGH",
            "HR_LOW",
            "SPO2_LOW",
            "all that call people",
        ]);
        let (mut moved, mut all) = (Spared::default(), Spared::default());
        let (mut patients, mut beyond) = (0, Spared::default());
        for (record, compared) in &self.records {
            let its = spared(record, compared, is_moved);
            let every = spared(record, compared, |_| true);
            moved.add(its);
            all.add(every);
            let rules = lives_beyond(&record.recording);
            patients += usize::from(!rules.is_empty());
            beyond.add(spared(record, compared, |id| rules.contains(&id)));
            table.row(&row(record, compared, every));
        }
        text.push_str(&table.text());
        let total = self.records.len();
        write!(
            text,
            "\n- In {patients} of the {total} patients an own value lies at a default limit or beyond. The rule of that limit raised {} alarms in them: **{} % fewer**.\n\
             - In all {total} the three rules raised {}: {} % fewer.\n\
             - Of all alarms that call people it is {}: **{} % fewer, and not the 60 % that were aimed at.**\n\n",
            beyond.text(),
            beyond.fewer(),
            moved.text(),
            moved.fewer(),
            all.text(),
            all.fewer(),
        )
        .expect("text takes everything");
        text.push_str(&self.with_longer_apnoeas());
        text.push_str(&self.other_lengths());
        text.push_str(&self.sensitivity());
        text.push_str(OF_THE_RESULT);
        text
    }

    /// What becomes of all alarms when a longer time without a breath is chosen as well.
    fn with_longer_apnoeas(&self) -> String {
        let told = LONGER.map(|seconds| {
            let profile = with_apnoea(&self.profile, seconds);
            let mut all = Spared::default();
            let mut near = NearBy::default();
            for (record, _) in &self.records {
                let raised = record.played.run(profile.clone(), None);
                let raised: Vec<&Raised> = raised.iter().collect();
                let calling = |raised: &[&Raised]| raised.iter().filter(|it| calls(it)).count();
                all.add(Spared {
                    default: calling(&record.raised()),
                    personal: calling(&raised),
                });
                let nurse = |it: &Annotation| it.source == "nurse";
                near.add(&record.recording, &raised, nurse);
            }
            format!(
                "with {seconds} s {} ({} % fewer), and an alarm beside {} of the nurses' {} actions",
                all.text(),
                all.fewer(),
                near.before + near.after,
                near.all(),
            )
        });
        format!(
            "Together with a longer time without a breath it would be, of all alarms, {}.\n\n",
            told.join("; ")
        )
    }

    /// What other lengths of time would have come to.
    fn other_lengths(&self) -> String {
        let counts = OTHERS.map(|seconds| {
            let of = self.records.iter().map(|(record, _)| {
                let called = naive::evaluate(&record.recording, &rules(seconds));
                called.iter().filter(|it| MOVED.contains(&it.id)).count()
            });
            (seconds, of.sum::<usize>())
        });
        let told: Vec<String> = counts
            .iter()
            .map(|(seconds, count)| format!("{count} with {} min", seconds / 60))
            .collect();
        format!(
            "The own values are the median of the first three minutes of valid ones; the three rules would have raised {}.\n\n",
            told.join(" and ")
        )
    }

    /// What becomes of the events that nurses acted on, and of those the monitor called.
    fn sensitivity(&self) -> String {
        let mut table = Table::new(&[
            "event",
            "times",
            "ours before, default → personal",
            "ours only after",
            "none of ours",
        ]);
        let kinds: [(&str, Which); 3] = [
            ("the nurse spoke to the patient or saw to a device", |it| {
                it.source == "nurse" && it.kind != "alarm_silenced"
            }),
            ("the nurse silenced the monitor", |it| {
                it.source == "nurse" && it.kind == "alarm_silenced"
            }),
            ("the monitor called, of the patient", |it| {
                it.source == "monitor" && about_the_patient(it)
            }),
        ];
        for (what, which) in kinds {
            let mut counts = [NearBy::default(), NearBy::default()];
            for (record, compared) in &self.records {
                let of = [record.raised(), compared.raised()];
                for (counts, raised) in counts.iter_mut().zip(of) {
                    counts.add(&record.recording, &raised, which);
                }
            }
            let [default, personal] = counts;
            let pair = |default: usize, personal: usize| format!("{default} → {personal}");
            table.row(&[
                what.to_owned(),
                default.all().to_string(),
                pair(default.before, personal.before),
                pair(default.after, personal.after),
                pair(default.none, personal.none),
            ]);
        }
        format!("{}\n", table.text())
    }
}

fn with_apnoea(profile: &AlarmProfile, seconds: u64) -> AlarmProfile {
    let mut parts = profile.parts().clone();
    let apnea = parts.airway.apnea.as_mut();
    apnea.expect("the profile has it").no_breath = Duration::from_secs(seconds);
    AlarmProfile::new(parts).expect("a clinic can choose it")
}

fn rules(seconds: usize) -> Rules {
    Rules {
        personal: Some(seconds),
        ..Rules::of_the_page()
    }
}

/// Counts the alarms that call people, of the rules that are asked for.
fn spared(record: &Record, compared: &Comparison, which: impl Fn(&'static str) -> bool) -> Spared {
    let count = |raised: Vec<&Raised>| {
        let counts = |it: &&&Raised| calls(it) && which(it.id);
        raised.iter().filter(counts).count()
    };
    Spared {
        default: count(record.raised()),
        personal: count(compared.raised()),
    }
}

fn is_moved(id: &'static str) -> bool {
    MOVED.contains(&id)
}

/// Returns the rules at whose default limit, or beyond it, the patient's own value lies.
fn lives_beyond(recording: &Recording) -> Vec<&'static str> {
    let rate = own(recording, OWN, |row| row.rate).map(|own| own.value);
    let spo2 = own(recording, OWN, |row| row.spo2).map(|own| own.value);
    let beyond = [
        ("HR_HIGH", rate.is_some_and(|own| own >= 120.0)),
        ("HR_LOW", rate.is_some_and(|own| own <= 50.0)),
        ("SPO2_LOW", spo2.is_some_and(|own| own <= 92.0)),
    ];
    let beyond = beyond.into_iter().filter(|(_, is_beyond)| *is_beyond);
    beyond.map(|(id, _)| id).collect()
}

fn row(record: &Record, compared: &Comparison, all: Spared) -> Vec<String> {
    let recording = &record.recording;
    let value =
        |of| own(recording, OWN, of).map_or("–".to_owned(), |own| format!("{:.0}", own.value));
    let of = |id: &str| {
        let count = |raised: Vec<&Raised>| raised.iter().filter(|it| it.id == id).count();
        let pair = Spared {
            default: count(record.raised()),
            personal: count(compared.raised()),
        };
        if pair.default + pair.personal == 0 {
            "–".to_owned()
        } else {
            pair.text()
        }
    };
    let mut cells = vec![
        record.name().to_owned(),
        value(|row| row.rate),
        value(|row| row.spo2),
    ];
    cells.extend(MOVED.map(of));
    cells.push(all.text());
    cells
}

const OF_THE_PROFILE: &str = "\
`config/alarm-profiles/adult-ketamine-personal.toml` moves three limits to the side of a patient who lives near or beyond them, within the bounds of tailoring: HR_LOW to 10 below the pulse at rest, HR_HIGH to 30 above it, SPO2_LOW to 4 points below the own saturation.
None becomes tighter than the default, and the limits of HR_VERY_LOW (40), HR_VERY_HIGH (140) and SPO2_VERY_LOW (88), of breathing and of the cuff stay as they are.
The distances were chosen by clinical reason before the figures were known, and stand with their reasons in the file; nothing was fitted.
Here the own values are those of the first three minutes of the recording, for nobody took them before it; the limits hold from then on.
";

const OF_THE_RESULT: &str = "\
No event has lost its alarm.
That is little proof: the three recordings with a nurse hold twelve actions, and most had other alarms near as well.

What this shows:

- **The limits spare what they are for**: the same alarm again and again in a patient who lives beyond a limit.
  60 % fewer is reached for these alarms and for no more.
- They do nothing for APNEA and RR_LOW, which are most alarms of sedated patients, and no limit from a baseline can.
  Whoever wants fewer of these chooses the time without a breath, with the table above.
- A fall from a good value is called as before, by the default limit, and SPO2_FALL and SPO2_VERY_LOW stay as they were.
- **They take for the patient's own what is there when the values are taken.**
  `sed-E54` begins at 88 % and below: whether that patient lives there or was ill, nobody can say from the numbers.
  SPO2_VERY_LOW still called; SPO2_LOW called a third as often.
  Somebody has to look at the own values before they become limits.
";
