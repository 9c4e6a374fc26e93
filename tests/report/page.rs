//! The page: plain sentences around figures that are worked out anew each time.

mod annotated;
mod pauses;
mod personal;
mod rules;
mod saturation;
mod table;

use std::fmt::Write;

use crate::study::{Record, differences};
use table::Table;

pub(crate) use pauses::Pauses;
pub(crate) use personal::Personal;

/// The page's path below the project's folder.
pub(crate) const PATH: &str = "docs/recordings-report.md";

/// Writes the page.
pub(crate) fn page(records: &[Record], pauses: &Pauses, personal: &Personal<'_>) -> String {
    let mut page = String::new();
    page.push_str(OPENING);
    let sections = [
        in_short(records, pauses, personal),
        rules::section(records),
        annotated::quiet(records),
        annotated::section(records),
        pauses.section(),
        saturation::section(records),
        personal.section(),
    ];
    for section in sections {
        write!(page, "\n{}\n", section.trim_end()).expect("text takes everything");
    }
    page
}

/// The goals, and what was measured.
fn in_short(records: &[Record], pauses: &Pauses, personal: &Personal<'_>) -> String {
    let mut table = Table::new(&["goal", "measured"]);
    let raised: usize = records.iter().map(|record| record.raised().len()).sum();
    let differences = match differences(records).len()
        + pauses.differences().count()
        + personal.differences().count()
    {
        0 => "none".to_owned(),
        count => format!("**{count}**"),
    };
    table.row(&[
        "every episode that the rules call for is raised within its delay and 1 s, and no other",
        &format!("{raised} episodes, differences: {differences}"),
    ]);
    let (count, hours) = annotated::quiet_calls(records);
    table.row(&[
        "at most 1 alarm of medium or high priority an hour on the quiet recordings",
        &format!("{:.1}", table::per_hour(count, hours)),
    ]);
    table.row(&[
        "with the CO2 curve, a pause of breathing at least 8 s before the monitor's own \"no breath\", in the median",
        &format!("{} s", table::seconds(pauses.gained())),
    ]);
    let (warned, losses) = saturation::warned(records);
    table.row(&[
        "where the saturation falls below 90 % after a loss of breaths, an airway or apnoea alarm before SPO2_LOW (shown, no goal)",
        &format!("in **{warned} of {losses}**: not shown by these recordings"),
    ]);
    let [beyond, all] = personal.fewer();
    table.row(&[
        "with limits from the patient's own values, 60 % fewer alarms (an aim)",
        &format!("{beyond} % fewer of the rule beyond whose limit a patient lives, **{all} % of all alarms**"),
    ]);
    format!("## In short\n\n{}", table.text())
}

const OPENING: &str = "\
# Recordings report

The alarm engine on recordings of real patients: beside an independent evaluation of its rules, beside the monitor's own alarms, and beside what nurses did.

```console
$ cargo run --release --package chairside-e2e --bin recordings-report
```

This makes the page anew and ends with 1, and the list, where engine and rules differ ([testing.md](testing.md#recordings-of-patients)).
The recordings may not be published; this page has figures of them, and no series and no picture.
How the comparison was designed, and why, is in [adr/0017](adr/0017-evidence-from-recordings.md).

**None of these patients had ketamine in an office.**
Most had a sedation by a nurse for a procedure, with a Capnostream 35 (`sed-*`); some lay in intensive care or in theatre, three recordings are of one volunteer in a scanner.
Sedated patients breathe less than Chairside's should, and their alarms are not a forecast of a clinic's.
The limits are those of `config/alarm-profiles/adult-ketamine.toml` where nothing else is said.
Hours are hours of recorded values: what the recorder left out does not count.
";
