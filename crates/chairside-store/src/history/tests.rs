use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chairside_model::{
    Cadence, Cuff, CuffReading, Measured, Metric, MonoTime, Numeric, Observation, Reading,
    Unavailable, Value,
};
use chairside_station::{Entry, LinkState, Record};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::database::Database;
use crate::ledger::DATABASE;
use crate::row::{Fact, Row};
use crate::testing::{BED, DEVICE, names, plan, run};
use crate::{GapCause, Recorder};

mod around;
mod events;
mod sessions;

/// A wall-clock time, seconds after the zero of the first run.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

/// Leaves a run whose clock's zero lies there, in the seconds of [`at`].
fn write(directory: &Path, zero: i64, entries: Vec<(MonoTime, Entry)>) {
    let mut plan = plan(directory);
    plan.clock_zero = at(zero);
    let (recorder, _) = Recorder::open(plan).unwrap();
    recorder.append(records(entries));
    recorder.close();
}

fn records(entries: Vec<(MonoTime, Entry)>) -> Arc<[Record]> {
    let numbered = (1..).zip(entries);
    let record = |(sequence, (at, entry))| Record {
        sequence,
        at,
        entry,
    };
    numbered.map(record).collect()
}

fn seconds(seconds: u64) -> MonoTime {
    MonoTime::from_secs(seconds)
}

fn observed(received: MonoTime, reading: Reading) -> (MonoTime, Entry) {
    let observation = Observation {
        device: DEVICE,
        received,
        reading,
    };
    let entry = Entry::Observed {
        bed: BED,
        observation,
    };
    (received, entry)
}

fn measured(
    metric: Metric,
    received: MonoTime,
    taken: MonoTime,
    value: Measured,
) -> (MonoTime, Entry) {
    let numeric = Numeric {
        metric,
        measured: value,
        taken,
    };
    observed(received, Reading::Numeric(numeric))
}

fn spo2(second: u64, value: i32) -> (MonoTime, Entry) {
    let at = seconds(second);
    measured(Metric::SpO2, at, at, Measured::Valid(Value::whole(value)))
}

fn cuff(received: u64, taken: u64, systolic: i32) -> (MonoTime, Entry) {
    let reading = CuffReading {
        systolic: Some(Value::whole(systolic)),
        diastolic: Some(Value::whole(80)),
        mean: None,
        taken: seconds(taken),
    };
    observed(seconds(received), Reading::Cuff(Cuff::Completed(reading)))
}

fn link(second: u64, state: LinkState) -> (MonoTime, Entry) {
    let entry = Entry::Link {
        bed: BED,
        device: DEVICE,
        state,
    };
    (seconds(second), entry)
}

fn asked(directory: &Path, from: i64, step: u64, steps: usize) -> Trend {
    asked_at(directory, (from, step, steps), 1_000_000, true)
}

fn asked_at(
    directory: &Path,
    (from, step, steps): (i64, u64, usize),
    now: i64,
    recording: bool,
) -> Trend {
    let history = History::open(directory, GivenUp::default()).unwrap();
    let question = TrendQuestion {
        bed: "1",
        devices: &["oximeter-1".to_owned()],
        from: at(from),
        step: Duration::from_secs(step),
        steps,
        now: at(now),
        recording,
    };
    history.trend(&question).unwrap()
}

/// Writes a series as `last(low-high)` and `.` for nothing.
fn series(trend: &Trend, metric: Metric) -> String {
    let steps = trend.metrics[&metric].iter().map(|step| match step {
        None => ".".to_owned(),
        Some(InStep {
            last, low, high, ..
        }) => format!("{last}({low}-{high})"),
    });
    steps.collect::<Vec<_>>().join(" ")
}

/// Writes what is missing as `from-to cause`, in the seconds of [`at`].
fn missing(trend: &Trend) -> Vec<String> {
    let second = |time: DateTime<Utc>| (time - at(0)).num_seconds();
    let gaps = trend.missing.iter().map(|gap| {
        let device = gap.device.as_deref().unwrap_or("all");
        let (from, to) = (second(gap.from), second(gap.to));
        format!("{from}-{to} {} {device}", gap.cause.name())
    });
    gaps.collect()
}

fn pressures(trend: &Trend) -> Vec<(i64, f64)> {
    let cuffs = trend.cuffs.iter();
    cuffs
        .map(|cuff| ((cuff.at - at(0)).num_seconds(), cuff.systolic.unwrap()))
        .collect()
}

