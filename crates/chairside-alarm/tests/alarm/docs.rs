//! The page `docs/alarms.md`, tied to what the engine is tested with.

#![expect(clippy::panic, reason = "a page that cannot be read fails its test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use chairside_alarm::{
    AlarmId, LimitKey, LimitSide, NibpHighRule, NibpLowRule, Phase, Priority, ThresholdRule,
};
use chairside_model::Value;

use crate::adult;

pub(crate) fn project(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the cells of the table under a heading, row by row, without the table's head.
pub(crate) fn table(heading: &str) -> (Vec<String>, Vec<Vec<String>>) {
    nth_table(heading, 0)
}

/// The same of the second table under a heading.
pub(crate) fn second_table(heading: &str) -> (Vec<String>, Vec<Vec<String>>) {
    nth_table(heading, 1)
}

fn nth_table(heading: &str, place: usize) -> (Vec<String>, Vec<Vec<String>>) {
    let page = project("docs/alarms.md");
    let (_, section) = page
        .split_once(&format!("# {heading}\n"))
        .unwrap_or_else(|| panic!("docs/alarms.md has no {heading:?}"));
    let mut lines = section.lines().peekable();
    for _ in 0..place {
        while lines.next_if(|line| !line.starts_with('|')).is_some() {}
        while lines.next_if(|line| line.starts_with('|')).is_some() {}
    }
    let rows = lines
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    let mut rows = rows.map(|row| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
    });
    let head = rows.next().expect("a table has a head");
    (head, rows.skip(1).collect())
}

/// Returns the numbers in a text, in order.
fn numbers(text: &str) -> Vec<u64> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter_map(|word| word.parse().ok())
        .collect()
}

fn whole(value: Value) -> u64 {
    value
        .to_string()
        .parse()
        .expect("the adult limits are whole numbers")
}

fn threshold_row(rule: &ThresholdRule) -> Vec<String> {
    let (trips, clears) = match rule.side {
        LimitSide::High => (">", "≤"),
        LimitSide::Low => ("<", "≥"),
    };
    let signal = match rule.signal {
        chairside_alarm::Signal::SpO2 => "SpO2",
        chairside_alarm::Signal::RespirationRate => "RR",
        chairside_alarm::Signal::EtCO2 => "EtCO2",
        _ => "rate",
    };
    vec![
        rule.id.name().to_owned(),
        signal.to_owned(),
        format!("{trips} {}", rule.trip),
        rule.delay.as_secs().to_string(),
        format!("{clears} {}", rule.clear),
        rule.clear_hold.as_secs().to_string(),
        rule.priority.name().to_owned(),
    ]
}

