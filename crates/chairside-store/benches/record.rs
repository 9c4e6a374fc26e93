//! `cargo bench -p chairside-store`: what the record costs, beside a plain append with fsync to
//! the same disk in the same run.
//!
//! Figures of one machine say little; the ratios say whether the recorder is near what its disk
//! can do. `docs/recording.md` explains and keeps them.
#![expect(clippy::print_stdout, reason = "its whole purpose")]
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures time and nothing else does"
)]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use chairside_model::MonoTime;
use chairside_station::Record;
use chairside_store::Recorder;

use support::{acknowledge, alarm, numeric, plan, waveform};

#[path = "../tests/support/mod.rs"]
mod support;

/// How long each load is kept up.
const LOAD: Duration = Duration::from_secs(15);

/// From one delivery of readings to the next.
const PERIOD: Duration = Duration::from_millis(250);

/// Rows of the throughput measurement, and of each of its batches.
const ROWS: u64 = 400_000;
const BATCH: u64 = 1000;

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let append = plain_append(folder.path());
    println!("plain append with fsync, 200 bytes     {append}");
    throughput(&folder.path().join("throughput"));
    println!("32 beds: 48 readings and 24 curves every 250 ms, together");
    clinic(&folder.path().join("clinic"), 48, 24, &append);
    println!("32 beds: 48 readings and 24 curves every 250 ms, each");
    clinic(&folder.path().join("much"), 32 * 48, 32 * 24, &append);
}

/// Latencies, sorted.
struct Latencies(Vec<Duration>);

impl Latencies {
    fn new(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    fn at(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index into some thousands"
        )]
        let index = ((self.0.len() as f64) * share) as usize;
        let latency = self.0.get(index).or(self.0.last());
        latency.map_or(0.0, Duration::as_secs_f64) * 1000.0
    }
}

impl std::fmt::Display for Latencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (p50, p99, most) = (self.at(0.5), self.at(0.99), self.at(1.0));
        let count = self.0.len();
        write!(
            f,
            "p50 {p50:.3} ms  p99 {p99:.3} ms  most {most:.3} ms  ({count})"
        )
    }
}

/// What the simplest thing that is durable takes.
fn plain_append(folder: &Path) -> Latencies {
    let mut file = File::create(folder.join("plain")).expect("a file");
    let latencies = (0..300).map(|_| {
        let start = Instant::now();
        file.write_all(&[0x5a; 200]).expect("room");
        file.sync_data().expect("a disk");
        start.elapsed()
    });
    Latencies::new(latencies.collect())
}

/// As many rows as the disk takes, with alarms handed over all the while.
fn throughput(folder: &Path) {
    let (recorder, _) = Recorder::open(plan(folder, 32)).expect("a record");
    let batches: Vec<Arc<[Record]>> = (0..ROWS / BATCH)
        .map(|batch| {
            let first = batch * BATCH + 1;
            (first..first + BATCH)
                .map(|number| numeric(number, bed(number), MonoTime::ZERO))
                .collect()
        })
        .collect();
    let mut handed = Vec::new();
    let start = Instant::now();
    for (nth, batch) in (1..).zip(batches) {
        recorder.append(batch);
        // Never so far ahead that something would be given up.
        if nth % 20 == 0 {
            handed.push(hand_over(&recorder, ROWS + nth));
            act(&recorder, nth);
        }
    }
    act(&recorder, 0);
    recorder.close();
    let took = start.elapsed().as_secs_f64();
    let handed = Latencies::new(handed);
    #[expect(clippy::cast_precision_loss, reason = "some hundred thousand")]
    let rate = ROWS as f64 / took / 1000.0;
    println!("readings, {BATCH} at a time, durable    {rate:.0}k rows/s");
    println!("  hand-over meanwhile                  {handed}");
}

