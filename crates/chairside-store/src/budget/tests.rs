use proptest::prelude::*;

use super::*;

const SECOND: i64 = 1_000_000_000;

fn told(occurrence: u64, second: i64, calls: bool, is_over: bool) -> AlarmTold {
    AlarmTold {
        bed: 1,
        occurrence,
        rule: AlarmId::Spo2Low,
        priority: Priority::Medium,
        at: second * SECOND,
        calls,
        is_over,
        call: occurrence,
        simulated: false,
    }
}

fn act(second: i64, about: About) -> Act {
    Act {
        bed: 1,
        at: second * SECOND,
        about,
    }
}

fn of(told: &[AlarmTold], acts: &[Act]) -> Tally {
    budget((0, 3600 * SECOND), told, acts, &[]).all
}

#[test]
fn an_alarm_is_answered_while_it_stands_and_within_five_minutes() {
    let alarm = [told(7, 100, true, false), told(7, 460, false, true)];
    let answered = |second, about| of(&alarm, &[act(second, about)]).responses;
    let seconds = |count| vec![Duration::from_secs(count)];
    assert_eq!(answered(112, About::Occurrence(7)), seconds(12));
    assert_eq!(answered(112, About::Rule(AlarmId::Spo2Low)), seconds(12));
    assert_eq!(answered(112, About::Bed), seconds(12));
    assert_eq!(answered(112, About::Calls(7)), seconds(12));
    assert_eq!(answered(400, About::Bed), seconds(300));
    for (second, about) in [
        (99, About::Bed),
        (401, About::Bed),
        (112, About::Occurrence(8)),
        (112, About::Calls(6)),
        (112, About::Rule(AlarmId::HrHigh)),
    ] {
        assert_eq!(answered(second, about.clone()), [], "{second} {about:?}");
    }
    let short = [told(7, 100, true, false), told(7, 110, false, true)];
    assert_eq!(of(&short, &[act(111, About::Bed)]).responses, []);
    assert_eq!(of(&short, &[act(110, About::Bed)]).alarms, 1);
}

#[test]
fn what_called_nobody_is_no_alarm_and_one_that_calls_again_is_one() {
    assert_eq!(of(&[told(1, 5, false, false)], &[]).alarms, 0);
    let again = [
        told(1, 5, true, false),
        told(1, 9, false, false),
        told(1, 200, true, false),
    ];
    assert_eq!(of(&again, &[]).alarms, 1);
    // It began before the stretch.
    let early = budget((6 * SECOND, 3600 * SECOND), &again, &[], &[]);
    assert_eq!(early.all.alarms, 0);
}

#[test]
fn an_alarm_counts_with_the_worst_priority_that_it_came_to() {
    let mut worse = told(1, 20, true, false);
    worse.priority = Priority::High;
    let budget = budget(
        (0, 3600 * SECOND),
        &[told(1, 5, true, false), worse],
        &[],
        &[],
    );
    let rules: Vec<_> = budget.by_rule.keys().copied().collect();
    assert_eq!(rules, [(AlarmId::Spo2Low, Priority::High)]);
}

#[test]
fn percentiles_are_those_of_the_nearest_rank() {
    let tally = |seconds: &[u64]| Tally {
        alarms: 20,
        responses: seconds
            .iter()
            .map(|one| Duration::from_secs(*one))
            .collect(),
    };
    let ten = tally(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(ten.percentile(50), Some(Duration::from_secs(5)));
    assert_eq!(ten.percentile(90), Some(Duration::from_secs(9)));
    assert_eq!(ten.share(), Some(0.5));
    let one = tally(&[4]);
    assert_eq!(one.percentile(50), one.percentile(90));
    assert_eq!(tally(&[]).percentile(50), None);
    assert_eq!(Tally::default().share(), None);
}

/// A story in whole seconds, with what everything is to come to counted second by second.
#[derive(Clone, Debug)]
struct Story {
    /// Bed, first call, how long it stands.
    alarms: Vec<(i64, i64, i64)>,
    /// Bed, second, which episode or the bed.
    acts: Vec<(i64, i64, Option<u64>)>,
    /// Bed, from, how long.
    connected: Vec<(i64, i64, i64)>,
    from: i64,
    to: i64,
}

fn story() -> impl Strategy<Value = Story> {
    let alarms = proptest::collection::vec((1..3_i64, 0..900_i64, 1..700_i64), 0..8);
    let acts = proptest::collection::vec(
        (1..3_i64, 0..1500_i64, proptest::option::of(1..9_u64)),
        0..12,
    );
    let connected = proptest::collection::vec((1..3_i64, 0..900_i64, 0..600_i64), 0..8);
    (alarms, acts, connected, 0..400_i64, 400..1500_i64).prop_map(
        |(alarms, acts, connected, from, to)| Story {
            alarms,
            acts,
            connected,
            from,
            to,
        },
    )
}

/// Second by second, and alarm by alarm.
fn naive(story: &Story) -> (u64, Vec<u64>, u64) {
    let (mut alarms, mut responses, mut monitored) = (0, Vec::new(), 0);
    for (nth, (bed, onset, lasts)) in (1_u64..).zip(&story.alarms) {
        if *onset < story.from || *onset >= story.to {
            continue;
        }
        alarms += 1;
        for waited in 0..=300_i64.min(*lasts) {
            let is_act = |(at_bed, second, about): &(i64, i64, Option<u64>)| {
                at_bed == bed && *second == onset + waited && about.is_none_or(|about| about == nth)
            };
            if story.acts.iter().any(is_act) {
                responses.push(u64::try_from(waited).unwrap());
                break;
            }
        }
    }
    for second in story.from..story.to {
        for bed in 1..3 {
            let is_connected = |(of, from, lasts): &(i64, i64, i64)| {
                *of == bed && (*from..from + lasts).contains(&second)
            };
            monitored += u64::from(story.connected.iter().any(is_connected));
        }
    }
    responses.sort_unstable();
    (alarms, responses, monitored)
}

proptest! {
    #[test]
    fn the_budget_is_what_counting_second_by_second_gives(story in story()) {
        let mut all_told = Vec::new();
        for (nth, (bed, onset, lasts)) in (1_u64..).zip(&story.alarms) {
            for change in [told(nth, *onset, true, false), told(nth, onset + lasts, false, true)] {
                all_told.push(AlarmTold { bed: *bed, ..change });
            }
        }
        all_told.sort_by_key(|change| change.at);
        let acts: Vec<Act> = story.acts.iter().map(|(bed, second, about)| Act {
            bed: *bed,
            ..act(*second, about.map_or(About::Bed, About::Occurrence))
        }).collect();
        let connected: Vec<Connected> = story.connected.iter().map(|(bed, from, lasts)| Connected {
            bed: *bed,
            from: from * SECOND,
            to: (from + lasts) * SECOND,
        }).collect();
        let stretch = (story.from * SECOND, story.to * SECOND);
        let budget = budget(stretch, &all_told, &acts, &connected);
        let (alarms, responses, monitored) = naive(&story);
        prop_assert_eq!(budget.all.alarms, alarms);
        let seconds: Vec<u64> = budget.all.responses.iter().map(Duration::as_secs).collect();
        prop_assert_eq!(seconds, responses);
        prop_assert_eq!(budget.monitored, Duration::from_secs(monitored));
        let by_rule: u64 = budget.by_rule.values().map(|tally| tally.alarms).sum();
        prop_assert_eq!(by_rule, alarms);
    }
}
