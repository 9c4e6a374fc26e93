//! Rules about cuff readings and the cuff.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{AlarmEngine, AlarmId, AlarmInput, AlarmProfile, Sources};
use chairside_model::{Cuff, CuffReading, DeviceId, Metric, MonoTime, Observation, Reading, Value};

use crate::adult;
use crate::chart::{check, evidence};

#[test]
fn one_high_reading_is_enough_and_the_end_needs_both_pressures_back() {
    check(
        "cuff @10 165/80/110 @20 162/80/110 @30 159/94/110",
        "10s ** NIBP_HIGH present/on
         30s ** NIBP_HIGH absent/off",
    );
    check(
        "cuff @10 150/100/110 @20 150/96/110 @30 150/94/110",
        "10s ** NIBP_HIGH present/on
         30s ** NIBP_HIGH absent/off",
    );
}

#[test]
fn a_very_high_reading_raises_both_and_the_worse_one_sounds() {
    check(
        "cuff @10 186/112/137 @20 172/104/127 @30 158/94/115",
        "10s ** NIBP_HIGH present/on superseded
         10s *** NIBP_VERY_HIGH present/on
         20s ** NIBP_HIGH present/on
         20s *** NIBP_VERY_HIGH absent/latched
         30s ** NIBP_HIGH absent/off",
    );
}

#[test]
fn a_low_reading_is_judged_by_systolic_and_mean() {
    check(
        "cuff @10 89/60/70 @20 94/60/70 @30 95/60/65",
        "10s ** NIBP_LOW present/on
         30s ** NIBP_LOW absent/off",
    );
    check(
        "cuff @10 100/45/59 @20 100/45/64 @30 100/50/65",
        "10s ** NIBP_LOW present/on
         30s ** NIBP_LOW absent/off",
    );
    check(
        "cuff @10 79/50/60 @20 85/50/60",
        "10s ** NIBP_LOW present/on superseded
         10s *** NIBP_VERY_LOW present/on
         20s ** NIBP_LOW present/on
         20s *** NIBP_VERY_LOW absent/latched",
    );
}

#[test]
fn pressures_at_the_limits_count_as_the_table_says() {
    check("cuff @10 164/99/110", "");
    check("cuff @10 90/50/60", "");
}

#[test]
fn a_rise_is_judged_against_the_baseline_once_it_is_known() {
    check("cuff @10 162/80/107", "");
    check(
        "session @5 baseline 120/78
         cuff    @10 160/80/107 @20 156/80/107 @30 154/80/107",
        "10s * NIBP_RISE present/on
         30s * NIBP_RISE absent/off",
    );
    check(
        "session @5 baseline 120/70
         cuff    @10 130/95/107 @20 130/90/107 @30 130/89/107",
        "10s * NIBP_RISE present/on
         30s * NIBP_RISE absent/off",
    );
}

#[test]
fn a_rise_is_no_news_while_the_pressure_itself_is_high() {
    check(
        "session @5 baseline 120/78
         cuff    @10 166/80/107 @20 150/80/100",
        "10s ** NIBP_HIGH present/on
         20s ** NIBP_HIGH absent/off",
    );
}

#[test]
fn a_rise_is_told_when_the_high_pressure_ends_and_leaves_it() {
    check(
        "session @5 baseline 110/70
         cuff    @10 166/80/107 @20 158/80/100",
        "10s ** NIBP_HIGH present/on
         20s ** NIBP_HIGH absent/off
         20s * NIBP_RISE present/on",
    );
}

#[test]
fn a_rise_waits_for_a_pressure_that_the_monitor_gave_before_the_baseline_was_known() {
    check(
        "session @5 baseline 120/78
         cuff    @2 140/95/110 @10 160/-/107 @20 150/-/107 @30 150/95/107",
        "10s * NIBP_RISE present/on
         30s * NIBP_RISE absent/off",
    );
}

