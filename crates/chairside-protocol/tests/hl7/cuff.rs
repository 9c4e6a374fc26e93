//! A determination is published once, with its own age.

use chairside_protocol::Driver;

use super::*;

/// A driver that is read message by message.
struct Monitor {
    driver: Box<dyn Driver>,
}

impl Monitor {
    fn new() -> Self {
        Self {
            driver: (INFO.build)(),
        }
    }

    /// Sends a message at a time of `HHMMSS` with a cuff's result of another one, and returns what
    /// is published of it.
    fn send(&mut self, sent: &str, cuff: &str, [systolic, diastolic]: [u16; 2]) -> Vec<String> {
        let beside = format!("20250610{sent}");
        let own = format!("20250610{cuff}");
        let observations = [
            obx(150_021, &systolic.to_string(), MMHG, &own),
            obx(150_022, &diastolic.to_string(), MMHG, &own),
            obx(150_023, "90", MMHG, &own),
            obx(149_546, "71", BPM, &own),
            obx(150_456, "97", PERCENT, &beside),
        ];
        let observations: Vec<&str> = observations.iter().map(String::as_str).collect();
        let mut out = DriverOutput::default();
        let bytes = message_at(&beside, &observations);
        self.driver
            .handle(NOW, LineInput::Received(&bytes), &mut out);
        let findings = out.events.iter().filter_map(|event| shown(&event.finding));
        findings.filter(|line| !line.starts_with("SpO2")).collect()
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_determination_is_published_once_with_its_age_and_its_pulse() {
    let mut monitor = Monitor::new();
    let first = monitor.send("015130", "015045", [120, 80]);
    assert_eq!(
        first,
        ["cuff 120/80/90 45 s ago", "NibpPulseRate 71 45 s ago"]
    );
    for second in ["015131", "015132", "015200"] {
        assert_eq!(monitor.send(second, "015045", [120, 80]), NOTHING);
    }
}

#[test]
fn the_same_pressures_again_are_another_determination_when_their_time_says_so() {
    let mut monitor = Monitor::new();
    monitor.send("015130", "015045", [120, 80]);
    monitor.send("015131", "015045", [120, 80]);
    let second = monitor.send("015631", "015629", [120, 80]);
    assert_eq!(second[0], "cuff 120/80/90 2 s ago");
    assert_eq!(monitor.send("015632", "015629", [120, 80]), NOTHING);
    // One that is sent in the second in which it ended.
    let third = monitor.send("020001", "020001", [120, 80]);
    assert_eq!(third[0], "cuff 120/80/90 0 s ago");
}

#[test]
fn a_monitor_that_stamps_everything_with_the_message_gives_one_determination() {
    let mut monitor = Monitor::new();
    assert_eq!(monitor.send("015127", "015127", [120, 80]).len(), 2);
    for minute in 0..5 {
        let time = format!("02{minute:02}27");
        assert_eq!(monitor.send(&time, &time, [120, 80]), NOTHING);
    }
    assert_eq!(monitor.send("020627", "020627", [135, 88]).len(), 2);
}

#[test]
fn a_line_that_was_lost_for_a_moment_does_not_publish_it_again() {
    let mut monitor = Monitor::new();
    monitor.send("015130", "015045", [120, 80]);
    let mut out = DriverOutput::default();
    monitor.driver.handle(NOW, LineInput::Closed, &mut out);
    monitor.driver.handle(NOW, LineInput::Opened, &mut out);
    assert_eq!(monitor.send("015131", "015045", [120, 80]), NOTHING);
}

#[test]
fn pressures_that_contradict_each_other_are_a_failed_determination() {
    let failed = Monitor::new().send("015130", "015045", [80, 120]);
    assert!(failed[0].contains("Failed(NoDetermination)"), "{failed:?}");
}

#[test]
fn a_cuff_without_a_result_is_not_spoken_of() {
    let none = ["-999", "", "---", "0"];
    for value in none {
        check(
            &[obx(150_021, value, MMHG, ""), obx(150_022, value, MMHG, "")],
            &[],
        );
    }
    check(&[obx(150_301, "118", MMHG, "")], &["cuff 118/-/- 0 s ago"]);
}

#[test]
fn two_determinations_in_one_message_are_two() {
    check(
        &[
            obx(150_021, "120", MMHG, "20250610014630"),
            obx(150_022, "80", MMHG, "20250610014630"),
            obx(150_021, "118", MMHG, "20250610015130"),
            obx(150_022, "76", MMHG, "20250610015130"),
        ],
        &["cuff 120/80/- 300 s ago", "cuff 118/76/- 0 s ago"],
    );
}

/// What a monitor publishes of these observations, in each of two messages a second apart.
fn published_of_two(observations: &[String]) -> [Vec<String>; 2] {
    let observations: Vec<&str> = observations.iter().map(String::as_str).collect();
    let mut monitor = Monitor::new();
    ["20250610015130", "20250610015131"].map(|sent| {
        let mut out = DriverOutput::default();
        let bytes = message_at(sent, &observations);
        let input = LineInput::Received(&bytes);
        monitor.driver.handle(NOW, input, &mut out);
        let events = out.events.iter();
        events.filter_map(|event| shown(&event.finding)).collect()
    })
}

#[test]
fn a_pressure_without_a_time_belongs_to_those_of_its_report() {
    let own = "20250610015045";
    let [systolic, diastolic, mean] = [
        obx(150_021, "120", MMHG, own),
        obx(150_022, "80", MMHG, own),
        obx(150_023, "90", MMHG, ""),
    ];
    for observations in [
        [systolic.clone(), diastolic.clone(), mean.clone()],
        [mean, systolic, diastolic],
    ] {
        let [first, again] = published_of_two(&observations);
        assert_eq!(first, ["cuff 120/80/90 45 s ago"], "{observations:?}");
        assert_eq!(again, NOTHING, "{observations:?}");
    }
}

#[test]
fn a_result_from_before_the_last_is_not_published_with_each_message() {
    let [first, again] = published_of_two(&[
        obx(150_021, "120", MMHG, "20250610014630"),
        obx(150_022, "80", MMHG, "20250610014630"),
        obx(150_021, "118", MMHG, "20250610015130"),
        obx(150_022, "76", MMHG, "20250610015130"),
    ]);
    let expected = ["cuff 120/80/- 300 s ago", "cuff 118/76/- 0 s ago"];
    assert_eq!(first, expected);
    assert_eq!(again, NOTHING);
}

#[test]
fn a_monitor_whose_clock_was_set_back_goes_on_giving_determinations() {
    let mut monitor = Monitor::new();
    monitor.send("015130", "015045", [120, 80]);
    let later = monitor.send("005631", "005629", [118, 76]);
    assert_eq!(later[0], "cuff 118/76/90 2 s ago");
}

#[test]
fn a_pressure_that_the_monitor_doubts_is_no_part_of_a_determination() {
    let own = "20250610015045";
    let doubted = |code, value| {
        let plain = obx(code, value, MMHG, own);
        plain.replacen("|||||F|", "||QUES|||F|", 1)
    };
    let diastolic = obx(150_022, "80", MMHG, own);
    check(
        &[doubted(150_021, "120"), diastolic],
        &["cuff -/80/- 45 s ago"],
    );
    check(&[doubted(150_021, "120"), doubted(150_022, "80")], &[]);
}
