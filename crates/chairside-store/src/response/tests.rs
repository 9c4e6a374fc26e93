use chairside_alarm::AlarmId;

use super::*;

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600 * SECOND;

fn told(occurrence: u64, at: Wall, priority: Priority, calls: bool) -> AlarmTold {
    AlarmTold {
        bed: 1,
        occurrence,
        rule: AlarmId::Spo2Low,
        priority,
        at,
        calls,
        is_over: !calls,
        call: occurrence,
        simulated: false,
    }
}

fn answer(at: Wall, how: Answer) -> Answered {
    Answered { bed: 1, at, how }
}

fn shifts(begin: &[&str], ahead: i16) -> Shifts {
    let times = begin.iter().map(|time| time.parse().unwrap());
    Shifts::new(times.collect(), ahead).unwrap()
}

fn by_default() -> Shifts {
    shifts(&["07:00:00", "15:00:00", "23:00:00"], 0)
}

fn seconds(each: &[u64]) -> Vec<Duration> {
    each.iter().copied().map(Duration::from_secs).collect()
}

#[test]
fn each_answer_counts_from_the_first_call_while_the_alarm_stands() {
    use Answer::{Accepted, Acknowledged, Arrived};
    let high = Priority::High;
    let alarm = [
        told(7, 100 * SECOND, high, true),
        // Called again: the first call counts.
        told(7, 160 * SECOND, high, true),
        told(7, 460 * SECOND, high, false),
    ];
    let of = |answers: &[(i64, Answer)]| {
        let answers: Vec<_> = answers
            .iter()
            .map(|(second, how)| answer(second * SECOND, *how))
            .collect();
        response((0, HOUR), &alarm, &answers, (&by_default(), false))
            .all
            .high
    };
    let all = of(&[
        (90, Accepted(6)),
        (104, Acknowledged(6)),
        (112, Accepted(6)),
        (117, Accepted(7)),
        (130, Acknowledged(7)),
        (131, Acknowledged(7)),
        (190, Arrived(9)),
        (200, Accepted(9)),
    ]);
    assert_eq!(all.alarms, 1);
    assert_eq!(all.acknowledged, seconds(&[30]));
    assert_eq!(all.accepted, seconds(&[17]));
    assert_eq!(all.arrived, seconds(&[90]));
    let there = of(&[(140, Arrived(7))]);
    assert_eq!(
        (there.accepted, there.arrived),
        (seconds(&[40]), seconds(&[40]))
    );
    let late = of(&[(461, Acknowledged(7)), (461, Arrived(7))]);
    assert_eq!(
        late,
        Answers {
            alarms: 1,
            ..Answers::default()
        }
    );
    let elsewhere = Answered {
        bed: 2,
        ..answer(110 * SECOND, Accepted(7))
    };
    let figures = response((0, HOUR), &alarm, &[elsewhere], (&by_default(), false));
    assert_eq!(figures.all.high.accepted, []);
}

#[test]
fn an_alarm_counts_once_with_its_worst_priority_and_low_ones_do_not() {
    let rises = [
        told(1, 5, Priority::Low, true),
        told(1, 9, Priority::Medium, true),
        told(2, 6, Priority::Low, true),
        told(3, 7, Priority::High, false),
        told(4, HOUR, Priority::High, true),
    ];
    let figures = response((0, HOUR), &rises, &[], (&by_default(), false));
    // One never called, and one did after that time.
    assert_eq!((figures.all.medium.alarms, figures.all.high.alarms), (1, 0));
}

#[test]
fn an_alarm_belongs_to_the_shift_in_which_it_first_called_by_the_clinics_clock() {
    let night = shifts(&["23:00:00", "07:00:00", "15:00:00"], 0);
    let starts: Vec<_> = night.begin().iter().map(ToString::to_string).collect();
    assert_eq!(starts, ["07:00:00", "15:00:00", "23:00:00"]);
    let of = |shifts: &Shifts, hour: i64, second: i64| shifts.of(hour * HOUR + second * SECOND);
    for (hour, second, shift) in [
        (0, 0, 2),
        (7, -1, 2),
        (7, 0, 0),
        (15, -1, 0),
        (15, 0, 1),
        (23, 0, 2),
        (24 * 400 + 7, 0, 0),
        (-1, 0, 2),
    ] {
        assert_eq!(of(&night, hour, second), shift, "{hour} h {second} s");
    }
    // Two hours ahead of UTC seven o'clock is five in UTC; and behind it the day begins later.
    let summer = shifts(&["07:00:00", "19:00:00"], 120);
    assert_eq!([of(&summer, 5, -1), of(&summer, 5, 0)], [1, 0]);
    let west = shifts(&["07:00:00", "19:00:00"], -300);
    assert_eq!([of(&west, 12, -1), of(&west, 12, 0)], [1, 0]);
    assert_eq!(of(&shifts(&["08:00:00"], 0), 3, 0), 0, "one lasts all day");
    let figures = response(
        (0, 48 * HOUR),
        &[
            told(1, 8 * HOUR, Priority::High, true),
            told(2, 32 * HOUR, Priority::High, true),
            told(3, 3 * HOUR, Priority::High, true),
        ],
        &[answer(32 * HOUR + 4 * SECOND, Answer::Acknowledged(2))],
        (&by_default(), false),
    );
    let counts: Vec<u64> = figures.shifts.iter().map(|one| one.high.alarms).collect();
    assert_eq!(counts, [2, 0, 1]);
    assert_eq!(figures.shifts[0].high.acknowledged, seconds(&[4]));
    assert_eq!(figures.all.high.alarms, 3);
}

#[test]
fn shifts_have_a_beginning_each_and_percentiles_are_those_of_the_nearest_rank() {
    assert_eq!(Shifts::new(Vec::new(), 0), None);
    assert_eq!(Shifts::new(vec![NaiveTime::MIN, NaiveTime::MIN], 0), None);
    let ten = seconds(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    let at = |percent| percentile(&ten, percent).map(|time| time.as_secs());
    assert_eq!([at(50), at(90), at(100)], [Some(5), Some(9), Some(10)]);
    assert_eq!(percentile(&[], 50), None);
}
