//! A service that is killed and starts again: conditions, signals and times go on
//! (`docs/alarms.md`, Restart).

use chairside_alarm::AlarmId;
use chairside_model::MonoTime;
use proptest::prelude::*;

use crate::adult;
use crate::chart::{Chart, Outage, Story, in_words};
use crate::properties::any_chart;
use crate::random_airway::any_bed;

/// Where a chart is killed: shares of its length, before or after what comes in that second.
fn kills() -> impl Strategy<Value = Vec<(f64, bool)>> {
    proptest::collection::vec((0.0..1.0, any::<bool>()), 1..4)
}

/// Alarms that are paused, rules that are off, sound that is paused, for a while or until somebody
/// ends it: a line of a chart.
fn silenced() -> impl Strategy<Value = String> {
    let ids: Vec<&str> = AlarmId::ALL.iter().map(|id| id.name()).collect();
    let what = prop_oneof![
        3 => Just("pause ID N"),
        3 => Just("off ID N"),
        1 => Just("resume ID"),
        1 => Just("on ID"),
        1 => Just("quiet desk N"),
        1 => Just("mute hall N"),
        1 => Just("loud desk"),
    ];
    let act = (0..300_u64, what, proptest::sample::select(ids), 1..120_u64);
    proptest::collection::vec(act, 1..40).prop_map(|acts| {
        let acts = acts.iter().map(|(at, what, id, seconds)| {
            let act = what.replace('N', &seconds.to_string()).replace("ID", id);
            format!(" @{at} try {act}")
        });
        format!("nurse {}\n", acts.collect::<String>())
    })
}

fn outages(chart: &Chart, kills: &[(f64, bool)]) -> Vec<Outage> {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a chart is a few hundred seconds long"
    )]
    let second = |share: f64| (share * chart.seconds() as f64) as u64;
    let at_once = |(share, after): &(f64, bool)| Outage {
        from: second(*share),
        after: *after,
        to: second(*share),
    };
    kills.iter().map(at_once).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_restart_in_the_middle_of_anything_changes_nothing(
        chart in any_chart(),
        silenced in silenced(),
        kills in kills(),
    ) {
        let chart = Chart::read(&(chart + &silenced));
        let restarts = outages(&chart, &kills);
        let killed = chart.story_with_outages(adult::parts(), &restarts);
        prop_assert_eq!(killed, chart.story(adult::parts(), 0), "killed at {:?}", restarts);
    }

    #[test]
    fn a_restart_in_the_middle_of_breathing_and_of_the_airway_changes_nothing(
        bed in any_bed(),
        kills in kills(),
    ) {
        let chart = Chart::read(&bed.chart());
        let restarts = outages(&chart, &kills);
        let killed = chart.story_with_outages(adult::parts(), &restarts);
        prop_assert_eq!(killed, chart.story(adult::parts(), 0), "killed at {:?}", restarts);
    }
}

/// A state of the page's table or of what people set, and how it goes on: the same after a restart
/// that takes no time, and after these outages as it is told here.
struct Walk {
    state: &'static str,
    chart: &'static str,
    /// The second after which the service is killed.
    killed: u64,
    /// When it is back, and what is told from the kill on.
    back: &'static [(u64, &'static str)],
}

