//! A session that was as it was, and what its paperwork says.

use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, Priority, SignalPresence, Transition};
use chairside_care::{
    Amendment, Answer, CareAction, CareEvent, Cell, EventKind, Fact, FlowSheet, Gap, GapCause,
    Receipt, RemsFound, RemsItem, RemsWorksheet, ScoreId, SheetLine, Stage,
};
use chairside_model::{Metric, MonoTime, Value};

use crate::clinic::{
    CUFF, ENDED, Notes, OFF, OPENED, OXIMETER, alarm, minute, pressure, rated, session, spo2,
    spray, valid,
};

/// Returns a good saturation each second of a session, with the exception of some minutes.
fn saturations(without: std::ops::Range<i64>) -> Vec<Fact> {
    let seconds = (0..ENDED * 60).filter(|second| !without.contains(&(second / 60)));
    seconds
        .map(|second| {
            let second = u64::try_from(second).unwrap();
            spo2(OPENED + Duration::from_secs(second), valid(97))
        })
        .collect()
}

fn values(sheet: &FlowSheet) -> Vec<(MonoTime, Stage, Vec<Cell>)> {
    let rows = sheet.rows.iter();
    rows.filter_map(|row| match &row.line {
        SheetLine::Values { stage, cells } => Some((row.at, *stage, cells.clone())),
        _ => None,
    })
    .collect()
}

fn found(sheet: &RemsWorksheet, item: RemsItem) -> RemsFound {
    sheet
        .lines
        .iter()
        .find(|line| line.item == item)
        .unwrap()
        .found
}

#[test]
fn rows_stand_at_the_times_of_the_protocol_with_age_and_source() {
    let more = vec![
        spo2(minute(14), valid(98)),
        pressure(minute(12), minute(12), 128),
        spo2(minute(25), valid(96)),
        pressure(minute(24), minute(24), 152),
    ];
    let sheet = FlowSheet::of(&session(more));
    assert_eq!(
        sheet.columns,
        [Metric::SpO2, Metric::NibpSystolic, Metric::NibpDiastolic]
    );
    let rows = values(&sheet);
    let at: Vec<i64> = rows
        .iter()
        .map(|(at, ..)| i64::try_from(at.saturating_since(OPENED).as_secs() / 60).unwrap())
        .collect();
    let expected = [
        0, 5, 10, 14, 15, 25, 35, 45, 55, 65, 75, 85, 95, 105, 115, 125, 140,
    ];
    assert_eq!(
        at, expected,
        "5 min before the dose, 10 in it, 15 late after it"
    );
    let (_, stage, cells) = rows.iter().find(|(at, ..)| *at == minute(25)).unwrap();
    assert_eq!(*stage, Stage::Dosing);
    let value = |metric, value, taken, source| Cell::Value {
        metric,
        value: Value::whole(value),
        taken: minute(taken),
        source,
    };
    let measured = [
        value(Metric::SpO2, 96, 25, OXIMETER),
        value(Metric::NibpSystolic, 152, 24, CUFF),
        value(Metric::NibpDiastolic, 60, 24, CUFF),
    ];
    assert_eq!(cells[..], measured);
    let (_, _, cells) = rows.iter().find(|(at, ..)| *at == minute(45)).unwrap();
    assert_eq!(
        cells[..],
        [Cell::None; 3],
        "a pressure of 21 minutes ago is none of now"
    );
}

