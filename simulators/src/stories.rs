//! The stories that the demo tells, one for each bed in turn.

use crate::scenario::{Scenario, ScenarioFile};

/// The files, by name.
const FILES: [(&str, &str); 4] = [
    (
        "calm-session",
        include_str!("../scenarios/calm-session.json"),
    ),
    ("capnography", include_str!("../scenarios/capnography.json")),
    (
        "hypertension",
        include_str!("../scenarios/hypertension.json"),
    ),
    (
        "desaturation",
        include_str!("../scenarios/desaturation.json"),
    ),
];

/// Returns the built-in stories: a calm session, one under capnography, a hypertensive course,
/// a desaturation.
///
/// # Panics
///
/// Never: a test reads the files.
#[must_use]
pub fn built_in() -> Vec<Scenario> {
    let read = |(name, text): (&str, &str)| {
        let mut file = ScenarioFile::parse(text).expect("the files are read by a test");
        let story = file.scenarios.remove(0);
        assert_eq!(
            story.id, name,
            "each file has the one story it is named after"
        );
        story
    };
    FILES.map(read).into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::patient::Patient;

    #[test]
    fn every_story_has_a_probe_and_a_cuff_that_gives_in_the_first_seconds_and_then_every_few_minutes()
     {
        for story in built_in() {
            let vitals = story.at(Duration::from_secs(5));
            assert!(vitals.spo2.value().is_some() && vitals.pulse_rate.value().is_some());
            assert!(
                vitals
                    .cuff
                    .last
                    .is_some_and(|last| last.pressures.is_some())
            );
            let mut times: Vec<_> = story.nibp.iter().map(|result| result.ended).collect();
            times.push(story.duration);
            let longest = times
                .windows(2)
                .map(|pair| pair[1].saturating_sub(pair[0]))
                .max();
            assert!(longest <= Some(Duration::from_mins(4)), "{}", story.id);
        }
    }

    #[test]
    fn a_story_ends_as_it_began_so_that_it_can_be_told_again() {
        for story in built_in() {
            let first = story.at(Duration::ZERO);
            let last = story.at(story.duration);
            for (first, last) in [
                (first.spo2, last.spo2),
                (first.pulse_rate, last.pulse_rate),
                (first.etco2, last.etco2),
                (first.respiration_rate, last.respiration_rate),
            ] {
                assert_eq!(first, last, "{}", story.id);
            }
        }
    }

    #[test]
    fn a_desaturation_and_a_very_high_pressure_come_within_two_minutes() {
        let stories = built_in();
        let two_minutes = Duration::from_mins(2);
        let lowest = (0..120)
            .filter_map(|second| stories[3].at(Duration::from_secs(second)).spo2.value())
            .fold(f64::INFINITY, f64::min);
        assert!((88.0..92.0).contains(&lowest), "{lowest}");
        let last = stories[2].at(two_minutes).cuff.last;
        let systolic = last
            .and_then(|last| last.pressures)
            .and_then(|all| all.systolic);
        assert!(systolic >= Some(180.0));
    }
}
