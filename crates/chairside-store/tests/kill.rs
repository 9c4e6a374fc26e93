//! A process that records is killed at moments it cannot know, again and again on one folder.
//! What it was told is safe must be there (goals R5 and R6), and what is missing must be counted.
#![expect(clippy::unwrap_used, reason = "a failing test, also in its helpers")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use chairside_model::MonoTime;
use chairside_station::Record;
use chairside_store::{Kind, Reader, Recorder};

use support::{acknowledge, alarm, numeric, plan, waveform};

mod support;

const FOLDER: &str = "CHAIRSIDE_KILL_FOLDER";
const SEED: &str = "CHAIRSIDE_SEED";
/// How often; a release takes a thousand.
const KILLS: &str = "CHAIRSIDE_KILLS";
const KILLS_DEFAULT: u64 = 20;

/// What the killed processes said they were told, by run.
#[derive(Debug, Default)]
struct Told {
    alarms: BTreeSet<u64>,
    actions: BTreeSet<String>,
}

#[test]
fn a_process_killed_at_any_moment_forgets_nothing_it_was_told_is_safe() {
    let number = |name: &str, default: u64| {
        let given = env::var(name).ok();
        given.map_or(default, |given| given.parse().expect("a number"))
    };
    let seed = number(SEED, u64::from(std::process::id()));
    let kills = number(KILLS, KILLS_DEFAULT);
    println!("{SEED}={seed}");
    let mut random = Random(seed);
    let folder = tempfile::tempdir().unwrap();
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for kill in 0..kills {
        // Every fourth is killed while it starts, and so while it completes the database from
        // the journal of the one before.
        let while_starting = kill % 4 == 3;
        run_and_kill(folder.path(), while_starting, &mut random, &mut told);
    }

    let (recorder, opened) = Recorder::open(plan(folder.path(), 4)).unwrap();
    assert_eq!(opened.set_aside, None);
    recorder.close();
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.check().unwrap(), Vec::<String>::new());
    let runs = reader.runs().unwrap();
    let mut found = 0;
    for (boot, told) in &told {
        let run = runs.iter().find(|run| run.boot == *boot).unwrap();
        let alarms = reader.rows(run, Kind::Alarm).unwrap();
        let alarms: BTreeSet<u64> = alarms.iter().map(|row| row.number).collect();
        let intents = reader.intents(run).unwrap();
        let actions: BTreeSet<String> = intents.into_iter().map(|one| one.request).collect();
        let lost: Vec<_> = told.alarms.difference(&alarms).collect();
        assert!(lost.is_empty(), "alarms {lost:?} of run {boot} are lost");
        let lost: Vec<_> = told.actions.difference(&actions).collect();
        assert!(lost.is_empty(), "actions {lost:?} of run {boot} are lost");
        found += told.alarms.len() + told.actions.len();
    }
    println!("{kills} kills, {} runs, {found} promises kept", runs.len());
    assert!(
        found > 100,
        "the processes were killed before they did anything"
    );
}

fn run_and_kill(
    folder: &Path,
    while_starting: bool,
    random: &mut Random,
    told: &mut BTreeMap<String, Told>,
) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "the_process_that_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .env(SEED, random.next().to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    if while_starting {
        std::thread::sleep(Duration::from_millis(random.next() % 30));
    } else {
        let count = 2 + random.next() % 400;
        let count = usize::try_from(count).unwrap();
        note(lines.by_ref().take(count), told);
    }
    child.kill().unwrap();
    // What it wrote before it died is still in the pipe.
    note(lines, told);
    child.wait().unwrap();
}

fn note(lines: impl Iterator<Item = std::io::Result<String>>, told: &mut BTreeMap<String, Told>) {
    for line in lines.map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        match *words.as_slice() {
            ["told-alarm", boot, number] => {
                let number = number.parse().expect("a number");
                told.entry(boot.to_owned())
                    .or_default()
                    .alarms
                    .insert(number);
            }
            ["told-action", boot, request] => {
                let actions = &mut told.entry(boot.to_owned()).or_default().actions;
                actions.insert(request.to_owned());
            }
            // The test harness says things as well.
            _ => {}
        }
    }
}

/// Only does something as the child of the test above.
#[test]
fn the_process_that_is_killed() {
    let Ok(folder) = env::var(FOLDER) else {
        return;
    };
    let mut random = Random(env::var(SEED).unwrap().parse().unwrap());
    let (recorder, opened) = Recorder::open(plan(Path::new(&folder), 4)).unwrap();
    let boot: Arc<str> = opened.epoch.into();
    let mut number = 0;
    for turn in 0_u64.. {
        let at = MonoTime::from_millis(turn * 10);
        let mut alarms = Vec::new();
        let records: Arc<[Record]> = (0..=random.next() % 6)
            .map(|_| {
                number += 1;
                match random.next() % 4 {
                    0 => {
                        alarms.push(number);
                        alarm(number, 1, at)
                    }
                    1 => waveform(number, 2, at),
                    _ => numeric(number, 3, at),
                }
            })
            .collect();
        if !alarms.is_empty() {
            let (done, told) = sync_channel(1);
            recorder.hand_over(Arc::clone(&records), move |result| {
                done.send(result).unwrap();
            });
            // As the service does: clients are told when the kernel has it, and not before.
            told.recv().unwrap().unwrap();
            for alarm in alarms {
                say(format_args!("told-alarm {boot} {alarm}"));
            }
        }
        recorder.append(records);
        if random.next().is_multiple_of(3) {
            let boot = Arc::clone(&boot);
            let (done, told) = sync_channel(1);
            recorder.commit_action(acknowledge(turn), move |result| {
                result.unwrap();
                say(format_args!("told-action {boot} {turn}"));
                // Not every action is waited for.
                let _ = done.send(());
            });
            // Some actions are waited for, others overtake.
            if random.next().is_multiple_of(2) {
                told.recv().unwrap();
            }
        }
    }
}

/// Writes a line in one piece, not through the test harness.
fn say(what: std::fmt::Arguments<'_>) {
    let line = format!("{what}\n");
    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
}

/// Vigna's xorshift64*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.max(1);
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }
}
