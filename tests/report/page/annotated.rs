//! Our alarms beside the monitor's own and beside what nurses did.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::table::{Table, per_hour, rate};
use crate::engine::Raised;
use crate::recording::{Annotation, Recording, as_number};
use crate::study::{Record, calls, is_physiological};

/// Alarms that began so long before or after something belong to it, s.
const NEAR: f64 = 60.0;

/// How long after an alarm an action may still be because of it, s.
const ACTS_WITHIN: f64 = 120.0;

/// What a nurse does for a patient or a device, not to a sound.
const ACTS: [&str; 2] = ["verbal_stimulation", "fix_equipment"];

/// The monitor's own alarms about the patient.
const ABOUT_THE_PATIENT: [&str; 5] = [
    "no_breath",
    "rr_low",
    "rr_high",
    "spo2_low",
    "desat_prolonged",
];

pub(super) fn quiet(records: &[Record]) -> String {
    let mut text = String::from("## The quiet recordings\n\n");
    let (calling, hours) = quiet_calls(records);
    let all: Vec<&Raised> = quiet_ones(records).flat_map(Record::raised).collect();
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for raised in &all {
        *ids.entry(raised.id).or_default() += 1;
    }
    let ids: Vec<String> = ids
        .iter()
        .map(|(id, count)| format!("{count} {id}"))
        .collect();
    write!(
        text,
        "In the four recordings in which no limit was crossed for long, {hours:.1} h, the engine raised {} alarms of medium or high priority: **{:.1} an hour**, and the goal is at most 1.\n\
         With those of low priority they are {}: {}.\n",
        calling,
        per_hour(calling, hours),
        all.len(),
        ids.join(", "),
    )
    .expect("text takes everything");
    text.push_str(OF_THE_QUIET);
    text
}

/// How many alarms call people in the quiet recordings, and in how many hours.
pub(super) fn quiet_calls(records: &[Record]) -> (usize, f64) {
    let each = quiet_ones(records).map(|record| (calling(record).len(), record.recording.hours()));
    each.fold((0, 0.0), |(count, hours), (its_count, its_hours)| {
        (count + its_count, hours + its_hours)
    })
}

fn quiet_ones(records: &[Record]) -> impl Iterator<Item = &Record> {
    let is_quiet = |record: &&Record| record.name().starts_with("sed-quiet-");
    records.iter().filter(is_quiet)
}

const OF_THE_QUIET: &str = "\
Of them the monitor itself called one desaturation and fast breathing, both in `sed-quiet-E45`; the APNEA and the SPO2_FALL of `sed-quiet-E35` it did not call.
That the recordings are quiet is how they were chosen: they show that the rules do not call where nothing is, and not how often a clinic will be called.
";

pub(super) fn section(records: &[Record]) -> String {
    let sedated: Vec<&Record> = records
        .iter()
        .filter(|it| it.name().starts_with("sed-"))
        .collect();
    let mut text = String::from("## Beside the monitor's alarms and the nurses\n\n");
    text.push_str(OF_THE_ANNOTATIONS);
    text.push('\n');
    text.push_str(&by_kind(&sedated));
    text.push('\n');
    text.push_str(OF_THE_KINDS);
    text.push_str("\n### What nurses did\n\n");
    text.push_str(&by_chance(&sedated));
    text.push_str(&each(&sedated, |annotation| annotation.source == "nurse"));
    text.push_str("\n### What the monitor said of the patient\n\n");
    text.push_str(&each(&sedated, |annotation| {
        annotation.source == "monitor" && about_the_patient(annotation)
    }));
    text.push_str("\n### Alarms nobody would have acted on\n\n");
    text.push_str(&unanswered(&sedated));
    text
}

const OF_THE_ANNOTATIONS: &str = "\
The annotations of `sed-*` are the monitor's own alarms and, in three recordings (`sed-E01`, `sed-E02`, `sed-E154`), what the nurse did.
The other ten have no nurse in them: whether nobody did anything or nobody wrote it down is not known.
One of ours belongs to an annotation when it stood then or began within 60 s before it (*before*), or began within 60 s after its beginning or while it lasted (*after*).
Beside the monitor's alarms about the patient stand ours about the patient, beside those about its sensors ours about sensors; beside a nurse stand all that ask people to come, those of medium and high priority.
";

const OF_THE_KINDS: &str = "\
The monitor tells at once that it has no saturation or no CO2; ours wait 30 s, and most of these times were over before: a capnograph that zeroes itself, a probe that searches.
Those of its alarms about the patient that have none of ours lasted a few seconds, and ours have a delay.
";