#[test]
fn what_happened_stands_between_the_rows() {
    let mut notes = Notes::default();
    // After the session's own eight entries.
    for _ in 0..8 {
        notes.note(minute(0), CareAction::TakeBaseline);
    }
    let vomited = CareEvent {
        at: minute(50),
        kind: EventKind::Vomiting,
        note: None,
    };
    let more = vec![
        alarm(minute(41), 3, SignalPresence::On),
        Fact::Answered {
            at: minute(42),
            by: "nurse-k".into(),
            answer: Answer::Acknowledged(Occurrence(3)),
        },
        alarm(minute(43), 3, SignalPresence::Off),
        notes.note(minute(51), CareAction::Event(vomited)),
        notes.note(minute(40), rated(minute(40), ScoreId::Moaas, 4)),
        notes.note(
            minute(60),
            CareAction::Amend {
                entry: 8,
                amendment: match spray(minute(15), 84) {
                    CareAction::Dose(dose) => Amendment::Dose(dose),
                    other => panic!("{other:?}"),
                },
            },
        ),
    ];
    let sheet = FlowSheet::of(&session(more));
    let find = |wanted: fn(&SheetLine) -> bool| {
        let row = sheet.rows.iter().find(|row| wanted(&row.line));
        row.unwrap().clone()
    };
    let told = find(|line| matches!(line, SheetLine::Alarm(_)));
    let SheetLine::Alarm(told_alarm) = &told.line else {
        panic!("{told:?}")
    };
    assert_eq!(told_alarm.response(), Some(Duration::from_mins(1)));
    let event = find(|line| matches!(line, SheetLine::Event(_)));
    assert_eq!(
        event.at,
        minute(50),
        "when it happened, not when it was entered"
    );
    let dose = find(|line| matches!(line, SheetLine::Dose(_)));
    let SheetLine::Dose(said) = &dose.line else {
        panic!("{dose:?}")
    };
    assert!(said.corrected && &*said.by == "nurse-k");
    let sorted = sheet.rows.windows(2).all(|pair| pair[0].at <= pair[1].at);
    assert!(sorted);
}

#[test]
fn a_session_without_a_protocol_has_rows_and_a_receipt_all_the_same() {
    let mut facts = session(vec![pressure(minute(6), minute(6), 124)]);
    facts
        .facts
        .retain(|fact| !matches!(fact, Fact::Care { .. }));
    let rows = values(&FlowSheet::of(&facts));
    assert_eq!(rows.len(), 29, "every 5 min of 140, and at its end");
    let receipt = Receipt::of(&facts);
    let cuff = receipt.metrics.last().unwrap();
    assert_eq!(
        (cuff.metric, cuff.expected),
        (Metric::NibpSystolic, Some(28))
    );
}

#[test]
fn a_device_that_tells_three_in_a_second_does_not_make_up_for_the_next() {
    let every_other = (0..140 * 60).filter(|second| second % 2 == 0);
    let three = |second: u64| {
        [0_u64, 300, 600].map(|ms| OPENED + Duration::from_millis(second * 1000 + ms))
    };
    let told = every_other.flat_map(three).map(|at| spo2(at, valid(97)));
    let receipt = Receipt::of(&session(told.collect()));
    assert_eq!(receipt.metrics[0].percent(), Some(50));
}

#[test]
fn of_a_device_whose_period_nobody_knows_no_share_is_told() {
    let told = |devices: fn(&mut std::collections::BTreeMap<_, Duration>)| {
        let mut facts = session(saturations(0..100));
        devices(&mut facts.sources.devices);
        Receipt::of(&facts).metrics[0]
    };
    for nobody_knows in [
        told(std::collections::BTreeMap::clear),
        told(|devices| {
            devices.insert(OXIMETER, Duration::ZERO);
        }),
    ] {
        assert_eq!(nobody_knows.metric, Metric::SpO2);
        assert_eq!(
            (nobody_knows.expected, nobody_knows.percent()),
            (None, None)
        );
        assert_eq!(nobody_knows.valid, told(|_| {}).valid, "each is a value");
    }
}

#[test]
fn the_receipt_says_what_is_missing_and_why() {
    // Ten minutes with the sensor off, then ten without a line, then ten without a record.
    let mut more = saturations(30..60);
    more.extend((30..40).map(|at| spo2(minute(at) + Duration::from_secs(5), OFF)));
    let receipt = Receipt::of(&session(more.clone()));
    let share = receipt.metrics[0];
    assert_eq!((share.metric, share.valid), (Metric::SpO2, 110 * 60));
    assert_eq!(
        (share.expected, share.percent()),
        (Some(140 * 60), Some(78))
    );
    let of_spo2 = |receipt: &Receipt| -> Vec<Gap> {
        let gaps = receipt.gaps.iter().copied();
        gaps.filter(|gap| gap.metric == Metric::SpO2).collect()
    };
    let [gap] = of_spo2(&receipt)[..] else {
        panic!("{:?}", receipt.gaps)
    };
    assert_eq!(gap.cause, GapCause::SensorOff);
    assert_eq!(gap.until, minute(60));

    let link = |at, connected| Fact::Link {
        at: minute(at),
        device: OXIMETER,
        connected,
    };
    more.extend([link(40, false), link(50, true)]);
    let cause = |more: &[Fact]| of_spo2(&Receipt::of(&session(more.to_vec())))[0].cause;
    assert_eq!(cause(&more), GapCause::LinkLost);
    let recording = |at, running| Fact::Recording {
        at: minute(at),
        running,
    };
    more.extend([recording(50, false), recording(60, true)]);
    assert_eq!(cause(&more), GapCause::RecordingStopped);
    assert_eq!(cause(&saturations(30..60)), GapCause::NotMeasured);
    // Lost before the session and never found is lost as well.
    assert_eq!(cause(&[link(-5, false)]), GapCause::LinkLost);
    // And so is what was found again before the first value; not what was found before.
    assert_eq!(
        cause(&[link(-5, false), link(30, true)]),
        GapCause::LinkLost
    );
    assert_eq!(
        cause(&[link(-5, false), link(-1, true)]),
        GapCause::NotMeasured
    );
}

