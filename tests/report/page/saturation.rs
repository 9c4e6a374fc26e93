//! How long before the saturation the airway alarms came.

use std::fmt::Write;

use super::table::{Table, ends, median, seconds};
use crate::engine::Raised;
use crate::recording::{Recording, as_number};
use crate::study::Record;

/// Below this a saturation counts as a desaturation here, %.
const BELOW: f64 = 90.0;

/// Stretches that are closer together than this are one, s.
const ONE_STRETCH: usize = 60;

/// How far back a loss of breaths, and an alarm of it, can have led to a desaturation, s: lungs
/// and blood hold oxygen for a while, and the finger is late.
const LEADS: f64 = 180.0;

/// Without a breath for so long is a loss of breaths, s: the shortest that is called an apnoea.
const LOSS: usize = 10;

/// Alarms of a loss of breaths.
const NO_BREATH: [&str; 2] = ["APNEA", "AIRWAY_OBSTRUCTION"];

const AIRWAY: [&str; 3] = ["APNEA", "AIRWAY_OBSTRUCTION", "AIRWAY_PARTIAL"];

/// A stretch of saturations below the limit.
struct Desaturation {
    /// The first value below it, and the last, seconds of the recording.
    begins: usize,
    ends: usize,
    lowest: f64,
}

pub(super) fn section(records: &[Record]) -> String {
    let Leads {
        table,
        all,
        after_a_loss,
        warned,
    } = leads(records);
    let mut text = String::from("## Airway alarms before the saturation\n\n");
    write!(
        text,
        "The recordings with a CO2 curve have {all} desaturations below 90 %; {after_a_loss} of them came within 180 s of {LOSS} s or longer without a breath.\n\
         An airway or apnoea alarm came before SPO2_LOW in {warned} of these {after_a_loss}.\n\n{}",
        table.text()
    )
    .expect("text takes everything");
    text.push('\n');
    text.push_str(&other_way_round(records));
    text.push_str(OF_THE_LEAD);
    text
}

/// The desaturations, and how many of them an airway alarm came before.
struct Leads {
    table: Table,
    all: usize,
    /// Those that came after a loss of breaths, and those of them that had an alarm before.
    after_a_loss: usize,
    warned: usize,
}

/// Returns how many desaturations after a loss of breaths had an airway alarm before, of how many.
pub(super) fn warned(records: &[Record]) -> (usize, usize) {
    let leads = leads(records);
    (leads.warned, leads.after_a_loss)
}

fn leads(records: &[Record]) -> Leads {
    let mut table = Table::new(&[
        "recording",
        "below 90 % at, s",
        "lowest, %",
        "longest time without a breath in the 180 s before, s",
        "airway alarm before SPO2_LOW",
        "seconds before SPO2_LOW",
    ]);
    let (mut all, mut after_a_loss, mut warned) = (0, 0, 0);
    for record in records.iter().filter(|it| it.recording.has.curve) {
        for desaturation in desaturations(&record.recording) {
            let loss = longest_pause(&record.recording, desaturation.begins);
            let (alarm, lead) = lead_of(record, &desaturation);
            all += 1;
            if loss >= LOSS {
                after_a_loss += 1;
                warned += usize::from(lead.is_some());
            }
            table.row(&[
                record.name().to_owned(),
                desaturation.begins.to_string(),
                format!("{:.0}", desaturation.lowest),
                loss.to_string(),
                alarm,
                lead.map_or("–".to_owned(), |lead| format!("{lead:.0}")),
            ]);
        }
    }
    Leads {
        table,
        all,
        after_a_loss,
        warned,
    }
}

/// How many alarms of the saturation had one of the airway before them, and how many of the airway
/// had one of the saturation after.
fn other_way_round(records: &[Record]) -> String {
    let (mut low, mut led): (usize, Vec<f64>) = (0, Vec::new());
    let (mut airway, mut followed) = (0, 0);
    for record in records.iter().filter(|it| it.recording.has.curve) {
        let raised = record.raised();
        let alarms = |ids: &'static [&str]| raised.iter().filter(|it| ids.contains(&it.id));
        for fall in alarms(&["SPO2_LOW"]) {
            low += 1;
            led.extend(last_before(&raised, fall.begins).map(|(_, lead)| lead));
        }
        for loss in alarms(&NO_BREATH) {
            airway += 1;
            followed += usize::from(
                alarms(&["SPO2_LOW"])
                    .any(|fall| (0.0..=LEADS).contains(&(fall.begins - loss.begins))),
            );
        }
    }
    let leads = ends(&led).map_or_else(String::new, |(least, most)| {
        format!(
            ", by {} s in the median ({least:.0} to {most:.0})",
            seconds(median(&led))
        )
    });
    format!(
        "Of all {low} SPO2_LOW (below 92 % for 10 s), {} came after an airway or apnoea alarm of the 180 s before{leads}.\n\
         Of the {airway} APNEA and AIRWAY_OBSTRUCTION, {followed} were followed by SPO2_LOW within 180 s.\n",
        led.len(),
    )
}

