use chairside_alarm::SignalPresence;
use chairside_model::{Unavailable, Value as Number};
use chrono::TimeDelta;

use super::*;

fn state(bed: &str, id: AlarmId, occurrence: u64, priority: Priority) -> AlarmState {
    AlarmState {
        bed: bed.into(),
        bed_name: format!("Room {bed}"),
        id,
        occurrence,
        priority,
        present: true,
        signal: SignalPresence::On,
        since: DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::try_from(occurrence).unwrap()),
        at: DateTime::UNIX_EPOCH,
        reading: None,
        evidence: "SpO2 86 %".into(),
        simulated: false,
    }
}

fn over(state: AlarmState) -> AlarmState {
    AlarmState {
        present: false,
        signal: SignalPresence::Off,
        ..state
    }
}

fn board() -> Board {
    Board::new(["1".to_owned(), "2".to_owned()])
}

/// Confirms all that is to be told, and returns it: each bed with the ids of its alarms.
fn tell(board: &mut Board) -> Vec<(String, Vec<String>)> {
    let mut told = Vec::new();
    while let Some(alarms) = board.next_alarms() {
        board.told(&alarms);
        let active = alarms.json["active"].as_array().unwrap().iter();
        let ids = active.map(|alarm| alarm["id"].as_str().unwrap().to_owned());
        told.push((alarms.bed, ids.collect()));
    }
    told
}

#[test]
fn a_beds_alarms_are_always_the_full_set_the_worst_first() {
    let mut board = board();
    assert_eq!(
        tell(&mut board).len(),
        2,
        "at first each bed is told, without alarms"
    );
    assert_eq!(tell(&mut board), []);
    for (id, occurrence, priority) in [
        (AlarmId::RrHigh, 1, Priority::Low),
        (AlarmId::Apnea, 2, Priority::High),
        (AlarmId::Spo2VeryLow, 3, Priority::High),
    ] {
        assert!(board.alarm(state("1", id, occurrence, priority)));
    }
    let set = ["SPO2_VERY_LOW", "APNEA", "RR_HIGH"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(tell(&mut board), [("1".to_owned(), set)]);
    let apnea = state("1", AlarmId::Apnea, 2, Priority::High);
    assert!(board.alarm(apnea.clone()), "the same again");
    assert_eq!(tell(&mut board), []);
    board.alarm(over(apnea));
    let set = ["SPO2_VERY_LOW", "RR_HIGH"].map(str::to_owned).to_vec();
    assert_eq!(tell(&mut board), [("1".to_owned(), set)]);
}

#[test]
fn the_end_of_an_episode_is_not_that_of_a_later_one() {
    let mut board = board();
    board.alarm(state("1", AlarmId::Apnea, 5, Priority::High));
    tell(&mut board);
    board.alarm(over(state("1", AlarmId::Apnea, 4, Priority::High)));
    assert_eq!(tell(&mut board), []);
    board.alarm(over(state("1", AlarmId::Apnea, 5, Priority::High)));
    assert_eq!(tell(&mut board), [("1".to_owned(), Vec::new())]);
}

#[test]
fn the_bed_with_the_worst_alarm_is_told_first_and_every_bed_again_in_the_end() {
    let mut board = board();
    tell(&mut board);
    board.alarm(state("1", AlarmId::RrHigh, 1, Priority::Low));
    board.alarm(state("2", AlarmId::Apnea, 1, Priority::High));
    assert_eq!(board.untold(), 2);
    let order: Vec<_> = tell(&mut board).into_iter().map(|(bed, _)| bed).collect();
    assert_eq!(order, ["2", "1"]);
    board.begin();
    assert_eq!(board.untold(), 2);
}

#[test]
fn what_changes_while_it_is_told_is_told_again() {
    let mut board = board();
    tell(&mut board);
    board.alarm(state("1", AlarmId::RrHigh, 1, Priority::Low));
    let on_its_way = board.next_alarms().unwrap();
    board.alarm(state("1", AlarmId::Apnea, 2, Priority::High));
    board.told(&on_its_way);
    assert_eq!(tell(&mut board).len(), 1);
}

#[test]
fn a_strange_bed_is_refused_and_numbers_are_taken_once() {
    let mut board = board();
    assert!(!board.alarm(state("3", AlarmId::Apnea, 1, Priority::High)));
    let at = DateTime::UNIX_EPOCH;
    let none = Measured::Unavailable(Unavailable::SensorOff);
    assert!(!board.number("3", Metric::SpO2, none, at));
    for number in [96, 97] {
        board.number(
            "1",
            Metric::SpO2,
            Measured::Valid(Number::whole(number)),
            at,
        );
    }
    board.number("1", Metric::PulseRate, none, at);
    let numbers = board.take_numbers();
    let expected = json!({"type": "observations", "bed": "1", "observations": [
        {"metric": "PulseRate", "unit": "/min", "at": "1970-01-01T00:00:00.000Z",
         "validity": "unavailable", "reason": "SensorOff"},
        {"metric": "SpO2", "unit": "%", "at": "1970-01-01T00:00:00.000Z",
         "validity": "valid", "value": 97.0},
    ]});
    assert_eq!(numbers, [("1".to_owned(), expected)]);
    assert!(board.take_numbers().is_empty());
    // What was measured before a connection is not sent over it.
    board.number("1", Metric::SpO2, none, at);
    board.begin();
    assert!(board.take_numbers().is_empty());
}

#[test]
fn a_simulated_bed_says_so_with_its_alarms_and_its_numbers_until_it_is_a_patients_again() {
    let mut board = Board::new(["1".to_owned()]);
    let at = DateTime::UNIX_EPOCH;
    let valid = Measured::Valid(chairside_model::Value::whole(97));
    for simulated in [true, false] {
        if let Some(told) = board.next_alarms() {
            board.told(&told);
        }
        assert!(board.simulated("1", simulated), "it is one of ours");
        let alarms = board.next_alarms().expect("that is news");
        assert!(board.number("1", Metric::SpO2, valid, at));
        let (_, numbers) = board.take_numbers().remove(0);
        let expected = if simulated { json!(true) } else { Value::Null };
        assert_eq!(alarms.json["simulated"], expected);
        assert_eq!(numbers["simulated"], expected);
    }
    assert!(!board.simulated("9", true));
}

#[test]
fn each_alarm_says_whether_it_is_simulated_whatever_the_bed_is_by_then() {
    let mut board = board();
    let of_a_lesson = AlarmState {
        simulated: true,
        ..state("1", AlarmId::Apnea, 1, Priority::High)
    };
    board.alarm(of_a_lesson);
    board.alarm(state("1", AlarmId::NoStation, 2, Priority::Medium));
    let alarms = board.next_alarms().expect("they are news").json;
    let marks: Vec<_> = (0..2)
        .map(|at| &alarms["active"][at]["simulated"])
        .collect();
    assert_eq!(marks, [&json!(true), &Value::Null]);
}
