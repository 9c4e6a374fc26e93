//! `scenario`: stories over the wire, judged.

mod shared_files {
    use chairside_shared_files::find;
    use serde_json::Value;

    use crate::{objects, run, text, told};

    #[test]
    fn every_clinical_scenario_passes() {
        let Some(path) = find("clinical/scenarios.json") else {
            return;
        };
        let output = run(&["scenario", text(&path), "--json"]);
        let lines = objects(&output);
        let verdicts: Vec<&Value> = lines
            .iter()
            .filter(|line| line.get("passed").is_some())
            .collect();
        assert_eq!(verdicts.len(), 14);
        for verdict in verdicts {
            assert_eq!(verdict["passed"], true, "{verdict}");
            assert_eq!(verdict["failures"], Value::Array(Vec::new()));
        }
        assert_eq!(output.status.code(), Some(0));
        assert!(told(&output).starts_with("14 passed, 0 failed, 0 that"));
    }

    #[test]
    fn an_obstruction_says_from_which_signals_it_was_drawn() {
        let Some(path) = find("clinical/scenarios.json") else {
            return;
        };
        let mode = |id: &str| {
            let output = run(&["scenario", text(&path), "--id", id, "--json"]);
            let lines = objects(&output);
            let obstruction = lines
                .iter()
                .find(|line| line["id"] == "AIRWAY_OBSTRUCTION")
                .cloned();
            obstruction.expect("it is raised")["mode"].clone()
        };
        assert_eq!(mode("S05-laryngospasm-co2-effort"), "co2+effort");
        assert_eq!(mode("S06-laryngospasm-spo2-only"), "spo2_only");
    }

    #[test]
    fn one_scenario_is_run_alone_and_names_what_was_handed_in() {
        let Some(path) = find("clinical/scenarios.json") else {
            return;
        };
        let output = run(&["scenario", text(&path), "--id", "S12-vomiting-motion"]);
        assert!(output.status.success(), "{output:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed.lines().count(), 2);
        assert!(
            printed.starts_with("passed  S12-vomiting-motion: "),
            "{printed}"
        );
        assert!(
            printed.contains("handed in: HeartRate, PerfusionIndex"),
            "{printed}"
        );
        assert!(printed.contains("ge-v100"), "{printed}");
    }

    #[test]
    fn a_scenario_that_is_not_there_is_named() {
        let Some(path) = find("clinical/scenarios.json") else {
            return;
        };
        let output = run(&["scenario", text(&path), "--id", "S99"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            told(&output).contains("no scenario \"S99\""),
            "{}",
            told(&output)
        );
    }
}