const OF_THE_LEAD: &str = "\
Where APNEA comes every few minutes, some of them come before a fall by chance.
That most are followed by none is what was found elsewhere: 42 of 100 in one study and 21 in another were (sources in [alarms.md](alarms.md#sources)).

**These recordings do not show the lead that capnography can give.**
Two of the desaturations stood when the recording began, and nobody knows what came before them.
All others but one came while breaths were seen on the curve, with at most 7 s without one; in the one after a loss of breaths, the loss was too short for APNEA and the saturation not yet three points down, as AIRWAY_OBSTRUCTION asks, and SPO2_FALL or SPO2_LOW was the first to call.
What shallow breaths do to the saturation no airway rule sees before the saturation itself moves.
The lead is shown by a scripted closure alone ([alarms.md](alarms.md#breathing-and-airway)): the call comes 14 s after it with CO2 and effort, and after 69 s with the saturation alone.
";

fn desaturations(recording: &Recording) -> Vec<Desaturation> {
    let mut found: Vec<Desaturation> = Vec::new();
    for (t, second) in recording.seconds.iter().enumerate() {
        let Some(spo2) = second.row.and_then(|row| row.spo2) else {
            continue;
        };
        if spo2 >= BELOW {
            continue;
        }
        match found.last_mut().filter(|last| t - last.ends <= ONE_STRETCH) {
            Some(last) => {
                last.ends = t;
                last.lowest = last.lowest.min(spo2);
            }
            None => found.push(Desaturation {
                begins: t,
                ends: t,
                lowest: spo2,
            }),
        }
    }
    found
}

/// Returns the longest time without a breath on the curve that ended in the time before, or that
/// lasts.
fn longest_pause(recording: &Recording, at: usize) -> usize {
    let mut last_breath = None;
    let mut longest = 0;
    for t in 0..=at {
        let Some(co2) = recording.seconds[t].curve else {
            // Nobody knows of breaths in a gap.
            last_breath = None;
            continue;
        };
        if co2 >= 8.0 {
            last_breath = Some(t);
        }
        let pause = last_breath.map_or(0, |breath| t - breath);
        if as_number((at - t) as u64) <= LEADS {
            longest = longest.max(pause);
        }
    }
    longest
}

/// Returns the airway alarm that began last before `SPO2_LOW` did, in words, and by how much.
fn lead_of(record: &Record, desaturation: &Desaturation) -> (String, Option<f64>) {
    let raised = record.raised();
    let (begins, ends) = (
        as_number(desaturation.begins as u64),
        as_number(desaturation.ends as u64),
    );
    let stood = |alarm: &&&Raised| {
        // The limit and the delay of SPO2_LOW lie around the desaturation.
        alarm.begins <= ends + 15.0 && alarm.ends.is_none_or(|end| end >= begins)
    };
    let low = raised.iter().filter(|it| it.id == "SPO2_LOW").find(stood);
    let Some(low) = low else {
        return ("no SPO2_LOW: shorter than its delay".to_owned(), None);
    };
    match last_before(&raised, low.begins) {
        Some((id, lead)) => (id.to_owned(), Some(lead)),
        None => ("none".to_owned(), None),
    }
}

/// Returns the airway alarm that began last before a moment, and how long before.
fn last_before(raised: &[&Raised], at: f64) -> Option<(&'static str, f64)> {
    let airway = raised.iter().filter(|it| AIRWAY.contains(&it.id));
    let leads = airway.map(|it| (it.id, at - it.begins));
    leads
        .filter(|(_, lead)| (0.0..=LEADS).contains(lead))
        .min_by(|one, other| one.1.total_cmp(&other.1))
}