/// How much of the time some alarm of ours would have stood beside an action, whenever it was.
fn by_chance(records: &[&Record]) -> String {
    let (mut beside, mut all) = (0, 0);
    for record in records.iter().filter(|record| has_a_nurse(record)) {
        let raised = calling(record);
        for (at, second) in (record.recording.start..).zip(&record.recording.seconds) {
            if second.row.is_none() {
                continue;
            }
            let at = Annotation {
                from: as_number(at),
                to: as_number(at),
                source: String::new(),
                kind: String::new(),
            };
            all += 1;
            beside += usize::from(raised.iter().any(|raised| before(&at, raised)));
        }
    }
    format!(
        "In these three recordings an alarm of ours stood, or had begun in the 60 s before, in {} of 100 seconds.\n\
         So an action at any moment would often have had one before it, and the table shows that ours were there, not that they were needed.\n\n",
        100 * beside / all
    )
}

pub(super) fn about_the_patient(annotation: &Annotation) -> bool {
    ABOUT_THE_PATIENT.contains(&annotation.kind.as_str())
}

/// An alarm that stood when the annotation began, or began shortly before.
fn before(annotation: &Annotation, raised: &Raised) -> bool {
    let at = annotation.from;
    let stands = raised.begins <= at && raised.ends.is_none_or(|end| end >= at);
    stands || (at - NEAR..=at).contains(&raised.begins)
}

/// An alarm that began while what is annotated lasted, or shortly after its beginning.
fn after(annotation: &Annotation, raised: &Raised) -> bool {
    let at = annotation.from;
    raised.begins > at && raised.begins <= (at + NEAR).max(annotation.to)
}

fn near(
    annotation: &Annotation,
    raised: &[&Raised],
    is_near: fn(&Annotation, &Raised) -> bool,
) -> BTreeSet<&'static str> {
    let near = raised.iter().filter(|raised| is_near(annotation, raised));
    near.map(|raised| raised.id).collect()
}

/// Returns the alarms that stand beside an annotation.
fn beside<'a>(annotation: &Annotation, raised: &[&'a Raised]) -> Vec<&'a Raised> {
    let of_its_kind = |raised: &&&Raised| {
        if annotation.source == "monitor" {
            is_physiological(raised.id) == about_the_patient(annotation)
        } else {
            calls(raised)
        }
    };
    raised.iter().filter(of_its_kind).copied().collect()
}

fn calling(record: &Record) -> Vec<&Raised> {
    let raised = record.raised().into_iter();
    raised.filter(|raised| calls(raised)).collect()
}

/// How many annotations have alarms of ours before them, only after them, or none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NearBy {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) none: usize,
}

impl NearBy {
    pub(super) const fn all(self) -> usize {
        self.before + self.after + self.none
    }

    /// Counts the annotations of a recording that are of a kind.
    pub(super) fn add(
        &mut self,
        recording: &Recording,
        raised: &[&Raised],
        which: impl Fn(&Annotation) -> bool,
    ) {
        for annotation in recording.annotations.iter().filter(|it| which(it)) {
            self.count(annotation, raised);
        }
    }

    fn count(&mut self, annotation: &Annotation, raised: &[&Raised]) {
        let raised = beside(annotation, raised);
        let any = |is_near: fn(&Annotation, &Raised) -> bool| {
            raised.iter().any(|raised| is_near(annotation, raised))
        };
        if any(before) {
            self.before += 1;
        } else if any(after) {
            self.after += 1;
        } else {
            self.none += 1;
        }
    }
}

/// How many annotations of each kind have alarms of ours before them, only after them, or none.
fn by_kind(records: &[&Record]) -> String {
    let mut kinds: BTreeMap<(&str, &str), NearBy> = BTreeMap::new();
    for record in records {
        let raised = record.raised();
        for annotation in &record.recording.annotations {
            let kind = (annotation.source.as_str(), annotation.kind.as_str());
            kinds.entry(kind).or_default().count(annotation, &raised);
        }
    }
    let mut table = Table::new(&[
        "who",
        "what",
        "times",
        "ours before",
        "ours only after",
        "none of ours",
    ]);
    for ((source, kind), near) in kinds {
        let mut cells = vec![source.to_owned(), spoken(kind)];
        let counts = [near.all(), near.before, near.after, near.none];
        cells.extend(counts.map(|count| count.to_string()));
        table.row(&cells);
    }
    table.text()
}

fn each(records: &[&Record], which: impl Fn(&Annotation) -> bool) -> String {
    let mut table = Table::new(&["recording", "at, s", "what", "ours before", "ours after"]);
    for record in records {
        let all = record.raised();
        for annotation in record.recording.annotations.iter().filter(|it| which(it)) {
            let raised = beside(annotation, &all);
            let ids = |is_near| {
                let ids: Vec<&str> = near(annotation, &raised, is_near).into_iter().collect();
                if ids.is_empty() {
                    "–".to_owned()
                } else {
                    ids.join(", ")
                }
            };
            table.row(&[
                record.name().to_owned(),
                format!("{:.0}", annotation.from),
                spoken(&annotation.kind),
                ids(before),
                ids(after),
            ]);
        }
    }
    table.text()
}

