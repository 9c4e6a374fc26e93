//! Random programs of everything that can happen at a bed, and what must hold for each of them:
//! the invariants of the engine, each a test of its own.
//!
//! The signals are held against a machine written from the table of `docs/alarms.md`; conditions
//! against what the devices said. All programs follow from one seed.

use std::fmt;
use std::sync::LazyLock;

#[path = "../alarm/adult.rs"]
#[expect(dead_code, reason = "the charts ask for more of the limits")]
mod adult;
mod calls;
mod causes;
#[path = "../../../../tests/harness/chance.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    clippy::panic,
    reason = "it is written for a library of tests"
)]
mod chance;
mod chart;
mod cuff;
mod patient;
mod people;
mod place;
mod program;
mod repeat;
mod shrink;
mod signals;
mod sound;
mod timely;

use chance::Chance;
use program::{Program, Run};

/// How many programs are run.
const PROGRAMS: usize = 36;

struct Runs {
    seed: String,
    runs: Vec<Run>,
}

static RUNS: LazyLock<Runs> = LazyLock::new(|| {
    let mut chance = Chance::of_this_run("model");
    let seed = chance.to_string();
    let programs = (0..PROGRAMS).map(|_| people::program(&mut chance));
    let runs = programs.map(|program| program.run()).collect();
    Runs { seed, runs }
});

type Invariant = fn(&Run) -> Result<(), String>;

/// An invariant that does not hold, and a program that shows it.
struct Broken(String);

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Holds every run against an invariant, and makes the first program that breaks it small.
fn always(invariant: Invariant) -> Result<(), Broken> {
    for (place, run) in RUNS.runs.iter().enumerate() {
        if let Err(why) = invariant(run) {
            let fails = |program: &Program| invariant(&program.run()).err();
            let (program, why) = shrink::shrink(run.program.clone(), why, &fails);
            let seed = &RUNS.seed;
            return Err(Broken(format!(
                "{why}\n{program}program {place}, repeat with {seed}"
            )));
        }
    }
    Ok(())
}

#[test]
fn what_is_told_follows_from_the_conditions_by_the_table_of_states_and_events() -> Result<(), Broken>
{
    always(signals::the_table_holds)
}

#[test]
fn each_station_hears_what_it_has_not_silenced() -> Result<(), Broken> {
    always(sound::each_station_hears_what_it_has_not_silenced)
}

#[test]
fn the_same_program_tells_the_same() -> Result<(), Broken> {
    always(repeat::once_more_is_the_same)
}

#[test]
fn the_order_of_devices_at_one_moment_does_not_matter() -> Result<(), Broken> {
    always(repeat::the_order_of_devices_at_one_moment_does_not_matter)
}

#[test]
fn late_ticks_change_only_when_people_are_told() -> Result<(), Broken> {
    always(repeat::late_ticks_change_only_when_people_are_told)
}

#[test]
fn no_alarm_begins_without_a_cause() -> Result<(), Broken> {
    always(causes::no_alarm_begins_without_a_cause)
}

#[test]
fn every_alarm_has_evidence() -> Result<(), Broken> {
    always(causes::every_alarm_has_evidence)
}

#[test]
fn a_call_stands_until_it_is_answered_and_no_longer() -> Result<(), Broken> {
    always(calls::a_call_stands_until_it_is_answered_and_no_longer)
}

#[test]
fn each_cuff_reading_is_told_as_the_table_says() -> Result<(), Broken> {
    always(cuff::each_cuff_reading_is_told_as_the_table_says)
}

#[test]
fn every_violation_longer_than_its_delay_alarms_in_time() -> Result<(), Broken> {
    always(timely::every_violation_longer_than_its_delay_alarms_in_time)
}

#[test]
fn every_device_that_falls_silent_is_told() -> Result<(), Broken> {
    always(timely::every_device_that_falls_silent_is_told)
}

#[test]
fn what_no_device_says_is_told_when_its_delay_is_over() -> Result<(), Broken> {
    always(timely::what_no_device_says_is_told_when_its_delay_is_over)
}

#[test]
fn no_breath_for_the_time_of_an_apnoea_alarms() -> Result<(), Broken> {
    always(timely::no_breath_for_the_time_of_an_apnoea_alarms)
}

#[test]
fn a_restart_in_the_middle_of_anything_changes_nothing() -> Result<(), Broken> {
    always(repeat::a_restart_in_the_middle_of_anything_changes_nothing)
}
