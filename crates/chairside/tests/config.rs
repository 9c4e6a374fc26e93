//! The configuration: what is shipped can be read, and what is wrong is told in words.
//!
//! `tests/config/` keeps one rejected file for each reason, named after it. Its lines that begin
//! with `#=` are the mistakes that must be told, all of them and in this order. `{drivers}` in
//! them stands for the names of all drivers.

#[path = "config/lines.rs"]
mod lines;
#[path = "config/protocols.rs"]
mod protocols;

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use chairside::config::{Config, ConfigErrors, profile, protocol};
use chairside_alarm::{AlarmId, Baseline, LimitKey, SessionLimits};
use chairside_model::Value as Number;
use chairside_protocol::DRIVERS;
use serde_json::{Value, json};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

/// Compares what is told about each file of a folder with what the file says must be told.
fn each_is_refused<T: Debug>(folder: &str, load: impl Fn(&Path) -> Result<T, ConfigErrors>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/config")
        .join(folder);
    for path in files_in(&folder) {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let expected: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("#= "))
            .collect();
        let errors = load(&path).expect_err(&path.display().to_string());
        let told: Vec<String> = errors
            .mistakes()
            .iter()
            .map(|mistake| {
                let told = mistake
                    .to_string()
                    .replace(&folder.display().to_string(), ".");
                let (_file, told) = told.split_once(": ").expect("the file comes first");
                told.replace(&names_of_drivers(), "{drivers}")
            })
            .collect();
        if std::env::var_os("CHAIRSIDE_BLESS").is_some() {
            let rest: Vec<&str> = text
                .lines()
                .filter(|line| !line.starts_with("#="))
                .collect();
            let blessed = format!("#= {}\n{}\n", told.join("\n#= "), rest.join("\n"));
            fs::write(&path, blessed).expect("the file can be written");
            continue;
        }
        assert_eq!(told, expected, "{}", path.display());
        assert!(!expected.is_empty(), "{} says no mistake", path.display());
    }
}

fn names_of_drivers() -> String {
    DRIVERS
        .iter()
        .map(|driver| driver.name)
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn the_examples_of_calling_people_in_the_shipped_file_can_be_used() {
    let shipped = workspace().join("config/clinic.toml");
    let text = fs::read_to_string(shipped).expect("it is shipped");
    let is_setting = |line: &str| {
        let letters = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
        let key = line.split_once(" = ").map(|(key, _)| key);
        line.starts_with('[') || key.is_some_and(|key| key.chars().all(letters))
    };
    let mut used = 0;
    let lines = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(setting) if is_setting(setting) => {
            used += 1;
            setting
        }
        _ => line,
    });
    let text: Vec<&str> = lines.collect();
    // An own authority is a file of the clinic's.
    let text = text.join("\n").replace("ca_file =", "# ca_file =");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("clinic.toml");
    fs::write(&file, text).expect("the folder is ours");
    for (name, secret) in [
        ("ntfy.token", "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"),
        ("webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ("sms.password", "hunter2"),
        ("mail.password", "hunter2"),
        ("mqtt.password", "hunter2"),
    ] {
        fs::write(folder.path().join(name), secret).expect("the folder is ours");
    }
    let config = Config::load(&file).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert!(used > 40, "{used} lines are examples");
    let kinds = config.calling.channels.iter();
    let kinds: Vec<&str> = kinds.map(|channel| channel.settings.kind()).collect();
    assert_eq!(kinds, ["ntfy", "webhook", "gateway", "mail", "push"]);
    assert_eq!(config.calling.drills.len(), 1);
    assert!(config.calling.manager.is_some() && config.calling.broker.is_some());
    assert!(config.calling.loudspeaker.is_some());
    let ladder = config.beds[0].ladder.as_ref();
    assert_eq!(ladder.map(|ladder| ladder.rungs.len()), Some(3));
    assert_eq!(config.calling.people[0].len(), 1);
}

#[test]
fn every_wrong_clinic_file_is_refused_with_all_its_mistakes() {
    each_is_refused("clinic", Config::load);
}

