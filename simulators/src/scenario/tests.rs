use proptest::prelude::*;

use super::*;

fn story(changes: &[(&str, Value)]) -> String {
    let mut scenario = serde_json::json!({
        "id": "T1",
        "title": "A test",
        "duration_s": 600,
        "patient": {"weight_kg": 70, "baseline": {"hr": 74, "spo2": 98, "sys": 124, "dia": 78}},
        "sensors": {"spo2": true, "hr_source": "spo2", "co2": true, "effort": false, "nibp": true,
                    "cuff_same_limb": false},
        "continuous": {"hr": [[0, 60], [100, 61]], "spo2": [[0, 98], [10, 98], [11, 90]],
                       "pi": [[0, 3.0], [10, 2.5]], "rr": [[0, 12]], "etco2": [[0, 38]]},
        "nibp": [{"t": 60, "sys": 124, "dia": 78, "map": 93}, {"t": 300, "status": "failed"}],
        "flags": [{"signal": "spo2", "flag": "probe_off", "from": 200, "to": 210}],
        "link_down": [{"from": 400, "to": 410}],
        "quiet_after": 0,
    });
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = scenario.pointer_mut(parent).unwrap();
        match parent {
            Value::Array(rows) => rows[key.parse::<usize>().unwrap()] = value.clone(),
            other => other[key] = value.clone(),
        }
    }
    serde_json::json!({"format": "ketamine-vitals-scenario/1", "scenarios": [scenario]}).to_string()
}

fn told(changes: &[(&str, Value)]) -> Scenario {
    let mut file = ScenarioFile::parse(&story(changes)).unwrap();
    file.scenarios.remove(0)
}

fn refused(text: &str) -> String {
    ScenarioFile::parse(text).unwrap_err().to_string()
}

