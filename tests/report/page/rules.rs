//! What the rules call for, what the engine raised, and when.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::table::{Table, ends, median, per_hour, rate, seconds};
use crate::compare::Pair;
use crate::recording::as_number;
use crate::study::{Record, calls, differences};

pub(super) fn section(records: &[Record]) -> String {
    let mut text = String::from("## Every rule on every recording\n\n");
    let called: usize = records.iter().map(|it| it.compared.pairs.len()).sum();
    let raised: usize = records.iter().map(|record| record.raised().len()).sum();
    let numbers = records.iter().filter_map(|it| it.by_numbers.as_ref());
    let (recordings, by_numbers) = numbers.fold((0, 0), |(count, called), it| {
        (count + 1, called + it.pairs.len())
    });
    let agree = match differences(records).len() {
        0 => "**Each is raised within its delay and 1 s, ends when the rule says, and nothing else is raised.**".to_owned(),
        count => format!("**They differ in {count} episodes.**"),
    };
    write!(
        text,
        "The naive evaluation of the rules finds {called} episodes in {} recordings, and the engine raised {raised}.\n\
         {agree}\n\
         The {recordings} recordings with a CO2 curve were run a second time by their numbers alone: {by_numbers} episodes, and the same holds of them.\n\n\
         {OF_THE_TABLES}\n",
        records.len(),
    )
    .expect("text takes everything");
    text.push_str(&by_record(records));
    text.push('\n');
    text.push_str(&by_rule(records));
    text
}

const OF_THE_TABLES: &str = "\
A dash is none.
Time to alarm is from the first violating sample (of APNEA, from the last breath) to the alarm, and so holds the rule's delay; *past its delay* is what came on top of it.
Recordings of one value a minute or an hour are judged as such: one value beyond a limit decides, so that its time to alarm is nought.
`icu-nibp-*` have NIBP_OVERDUE after nearly every reading, for they were measured once an hour and the limit is 13 minutes.
Of the rules that are not in the tables no recording can tell: none has a belt, a perfusion index, a probe that says it is off, or a cuff that failed.
";

fn by_record(records: &[Record]) -> String {
    let mut table = Table::new(&[
        "recording",
        "hours",
        "high",
        "medium",
        "low",
        "high or medium an hour",
    ]);
    for record in records {
        let raised = record.raised();
        let of = |name: &str| {
            let count = raised.iter().filter(|it| it.priority.name() == name);
            count.count().to_string()
        };
        let calling = raised.iter().filter(|raised| calls(raised)).count();
        let hours = record.recording.hours();
        table.row(&[
            record.name().to_owned(),
            format!("{hours:.2}"),
            of("high"),
            of("medium"),
            of("low"),
            format!("{:.1}", per_hour(calling, hours)),
        ]);
    }
    table.text()
}

fn by_rule(records: &[Record]) -> String {
    let mut table = Table::new(&[
        "recording",
        "rule",
        "called for",
        "raised",
        "time to alarm: median, longest, s",
        "past its delay: longest, s",
        "an hour",
    ]);
    for record in records {
        let pairs = &record.compared.pairs;
        let extra = record.compared.uncalled.iter().map(|raised| raised.id);
        let ids: BTreeSet<&str> = pairs
            .iter()
            .map(|pair| pair.called.id)
            .chain(extra)
            .collect();
        for id in ids {
            let of: Vec<&Pair> = pairs.iter().filter(|pair| pair.called.id == id).collect();
            let extra = record.compared.uncalled.iter().filter(|it| it.id == id);
            let raised: Vec<(&Pair, f64)> = of
                .iter()
                .filter_map(|pair| Some((*pair, pair.raised.as_ref()?.begins)))
                .collect();
            let after = |from: fn(&Pair) -> u64| -> Vec<f64> {
                let raised = raised.iter();
                raised
                    .map(|(pair, at)| at - as_number(from(pair)))
                    .collect()
            };
            let (waits, past) = (
                after(|pair| pair.called.since),
                after(|pair| pair.called.begins),
            );
            let count = raised.len() + extra.count();
            let longest = |values: &[f64]| seconds(ends(values).map(|(_, longest)| longest));
            table.row(&[
                record.name().to_owned(),
                id.to_owned(),
                of.len().to_string(),
                count.to_string(),
                format!("{}, {}", seconds(median(&waits)), longest(&waits)),
                longest(&past),
                rate(count, record.recording.hours()),
            ]);
        }
    }
    table.text()
}
