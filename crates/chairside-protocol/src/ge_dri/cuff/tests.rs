use super::super::message::GroupStatus;
use super::*;
use chairside_model::Value;

const IDLE: u16 = 11;
const OLD: u16 = 267;
const MEASURING_OLD: u16 = 299;
const MEASURING: u16 = 43;

fn group(label: u16, pressures: Option<[i16; 3]>) -> NibpGroup {
    let pressures = pressures.map_or([Field::INVALID; 3], |mmhg| {
        mmhg.map(|mmhg| Field::new(mmhg * 100))
    });
    NibpGroup {
        status: GroupStatus::EXISTS | GroupStatus::ACTIVE,
        label: NibpLabel::from_bits(label),
        pressures,
        pulse_rate: Field::INVALID,
    }
}

/// Each step is a second, the label, and the systolic pressure; the result says what was told.
fn check(steps: &[(u64, u16, i16)], expected: &[&str]) {
    let mut watch = CuffWatch::default();
    let mut told = Vec::new();
    for &(second, label, systolic) in steps {
        let pressures = (systolic > 0).then_some([systolic, 48, 69]);
        let group = group(label, pressures);
        if let Some(cuff) = watch.take(MonoTime::from_secs(second), &group) {
            told.push(match cuff {
                Cuff::Measuring => format!("{second} measuring"),
                Cuff::Cancelled => format!("{second} cancelled"),
                Cuff::Failed(why) => format!("{second} {}", why.name()),
                Cuff::Completed(reading) => format!(
                    "{second} {} from {}",
                    reading.systolic.map_or(0.0, Value::number),
                    reading.taken.since_start().as_secs()
                ),
            });
        }
    }
    assert_eq!(told, expected, "{steps:?}");
}

#[test]
fn the_cycle_of_the_label_is_one_determination() {
    // As a real monitor went through it: 267, 299, 43, 11, 267.
    check(
        &[
            (100, OLD, 93),
            (101, MEASURING_OLD, 93),
            (120, MEASURING, 93),
            (129, MEASURING, 93),
            (130, IDLE, 95),
            (131, IDLE, 95),
            (190, OLD, 95),
            (191, OLD, 95),
        ],
        &["101 measuring", "130 95 from 129"],
    );
}

#[test]
fn the_same_pressures_twice_are_two_determinations_when_the_label_went_round() {
    check(
        &[
            (100, OLD, 93),
            (101, MEASURING, 93),
            (130, IDLE, 93),
            (190, OLD, 93),
            (200, MEASURING_OLD, 93),
            (230, IDLE, 93),
        ],
        &[
            "101 measuring",
            "130 93 from 101",
            "200 measuring",
            "230 93 from 200",
        ],
    );
    // The inflation was not seen.
    check(
        &[(100, IDLE, 93), (160, OLD, 93), (161, IDLE, 93)],
        &["100 93 from 40", "161 93 from 160"],
    );
}

#[test]
fn a_reading_called_fresh_for_longer_than_it_can_be_is_another_one() {
    check(
        &[(100, IDLE, 93), (101, IDLE, 93), (163, IDLE, 93)],
        &["100 93 from 40"],
    );
    check(
        &[(100, IDLE, 93), (164, IDLE, 93)],
        &["100 93 from 40", "164 93 from 104"],
    );
}

#[test]
fn an_old_reading_at_the_first_look_has_no_known_age_and_is_not_published() {
    check(&[(100, OLD, 93), (101, OLD, 93)], &[]);
}

#[test]
fn other_pressures_are_another_determination_and_as_old_as_they_can_be() {
    // The line was closed for ten minutes meanwhile.
    check(
        &[(100, IDLE, 93), (700, OLD, 101), (701, OLD, 101)],
        &["100 93 from 40", "700 101 from 100"],
    );
    check(
        &[(100, IDLE, 93), (700, IDLE, 101)],
        &["100 93 from 40", "700 101 from 640"],
    );
}

#[test]
fn a_line_that_was_closed_does_not_publish_a_reading_again() {
    check(
        &[(100, IDLE, 93), (140, IDLE, 93), (400, OLD, 93)],
        &["100 93 from 40"],
    );
}

#[test]
fn a_determination_without_a_result_is_told() {
    check(
        &[(100, OLD, 93), (101, MEASURING_OLD, 93), (102, OLD, 93)],
        &["101 measuring", "102 cancelled"],
    );
    check(
        &[(101, MEASURING, 0), (130, IDLE, 0), (131, IDLE, 0)],
        &["101 measuring", "130 Unknown"],
    );
}

#[test]
fn pressures_that_are_gone_for_a_while_are_not_new() {
    check(
        &[(100, IDLE, 93), (101, IDLE, 0), (102, IDLE, 93)],
        &["100 93 from 40"],
    );
}

#[test]
fn pressures_that_contradict_each_other_are_no_reading() {
    check(
        &[(100, OLD, 93), (101, MEASURING, 93), (130, IDLE, 40)],
        &["101 measuring", "130 NoDetermination"],
    );
}

#[test]
fn while_the_clock_stands_only_the_label_and_the_pressures_tell() {
    check(
        &[
            (100, IDLE, 93),
            (100, OLD, 93),
            (100, MEASURING_OLD, 93),
            (100, IDLE, 93),
            (100, IDLE, 94),
        ],
        &[
            "100 93 from 40",
            "100 measuring",
            "100 93 from 100",
            "100 94 from 100",
        ],
    );
}
