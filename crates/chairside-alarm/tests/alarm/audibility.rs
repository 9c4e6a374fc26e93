//! Who hears what: charts of what people set, and of what is heard at each station.

use chairside_alarm::{
    AlarmId, Audio, AudioCause, Flood, FloodWatch, OperatorAction, Priority, SuspensionEnd,
};
use chairside_model::MonoTime;

use crate::adult;
use crate::chart::{Chart, by_nurse, check, check_heard, run};

#[test]
fn an_acknowledged_alarm_is_called_again_after_three_minutes() {
    check(
        "spo2  91x400
         nurse @20 ack SPO2_LOW @210 ack SPO2_LOW",
        "10s ** SPO2_LOW present/on
         20s ** SPO2_LOW present/acknowledged
         200s ** SPO2_LOW present/on
         210s ** SPO2_LOW present/acknowledged
         390s ** SPO2_LOW present/on",
    );
}

#[test]
fn acknowledging_twice_puts_off_no_call() {
    check(
        "spo2  91x201
         nurse @20 ack SPO2_LOW @190 ack SPO2_LOW",
        "10s ** SPO2_LOW present/on
         20s ** SPO2_LOW present/acknowledged
         200s ** SPO2_LOW present/on",
    );
}

#[test]
fn an_alarm_that_ends_when_it_would_be_called_again_calls_nobody() {
    // Good from 190 s on: over at 200 s.
    check(
        "spo2  91x190 95x20
         nurse @20 ack SPO2_LOW",
        "10s ** SPO2_LOW present/on
         20s ** SPO2_LOW present/acknowledged
         200s ** SPO2_LOW absent/off",
    );
}

#[test]
fn a_pause_at_the_desk_leaves_the_hall_sounding_and_has_an_end() {
    check_heard(
        "spo2  91x200
         nurse @20 quiet desk 120",
        "10s desk: SPO2_LOW
         10s hall: SPO2_LOW
         20s desk: nothing
         140s desk: SPO2_LOW",
    );
}

#[test]
fn a_pause_can_be_ended_before_its_time() {
    check_heard(
        "spo2  91x60
         nurse @20 quiet desk 120 @30 loud desk",
        "10s desk: SPO2_LOW
         10s hall: SPO2_LOW
         20s desk: nothing
         30s desk: SPO2_LOW",
    );
}

#[test]
fn a_new_alarm_of_low_priority_sounds_through_a_pause_of_a_high_one() {
    check_heard(
        "spo2  87x60
         rr    14x10 31x50
         etco2 38x60
         nurse @10 quiet desk 120",
        "5s desk: SPO2_VERY_LOW
         5s hall: SPO2_VERY_LOW
         10s desk: nothing
         25s desk: RR_HIGH
         25s hall: SPO2_VERY_LOW, RR_HIGH",
    );
}

#[test]
fn a_worse_alarm_of_the_family_sounds_through_a_pause() {
    check_heard(
        "spo2  91x20 87x10
         nurse @12 quiet desk 120",
        "10s desk: SPO2_LOW
         10s hall: SPO2_LOW
         12s desk: nothing
         25s desk: SPO2_VERY_LOW
         25s hall: SPO2_VERY_LOW",
    );
}

#[test]
fn an_alarm_that_is_called_again_sounds_through_a_pause() {
    check_heard(
        "spo2  91x210
         nurse @20 ack SPO2_LOW @150 quiet desk 120",
        "10s desk: SPO2_LOW
         10s hall: SPO2_LOW
         20s desk: nothing
         20s hall: nothing
         200s desk: SPO2_LOW
         200s hall: SPO2_LOW",
    );
}

#[test]
fn an_acknowledgement_holds_at_every_station() {
    check_heard(
        "spo2  91x60
         nurse @20 ack SPO2_LOW",
        "10s desk: SPO2_LOW
         10s hall: SPO2_LOW
         20s desk: nothing
         20s hall: nothing",
    );
}

#[test]
fn another_pause_takes_the_place_of_the_first_and_covers_what_was_called_since() {
    check_heard(
        "spo2  91x200
         pulse 80x20 130x180
         nurse @20 quiet desk 60 @40 quiet desk 120",
        "10s desk: SPO2_LOW
         10s hall: SPO2_LOW
         20s desk: nothing
         30s desk: HR_HIGH
         30s hall: HR_HIGH, SPO2_LOW
         40s desk: nothing
         160s desk: HR_HIGH, SPO2_LOW",
    );
}