#[test]
fn a_missing_pressure_neither_raises_nor_ends() {
    check(
        "cuff @10 170/90/120 @20 -/90/120 @30 150/-/110 @40 150/90/110",
        "10s ** NIBP_HIGH present/on
         40s ** NIBP_HIGH absent/off",
    );
    check("cuff @10 -/101/-", "10s ** NIBP_HIGH present/on");
    check("cuff @10 -/-/94", "");
}

#[test]
fn a_pressure_that_the_monitor_never_gives_keeps_no_alarm_up() {
    check(
        "cuff @10 84/50/- @20 120/70/-",
        "10s ** NIBP_LOW present/on
         20s ** NIBP_LOW absent/off",
    );
}

#[test]
fn a_failed_cycle_stands_until_the_next_good_reading() {
    check(
        "cuff @10 failed @40 failed @70 120/80/93",
        "10s * NIBP_FAILED present/on
         70s * NIBP_FAILED absent/off",
    );
}

#[test]
fn a_cuff_is_overdue_after_its_interval_and_grace() {
    check(
        "cuff @30 124/78/93 @900 124/78/93",
        "810s ** NIBP_OVERDUE present/on
         900s ** NIBP_OVERDUE absent/off",
    );
}

#[test]
fn a_cuff_that_never_read_is_overdue_from_the_start_of_monitoring() {
    check(
        "cuff  @0 back
         until 790s",
        "780s ** NIBP_OVERDUE present/on",
    );
}

#[test]
fn a_failed_cycle_is_no_reading_for_the_overdue_cuff() {
    check(
        "cuff @30 124/78/93 @600 failed @811 measuring",
        "600s * NIBP_FAILED present/on
         810s ** NIBP_OVERDUE present/on",
    );
}

#[test]
fn an_overdue_cuff_waits_for_frames_and_is_told_when_they_return() {
    check(
        "cuff  @30 124/78/93 @800 silent @820 back
         until 822s",
        "809s ** DEVICE_LINK_LOST present/on
         820s ** NIBP_OVERDUE present/on",
    );
    check(
        "cuff  @30 124/78/93 @800 silent @805 back @814 124/78/93",
        "810s ** NIBP_OVERDUE present/on
         814s ** NIBP_OVERDUE absent/off",
    );
}

#[test]
fn a_reading_that_comes_with_the_returning_frames_is_not_overdue() {
    check(
        "cuff  @30 124/78/93 @800 silent @820 back @820 124/78/93
         until 824s",
        "809s ** DEVICE_LINK_LOST present/on
         823s ** DEVICE_LINK_LOST absent/off",
    );
}

#[test]
fn an_old_reading_counts_from_when_it_was_taken() {
    check(
        "cuff  @600 124/78/93~300
         until 1080s",
        "1080s ** NIBP_OVERDUE present/on",
    );
}

#[test]
fn a_pressure_of_before_the_session_neither_begins_nor_ends_anything() {
    check(
        "session @0 heard @100 opens
         cuff  @50 171/80/110 @109 190/80/120 @110 124/78/93~30 @140 190/80/120~60 @200 124/78/93",
        "50s ** NIBP_HIGH present/on
         200s ** NIBP_HIGH absent/off",
    );
    check(
        "session @0 heard @100 opens @200 closes
         cuff  @210 190/80/120~60",
        "",
    );
    // Ten seconds after the opening it may have begun after it.
    check(
        "session @0 heard @100 opens
         cuff  @109 190/80/120 @110 171/80/110",
        "110s ** NIBP_HIGH present/on",
    );
}

#[test]
fn the_next_patient_owes_no_reading_of_the_one_before() {
    check(
        "session @0 heard @700 opens @705 opens
         cuff  @30 124/78/93
         until 1490s",
        "1480s ** NIBP_OVERDUE present/on",
    );
}

#[test]
fn a_reading_that_is_overdue_itself_ends_nothing() {
    check(
        "cuff @900 124/78/93~800 @1000 124/78/93",
        "780s ** NIBP_OVERDUE present/on
         1000s ** NIBP_OVERDUE absent/off",
    );
}

