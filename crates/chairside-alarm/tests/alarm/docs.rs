//! The page `docs/alarms.md` and the shipped profile, tied to what the engine is tested with.

#![expect(clippy::panic, reason = "a page that cannot be read fails its test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use chairside_alarm::{AlarmId, LimitSide, NibpHighRule, NibpLowRule, ThresholdRule};

use crate::adult;

fn project(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the cells of the table under a heading, row by row, without the table's head.
pub(crate) fn table(heading: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let page = project("docs/alarms.md");
    let (_, section) = page
        .split_once(&format!("# {heading}\n"))
        .unwrap_or_else(|| panic!("docs/alarms.md has no {heading:?}"));
    let rows = section
        .lines()
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

fn whole(value: chairside_model::Value) -> u64 {
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
        ("SPO2_CUFF_SAME_LIMB", (Duration::ZERO, Duration::ZERO)),
        ("DEVICE_LINK_LOST", (link.delay, link.clear_hold)),
        ("RECORDING_STOPPED", timed(rules.recording_stopped)),
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
        "Cuff readings",
        "Equipment, signal and link",
    ] {
        run.extend(table(heading).1.into_iter().map(|row| row[0].clone()));
    }
    for id in AlarmId::ALL {
        let runs = run.iter().any(|name| name == id.name());
        let named = not_supported
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .any(|word| word == id.name());
        assert!(runs != named, "{id} is either run or not supported");
    }
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

/// The shipped profile as flat keys, `threshold.HR_HIGH.trip`, read line by line: it is written
/// without nested or multi-line values.
fn shipped() -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    let mut section = String::new();
    for line in project("config/alarm-profiles/adult-ketamine.toml").lines() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_owned() + ".";
        } else if let Some((key, value)) = line.split_once(" = ") {
            if section.starts_with("threshold") && key == "id" {
                section = format!("threshold.{}.", value.trim_matches('"'));
            } else {
                keys.insert(section.clone() + key, value.trim_matches('"').to_owned());
            }
        }
    }
    keys
}

/// The adult limits under the same keys.
fn flat_limits() -> Vec<(String, String)> {
    let mut keys = Vec::new();
    let parts = adult::parts();
    for rule in &parts.thresholds {
        let key = |field: &str| format!("threshold.{}.{field}", rule.id);
        keys.push((key("trip"), rule.trip.to_string()));
        keys.push((key("clear"), rule.clear.to_string()));
        keys.push((key("delay_s"), rule.delay.as_secs().to_string()));
        keys.push((key("clear_hold_s"), rule.clear_hold.as_secs().to_string()));
        keys.push((key("priority"), rule.priority.name().to_owned()));
    }
    let nibp = &parts.nibp;
    for (id, rule, d) in [
        (AlarmId::NibpHigh, nibp.high, ""),
        (AlarmId::NibpVeryHigh, nibp.very_high, ""),
        (AlarmId::NibpRise, nibp.rise, "d_"),
    ] {
        let rule = rule.expect("the adult limits have it");
        let key = |field: String| format!("nibp.{id}.{field}");
        keys.push((key(format!("{d}sys_ge")), rule.systolic.to_string()));
        keys.push((key(format!("{d}dia_ge")), rule.diastolic.to_string()));
        keys.push((
            key(format!("clear_{d}sys_lt")),
            rule.clear_systolic.to_string(),
        ));
        keys.push((
            key(format!("clear_{d}dia_lt")),
            rule.clear_diastolic.to_string(),
        ));
        keys.push((key("priority".to_owned()), rule.priority.name().to_owned()));
    }
    for (id, rule) in [
        (AlarmId::NibpLow, nibp.low),
        (AlarmId::NibpVeryLow, nibp.very_low),
    ] {
        let rule = rule.expect("the adult limits have it");
        let key = |field: &str| format!("nibp.{id}.{field}");
        keys.push((key("sys_lt"), rule.systolic.to_string()));
        keys.push((key("map_lt"), rule.mean.to_string()));
        keys.push((key("clear_sys_ge"), rule.clear_systolic.to_string()));
        keys.push((key("clear_map_ge"), rule.clear_mean.to_string()));
        keys.push((key("priority"), rule.priority.name().to_owned()));
    }
    for (id, priority) in [
        (AlarmId::NibpFailed, nibp.failed),
        (AlarmId::NibpOverdue, nibp.overdue),
    ] {
        let priority = priority.expect("the adult limits have it");
        keys.push((format!("nibp.{id}.priority"), priority.name().to_owned()));
    }
    keys
}

fn flat_times() -> Vec<(String, String)> {
    let parts = adult::parts();
    let technical = &parts.technical;
    let link = &technical.device_link_lost;
    let holds = &parts.holds;
    let mut keys = vec![
        (
            "holds.step_points".to_owned(),
            holds.step_points.to_string(),
        ),
        (
            "technical.DEVICE_LINK_LOST.priority_dosing".to_owned(),
            link.priority_dosing.name().to_owned(),
        ),
        (
            "technical.DEVICE_LINK_LOST.priority_other".to_owned(),
            link.priority_other.name().to_owned(),
        ),
    ];
    for (id, rule) in [
        (AlarmId::Spo2ProbeOff, technical.spo2_probe_off),
        (AlarmId::Spo2NoData, technical.spo2_no_data),
        (AlarmId::RecordingStopped, Some(technical.recording_stopped)),
    ] {
        let rule = rule.expect("the adult limits have it");
        let key = |field: &str| format!("technical.{id}.{field}");
        keys.push((key("delay_s"), rule.delay.as_secs().to_string()));
        keys.push((key("clear_hold_s"), rule.clear_hold.as_secs().to_string()));
        keys.push((key("priority"), rule.priority.name().to_owned()));
    }
    let times = [
        ("gap_tolerance_s", holds.gap_tolerance),
        ("nibp.interval_s", parts.nibp.interval),
        ("nibp.overdue_grace_s", parts.nibp.overdue_grace),
        ("holds.cuff_same_limb_max_s", holds.cuff_same_limb_max),
        ("holds.cuff_release_s", holds.cuff_release),
        ("holds.step_hold_s", holds.step_hold),
        ("holds.after_hold_delay_max_s", holds.after_hold_delay_max),
        ("technical.DEVICE_LINK_LOST.delay_s", link.delay),
        ("technical.DEVICE_LINK_LOST.clear_hold_s", link.clear_hold),
        ("technical.DEVICE_LINK_LOST.dosing_tail_s", link.dosing_tail),
    ];
    keys.extend(times.map(|(key, time)| (key.to_owned(), time.as_secs().to_string())));
    keys
}

#[test]
fn the_shipped_profile_is_the_one_that_the_charts_are_run_with() {
    let shipped = shipped();
    for (key, is) in flat_limits().into_iter().chain(flat_times()) {
        assert_eq!(shipped.get(&key), Some(&is), "{key}");
    }
}