fn after(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[test]
fn values_are_read_at_whole_seconds_and_rounded_half_up() {
    let story = told(&[]);
    let hr = |at| story.at(after(at)).pulse_rate;
    assert_eq!(hr(0.0), Signal::Value(60.0));
    assert_eq!(hr(49.99), Signal::Value(60.0));
    assert_eq!(hr(50.0), Signal::Value(61.0), "60.5 is rounded up");
    assert_eq!(hr(10_000.0), Signal::Value(61.0), "the last value holds");
    let spo2 = |at| story.at(after(at)).spo2;
    assert_eq!(spo2(10.9), Signal::Value(98.0), "a drop within one second");
    assert_eq!(spo2(11.0), Signal::Value(90.0));
    let pi = |at| story.at(after(at)).perfusion_index;
    assert_eq!(pi(1.0), Signal::Value(3.0), "2.95 is rounded up to tenths");
    assert_eq!(pi(2.0), Signal::Value(2.9));
}

#[test]
fn a_flag_takes_the_probes_values_from_its_start_until_before_its_end() {
    let story = told(&[]);
    for (at, gone) in [(199.9, false), (200.0, true), (209.9, true), (210.0, false)] {
        let vitals = story.at(after(at));
        for signal in [vitals.spo2, vitals.pulse_rate, vitals.perfusion_index] {
            assert_eq!(signal == Signal::Missing(Missing::ProbeOff), gone, "{at}");
        }
        assert_eq!(vitals.etco2, Signal::Value(38.0));
        assert_eq!(vitals.heart_rate, Signal::NoChannel);
    }
}

#[test]
fn an_ecg_keeps_its_rate_without_the_probe() {
    let story = told(&[("/sensors/hr_source", "ecg".into())]);
    let vitals = story.at(after(205.0));
    assert_eq!(vitals.heart_rate, Signal::Value(61.0));
    assert_eq!(vitals.pulse_rate, Signal::Missing(Missing::ProbeOff));
}

#[test]
fn sensors_that_are_not_there_have_no_channels() {
    let story = told(&[
        ("/sensors/spo2", false.into()),
        ("/sensors/co2", false.into()),
        ("/sensors/nibp", false.into()),
    ]);
    let vitals = story.at(after(60.0));
    for signal in [
        vitals.spo2,
        vitals.pulse_rate,
        vitals.etco2,
        vitals.respiration_rate,
    ] {
        assert_eq!(signal, Signal::NoChannel);
    }
    assert_eq!((vitals.cuff.measuring, vitals.cuff.last), (false, None));
}

#[test]
fn the_cuff_inflates_35_seconds_before_each_result() {
    let story = told(&[]);
    let cuff = |at| story.at(after(at)).cuff;
    assert_eq!((cuff(24.9).measuring, cuff(24.9).last), (false, None));
    assert!(cuff(25.0).measuring && cuff(59.9).measuring);
    let first = cuff(60.0);
    assert!(!first.measuring);
    let pressures = first.last.unwrap().pressures.unwrap();
    assert_eq!(pressures.systolic, Some(124.0));
    assert!(cuff(299.0).measuring);
    assert_eq!(cuff(299.0).last, first.last, "the last result stays");
    assert_eq!(cuff(300.0).last.unwrap().pressures, None, "a failed cycle");
}

#[test]
fn a_result_stands_for_a_while_before_the_cuff_inflates_again() {
    let nibp = serde_json::json!([
        {"t": 60, "sys": 124, "dia": 78, "map": 93},
        {"t": 80, "sys": 130, "dia": 80, "map": 96},
    ]);
    let story = told(&[("/nibp", nibp)]);
    let cuff = |at| story.at(after(at)).cuff;
    assert!(cuff(59.9).measuring);
    assert!(!cuff(60.0).measuring && !cuff(62.9).measuring);
    assert_eq!(cuff(62.9).last.unwrap().ended, after(60.0));
    assert!(cuff(63.0).measuring && cuff(79.9).measuring);
    assert_eq!(cuff(80.0).last.unwrap().ended, after(80.0));
}

#[test]
fn a_pulled_cable_is_told() {
    let story = told(&[]);
    let down: Vec<bool> = [399.9, 400.0, 409.9, 410.0]
        .map(|at| story.link_down(after(at)))
        .into();
    assert_eq!(down, [false, true, true, false]);
}

#[test]
fn the_heart_beats_at_its_rate() {
    let story = told(&[("/continuous/hr", serde_json::json!([[0, 90]]))]);
    let phase = |at| story.at(after(at)).beat_phase;
    assert!((phase(0.0)).abs() < 1e-9);
    assert!((phase(1.0) - 0.5).abs() < 1e-9);
    assert!((phase(1.5) - 0.25).abs() < 1e-9);
    assert!((phase(7200.1) - 0.15).abs() < 1e-6, "also after the end");
}

#[test]
fn mistakes_are_told_with_scenario_and_key() {
    let wrong = |pointer: &str, value: Value| refused(&story(&[(pointer, value)]));
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (message, expected) in [
        (wrong("/colour", 1.into()), "scenario T1"),
        (wrong("/colour", 1.into()), "unknown field `colour`"),
        (wrong("/sensors/ecg", true.into()), "scenario T1, sensors"),
        (wrong("/duration_s", 0.into()), "scenario T1, duration_s: 0"),
        (
            wrong("/nibp/1", json(r#"{"t": 300, "sys": "x"}"#)),
            "nibp[1].sys: invalid type",
        ),
        (
            wrong("/nibp/1", json(r#"{"t": 300, "sys": 1}"#)),
            "nibp[1]: is either",
        ),
        (
            wrong("/nibp/1", json(r#"{"t": 60, "status": "failed"}"#)),
            "nibp[1]: 60 s",
        ),
        (
            wrong("/continuous/hr", json("[[5, 60], [5, 61]]")),
            "continuous.hr[1]",
        ),
        (wrong("/continuous/hr", json("[]")), "no key point"),
        (
            wrong("/continuous/hr", json("[[0, -1]]")),
            "continuous.hr[0]: -1",
        ),
        (
            wrong("/flags/0/flag", "tired".into()),
            "flags[0].flag: unknown variant `tired`",
        ),
        (
            wrong("/flags/0/to", 200.into()),
            "flags[0]: from 200 to 200",
        ),
        (wrong("/link_down/0/to", 3.into()), "link_down[0]"),
        (wrong("/patient/weight_kg", 0.into()), "patient.weight_kg"),
        (
            wrong("/patient/baseline/sys", json("-3")),
            "patient.baseline.sys",
        ),
        (
            wrong("/dose", json(r#"[{"t": 1, "type": "infusion", "mg": 1}]"#)),
            "dose[0].duration_s",
        ),
        (
            wrong(
                "/expect",
                json(r#"[{"id": "X", "priority": "high", "onset": [9, 3]}]"#),
            ),
            "expect[0].onset: [9, 3] runs backwards",
        ),
    ] {
        assert!(
            message.contains(expected),
            "{message:?} does not say {expected:?}"
        );
    }
}

#[test]
fn mistakes_outside_the_scenarios_are_told_by_key() {
    assert!(refused("{").contains("EOF"));
    let other = r#"{"format": "x/2", "scenarios": []}"#;
    assert_eq!(
        refused(other),
        r#"format: "x/2" is not "ketamine-vitals-scenario/1""#
    );
    let twice = story(&[]).replace("\"scenarios\":[", "\"scenarios\":[],\"extra\":[");
    assert!(refused(&twice).contains("unknown field `extra`"));
    let mut file: Value = serde_json::from_str(&story(&[])).unwrap();
    let again = file["scenarios"][0].clone();
    file["scenarios"].as_array_mut().unwrap().push(again);
    assert_eq!(refused(&file.to_string()), "scenario T1, id: stands twice");
    assert!(refused(&(story(&[]) + "x")).contains("trailing"));
}

proptest! {
    #[test]
    fn any_order_of_calls_gives_the_same_answers(times in proptest::collection::vec(0_u64..2_000_000, 1..50)) {
        let story = told(&[]);
        let ask = |at: &u64| story.at(Duration::from_millis(*at));
        let forward: Vec<_> = times.iter().map(ask).collect();
        let mut backward: Vec<_> = times.iter().rev().map(ask).collect();
        backward.reverse();
        prop_assert_eq!(&forward, &backward);
        for vitals in forward {
            prop_assert!((0.0..1.0).contains(&vitals.beat_phase));
            prop_assert!((0.0..1.0).contains(&vitals.breath_phase));
        }
    }

    #[test]
    fn a_text_cut_anywhere_is_refused_and_never_worse(at in 0_usize..700) {
        let text = story(&[]);
        let cut = at.min(text.len() - 1);
        prop_assert!(ScenarioFile::parse(&text[..cut]).is_err());
    }
}

mod shared_files {
    use std::fs;

    use chairside_shared_files::find;

    use super::after;
    use crate::patient::{Patient, Signal};
    use crate::scenario::ScenarioFile;

    #[test]
    fn the_clinical_scenarios_are_read_and_tell_their_key_points() {
        let Some(path) = find("clinical/scenarios.json") else {
            return;
        };
        let text = fs::read_to_string(path).unwrap();
        let file = ScenarioFile::parse(&text).unwrap();
        assert_eq!(file.scenarios.len(), 14);
        assert!(file.rules["threshold"].is_array());
        let s05 = file
            .scenarios
            .iter()
            .find(|story| story.id.starts_with("S05"))
            .unwrap();
        assert_eq!(s05.expect[0].mode.as_deref(), Some("co2+effort"));
        assert_eq!(s05.at(after(1505.0)).etco2, Signal::Value(0.0));
        let s13 = file
            .scenarios
            .iter()
            .find(|story| story.id.starts_with("S13"))
            .unwrap();
        assert!(s13.link_down(after(1200.0)) && !s13.link_down(after(1380.0)));
        let s10 = file
            .scenarios
            .iter()
            .find(|story| story.id.starts_with("S10"))
            .unwrap();
        assert_eq!(s10.config["nibp.interval_s"], 300);
        assert!(s10.sensors.cuff_same_limb && s10.at(after(266.0)).cuff.measuring);
    }
}