/// A clinic's load in real time: what people and alarms wait, and what it costs.
fn clinic(folder: &Path, readings: u64, curves: u64, append: &Latencies) {
    let (recorder, _) = Recorder::open(plan(folder, 32)).expect("a record");
    let (mut handed, mut acted) = (Vec::new(), Vec::new());
    let (mut woken, mut written) = (Vec::new(), Vec::new());
    let wake = Wake::start();
    let mut plain = File::create(folder.join("plain")).expect("a file");
    let mut number = 0;
    let busy = cpu_time();
    let start = Instant::now();
    for turn in 1_u32.. {
        let at = MonoTime::from_start(start.elapsed());
        let records = (0..readings + curves).map(|nth| {
            number += 1;
            if nth < readings {
                numeric(number, bed(nth), at)
            } else {
                waveform(number, bed(nth), at)
            }
        });
        recorder.append(records.collect());
        // Every turn an alarm, and it is handed over again and again while the commit is under
        // way or about to be; beside it, what the two halves of a hand-over take at the least.
        number += 1;
        for _ in 0..40 {
            woken.push(wake.round_trip());
            let start = Instant::now();
            plain.write_all(&[0x5a; 200]).expect("room");
            written.push(start.elapsed());
            handed.push(hand_over(&recorder, number));
        }
        recorder.append(Arc::from([alarm(number, 1, at)]));
        acted.push(act(&recorder, turn.into()));
        if start.elapsed() >= LOAD {
            break;
        }
        thread::sleep((PERIOD * turn).saturating_sub(start.elapsed()));
    }
    let took = start.elapsed();
    let share = cpu_time().saturating_sub(busy).as_secs_f64() / took.as_secs_f64() * 100.0;
    assert!(recorder.status().running, "{:?}", recorder.status());
    recorder.close();
    let (handed, acted) = (Latencies::new(handed), Latencies::new(acted));
    let (woken, written) = (Latencies::new(woken), Latencies::new(written));
    println!("  a thread woken and back              {woken}");
    println!("  a plain write, not synced            {written}");
    println!("  hand-over of an alarm                {handed}");
    println!("  commit of an action                  {acted}");
    ratio("hand-over, of a thread woken", &handed, &woken);
    ratio("commit, of a plain append", &acted, append);
    println!("  processor                            {share:.2} % of a core");
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let bytes = fs::metadata(folder.join("record.db")).map_or(0.0, |file| file.len() as f64);
    let per_hour = bytes / took.as_secs_f64() * 3600.0 / 32.0 / 1e6;
    println!("  on disk                              {per_hour:.1} MB per bed-hour");
}

fn ratio(what: &str, of: &Latencies, to: &Latencies) {
    let (p50, p99) = (of.at(0.5) / to.at(0.5), of.at(0.99) / to.at(0.99));
    println!("  {what:<36} p50 {p50:.2}  p99 {p99:.2}");
}

/// The least that another thread takes: it is woken and answers.
struct Wake {
    ask: Sender<Sender<()>>,
}

impl Wake {
    fn start() -> Self {
        let (ask, asked) = channel::<Sender<()>>();
        thread::spawn(move || {
            for answer in asked {
                answer.send(()).expect("somebody waits");
            }
        });
        Self { ask }
    }

    fn round_trip(&self) -> Duration {
        let (answer, told) = channel();
        let start = Instant::now();
        self.ask.send(answer).expect("a thread");
        told.recv().expect("an answer");
        start.elapsed()
    }
}

fn bed(number: u64) -> u16 {
    u16::try_from(number % 32).map_or(1, |bed| bed + 1)
}

fn hand_over(recorder: &Recorder, number: u64) -> Duration {
    let records: Arc<[Record]> = Arc::from([alarm(number, 1, MonoTime::ZERO)]);
    let (done, told) = channel();
    let start = Instant::now();
    recorder.hand_over(records, move |result| {
        done.send(result).expect("somebody waits");
    });
    told.recv().expect("an answer").expect("a journal");
    start.elapsed()
}

fn act(recorder: &Recorder, request: u64) -> Duration {
    let (done, told) = channel();
    let start = Instant::now();
    recorder.commit_action(acknowledge(request), move |result| {
        done.send(result).expect("somebody waits");
    });
    told.recv().expect("an answer").expect("a disk");
    start.elapsed()
}

/// Returns the processor time of this process; Linux counts it in hundredths of a second.
fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split(' ').skip(12).take(2);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