#[test]
fn a_step_has_its_own_valid_values_and_none_of_its_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let off = Measured::Unavailable(Unavailable::SensorOff);
    let doubtful = Measured::Questionable(Value::whole(70));
    let entries = vec![
        spo2(100, 97),
        spo2(104, 91),
        spo2(109, 95),
        measured(Metric::SpO2, seconds(112), seconds(112), off),
        measured(Metric::SpO2, seconds(123), seconds(123), doubtful),
        spo2(130, 88),
    ];
    write(folder.path(), 0, entries);
    let trend = asked(folder.path(), 90, 10, 6);
    assert_eq!(series(&trend, Metric::SpO2), ". 95(91-97) . . 88(88-88) .");
    assert_eq!(trend.metrics.len(), 1);
    // The same step has the same values, whoever asks for how much.
    let one = asked(folder.path(), 100, 10, 1);
    assert_eq!(series(&one, Metric::SpO2), "95(91-97)");
    let off = asked(folder.path(), 110, 10, 1);
    assert_eq!(series(&off, Metric::SpO2), ".", "it was read all the same");
    assert!(asked(folder.path(), 140, 10, 5).metrics.is_empty());
}

#[test]
fn a_trend_goes_over_a_restart_by_the_wall_clock_and_says_when_nothing_ran() {
    let folder = tempfile::tempdir().unwrap();
    let first = vec![
        link(100, LinkState::Connected),
        spo2(102, 97),
        spo2(110, 96),
    ];
    write(folder.path(), 0, first);
    // Another clock, of which 20 s is second 140 of the first one.
    let second = vec![
        link(20, LinkState::Connecting),
        link(23, LinkState::Connected),
        spo2(25, 90),
        link(30, LinkState::Disconnected),
    ];
    write(folder.path(), 120, second);
    let trend = asked_at(folder.path(), (100, 10, 8), 155, true);
    let values = ". . . . 90(90-90) . . .";
    assert_eq!(
        series(&trend, Metric::SpO2),
        values.replacen(". .", "97(97-97) 96(96-96)", 1)
    );
    let expected = [
        "110-140 restart all",
        "140-143 cable oximeter-1",
        "150-155 cable oximeter-1",
    ];
    assert_eq!(missing(&trend), expected);
}

#[test]
fn a_device_that_was_never_heard_is_a_cable_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let running = (seconds(10), Entry::Recording { running: true });
    write(folder.path(), 0, vec![running]);
    let trend = asked_at(folder.path(), (0, 10, 4), 25, true);
    assert_eq!(missing(&trend), ["10-25 cable oximeter-1"]);
}

#[test]
fn what_waits_for_a_disk_that_fails_is_missing_so_far() {
    let folder = tempfile::tempdir().unwrap();
    let entries = vec![link(10, LinkState::Connected), spo2(12, 97)];
    write(folder.path(), 0, entries);
    let trend = asked_at(folder.path(), (0, 10, 4), 25, false);
    assert_eq!(missing(&trend), ["12-25 recorder all"]);
}

#[test]
fn numbers_that_are_not_stored_are_a_gap_of_the_recorder_between_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Database::open(&folder.path().join(DATABASE)).unwrap();
    let mut run = run("a");
    run.clock_zero_ns = wall_ns(at(0));
    database.begin_run(&run).unwrap();
    let entries = vec![
        link(10, LinkState::Connected),
        spo2(12, 97),
        spo2(14, 96),
        spo2(20, 95),
        spo2(21, 94),
        spo2(28, 93),
    ];
    let entries = records(entries);
    let of_the_plan = names();
    database
        .transaction(|writing| {
            for record in entries.iter() {
                let cause = match record.sequence {
                    3 | 5 => continue,
                    4 => GapCause::TooSlow,
                    _ => GapCause::ProcessEnded,
                };
                writing.missing_before(record.sequence, cause)?;
                assert!(writing.record(&Row::of(record, &of_the_plan))?);
                writing.reached(record.sequence);
            }
            Ok(())
        })
        .unwrap();
    database.close().unwrap();
    let trend = asked_at(folder.path(), (0, 5, 6), 28, true);
    let expected = ["12-20 recorder all", "20-28 restart all"];
    assert_eq!(missing(&trend), expected);
    assert_eq!(
        series(&trend, Metric::SpO2),
        ". . 97(97-97) . 95(95-95) 93(93-93)"
    );
    let later = asked_at(folder.path(), (15, 1, 3), 28, true);
    assert_eq!(
        missing(&later),
        ["15-18 recorder all"],
        "cut to what is asked"
    );
    assert_eq!(
        missing(&asked_at(folder.path(), (0, 1, 12), 28, true)).len(),
        0
    );
}