fn of_the_cuff(receipt: &Receipt) -> (u64, u64, Vec<(MonoTime, MonoTime)>) {
    let cuff = receipt.metrics.iter();
    let mut cuff = cuff.filter(|one| one.metric == Metric::NibpSystolic);
    let cuff = cuff.next().expect("the bed has a cuff");
    let gaps = receipt.gaps.iter();
    let gaps = gaps.filter(|gap| gap.metric == Metric::NibpSystolic);
    let gaps = gaps.map(|gap| (gap.from, gap.until)).collect();
    let expected = cuff.expected.expect("a cuff's intervals are known");
    (cuff.valid, expected, gaps)
}

fn read_at(minutes: impl IntoIterator<Item = i64>) -> Vec<Fact> {
    let read = |at| pressure(minute(at), minute(at), 130);
    minutes.into_iter().map(read).collect()
}

/// Of 5 min before the dose, 10 from it on, and 15 an hour after it, in stages that begin at 0, 5,
/// 14, 15, 35 and 65 and end at 140 min, 14 intervals are whole.
#[test]
fn the_cuff_is_complete_when_each_interval_of_the_session_has_a_reading() {
    let in_time = [1, 6, 12, 16, 26, 36, 46, 56, 66, 76, 86, 96, 106, 116, 126];
    let receipt = Receipt::of(&session(read_at(in_time)));
    assert_eq!(of_the_cuff(&receipt), (14, 14, vec![]));
    // More readings than were expected do not make up for those that were not taken.
    let early = [1, 6, 12, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26];
    let receipt = Receipt::of(&session(read_at(early)));
    let gaps = vec![(minute(26), minute(140))];
    assert_eq!(of_the_cuff(&receipt), (4, 14, gaps));
    // Late by the grace is in time, and no reading stands for two intervals.
    let late = [1, 6, 12, 18, 31, 44, 57, 70];
    let receipt = Receipt::of(&session(read_at(late)));
    let (valid, _, gaps) = of_the_cuff(&receipt);
    assert_eq!((valid, gaps), (7, vec![(minute(70), minute(140))]));
}

/// As the session itself expects it: every five minutes from then on.
#[test]
fn who_is_sedated_or_alarmed_is_expected_to_be_measured_more_often() {
    let every_ten = || {
        let minutes = [1, 6, 12].into_iter().chain((16..140).step_by(10));
        read_at(minutes)
    };
    let share = |more: Vec<Fact>| {
        let mut all = every_ten();
        all.extend(more);
        let (valid, expected, _) = of_the_cuff(&Receipt::of(&session(all)));
        (valid, expected)
    };
    assert_eq!(share(Vec::new()), (14, 14));
    let mut notes = Notes::default();
    for _ in 0..8 {
        notes.note(minute(0), CareAction::TakeBaseline);
    }
    let sedated = vec![
        notes.note(minute(36), rated(minute(36), ScoreId::Moaas, 3)),
        notes.note(minute(56), rated(minute(56), ScoreId::Moaas, 5)),
    ];
    let (valid, expected) = share(sedated);
    assert!(expected > 14 && valid < expected, "{valid} of {expected}");
    let high = |at, signal| match alarm(at, 1, signal) {
        Fact::Alarm(told) => Fact::Alarm(Transition {
            priority: Priority::High,
            id: AlarmId::Spo2VeryLow,
            ..told
        }),
        other => panic!("{other:?}"),
    };
    let alarmed = vec![
        high(minute(36), SignalPresence::On),
        high(minute(38), SignalPresence::Off),
    ];
    let (valid, expected) = share(alarmed);
    assert!(expected > 16 && valid < expected, "{valid} of {expected}");
    let before = vec![
        high(minute(-9), SignalPresence::On),
        high(minute(-8), SignalPresence::Off),
    ];
    assert_eq!(share(before), (14, 14), "of another patient");
}