fn spoken(kind: &str) -> String {
    kind.replace('_', " ")
}

/// What came of an alarm.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Acted,
    Silenced,
    MonitorToo,
    Nothing,
}

fn answer(record: &Record, raised: &Raised) -> Answer {
    let annotations = &record.recording.annotations;
    let did = |kinds: &[&str]| {
        annotations.iter().any(|annotation| {
            let after = annotation.from - raised.begins;
            annotation.source == "nurse"
                && kinds.contains(&annotation.kind.as_str())
                && (-NEAR..=ACTS_WITHIN).contains(&after)
        })
    };
    let monitor = annotations.iter().any(|annotation| {
        annotation.source == "monitor"
            && about_the_patient(annotation) == is_physiological(raised.id)
            && (before(annotation, raised) || after(annotation, raised))
    });
    if did(&ACTS) {
        Answer::Acted
    } else if did(&["alarm_silenced"]) {
        Answer::Silenced
    } else if monitor {
        Answer::MonitorToo
    } else {
        Answer::Nothing
    }
}

fn has_a_nurse(record: &Record) -> bool {
    let mut annotations = record.recording.annotations.iter();
    annotations.any(|annotation| annotation.source == "nurse")
}

fn unanswered(records: &[&Record]) -> String {
    let mut text = String::new();
    let mut table = Table::new(&[
        "rule",
        "with a nurse: raised",
        "acted",
        "silenced only",
        "monitor alarmed too",
        "nothing",
        "without: raised",
        "monitor alarmed too",
        "nothing",
    ]);
    let mut rules: BTreeMap<&str, [[usize; 4]; 2]> = BTreeMap::new();
    let mut hours = [0.0; 2];
    for record in records {
        let side = usize::from(!has_a_nurse(record));
        hours[side] += record.recording.hours();
        for raised in calling(record) {
            let answers = &mut rules.entry(raised.id).or_default()[side];
            answers[answer(record, raised) as usize] += 1;
        }
    }
    let mut totals = [[0; 4]; 2];
    for (id, sides) in &rules {
        for (total, side) in totals.iter_mut().zip(sides) {
            for (total, count) in total.iter_mut().zip(side) {
                *total += count;
            }
        }
        table.row(&cells(id, *sides));
    }
    table.row(&cells("all", totals));
    let [with, without] = totals.map(|side| side.iter().sum::<usize>());
    write!(
        text,
        "An action belongs to an alarm from 60 s before it began (nurses see what monitors will say) until 120 s after.\n\
         With a nurse in the annotations there are {with} alarms in {:.1} h ({} an hour): {} have an action for the patient or a device, {} were followed by a silencing of the monitor and nothing else, and **{} by nothing that a nurse did**.\n\
         Without one there are {without} in {:.1} h ({} an hour); {} of them the monitor did not alarm for either.\n\n{}",
        hours[0],
        rate(with, hours[0]),
        totals[0][0],
        totals[0][1],
        totals[0][2] + totals[0][3],
        hours[1],
        rate(without, hours[1]),
        totals[1][3],
        table.text(),
    )
    .expect("text takes everything");
    text.push('\n');
    text.push_str(OF_THE_UNANSWERED);
    text
}

const OF_THE_UNANSWERED: &str = "\
What this shows:

- **Most alarms of a sedated patient would have been for nothing that a nurse did.**
  APNEA is the largest part by far, RR_LOW comes next.
  These patients had drugs that slow breathing, and a nurse beside them; the rules are for patients who are expected to breathe freely.
  A clinic that sedates has to choose a longer time without a breath (next section), or nobody will listen to this alarm.
- HR_LOW comes from patients whose pulse is near 50 all the time: the same alarm again and again, and nobody acted on one.
  Limits from the patient's own values are for them.
- AIRWAY_OBSTRUCTION called pauses of breathing while the saturation was low already.
  No recording is known to hold a closed airway, so all of its calls count as false.

What it cannot show:

- The nurses heard the monitor's alarms and not ours, and saw the patient.
  An action near an alarm does not make the alarm right, and none does not make it wrong: a nurse who looked and saw that all was well is in no annotation.
- Three recordings with a nurse are too few to count what is missed.
";

fn cells(id: &str, sides: [[usize; 4]; 2]) -> Vec<String> {
    let [with, without] = sides;
    let numbers = [
        with.iter().sum(),
        with[0],
        with[1],
        with[2],
        with[3],
        without.iter().sum(),
        without[2],
        without[3],
    ];
    let numbers = numbers.iter().map(usize::to_string);
    std::iter::once(id.to_owned()).chain(numbers).collect()
}
