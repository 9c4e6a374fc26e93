//! What is known of displays, second by second.

use super::*;

fn display() -> Display {
    Display {
        station: "desk".into(),
        view: "#/".into(),
        sound: Sound::Running,
        confirmed: Some(Confirmed {
            by: "mn".into(),
            at: chrono::DateTime::UNIX_EPOCH,
        }),
        visible: true,
        seq: 7,
        painted_ms_ago: Some(20),
    }
}

/// A moment of the tests, long after the clock began.
fn at(milliseconds: u64) -> MonoTime {
    MonoTime::from_millis(1_000_000 + milliseconds)
}

fn heard(display: Display, after_ms: u64) -> bool {
    let displays = Arc::new(Displays::default());
    let place = displays.place();
    place.say(at(100), display, 7);
    displays.told(at(100 + after_ms))[0].heard
}

#[test]
fn a_display_is_heard_when_its_sound_runs_was_confirmed_and_it_paints() {
    assert!(heard(display(), 0));
    for sound in [Sound::Suspended, Sound::Muted, Sound::Unconfirmed] {
        assert!(!heard(Display { sound, ..display() }, 0), "{sound:?}");
    }
    let confirmed = None;
    assert!(!heard(
        Display {
            confirmed,
            ..display()
        },
        0
    ));
    for (painted_ms_ago, is_heard) in [(None, false), (Some(6_001), false), (Some(6_000), true)] {
        let display = Display {
            painted_ms_ago,
            ..display()
        };
        assert_eq!(heard(display, 0), is_heard, "{painted_ms_ago:?}");
    }
}

#[test]
fn what_a_display_said_holds_for_six_seconds_and_its_picture_grows_old_with_it() {
    assert!(heard(display(), 5_980));
    assert!(
        !heard(display(), 5_981),
        "its picture is over six seconds old"
    );
    let fresh = Display {
        painted_ms_ago: Some(0),
        ..display()
    };
    assert!(heard(fresh.clone(), 6_000));
    assert!(!heard(fresh, 6_001));
}

#[test]
fn a_display_goes_with_its_connection_and_says_what_it_said_last() {
    let displays = Arc::new(Displays::default());
    let desk = displays.place();
    let hall = displays.place();
    let silent = displays.place();
    hall.say(
        at(0),
        Display {
            station: "hall".into(),
            ..display()
        },
        7,
    );
    desk.say(at(0), display(), 7);
    desk.say(
        at(5),
        Display {
            sound: Sound::Suspended,
            ..display()
        },
        7,
    );
    let told = displays.told(at(5));
    let names: Vec<_> = told.iter().map(|one| &*one.station).collect();
    assert_eq!(names, ["desk", "hall"], "by station; one said nothing yet");
    assert_eq!(told[0].sound, Sound::Suspended);
    assert_eq!((told[0].said_ms_ago, told[1].said_ms_ago), (0, 5));
    drop(desk);
    drop(silent);
    assert_eq!(displays.told(at(5)).len(), 1);
}

/// Why the alarms are heard nowhere, and since when; nothing where they are heard.
fn unheard(displays: &Displays, now: u64) -> Option<(Vec<Unheard>, Option<MonoTime>)> {
    let nobody = displays.unheard(at(now))?;
    Some((nobody.why, nobody.since))
}

fn desk(why: WhyUnheard) -> Vec<Unheard> {
    let display = "desk".into();
    vec![Unheard { display, why }]
}

#[test]
fn why_the_alarms_are_heard_nowhere_is_told_of_each_display() {
    let displays = Arc::new(Displays::default());
    assert_eq!(unheard(&displays, 0), Some((vec![], None)), "there is none");
    let place = displays.place();
    place.say(at(0), display(), 7);
    assert_eq!(unheard(&displays, 0), None, "it is heard");
    let last = Some(MonoTime::from_millis(999_980));
    let silent = desk(WhyUnheard::Silent(at(0)));
    assert_eq!(unheard(&displays, 6_001), Some((silent, last)));
    for (sound, why) in [
        (Sound::Muted, WhyUnheard::Muted),
        (Sound::Suspended, WhyUnheard::Suspended),
        (Sound::Unconfirmed, WhyUnheard::Unconfirmed),
    ] {
        place.say(at(7_000), Display { sound, ..display() }, 7);
        assert_eq!(unheard(&displays, 7_000), Some((desk(why), last)));
    }
    let drawn = |ago, visible| Display {
        painted_ms_ago: ago,
        visible,
        ..display()
    };
    for (said, why) in [
        (
            drawn(Some(6_500), true),
            WhyUnheard::NotDrawn(Some(at(500))),
        ),
        (drawn(None, true), WhyUnheard::NotDrawn(None)),
        (drawn(Some(6_500), false), WhyUnheard::Hidden),
    ] {
        place.say(at(7_000), said, 7);
        assert_eq!(unheard(&displays, 7_000), Some((desk(why), last)));
    }

    let other = displays.place();
    let hall = |sound| Display {
        station: "a hall".into(),
        sound,
        ..display()
    };
    other.say(at(8_000), hall(Sound::Running), 7);
    assert_eq!(unheard(&displays, 8_000), None, "one is enough");
    other.say(at(8_500), hall(Sound::Muted), 7);
    let (all, since) = unheard(&displays, 8_500).unwrap();
    let names: Vec<&str> = all.iter().map(|one| &*one.display).collect();
    assert_eq!(names, ["a hall", "desk"]);
    assert_eq!(since, Some(at(7_980)));
    drop(other);
    drop(place);
    let gone = desk(WhyUnheard::Gone(at(7_000)));
    assert_eq!(unheard(&displays, 9_000), Some((gone, since)));
}