#[test]
fn the_page_lists_the_limits_that_the_charts_are_run_with() {
    let (_, rows) = table("Limits of continuous signals");
    let expected: Vec<_> = adult::parts()
        .thresholds
        .iter()
        .map(threshold_row)
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_page_lists_the_cuff_limits_that_the_charts_are_run_with() {
    let (_, rows) = table("Cuff readings");
    let nibp = adult::parts().nibp;
    let high = |rule: Option<NibpHighRule>| {
        let rule = rule.expect("the adult limits have it");
        let limits = [
            rule.systolic,
            rule.diastolic,
            rule.clear_systolic,
            rule.clear_diastolic,
        ];
        (limits.map(whole), rule.priority)
    };
    let low = |rule: Option<NibpLowRule>| {
        let rule = rule.expect("the adult limits have it");
        let limits = [
            rule.systolic,
            rule.mean,
            rule.clear_systolic,
            rule.clear_mean,
        ];
        (limits.map(whole), rule.priority)
    };
    let expected = [
        ("NIBP_HIGH", high(nibp.high)),
        ("NIBP_VERY_HIGH", high(nibp.very_high)),
        ("NIBP_RISE", high(nibp.rise)),
        ("NIBP_LOW", low(nibp.low)),
        ("NIBP_VERY_LOW", low(nibp.very_low)),
    ];
    assert_eq!(rows.len(), expected.len());
    for (row, (id, (limits, priority))) in rows.iter().zip(expected) {
        assert_eq!(row[0], id);
        assert_eq!(
            [numbers(&row[1]), numbers(&row[2])].concat(),
            limits,
            "{id}"
        );
        assert_eq!(row[3], priority.name(), "{id}");
    }
}

/// Returns the numbers of a text that stand by themselves, with fractions; a sign is not one.
fn decimals(text: &str) -> Vec<f64> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// A row of the table of airway rules: its id and mode, the numbers of its two conditions, its
/// delay and hold, and its priority.
struct AirwayRow(
    &'static str,
    Vec<Value>,
    Duration,
    Vec<f64>,
    Duration,
    Priority,
);

fn airway_rows() -> Vec<AirwayRow> {
    let airway = adult::parts().airway;
    let seconds = |duration: Duration| {
        Value::finite(duration.as_secs_f64()).expect("a time of the adult limits is finite")
    };
    let breath = airway.breath.co2_min;
    let (apnea, obstruction, partial, fall) = adult::airway_rules();
    let alone = obstruction.spo2_only;
    let none = Duration::ZERO;
    let mode = |name, numbers, delay| {
        let hold = obstruction.clear.hold;
        AirwayRow(name, numbers, delay, Vec::new(), hold, obstruction.priority)
    };
    vec![
        AirwayRow(
            "SPO2_FALL",
            vec![fall.drop, fall.slope, fall.spo2_max],
            fall.delay,
            vec![fall.clear_slope.number()],
            fall.clear_hold,
            fall.priority,
        ),
        AirwayRow(
            "APNEA",
            vec![seconds(apnea.no_breath), obstruction.effort_min],
            none,
            vec![apnea.clear_breathing.as_secs_f64()],
            none,
            apnea.priority,
        ),
        mode(
            "AIRWAY_OBSTRUCTION, co2+effort",
            vec![
                seconds(obstruction.co2_effort_no_breath),
                obstruction.effort_min,
                obstruction.corroborating_drop,
                obstruction.corroborating_rate,
                seconds(obstruction.co2_effort_max),
            ],
            none,
        ),
        mode(
            "AIRWAY_OBSTRUCTION, co2",
            vec![seconds(obstruction.co2_no_breath), obstruction.co2_drop],
            none,
        ),
        mode(
            "AIRWAY_OBSTRUCTION, spo2_only",
            vec![alone.spo2_max, alone.drop, alone.slope],
            alone.delay,
        ),
        AirwayRow(
            "AIRWAY_PARTIAL",
            vec![
                breath,
                partial.etco2_min,
                partial.etco2_ratio,
                partial.drop,
                partial.rate_rise,
            ],
            partial.delay,
            vec![
                partial.clear_etco2_ratio.number(),
                partial.clear_drop.number(),
            ],
            partial.clear_hold,
            partial.priority,
        ),
    ]
}

#[test]
fn the_page_lists_the_airway_rules_that_the_charts_are_run_with() {
    let (_, rows) = table("Breathing and airway");
    let expected = airway_rows();
    assert_eq!(rows.len(), expected.len());
    for (row, AirwayRow(id, trips, delay, clears, hold, priority)) in rows.iter().zip(expected) {
        assert_eq!(row[0], id);
        let trips: Vec<f64> = trips.iter().map(|value| value.number().abs()).collect();
        assert_eq!(decimals(&row[1]), trips, "{id}");
        assert_eq!(row[2], delay.as_secs().to_string(), "{id}");
        let clears: Vec<f64> = clears.iter().map(|number| number.abs()).collect();
        assert_eq!(decimals(&row[3]), clears, "{id}");
        assert_eq!(row[4], hold.as_secs().to_string(), "{id}");
        assert_eq!(row[5], priority.name(), "{id}");
    }
}

#[test]
fn the_page_lists_the_windows_that_the_charts_are_run_with() {
    let (_, rows) = table("Features");
    let windows = adult::parts().airway.windows;
    let rows: BTreeMap<&str, Vec<f64>> = rows
        .iter()
        .map(|row| (row[0].as_str(), decimals(&row[1])))
        .collect();
    let count = |count: usize| f64::from(u32::try_from(count).expect("windows are short"));
    let expected = [
        ("S", vec![windows.now.as_secs_f64(), 3.0]),
        (
            "B",
            vec![
                windows.baseline_from.as_secs_f64(),
                windows.baseline_to.as_secs_f64(),
                count(windows.baseline_samples_min),
            ],
        ),
        (
            "m",
            vec![
                windows.slope.as_secs_f64(),
                count(windows.slope_samples_min),
            ],
        ),
    ];
    for (feature, numbers) in expected {
        assert_eq!(rows[feature], numbers, "{feature}");
    }
    let page = project("docs/alarms.md");
    let suspect = format!(
        "D ≥ {}, or nb ≥ 8, or A ≤ 0.7 A0. While something is suspect the baselines stay as they \
         were, until D < {} and nothing is suspect, for at most {} s",
        windows.freeze_drop,
        windows.unfreeze_drop,
        windows.freeze_max.as_secs()
    );
    assert!(page.contains(&suspect), "{suspect}");
    let (_, obstruction, ..) = adult::airway_rules();
    let clear = obstruction.clear;
    let over = format!(
        "when breaths have come again for {} s, where CO2 is measured, and S ≥ {} or D ≤ {}, both \
         held for {} s",
        clear.breathing.as_secs(),
        clear.spo2_min,
        clear.within_of_baseline,
        clear.hold.as_secs()
    );
    assert!(page.contains(&over), "{over}");
}

#[test]
fn the_page_lists_the_delays_that_the_charts_are_run_with() {
    let (_, rows) = table("Equipment, signal and link");
    let rules = adult::parts().technical;
    let link = rules.device_link_lost;
    let timed = |rule: chairside_alarm::TechnicalRule| (rule.delay, rule.clear_hold);
    let expected = BTreeMap::from([
        ("NIBP_FAILED", (Duration::ZERO, Duration::ZERO)),
        ("NIBP_OVERDUE", (Duration::ZERO, Duration::ZERO)),
        (
            "SPO2_PROBE_OFF",
            timed(rules.spo2_probe_off.expect("it is on")),
        ),
        ("SPO2_NO_DATA", timed(rules.spo2_no_data.expect("it is on"))),
        (
            "SPO2_LOW_PERFUSION",
            rules
                .spo2_low_perfusion
                .map(|rule| (rule.delay, rule.clear_hold))
                .expect("it is on"),
        ),
        ("CO2_NO_DATA", timed(rules.co2_no_data.expect("it is on"))),
        ("LINE_GARBLED", timed(rules.line_garbled.expect("it is on"))),
        ("SPO2_CUFF_SAME_LIMB", (Duration::ZERO, Duration::ZERO)),
        ("DEVICE_LINK_LOST", (link.delay, link.clear_hold)),
        ("DEVICE_SWAPPED", (Duration::ZERO, Duration::ZERO)),
        ("BED_FAILED", (Duration::ZERO, Duration::ZERO)),
        ("RECORDING_STOPPED", timed(rules.recording_stopped)),
        ("NO_STATION", timed(rules.no_station.expect("it is on"))),
        (
            "DELIVERY_FAILED",
            timed(rules.delivery_failed.expect("it is on")),
        ),
        ("PATIENT_CALL", (Duration::ZERO, Duration::ZERO)),
        ("HELP_WANTED", (Duration::ZERO, Duration::ZERO)),
    ]);
    assert_eq!(rows.len(), expected.len());
    for row in rows {
        let (delay, hold) = expected[row[0].as_str()];
        assert_eq!(row[2], delay.as_secs().to_string(), "{}", row[0]);
        assert_eq!(row[4], hold.as_secs().to_string(), "{}", row[0]);
    }
}

#[test]
fn the_page_says_of_every_alarm_that_it_is_run_or_not_supported() {
    let page = project("docs/alarms.md");
    let (_, not_supported) = page
        .split_once("## Not supported")
        .expect("the heading is there");
    let mut run: Vec<String> = Vec::new();
    for heading in [
        "Limits of continuous signals",
        "Breathing and airway",
        "Cuff readings",
        "Equipment, signal and link",
    ] {
        let names = table(heading).1.into_iter().map(|row| row[0].clone());
        // The modes of one alarm have rows of their own.
        run.extend(names.map(|name| name.split(',').next().unwrap_or_default().to_owned()));
    }
    for id in AlarmId::ALL {
        let runs = run.iter().any(|name| name == id.name());
        let named = not_supported
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .any(|word| word == id.name());
        assert!(runs != named, "{id} is either run or not supported");
    }
}

/// The cell of a number in a phase that has its own.
fn in_phase(phase: Phase, key: LimitKey) -> String {
    let adjustments = adult::adjustments();
    let phase = adjustments.phases.get(&phase);
    let own = phase.and_then(|values| values.get(&key));
    own.map_or_else(|| "–".to_owned(), Value::to_string)
}

#[test]
fn the_page_lists_the_bounds_and_phases_that_the_charts_are_run_with() {
    let (_, rows) = table("Limits that change");
    let adjustments = adult::adjustments();
    let changing = |key: &LimitKey| {
        let mut phases = adjustments.phases.values();
        adjustments.tailoring.contains_key(key) || phases.any(|values| values.contains_key(key))
    };
    let expected: Vec<Vec<String>> = LimitKey::all()
        .filter(changing)
        .map(|key| {
            let default = key.of(&adult::parts()).expect("its rule is on");
            let bounds = adjustments.tailoring.get(&key);
            let bounds = bounds.map(|bounds| format!("{} to {}", bounds.least, bounds.most));
            vec![
                key.name().to_owned(),
                default.to_string(),
                bounds.unwrap_or_else(|| "–".to_owned()),
                in_phase(Phase::Dosing, key),
                in_phase(Phase::Recovery, key),
            ]
        })
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_page_lists_the_families_that_the_charts_are_run_with() {
    let (_, rows) = table("Families, the mildest first");
    let listed: Vec<Vec<AlarmId>> = rows
        .iter()
        .map(|row| {
            let members = row[1].split(", ");
            members
                .map(|name| AlarmId::from_name(name).expect("an alarm"))
                .collect()
        })
        .collect();
    assert_eq!(listed, adult::parts().families);
}