#[test]
fn the_receipt_has_the_alarms_and_the_median_response() {
    let answered = |minutes, seconds, occurrence| Fact::Answered {
        at: minute(minutes) + Duration::from_secs(seconds),
        by: "nurse-k".into(),
        answer: Answer::Comes(occurrence),
    };
    let more = vec![
        alarm(minute(20), 1, SignalPresence::On),
        answered(20, 10, 1),
        alarm(minute(21), 1, SignalPresence::Off),
        alarm(minute(30), 2, SignalPresence::On),
        answered(30, 50, 2),
        alarm(minute(31), 2, SignalPresence::Off),
        alarm(minute(40), 3, SignalPresence::On),
        answered(40, 30, 3),
        alarm(minute(50), 4, SignalPresence::On),
        // What called before the session was another patient's.
        alarm(minute(-3), 9, SignalPresence::On),
    ];
    let receipt = Receipt::of(&session(more));
    assert_eq!(receipt.alarms.len(), 4);
    assert_eq!(receipt.median_response, Some(Duration::from_secs(30)));
    assert_eq!(receipt.alarms[3].response(), None);
}

#[test]
fn the_worksheet_is_filled_from_its_windows_and_blank_elsewhere() {
    let mut notes = Notes::default();
    for _ in 0..8 {
        notes.note(minute(0), CareAction::TakeBaseline);
    }
    let mut more = saturations(0..0);
    more.extend([
        pressure(minute(12), minute(12), 128),
        pressure(minute(46), minute(46), 150),
        pressure(minute(58), minute(58), 155),
        pressure(minute(138), minute(138), 130),
        notes.note(minute(40), rated(minute(40), ScoreId::Moaas, 4)),
        notes.note(minute(60), rated(minute(60), ScoreId::Moaas, 3)),
        notes.note(minute(90), rated(minute(90), ScoreId::Moaas, 5)),
        // Before the dose: it says nothing of the dose.
        notes.note(minute(10), rated(minute(10), ScoreId::Cadss6, 4)),
    ]);
    let sheet = RemsWorksheet::of(&session(more));
    let systolic = |item| match found(&sheet, item) {
        RemsFound::Pressure(one) => (one.systolic, one.taken),
        other => panic!("{item:?}: {other:?}"),
    };
    assert_eq!(
        systolic(RemsItem::PressureBefore),
        (Value::whole(128), minute(12))
    );
    assert_eq!(
        systolic(RemsItem::Pressure40),
        (Value::whole(155), minute(58))
    );
    assert_eq!(
        systolic(RemsItem::PressureLeaving),
        (Value::whole(130), minute(138))
    );
    let amount = RemsFound::Amount(Value::whole(56), minute(15));
    assert_eq!(found(&sheet, RemsItem::Amount), amount);
    let sedation = RemsFound::Rated(ScoreId::Moaas, 3, minute(60));
    assert_eq!(found(&sheet, RemsItem::Sedation), sedation);
    let observed = RemsFound::Observed(Duration::from_mins(125), true);
    assert_eq!(found(&sheet, RemsItem::Observed), observed);
    for item in [RemsItem::Dissociation, RemsItem::RespiratoryDepression] {
        assert!(
            matches!(found(&sheet, item), RemsFound::Blank(_)),
            "{item:?}"
        );
    }
    for item in [
        RemsItem::SaturationBefore,
        RemsItem::Saturation40,
        RemsItem::SaturationLowest,
    ] {
        assert!(
            matches!(found(&sheet, item), RemsFound::Measured(_)),
            "{item:?}"
        );
    }
}

#[test]
fn a_worksheet_of_an_open_session_has_no_leaving() {
    let mut facts = session(vec![pressure(minute(60), minute(60), 150)]);
    facts.ended = None;
    facts.drawn_up = minute(70);
    let sheet = RemsWorksheet::of(&facts);
    let blank = found(&sheet, RemsItem::PressureLeaving);
    assert!(
        matches!(blank, RemsFound::Blank("the patient has not left")),
        "{blank:?}"
    );
    let observed = found(&sheet, RemsItem::Observed);
    assert_eq!(
        observed,
        RemsFound::Observed(Duration::from_mins(55), false)
    );
}