#[test]
fn every_wrong_alarm_profile_is_refused_with_all_its_mistakes() {
    each_is_refused("profile", profile::load);
}

#[test]
fn the_clinic_file_that_is_shipped_can_be_read() {
    let config = Config::load(&workspace().join("config/clinic.toml")).unwrap();
    assert_eq!(config.site, "clinic-a");
    assert_eq!(config.beds.len(), 1);
    let names: Vec<&str> = config.beds[0]
        .devices
        .iter()
        .map(|device| device.name.as_str())
        .collect();
    assert_eq!(names, ["1-nonin", "V100 on the blue stand"]);
}

#[test]
fn localhost_is_this_machines_own_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clinic.toml");
    let text = fs::read_to_string(workspace().join("config/clinic.toml")).unwrap();
    assert!(text.contains("listen = \"127.0.0.1:8080\""));
    let listen = |text: &str| {
        fs::write(&path, text).unwrap();
        Config::load(&path).map(|config| config.service.listen.to_string())
    };
    let at_localhost = text.replace("\"127.0.0.1:8080\"", "\"localhost:8080\"");
    assert_eq!(listen(&at_localhost).unwrap(), "127.0.0.1:8080");
    let no_port = text.replace("\"127.0.0.1:8080\"", "\"localhost:99999\"");
    assert!(listen(&no_port).is_err());
}

#[test]
fn every_alarm_profile_that_is_shipped_can_be_read() {
    for path in files_in(&workspace().join("config/alarm-profiles")) {
        let profile = profile::load(&path).unwrap();
        assert_eq!(
            Some(profile.parts().name.as_str()),
            path.file_stem().unwrap().to_str()
        );
    }
}

#[test]
fn the_profiles_that_are_shipped_are_built_in_as_well() {
    for path in files_in(&workspace().join("config/alarm-profiles")) {
        let shipped = profile::load(&path).unwrap();
        assert_eq!(profile::built_in(&shipped.parts().name), Some(shipped));
    }
    assert_eq!(profile::built_in("child"), None);
}

#[test]
fn the_personal_profile_moves_limits_to_the_side_of_one_who_lives_beyond_them_and_of_nobody_else() {
    let path = workspace().join("config/alarm-profiles/adult-ketamine-personal.toml");
    let profile = profile::load(&path).expect("it is shipped");
    let check = |pulse, spo2, expected: [i32; 3]| {
        let mut limits = SessionLimits::new(profile.clone());
        limits.personalise(&Baseline {
            heart_rate: Some(Number::whole(pulse)),
            spo2: Some(Number::whole(spo2)),
            ..Baseline::default()
        });
        let ids = [AlarmId::HrLow, AlarmId::HrHigh, AlarmId::Spo2Low];
        let moved = ids.map(|id| limits.value(LimitKey::Trip(id)));
        let expected = expected.map(|limit| Some(Number::whole(limit)));
        assert_eq!(moved, expected, "{pulse}/min, {spo2} %");
    };
    check(75, 98, [50, 120, 92]);
    check(60, 96, [50, 120, 92]);
    check(56, 94, [46, 120, 90]);
    check(48, 93, [41, 120, 89]);
    check(95, 90, [50, 125, 89]);
    check(130, 98, [50, 139, 92]);
}

#[test]
fn a_file_that_is_not_there_is_one_mistake() {
    let path = Path::new("no/such/clinic.toml");
    let errors = Config::load(path).unwrap_err();
    assert_eq!(errors.mistakes().len(), 1);
    assert_eq!(errors.mistakes()[0].file, path);
    assert!(
        errors
            .to_string()
            .starts_with("no/such/clinic.toml: cannot be read: ")
    );
}