const WALKS: [Walk; 13] = [
    Walk {
        state: "absent, off: pending for 5 s",
        chart: "spo2 91x60",
        killed: 5,
        back: &[
            // One sample is missing.
            (7, "10s ** SPO2_LOW present/on"),
            // A gap like any other: the delay starts anew.
            (20, "30s ** SPO2_LOW present/on"),
        ],
    },
    Walk {
        state: "present, on",
        chart: "spo2 91x70 95x30",
        killed: 12,
        back: &[
            (14, "80s ** SPO2_LOW absent/off"),
            (60, "80s ** SPO2_LOW absent/off"),
            // The hold counts from the first good value that is heard.
            (75, "85s ** SPO2_LOW absent/off"),
        ],
    },
    Walk {
        state: "present, on: good for 5 s of its hold",
        chart: "spo2 91x15 95x60",
        killed: 20,
        back: &[
            (22, "25s ** SPO2_LOW absent/off"),
            (40, "50s ** SPO2_LOW absent/off"),
        ],
    },
    Walk {
        state: "present, acknowledged: called again in 172 s",
        chart: "spo2 91x300
                nurse @12 ack SPO2_LOW",
        killed: 20,
        back: &[
            (22, "192s ** SPO2_LOW present/on"),
            (100, "192s ** SPO2_LOW present/on"),
            (250, "250s ** SPO2_LOW present/on"),
        ],
    },
    Walk {
        state: "absent, latched",
        chart: "spo2 87x7 91x100
                nurse @80 ack SPO2_VERY_LOW",
        killed: 20,
        back: &[
            (22, "80s *** SPO2_VERY_LOW absent/off"),
            (60, "80s *** SPO2_VERY_LOW absent/off"),
        ],
    },
    Walk {
        state: "present, paused for 112 s more",
        chart: "spo2 91x300
                nurse @12 pause SPO2_LOW 120",
        killed: 20,
        back: &[
            (22, "132s ** SPO2_LOW present/on"),
            (60, "132s ** SPO2_LOW present/on"),
            (200, "200s ** SPO2_LOW present/on"),
        ],
    },
    Walk {
        state: "a rule that is off for 112 s more",
        chart: "spo2 91x300
                nurse @12 off SPO2_LOW 120",
        killed: 20,
        back: &[
            (22, "132s ** SPO2_LOW present/on"),
            (60, "132s ** SPO2_LOW present/on"),
            (200, "200s ** SPO2_LOW present/on"),
        ],
    },
    Walk {
        state: "a call that nobody has answered",
        chart: "spo2 97x100
                nurse @12 call @80 ack PATIENT_CALL",
        killed: 20,
        back: &[
            (22, "80s ** PATIENT_CALL absent/off"),
            (60, "80s ** PATIENT_CALL absent/off"),
        ],
    },
    Walk {
        state: "no call, after one that was answered",
        chart: "spo2 97x100
                nurse @12 help @15 ack HELP_WANTED @80 help",
        killed: 20,
        back: &[
            (22, "80s *** HELP_WANTED present/on"),
            (60, "80s *** HELP_WANTED present/on"),
        ],
    },
    Walk {
        state: "no cuff reading for 95 s",
        chart: "spo2 97x1000
                cuff @5 124/78/93
                until 1000s",
        killed: 100,
        back: &[
            (102, "785s ** NIBP_OVERDUE present/on"),
            (700, "785s ** NIBP_OVERDUE present/on"),
            (900, "900s ** NIBP_OVERDUE present/on"),
        ],
    },
    Walk {
        state: "no frame of the cuff for 6 s",
        chart: "spo2 97x60
                cuff @5 silent",
        killed: 10,
        back: &[
            (12, "14s ** DEVICE_LINK_LOST present/on"),
            // Nobody listened: it counts from the new start.
            (30, "40s ** DEVICE_LINK_LOST present/on"),
        ],
    },
    Walk {
        state: "a lost link that is back for 1 s of its hold",
        chart: "spo2 97x60
                cuff @5 silent @20 back",
        killed: 21,
        back: &[
            (23, "23s ** DEVICE_LINK_LOST absent/off"),
            (30, "33s ** DEVICE_LINK_LOST absent/off"),
        ],
    },
    Walk {
        state: "no breath for 15 s, in numbers",
        chart: "spo2 98x120
                etco2 38x40 0x80
                rr 14x40 0x80",
        killed: 54,
        back: &[
            (56, "59s *** APNEA present/on"),
            // CO2 was not measured meanwhile: the time without a breath begins anew.
            (70, "90s *** APNEA present/on"),
        ],
    },
];

fn told_from(story: &Story, second: u64) -> Vec<String> {
    let from = MonoTime::from_secs(second + 1);
    let told = story.told.iter().filter(|told| told.at >= from);
    told.map(in_words).collect()
}

#[test]
fn every_state_goes_on_after_a_restart_with_the_time_that_is_left() {
    for walk in WALKS {
        let chart = Chart::read(walk.chart);
        let never_killed = chart.story(adult::parts(), 0);
        let (from, after) = (walk.killed, true);
        let at_once = Outage {
            from,
            after,
            to: from,
        };
        let killed = chart.story_with_outages(adult::parts(), &[at_once]);
        assert_eq!(killed, never_killed, "{}", walk.state);
        for (to, expected) in walk.back {
            let to = *to;
            let outage = Outage { from, after, to };
            let killed = chart.story_with_outages(adult::parts(), &[outage]);
            let told = told_from(&killed, walk.killed);
            assert_eq!(told, [*expected], "{}, back at {to} s", walk.state);
            // The same episode as before, where it stood, with the same evidence.
            let last = killed.told.last().expect("it was just compared");
            if let Some(stood) = never_killed.told.iter().find(|told| {
                told.at <= MonoTime::from_secs(walk.killed) && told.id == last.id && told.present
            }) && walk.state.starts_with(['p', 'a'])
                && !walk.state.starts_with("a rule")
            {
                assert_eq!(last.occurrence, stood.occurrence, "{}", walk.state);
                assert_eq!(last.since, stood.since, "{}", walk.state);
            }
        }
    }
}

