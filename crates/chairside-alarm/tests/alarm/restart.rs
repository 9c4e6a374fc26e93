//! A service that is killed and starts again: conditions, signals and times go on
//! (`docs/alarms.md`, Restart).

use chairside_alarm::AlarmId;
use proptest::prelude::*;

use crate::adult;
use crate::chart::{Chart, Outage};
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