#[test]
fn the_first_reading_counts_from_before_monitoring_began() {
    // The station was started again 600 s after the reading, with 180 s of grace left.
    let story = |age, until| {
        let start = MonoTime::from_start(Duration::from_hours(48));
        let cuff = DeviceId(1);
        let profile = AlarmProfile::new(adult::parts()).unwrap();
        let sources = Sources {
            devices: BTreeMap::from([(cuff, Duration::from_secs(1))]),
            metrics: BTreeMap::from([(Metric::NibpSystolic, cuff)]),
        };
        let mut engine = AlarmEngine::new(profile, sources, start);
        let mut told = Vec::new();
        for second in 1..=until {
            let now = start + Duration::from_secs(second);
            engine.handle(now, AlarmInput::Frame(cuff), &mut told);
            if second == 1 {
                let observation = Observation {
                    device: cuff,
                    received: now,
                    reading: Reading::Cuff(Cuff::Completed(CuffReading {
                        systolic: Some(Value::whole(120)),
                        diastolic: Some(Value::whole(80)),
                        mean: None,
                        taken: now.saturating_sub(Duration::from_secs(age)),
                    })),
                };
                engine.handle(now, AlarmInput::Observed(&observation), &mut told);
            }
            engine.handle(now, AlarmInput::Tick, &mut told);
        }
        let onset = told
            .first()
            .map(|told| (told.id, told.at.saturating_since(start)));
        onset.map(|(id, after)| (id, after.as_secs()))
    };
    assert_eq!(story(600, 180), None);
    assert_eq!(story(600, 181), Some((AlarmId::NibpOverdue, 181)));
    assert_eq!(
        story(2700, 1),
        Some((AlarmId::NibpOverdue, 1)),
        "it is overdue already"
    );
}

#[test]
fn an_older_reading_does_not_make_a_newer_one_older() {
    check("cuff @600 124/78/93 @700 124/78/93~600\n until 1300s", "");
}

#[test]
fn a_bed_without_a_cuff_has_no_overdue_reading() {
    check("pulse 80x1000", "");
}

#[test]
fn the_evidence_of_a_reading_is_the_reading_and_the_limit() {
    let text = evidence("cuff @10 186/112/137", AlarmId::NibpVeryHigh);
    assert_eq!(text, "NIBP 186/112 mmHg, limit 180/110");
    let text = evidence("cuff @10 84/-/55", AlarmId::NibpLow);
    assert_eq!(text, "NIBP 84/-- mmHg, limit 90, mean 55, limit 60");
    let text = evidence("cuff @10 84/61/69", AlarmId::NibpLow);
    assert_eq!(text, "NIBP 84/61 mmHg, limit 90");
    let text = evidence("cuff @10 97/44/58", AlarmId::NibpLow);
    assert_eq!(text, "NIBP 97/44 mmHg, mean 58, limit 60");
    let text = evidence("cuff @10 84/61/-", AlarmId::NibpLow);
    assert_eq!(text, "NIBP 84/61 mmHg, limit 90");
    let text = evidence(
        "session @5 baseline 120/78
         cuff    @10 160/80/-",
        AlarmId::NibpRise,
    );
    assert_eq!(
        text,
        "NIBP 160/80 mmHg, baseline 120/78, limit 40/25 above it"
    );
    let text = evidence("cuff @10 failed", AlarmId::NibpFailed);
    assert_eq!(text, "cuff cycle without a reading: no reading found");
    let text = evidence("cuff @10 120/80/93\n until 800s", AlarmId::NibpOverdue);
    assert_eq!(
        text,
        "no NIBP reading for 13 min, one is expected every 10 min"
    );
}

#[test]
fn the_evidence_of_a_limit_is_the_same_whether_a_baseline_is_known() {
    let text = evidence(
        "session @5 baseline 120/78
         cuff    @10 170/80/-",
        AlarmId::NibpHigh,
    );
    assert_eq!(text, "NIBP 170/80 mmHg, limit 165/100");
}