/// The beds of which something was not confirmed in time, with when it was sent.
fn late(displays: &Displays, now: u64) -> Vec<(BedId, MonoTime)> {
    let late = displays.unconfirmed(at(now));
    late.iter().map(|(bed, late)| (*bed, late.since)).collect()
}

/// What a display says that has everything up to a message.
fn has(seq: u64) -> Display {
    Display { seq, ..display() }
}

#[test]
fn alarms_that_a_display_has_not_confirmed_are_known_bed_by_bed_and_since_when() {
    let displays = Arc::new(Displays::default());
    let desk = displays.place();
    displays.sent(at(0), BedId(0), 7);
    desk.say(at(0), has(7), 7);
    assert_eq!(
        late(&displays, 3_000),
        [],
        "what was sent before is in its snapshot"
    );
    displays.sent(at(0), BedId(1), 8);
    displays.sent(at(500), BedId(2), 9);
    displays.sent(at(1_000), BedId(1), 10);
    assert_eq!(late(&displays, 2_999), []);
    assert_eq!(late(&displays, 3_000), [(BedId(1), at(0))]);
    assert_eq!(
        late(&displays, 3_500),
        [(BedId(1), at(0)), (BedId(2), at(500))]
    );

    desk.say(at(3_500), has(9), 10);
    assert_eq!(late(&displays, 3_500), [], "it goes on");
    desk.say(at(6_000), has(9), 10);
    assert_eq!(late(&displays, 6_500), [(BedId(1), at(3_500))]);
    desk.say(at(6_500), has(11), 10);
    assert_eq!(late(&displays, 6_500).len(), 1, "it was never sent that");
    desk.say(at(6_500), has(10), 10);
    assert_eq!(late(&displays, 6_500), []);
}

#[test]
fn nobody_counts_on_a_display_that_is_not_heard_to_confirm_anything() {
    let displays = Arc::new(Displays::default());
    let (desk, hall) = (displays.place(), displays.place());
    let named = |station: &str, sound| Display {
        station: station.into(),
        sound,
        ..display()
    };
    for place in [&desk, &hall] {
        place.say(at(0), display(), 7);
    }
    displays.sent(at(0), BedId(1), 8);
    desk.say(at(3_000), named("desk", Sound::Running), 8);
    hall.say(at(3_000), named("hall", Sound::Running), 8);
    let all = displays.unconfirmed(at(3_000));
    assert_eq!(all[&BedId(1)].displays, ["desk", "hall"]);
    hall.say(at(3_000), named("hall", Sound::Muted), 8);
    assert_eq!(
        displays.unconfirmed(at(3_000))[&BedId(1)].displays,
        ["desk"]
    );
    assert_eq!(late(&displays, 9_001), [], "it says nothing any more");
    desk.say(at(9_001), named("desk", Sound::Running), 8);
    assert_eq!(late(&displays, 9_001), [(BedId(1), at(0))]);
    drop(desk);
    assert_eq!(late(&displays, 9_001), []);
}

#[test]
fn a_display_is_sent_everything_again_every_three_seconds_until_it_confirms_or_is_silent() {
    let displays = Arc::new(Displays::default());
    let desk = displays.place();
    assert!(!desk.must_be_sent_again(at(0)), "it is no display yet");
    desk.say(at(0), display(), 7);
    displays.sent(at(0), BedId(1), 8);
    let mut again = Vec::new();
    for second in 1..=9 {
        if second == 5 {
            desk.say(at(5_000), display(), 8);
        }
        if desk.must_be_sent_again(at(second * 1_000)) {
            again.push(second);
        }
    }
    assert_eq!(again, [3, 6, 9]);
    assert!(!desk.must_be_sent_again(at(12_000)), "it is silent");
    desk.say(at(12_000), display(), 8);
    assert!(desk.must_be_sent_again(at(12_000)));
    desk.say(at(12_000), has(8), 8);
    assert!(!desk.must_be_sent_again(at(20_000)));
}
