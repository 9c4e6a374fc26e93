//! `scenario`: stories over the wire, judged.

mod shared_files {
    use chairside_shared_files::find;
    use serde_json::Value;

    use crate::{objects, run, text, told};

    #[test]
    fn the_clinical_scenarios_pass_or_say_which_rule_they_need() {
        let Some(path) = find("clinical/scenarios.json") else {
            return;
        };
        let output = run(&["scenario", text(&path), "--json"]);
        assert_eq!(output.status.code(), Some(1));
        let lines = objects(&output);
        let verdicts: Vec<&Value> = lines
            .iter()
            .filter(|line| line.get("passed").is_some())
            .collect();
        assert_eq!(verdicts.len(), 14);
        for verdict in verdicts {
            let failures = verdict["failures"].as_array().unwrap();
            assert_eq!(verdict["passed"], failures.is_empty());
            // What fails may only be what this version has no rule for.
            for failure in failures {
                let failure = failure.as_str().unwrap();
                let scenario = verdict["scenario"].as_str().unwrap();
                assert!(failure.starts_with("needs "), "{scenario}: {failure}");
            }
        }
        let summary = told(&output);
        assert!(
            summary.starts_with("10 passed, 0 failed, 4 that"),
            "{summary}"
        );
        for id in ["S05-", "S06-", "S07-", "S08-"] {
            assert!(summary.contains(id), "{summary}");
        }
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