#[test]
fn a_profile_beside_the_clinic_file_comes_before_the_one_that_is_built_in() {
    let folder = tempfile::tempdir().unwrap();
    let clinic = folder.path().join("clinic.toml");
    fs::copy(workspace().join("config/clinic.toml"), &clinic).unwrap();
    let loaded = |clinic: &Path| Config::load(clinic).unwrap().beds.remove(0).profile;
    assert_eq!(loaded(&clinic), profile::adult_ketamine());

    let profiles = folder.path().join("alarm-profiles");
    fs::create_dir(&profiles).unwrap();
    let shipped = workspace().join("config/alarm-profiles/adult-ketamine.toml");
    let text = fs::read_to_string(shipped).unwrap();
    assert!(text.contains("trip = 120"));
    let own = text.replace("trip = 120", "trip = 125");
    fs::write(profiles.join("adult-ketamine.toml"), own).unwrap();
    let threshold = loaded(&clinic).parts().thresholds[0];
    assert_eq!(threshold.id, AlarmId::HrHigh);
    assert!((threshold.trip.number() - 125.0).abs() < f64::EPSILON);
}

#[test]
fn a_profile_that_extends_another_differs_only_in_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let text = "name = \"mine\"\nextends = \"adult-ketamine\"\n\
                [[threshold]]\nid = \"HR_HIGH\"\ntrip = 130\nclear = 125\n\
                [nibp]\ninterval_s = 300\n";
    fs::write(&path, text).unwrap();
    let mine = profile::load(&path).unwrap().parts().clone();
    let mut expected = profile::adult_ketamine().parts().clone();
    "mine".clone_into(&mut expected.name);
    expected.thresholds[0].trip = Number::whole(130);
    expected.thresholds[0].clear = Number::whole(125);
    expected.nibp.interval = std::time::Duration::from_mins(5);
    assert_eq!(mine, expected);
}

#[test]
fn a_broken_profile_is_told_once_and_every_bed_that_names_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("alarm-profiles")).unwrap();
    fs::write(
        folder.path().join("alarm-profiles/mine.toml"),
        "name = \"yours\"\n",
    )
    .unwrap();
    let clinic = folder.path().join("clinic.toml");
    let text = fs::read_to_string(workspace().join("config/clinic.toml")).unwrap();
    let text = text.replace("profile = \"adult-ketamine\"", "profile = \"mine\"");
    let more = "\n[[bed]]\nid = \"2\"\nname = \"Room 2\"\nprofile = \"mine\"\n\
                [[bed.device]]\ndriver = \"nonin\"\nport = \"/dev/ttyUSB9\"\n";
    fs::write(&clinic, text + more).unwrap();
    let errors = Config::load(&clinic).unwrap_err();
    let names = errors
        .mistakes()
        .iter()
        .filter(|mistake| mistake.key == "name");
    assert_eq!(names.count(), 1, "{errors}");
    assert!(
        errors
            .mistakes()
            .iter()
            .all(|mistake| mistake.file.ends_with("alarm-profiles/mine.toml"))
    );
}

/// A rule tree in the scenarios' form, with rules that this version runs and some that it does not.
fn scenario_rules() -> Value {
    json!({
        "set": "test/1",
        "tick_s": 1,
        "gap_tolerance_s": 2,
        "threshold": [
            {"id": "SPO2_LOW", "signal": "spo2", "op": "<", "trip": 92, "delay_s": 10,
             "clear_op": ">=", "clear": 94, "clear_hold_s": 10, "priority": "medium", "family": "spo2"},
            {"id": "RR_LOW", "signal": "rr", "op": "<", "trip": 8, "delay_s": 15,
             "clear_op": ">=", "clear": 9, "clear_hold_s": 15, "priority": "medium", "family": "rr_low"},
        ],
        "nibp": {"interval_s": 600, "overdue_grace_s": 180, "cuff_time_s": 35,
                 "NIBP_OVERDUE": {"priority": "medium"}},
        "airway": {
            "no_breath_etco2_lt": 8, "spo2_now_window_s": 5, "spo2_slope_window_s": 30,
            "spo2_slope_min_samples": 20, "baseline_window_s": [180, 60],
            "baseline_min_samples": 60, "freeze_drop": 3, "unfreeze_drop": 2, "freeze_max_s": 300,
            "APNEA": {"no_breath_s": 20, "clear_breathing_s": 10, "priority": "high",
                      "family": "airway"}},
        "holds": {"cuff_same_limb_max_s": 60, "cuff_release_s": 10, "step_points": 8,
                  "step_hold_s": 15, "after_hold_delay_max_s": 5},
        "technical": {
            "CO2_NO_DATA": {"delay_s": 30, "clear_hold_s": 3, "priority": "low"},
            "SPO2_CUFF_SAME_LIMB": {"priority": "low"},
            "DEVICE_LINK_LOST": {"delay_s": 10, "clear_hold_s": 3, "priority_dosing": "high",
                                 "priority_other": "medium", "dosing_tail_s": 1800}},
        "families": {"spo2": ["SPO2_FALL", "SPO2_LOW"], "airway": ["APNEA"], "bed": ["SPO2_CUFF_SAME_LIMB"]},
    })
}