#[test]
fn a_latched_alarm_is_silent_and_a_pause_does_not_hide_that_it_comes_again() {
    let chart = "spo2  87x7 91x10 92x3 87x10
                 nurse @6 quiet desk 120";
    check(
        chart,
        "5s *** SPO2_VERY_LOW present/on
         10s ** SPO2_LOW present/on superseded
         17s ** SPO2_LOW present/on
         17s *** SPO2_VERY_LOW absent/latched
         25s ** SPO2_LOW present/on superseded
         25s *** SPO2_VERY_LOW present/on",
    );
    check_heard(
        chart,
        "5s desk: SPO2_VERY_LOW
         5s hall: SPO2_VERY_LOW
         6s desk: nothing
         17s desk: SPO2_LOW
         17s hall: SPO2_LOW
         25s desk: SPO2_VERY_LOW
         25s hall: SPO2_VERY_LOW",
    );
}

#[test]
fn where_the_sound_is_off_people_are_reminded_every_three_minutes() {
    check_heard(
        "pulse 80x100 130x701
         nurse @10 mute desk 600",
        "110s hall: HR_HIGH
         190s desk: reminder
         370s desk: reminder
         550s desk: reminder
         610s desk: HR_HIGH",
    );
}

#[test]
fn a_reminder_that_comes_a_whole_period_late_comes_once() {
    let mut audio = Audio::default();
    let mut told = Vec::new();
    let mute = by_nurse(OperatorAction::AudioOff { seconds: 3600 });
    audio.operator(MonoTime::ZERO, &mute, 0, &mut told);
    told.clear();
    // The reminders of 180 s and of 360 s: the machine had slept.
    audio.tick(MonoTime::from_secs(360), &mut told);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].cause, AudioCause::Reminder);
    assert_eq!(audio.next_deadline(), Some(MonoTime::from_secs(540)));
}

#[test]
fn a_silent_station_hears_the_next_patient() {
    check_heard(
        "spo2    91x80
         device  @0 heard
         session @0 opens @60 closes
         nurse   @20 quiet desk 120 @30 mute hall 600",
        "10s desk: SPO2_LOW
         10s hall: SPO2_LOW
         20s desk: nothing
         30s hall: nothing
         60s desk: SPO2_LOW
         60s hall: SPO2_LOW",
    );
}

#[test]
fn a_paused_alarm_is_told_without_sound_and_calls_when_its_pause_ends() {
    check_heard(
        "spo2  91x200
         nurse @20 pause SPO2_LOW 120",
        "10s desk: SPO2_LOW
         10s hall: SPO2_LOW
         20s desk: nothing
         20s hall: nothing
         140s desk: SPO2_LOW
         140s hall: SPO2_LOW",
    );
}

#[test]
fn a_worse_member_of_the_family_ends_the_pause_of_the_milder_one() {
    let chart = "spo2  91x20 87x10 91x40
                 nurse @12 pause SPO2_LOW 600";
    check(
        chart,
        "10s ** SPO2_LOW present/on
         12s ** SPO2_LOW present/paused
         25s ** SPO2_LOW present/on superseded
         25s *** SPO2_VERY_LOW present/on
         40s ** SPO2_LOW present/on
         40s *** SPO2_VERY_LOW absent/latched",
    );
    let ended = Chart::read(chart).story(adult::parts(), 0).suspensions;
    assert_eq!(ended[1].ended, Some(SuspensionEnd::Worse));
}

#[test]
fn a_paused_alarm_supersedes_nothing() {
    check(
        "cuff    @30 164/90/110 @60 170/95/112
         session @0 baseline 124/78
         nurse   @50 pause NIBP_HIGH 600",
        "30s * NIBP_RISE present/on
         60s ** NIBP_HIGH present/paused",
    );
}