#[test]
fn a_pause_of_the_sound_goes_on_and_ends_in_time() {
    let chart = Chart::read(
        "spo2 91x200
         nurse @12 quiet desk 60",
    );
    let heard = |from, to| {
        let outage = Outage {
            from,
            after: true,
            to,
        };
        chart.story_with_outages(adult::parts(), &[outage]).heard
    };
    let never_killed = [
        "10s desk: SPO2_LOW",
        "10s hall: SPO2_LOW",
        "12s desk: nothing",
    ];
    let expected = |end: &str| -> Vec<String> {
        let end = format!("{end} desk: SPO2_LOW");
        never_killed
            .into_iter()
            .map(str::to_owned)
            .chain([end])
            .collect()
    };
    assert_eq!(heard(20, 20), expected("72s"));
    assert_eq!(heard(20, 50), expected("72s"));
    assert_eq!(heard(20, 120), expected("120s"));
}

#[test]
fn a_rule_that_is_on_again_long_after_its_last_reading_tells_what_was_told_before() {
    let chart = Chart::read(
        "spo2 97x5 90x20 nonex1400
         nurse @950 off SPO2_LOW 400",
    );
    let onset = |story: &Story| {
        let again = story.told.iter().rev().find(|told| told.present);
        let again = again.expect("its rule is on again");
        (again.at, again.evidence.clone())
    };
    for to in [1000, 1340, 1350, 1400] {
        // Its one reading is older than what is read of the record.
        let outage = Outage {
            from: 1000,
            after: true,
            to,
        };
        let killed = chart.story_with_outages(adult::parts(), &[outage]);
        let at = MonoTime::from_secs(to.max(1350));
        let told = "SpO2 90 % below 92 % for 10 s".to_owned();
        assert_eq!(onset(&killed), (at, told), "back at {to} s");
    }
}

/// Killed between that second and the next one: all of that second is on record, and what was due
/// in it had been told.
fn killed_after(chart: &str, second: u64) -> Story {
    let outage = Outage {
        from: second,
        after: true,
        to: second + 1,
    };
    Chart::read(chart).story_with_outages(adult::parts(), &[outage])
}

#[track_caller]
fn the_same_when_killed_after(chart: &str, second: u64) {
    let never_killed = Chart::read(chart).story(adult::parts(), 0);
    assert_eq!(killed_after(chart, second), never_killed);
}

#[test]
fn what_was_told_just_before_the_kill_is_not_told_again() {
    // A second device is lost at 29 s.
    the_same_when_killed_after("spo2 97x5 .x40\n hr 70x20 .x25", 29);
    // One of two lost devices is back for good at 28 s.
    the_same_when_killed_after("spo2 97x5 .x20 97x20\n hr 70x10 .x40", 28);
    // A second line is garbled at 30 s.
    the_same_when_killed_after("spo2 97x5 #x40\n hr 70x20 #x25", 30);
}

#[test]
fn what_was_not_yet_due_when_something_was_told_does_not_become_due_by_a_restart() {
    // The cuff is silent for ten seconds and answers in the very second in which it would be lost.
    let bed = "spo2 97x5 .x40\n cuff @20 silent @29 back\n";
    for told in [
        "nurse @29 ack DEVICE_LINK_LOST",
        "session @29 dose",
        "device @0 id 3 C1 @15 id 3 C2 @29 id 3 C3",
    ] {
        let chart = format!("{bed} {told}");
        the_same_when_killed_after(&chart, 29);
        the_same_when_killed_after(&chart, 30);
    }
}

#[test]
fn an_acknowledged_alarm_that_was_told_once_more_calls_when_it_would_have() {
    // Acknowledged at 33 s; one of two lost devices is back for good at 39 s.
    let chart = "spo2  97x5 .x31 97x200
                 hr    70x10 .x226
                 nurse @33 ack DEVICE_LINK_LOST";
    the_same_when_killed_after(chart, 50);
    let again = "213s ** DEVICE_LINK_LOST present/on";
    assert_eq!(told_from(&killed_after(chart, 50), 50), [again]);
}

#[test]
fn bytes_without_a_frame_that_nobody_listened_to_do_not_count() {
    let outage = |from, to| Outage {
        from,
        after: true,
        to,
    };
    let story = Chart::read("spo2 #x40").story_with_outages(adult::parts(), &[outage(5, 12)]);
    assert_eq!(
        told_from(&story, 5),
        [
            "22s ** DEVICE_LINK_LOST present/on",
            "22s ** LINE_GARBLED present/on"
        ]
    );
    // A line that was garbled before still is, and since then.
    let chart = Chart::read("spo2 #x80\n hr 70x30 #x50");
    let story = chart.story_with_outages(adult::parts(), &[outage(20, 25)]);
    let last = story
        .told
        .iter()
        .rfind(|told| told.id == AlarmId::LineGarbled);
    assert_eq!(
        last.expect("both lines are garbled").evidence,
        "bytes arrive and no frame is valid: device 1 for 40 s, device 2 for 10 s; \
         wrong speed or protocol"
    );
}