#[test]
fn a_scenario_names_the_rules_that_are_not_run() {
    let config = serde_json::Map::new();
    let read = profile::of_scenario(Path::new("s.json"), &scenario_rules(), &config).unwrap();
    assert_eq!(read.not_run, [AlarmId::Spo2CuffSameLimb]);
    let parts = read.profile.parts();
    assert_eq!(parts.name, "test/1");
    let ids: Vec<AlarmId> = parts.thresholds.iter().map(|rule| rule.id).collect();
    assert_eq!(ids, [AlarmId::Spo2Low, AlarmId::RrLow]);
    let runs = profile::rules_of(&read.profile);
    assert!(runs.contains(&AlarmId::Apnea) && runs.contains(&AlarmId::Co2NoData));
    assert!(!runs.contains(&AlarmId::AirwayObstruction));
}

#[test]
fn a_scenario_overrides_rule_values_by_dotted_path() {
    let config = json!({"nibp.interval_s": 300, "threshold.SPO2_LOW.delay_s": 15});
    let config = config.as_object().unwrap();
    let read = profile::of_scenario(Path::new("s.json"), &scenario_rules(), config).unwrap();
    let parts = read.profile.parts();
    assert_eq!(parts.nibp.interval.as_secs(), 300);
    assert_eq!(parts.thresholds[0].delay.as_secs(), 15);
}

#[test]
fn a_scenario_whose_path_leads_nowhere_is_refused() {
    let config = json!({"nibp.intervall_s": 300});
    let config = config.as_object().unwrap();
    let errors = profile::of_scenario(Path::new("s.json"), &scenario_rules(), config).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "s.json: config.nibp.intervall_s: no such rule value (to be 300)"
    );
}

#[test]
fn a_shipped_file_with_any_line_missing_or_cut_is_read_or_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("adult-ketamine.toml");
    let shipped = [
        "clinic.toml",
        "alarm-profiles/adult-ketamine.toml",
        "protocols/iv-ketamine.toml",
    ];
    for shipped in shipped {
        let text = fs::read_to_string(workspace().join("config").join(shipped)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let mut refused = 0;
        for index in 0..lines.len() {
            let cut = &lines[index][..lines[index].len() / 2];
            for replacement in [
                None,
                Some(cut).filter(|cut| text.is_ascii() && !cut.is_empty()),
            ] {
                let mut changed: Vec<&str> = lines.clone();
                match replacement {
                    None => drop(changed.remove(index)),
                    Some(cut) => changed[index] = cut,
                }
                fs::write(&path, changed.join("\n")).unwrap();
                let errors = match shipped.split_once('/') {
                    None => Config::load(&path).err(),
                    Some(("protocols", _)) => protocol::load(&path).err(),
                    Some(_) => profile::load(&path).err(),
                };
                if let Some(errors) = errors {
                    refused += 1;
                    assert!(
                        errors
                            .mistakes()
                            .iter()
                            .all(|mistake| !mistake.why.is_empty())
                    );
                }
            }
        }
        assert!(refused > 10, "{shipped}: {refused}");
    }
}