#[test]
fn a_rule_that_is_off_tells_nothing_and_is_judged_at_once_when_it_is_on_again() {
    check(
        "spo2  91x60
         nurse @20 off SPO2_LOW 600 @50 on SPO2_LOW",
        "10s ** SPO2_LOW present/on
         20s ** SPO2_LOW absent/off
         50s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_rule_that_is_off_hides_no_milder_alarm() {
    check(
        "cuff  @30 175/90/110 @60 175/90/110
         session @0 baseline 124/78
         nurse @10 off NIBP_HIGH 14400",
        "30s * NIBP_RISE present/on",
    );
}

/// Runs the chart and returns each change of the summary of many alarms:
/// `20s 7 alarms, worst NIBP_VERY_HIGH`.
fn floods(chart: &str) -> Vec<String> {
    let floods = Chart::read(chart).story(adult::parts(), 0).floods;
    let floods = floods.iter().map(|(at, flood)| {
        let seconds = at.since_start().as_secs();
        match flood {
            Some(flood) => format!("{seconds}s {} alarms, worst {}", flood.count, flood.worst),
            None => format!("{seconds}s calm"),
        }
    });
    floods.collect()
}

#[test]
fn seven_alarms_within_a_minute_are_summed_up_until_it_has_been_calm() {
    let chart = "spo2  91x11 87x40
                 hr    130x11 145x40
                 rr    32x51
                 cuff  @20 200/120/140
                 until 300s";
    // The seventh comes with the cuff; that nothing more is heard is the eighth, and the last seven
    // began at 10 s and later.
    assert_eq!(
        floods(chart),
        [
            "20s 7 alarms, worst NIBP_VERY_HIGH",
            "60s 8 alarms, worst NIBP_VERY_HIGH",
            "130s calm",
        ]
    );
}

#[test]
fn six_alarms_within_a_minute_are_not_summed_up() {
    let chart = "spo2  91x11 87x40
                 hr    130x11 145x40
                 rr    32x51
                 until 300s";
    assert_eq!(floods(chart), Vec::<String>::new());
}

#[test]
fn a_summary_that_people_were_told_goes_on_after_a_restart() {
    let told = Flood {
        since: MonoTime::from_secs(10),
        count: 8,
        worst: AlarmId::NibpVeryHigh,
        priority: Priority::High,
        until: MonoTime::from_secs(130),
    };
    let mut watch = FloodWatch::default();
    watch.adopt(Some(told));
    assert_eq!(watch.flood(), Some(told));
    assert!(!watch.tick(MonoTime::from_secs(129)));
    assert!(watch.tick(MonoTime::from_secs(130)));
    assert_eq!(watch.flood(), None);
}

#[test]
fn each_pause_of_an_alarm_and_each_rule_that_is_off_has_its_own_end() {
    check(
        "spo2  91x200
         pulse 130x200
         rr    31x200
         nurse @20 off SPO2_LOW 150 @20 pause HR_HIGH 60 @20 pause RR_HIGH 100",
        "10s ** HR_HIGH present/on
         10s ** SPO2_LOW present/on
         15s * RR_HIGH present/on
         20s ** SPO2_LOW absent/off
         20s ** HR_HIGH present/paused
         20s * RR_HIGH present/paused
         80s ** HR_HIGH present/on
         120s * RR_HIGH present/on
         170s ** SPO2_LOW present/on",
    );
}

#[test]
fn a_second_lost_device_sounds_through_the_pause_of_the_first() {
    check_heard(
        "spo2  97x5 .x40
         hr    70x20 .x25
         nurse @16 quiet desk 120",
        "14s desk: DEVICE_LINK_LOST
         14s hall: DEVICE_LINK_LOST
         16s desk: nothing
         29s desk: DEVICE_LINK_LOST",
    );
}

#[test]
fn an_alarm_that_is_told_again_is_not_counted_again() {
    let chart = "spo2  91x11 87x40
                 hr    130x11 145x40
                 rr    32x51
                 nurse @30 ack-last
                 until 300s";
    assert_eq!(floods(chart), Vec::<String>::new());
}

#[test]
fn the_summary_of_many_alarms_asks_for_the_moment_at_which_it_goes() {
    let told = run("spo2  91x11 87x10
         hr    130x11 145x10
         rr    32x21
         cuff  @20 200/120/140");
    let mut watch = FloodWatch::default();
    for told in &told {
        assert_eq!(watch.next_deadline(), None, "six are no flood");
        watch.take(told);
    }
    let flood = watch.flood().expect("the seventh makes it one");
    assert_eq!(watch.next_deadline(), Some(flood.until));
    assert!(!watch.tick(flood.until.saturating_sub(adult::seconds(1))));
    assert!(watch.tick(flood.until));
    assert_eq!((watch.flood(), watch.next_deadline()), (None, None));
}
