//! Each way in which a run can differ from its script.

use chairside_simulators::scenario::ScenarioFile;
use serde_json::{Value, json};

use super::*;

/// A scenario that expects a low saturation between 20 and 25 s, over between 60 and 65 s.
fn scenario(changes: &[(&str, Value)]) -> Scenario {
    let mut story = json!({
        "id": "S", "title": "A dip", "duration_s": 200,
        "patient": {"weight_kg": 70, "baseline": {"hr": 70, "spo2": 97, "sys": 120, "dia": 75}},
        "sensors": {"spo2": true, "hr_source": "spo2", "co2": false, "effort": false,
                    "nibp": true, "cuff_same_limb": false},
        "config": {}, "dose": [],
        "continuous": {"hr": [[0, 70]], "spo2": [[0, 97]], "pi": [[0, 2]]},
        "flags": [], "nibp": [], "link_down": [],
        "expect": [{"id": "SPO2_LOW", "priority": "medium", "onset": [20, 25], "clear": [60, 65]}],
        "allow": [], "forbid": ["HR_LOW"], "quiet_after": 100, "notes": "",
    });
    for (key, value) in changes {
        story[*key] = value.clone();
    }
    let file = json!({
        "format": "ketamine-vitals-scenario/1", "format_notes": {}, "rules": null,
        "scenarios": [story],
    });
    let mut file = ScenarioFile::parse(&file.to_string()).expect("the scenario is well formed");
    file.scenarios.remove(0)
}

fn episode(id: AlarmId, onset_s: u64, clear_s: Option<u64>) -> Episode {
    Episode {
        id,
        priority: Priority::Medium,
        mode: None,
        onset: Duration::from_secs(onset_s),
        clear: clear_s.map(Duration::from_secs),
    }
}

const LOW: AlarmId = AlarmId::Spo2Low;

fn failures(changes: &[(&str, Value)], episodes: &[Episode]) -> Vec<String> {
    let verdict = judge(&scenario(changes), |_| true, episodes);
    assert_eq!(verdict.needs, [""; 0]);
    verdict.failures
}

#[test]
fn what_is_expected_passes_at_both_ends_of_its_windows() {
    assert_eq!(failures(&[], &[episode(LOW, 20, Some(60))]), [""; 0]);
    assert_eq!(failures(&[], &[episode(LOW, 25, Some(65))]), [""; 0]);
}

#[test]
fn a_second_beside_a_window_fails() {
    let late = "SPO2_LOW begins at 26 s, not within 20-25 s";
    assert_eq!(failures(&[], &[episode(LOW, 26, Some(60))]), [late]);
    let early = "SPO2_LOW ends at 59 s, not within 60-65 s";
    assert_eq!(failures(&[], &[episode(LOW, 20, Some(59))]), [early]);
}

#[test]
fn an_alarm_that_does_not_come_or_does_not_go_fails() {
    assert_eq!(failures(&[], &[]), ["SPO2_LOW did not appear"]);
    assert_eq!(
        failures(&[], &[episode(LOW, 20, None)]),
        [
            "SPO2_LOW does not end, not within 60-65 s",
            "SPO2_LOW (medium) from 20 s on is present after 100 s"
        ]
    );
}

#[test]
fn another_priority_fails() {
    let mut high = episode(LOW, 20, Some(60));
    high.priority = Priority::High;
    assert_eq!(failures(&[], &[high]), ["SPO2_LOW is high, not medium"]);
}

#[test]
fn another_mode_fails() {
    let rows = json!([{"id": "AIRWAY_OBSTRUCTION", "priority": "medium", "onset": [20, 25],
                       "clear": null, "mode": "co2+effort"}]);
    let expect = [("expect", rows)];
    let mut obstruction = episode(AlarmId::AirwayObstruction, 20, Some(60));
    let wrong = |is: &str| format!("AIRWAY_OBSTRUCTION is drawn from {is}, not co2+effort");
    assert_eq!(failures(&expect, &[obstruction]), [wrong("no mode")]);
    obstruction.mode = Some(AirwayMode::Spo2Only);
    assert_eq!(failures(&expect, &[obstruction]), [wrong("spo2_only")]);
    obstruction.mode = Some(AirwayMode::Co2AndEffort);
    assert_eq!(failures(&expect, &[obstruction]), [""; 0]);
}

#[test]
fn anything_else_that_appears_fails_however_short() {
    let expected = episode(LOW, 20, Some(60));
    let slow = episode(AlarmId::HrLow, 30, Some(31));
    let fast = episode(AlarmId::HrHigh, 40, Some(41));
    assert_eq!(
        failures(&[], &[expected, slow, fast]),
        [
            "HR_LOW (medium) from 30 to 31 s is forbidden",
            "HR_HIGH (medium) from 40 to 41 s is not expected"
        ]
    );
}

#[test]
fn what_is_allowed_may_come_and_stay() {
    let expected = episode(LOW, 20, Some(60));
    let hint = episode(AlarmId::Spo2CuffSameLimb, 90, None);
    let allow = ("allow", json!(["SPO2_CUFF_SAME_LIMB"]));
    assert_eq!(failures(&[allow], &[expected, hint]), [""; 0]);
}

#[test]
fn rows_of_one_alarm_are_successive_episodes() {
    let rows = json!([
        {"id": "SPO2_LOW", "priority": "medium", "onset": [20, 25], "clear": null},
        {"id": "SPO2_LOW", "priority": "medium", "onset": [70, 75], "clear": [90, 95]},
    ]);
    let expect = [("expect", rows)];
    let (first, second) = (episode(LOW, 20, Some(60)), episode(LOW, 70, Some(90)));
    assert_eq!(failures(&expect, &[first, second]), [""; 0]);
    assert_eq!(failures(&expect, &[first]), ["SPO2_LOW did not appear"]);
}

#[test]
fn an_expected_alarm_that_is_also_allowed_may_appear_once_more() {
    let allow = ("allow", json!(["SPO2_LOW"]));
    let before = episode(LOW, 5, Some(8));
    let expected = episode(LOW, 20, Some(60));
    assert_eq!(failures(&[allow], &[before, expected]), [""; 0]);
    let twice = failures(&[], &[before, expected]);
    assert_eq!(twice.len(), 3, "{twice:?}");
}

#[test]
fn an_alarm_without_a_rule_is_named_and_the_rest_is_judged() {
    let rows = json!([
        {"id": "APNEA", "priority": "high", "onset": [10, 15], "clear": null},
        {"id": "SPO2_LOW", "priority": "medium", "onset": [20, 25], "clear": null},
    ]);
    let scenario = scenario(&[("expect", rows)]);
    let verdict = judge(&scenario, |id| id != AlarmId::Apnea, &[]);
    assert_eq!(verdict.needs, ["APNEA"]);
    assert_eq!(verdict.failures, ["SPO2_LOW did not appear"]);
    assert!(!verdict.passed());
}