#[test]
fn a_pressure_that_is_handed_over_again_stands_once_at_its_own_time() {
    let folder = tempfile::tempdir().unwrap();
    let measuring = |second| observed(seconds(second), Reading::Cuff(Cuff::Measuring));
    let first = vec![
        measuring(95),
        cuff(100, 99, 120),
        // The line was drawn and put back: the age is in whole seconds.
        cuff(400, 101, 120),
        measuring(405),
        cuff(410, 409, 120),
    ];
    write(folder.path(), 0, first);
    // The service was started again; 1000 s of its clock are 1500 of the first.
    write(
        folder.path(),
        500,
        vec![cuff(1000, 0, 120), cuff(1090, 1089, 131)],
    );
    let all = asked(folder.path(), 0, 60, 60);
    assert_eq!(
        pressures(&all),
        [(99, 120.0), (409, 120.0), (500, 120.0), (1589, 131.0)]
    );
    // Taken long before the service heard of it.
    assert_eq!(pressures(&asked(folder.path(), 490, 10, 2)), [(500, 120.0)]);
    assert!(all.metrics.is_empty(), "a pressure is a mark and no curve");
}

#[test]
fn a_pressure_is_the_same_one_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 0, vec![cuff(100, 99, 120)]);
    write(folder.path(), 50, vec![cuff(100, 50, 120)]);
    assert_eq!(pressures(&asked(folder.path(), 0, 60, 60)), [(99, 120.0)]);
}

#[test]
fn a_temperature_that_a_monitor_kept_for_a_day_is_in_the_step_in_which_it_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let value = Measured::Valid(Value::whole(37));
    let kept = measured(Metric::Temperature, seconds(90_000), seconds(600), value);
    write(folder.path(), 0, vec![kept]);
    let trend = asked(folder.path(), 0, 600, 3);
    assert_eq!(series(&trend, Metric::Temperature), ". 37(37-37) .");
}

#[test]
fn the_index_of_what_may_be_late_names_every_such_metric() {
    let migration = include_str!("../../migrations/0004_questions.sql");
    let (_, list) = migration.split_once("metric IN (").unwrap();
    for metric in Metric::ALL {
        let named = list.contains(&format!("'{}'", metric.name()));
        assert_eq!(named, metric.cadence() == Cadence::Aperiodic, "{metric}");
    }
}

#[test]
fn a_question_that_was_given_up_ends() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 0, vec![spo2(100, 97)]);
    let given_up = GivenUp::default();
    let history = History::open(folder.path(), given_up.clone()).unwrap();
    given_up.say();
    let question = TrendQuestion {
        bed: "1",
        devices: &[],
        from: at(0),
        step: Duration::from_secs(10),
        steps: 10,
        now: at(100),
        recording: true,
    };
    let ended = history.trend(&question);
    assert!(matches!(ended, Err(StoreError::GivenUp)), "{ended:?}");
}

#[test]
fn a_question_that_is_given_up_ends_while_the_database_works_at_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 0, vec![spo2(100, 97)]);
    let given_up = GivenUp::default();
    let history = History::open(folder.path(), given_up.clone()).unwrap();
    given_up.say();
    // It counts without an end, and gives no row before it.
    let counted: Result<i64, StoreError> = history
        .reader
        .connection
        .query_row(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
            [],
            |row| row.get(0),
        )
        .map_err(StoreError::from);
    assert!(matches!(counted, Err(StoreError::GivenUp)), "{counted:?}");
}

#[test]
fn an_answer_is_of_one_moment_and_keeps_no_writer_waiting() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 0, vec![spo2(100, 97)]);
    let history = History::open(folder.path(), GivenUp::default()).unwrap();
    let question = TrendQuestion {
        bed: "1",
        devices: &[],
        from: at(0),
        step: Duration::from_mins(10),
        steps: 2,
        now: at(1000),
        recording: true,
    };
    let before = history.trend(&question).unwrap();
    write(folder.path(), 0, vec![spo2(700, 90)]);
    assert_eq!(history.trend(&question).unwrap(), before);
    drop(history);
    let after = asked(folder.path(), 0, 600, 2);
    assert_eq!(series(&after, Metric::SpO2), "97(97-97) 90(90-90)");
}

#[test]
fn a_bed_that_the_record_does_not_know_has_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(History::open(folder.path(), GivenUp::default()).is_err());
    write(folder.path(), 0, vec![]);
    assert_eq!(asked(folder.path(), 0, 10, 10).metrics, BTreeMap::new());
}

/// What happened at one bed in two runs, as far as numbers go: seconds, metric, how late, what.
fn any_readings() -> impl Strategy<Value = Vec<(u64, Metric, u64, Measured)>> {
    let metric = prop::sample::select(vec![Metric::SpO2, Metric::PulseRate, Metric::Temperature]);
    let value = (60..100).prop_map(Value::whole);
    let measured = prop_oneof![
        6 => value.clone().prop_map(Measured::Valid),
        1 => value.prop_map(Measured::Questionable),
        1 => Just(Measured::Unavailable(Unavailable::SensorOff)),
    ];
    let reading = (0..900_u64, metric, 0..50_u64, measured);
    proptest::collection::vec(reading, 0..60).prop_map(|mut readings| {
        readings.sort_by_key(|(received, ..)| *received);
        readings
    })
}

fn entries(readings: Vec<(u64, Metric, u64, Measured)>) -> Vec<(MonoTime, Entry)> {
    let entry = |(received, metric, late, value)| {
        let taken = seconds(u64::saturating_sub(received, late));
        measured(metric, seconds(received), taken, value)
    };
    readings.into_iter().map(entry).collect()
}

type Naive = BTreeMap<Metric, Vec<Option<(f64, f64, f64)>>>;

/// Works a trend out of all rows, one step at a time.
fn naive(directory: &Path, from: i64, step: i64, steps: usize) -> Naive {
    let reader = Reader::open(directory).unwrap();
    let mut all: Vec<(DateTime<Utc>, Metric, bool, Option<f64>)> = Vec::new();
    for run in reader.runs().unwrap() {
        for row in reader.rows(&run, Kind::Numeric).unwrap() {
            let Fact::Numeric {
                metric,
                validity,
                value,
                taken,
                ..
            } = row.fact
            else {
                panic!("{row:?}");
            };
            let zero = DateTime::from_timestamp_nanos(run.clock_zero_ns);
            let taken = zero + TimeDelta::from_std(taken.since_start()).unwrap();
            let metric = Metric::from_name(&metric).unwrap();
            all.push((taken, metric, validity == "valid", value));
        }
    }
    let end = at(from) + TimeDelta::seconds(step) * i32::try_from(steps).unwrap();
    let mut trend = Naive::new();
    for (taken, metric, ..) in &all {
        if (at(from)..end).contains(taken) {
            trend.insert(*metric, vec![None; steps]);
        }
    }
    for (metric, series) in &mut trend {
        for (nth, slot) in (0..).zip(series) {
            let begin = at(from) + TimeDelta::seconds(step) * nth;
            let within = begin..begin + TimeDelta::seconds(step);
            let mut inside: Vec<_> = all
                .iter()
                .filter(|one| one.1 == *metric && one.2 && within.contains(&one.0))
                .collect();
            inside.sort_by_key(|one| one.0);
            let values = || inside.iter().filter_map(|one| one.3);
            *slot = values().next_back().map(|last| {
                let low = values().fold(f64::INFINITY, f64::min);
                (last, low, values().fold(f64::NEG_INFINITY, f64::max))
            });
        }
    }
    trend
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_reading_is_given_outside_of_its_own_step_and_none_is_invented(
        first in any_readings(),
        second in any_readings(),
        zero in -300..1200_i64,
        from in -200..1500_i64,
        step in 1..60_i64,
        steps in 1..60_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), 0, entries(first));
        write(folder.path(), zero, entries(second));
        let trend = asked(folder.path(), from, step.unsigned_abs(), steps);
        let told: Naive = trend
            .metrics
            .into_iter()
            .map(|(metric, series)| {
                let step = |step: InStep| (step.last, step.low, step.high);
                (metric, series.into_iter().map(|one| one.map(step)).collect())
            })
            .collect();
        prop_assert_eq!(told, naive(folder.path(), from, step, steps));
    }
}
