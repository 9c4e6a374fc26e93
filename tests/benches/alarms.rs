//! What a step of the alarm engine costs, with every rule and every channel of a bed.
//!
//! `cargo bench --package chairside-e2e --bench alarms [-- --strict]`
//!
//! A patient who is well: nothing changes, and the engine looks at everything. A step is one
//! input: a frame, a reading, a run of the CO2 curve, or the tick that ends a second, in which the
//! features are worked out and the rules of breathing judged. The floor walks over the same inputs
//! and adds up their values. Time is that of this thread on a processor. With `--strict` the
//! program ends with 1 when a goal is missed.
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use chairside::config::profile;
use chairside_alarm::{AlarmEngine, AlarmInput, Sources, Transition};
use chairside_e2e::process::thread_time;
use chairside_model::{
    Cuff, CuffReading, DeviceId, Measured, Metric, MonoTime, Numeric, Observation, Reading,
    SampleArray, Value,
};

/// Issue 3: one step of one bed, and an hour of one bed at a sample a second.
const STEP_MAX: Duration = Duration::from_micros(2);
const HOUR_MAX: Duration = Duration::from_millis(100);

const OXIMETER: DeviceId = DeviceId(1);
const CAPNOGRAPH: DeviceId = DeviceId(2);
const BELT: DeviceId = DeviceId(3);
const CUFF: DeviceId = DeviceId(4);

/// Runs of the curve in a second, and samples in a run: those of a Capnostream 20.
const RUNS: u64 = 5;
const SAMPLES: i32 = 4;

const HOUR_S: u64 = 3600;
const ROUNDS: usize = 9;

/// How often the floor is gone over between two looks at the time.
const FLOORS: u32 = 200;

/// Beds that tick together, and for how many seconds.
const BEDS: u32 = 100;
const TICKED: usize = 600;

fn main() -> ExitCode {
    let strict = std::env::args().any(|argument| argument == "--strict");
    let seconds: Vec<Second> = (0..2 * HOUR_S).map(second).collect();
    let (first, second) = seconds.split_at(usize::try_from(HOUR_S).expect("it is small"));
    let (mut hours, mut floors, mut ticks) = (Vec::new(), Vec::new(), Vec::new());
    let mut steps = 0;
    for _ in 0..ROUNDS {
        // The first hour fills the windows and every buffer.
        let mut bed = Bed::new();
        bed.run(first);
        bed.steps = 0;
        let begun = thread_time();
        bed.run(second);
        hours.push(thread_time().saturating_sub(begun));
        steps = bed.steps;
        assert!(bed.told.is_empty(), "a patient who is well: {:?}", bed.told);
        let begun = thread_time();
        for _ in 0..FLOORS {
            black_box(floor(black_box(second)));
        }
        floors.push(thread_time().saturating_sub(begun) / FLOORS);
        ticks.push(tick(first));
    }
    let mut bed = Bed::new();
    bed.run(first);
    let allocated = allocation_counter::measure(|| bed.run(second)).count_total;
    let (hour, floor, tick) = (median(&mut hours), median(&mut floors), median(&mut ticks));
    let step = hour / u32::try_from(steps).expect("an hour has few steps");
    println!(
        "hour           {:>10.2} ms of a bed with every channel",
        milliseconds(hour)
    );
    println!("step           {:>10} ns, mean of {steps}", step.as_nanos());
    println!(
        "tick           {:>10} ns, of those that end a second",
        tick.as_nanos()
    );
    println!(
        "floor          {:>10.3} ms, ratio {:.0}",
        milliseconds(floor),
        hour.as_secs_f64() / floor.as_secs_f64()
    );
    println!("allocations    {allocated:>10} in that hour");
    let met = step.max(tick) <= STEP_MAX && hour <= HOUR_MAX && allocated == 0;
    println!("goals: {}", if met { "met" } else { "MISSED" });
    if strict && !met {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Returns what the tick takes that ends a second: of many beds at once, for asking for the time
/// takes longer than a tick.
fn tick(seconds: &[Second]) -> Duration {
    let mut beds: Vec<Bed> = (0..BEDS).map(|_| Bed::new()).collect();
    let mut used = Duration::ZERO;
    let mut count = 0;
    for (number, second) in (0_u32..).zip(&seconds[..TICKED]) {
        for bed in &mut beds {
            bed.run(std::slice::from_ref(second));
        }
        // The windows are full by then.
        let full = number > 300;
        let end = MonoTime::from_secs(u64::from(number) + 1);
        let begun = if full { thread_time() } else { Duration::ZERO };
        for bed in &mut beds {
            bed.handle(end, AlarmInput::Tick);
        }
        if full {
            used += thread_time().saturating_sub(begun);
            count += BEDS;
        }
    }
    used / count
}

/// What a bed's devices say in one second.
type Second = Vec<(MonoTime, Observation)>;

/// A bed's engine, called as the station calls it.
struct Bed {
    engine: AlarmEngine,
    told: Vec<Transition>,
    steps: u64,
}

impl Bed {
    fn new() -> Self {
        let period = Duration::from_secs(1);
        let devices = [OXIMETER, CAPNOGRAPH, BELT, CUFF];
        let sources = Sources {
            devices: devices.map(|device| (device, period)).into(),
            metrics: BTreeMap::from([
                (Metric::SpO2, OXIMETER),
                (Metric::PulseRate, OXIMETER),
                (Metric::PerfusionIndex, OXIMETER),
                (Metric::EtCO2, CAPNOGRAPH),
                (Metric::RespirationRate, CAPNOGRAPH),
                (Metric::Co2, CAPNOGRAPH),
                (Metric::EffortRate, BELT),
                (Metric::NibpSystolic, CUFF),
                (Metric::NibpDiastolic, CUFF),
                (Metric::NibpMean, CUFF),
            ]),
        };
        Self {
            engine: AlarmEngine::new(profile::adult_ketamine(), sources, MonoTime::ZERO),
            told: Vec::new(),
            steps: 0,
        }
    }

    fn run(&mut self, seconds: &[Second]) {
        for (now, observation) in seconds.iter().flatten() {
            while let Some(due) = self.engine.next_deadline().filter(|due| due < now) {
                self.handle(due, AlarmInput::Tick);
            }
            self.handle(*now, AlarmInput::Heard(observation.device));
            self.handle(*now, AlarmInput::Frame(observation.device));
            self.handle(*now, AlarmInput::Observed(observation));
        }
    }

    fn handle(&mut self, now: MonoTime, input: AlarmInput<'_>) {
        self.engine.handle(now, input, &mut self.told);
        self.steps += 1;
    }
}

/// Returns what a bed's devices say in one second.
fn second(second: u64) -> Second {
    let start = second * 1000;
    let mut said = Vec::new();
    let mut say = |after_ms: u64, device: DeviceId, reading: Reading| {
        let received = MonoTime::from_millis(start + after_ms);
        let observation = Observation {
            device,
            received,
            reading,
        };
        said.push((received, observation));
    };
    for run in 0..RUNS {
        // A breath of four seconds: out for two, in for two.
        let breathes_out = second % 4 < 2;
        let samples = (0..SAMPLES).map(|sample| if breathes_out { 35 + sample } else { 0 });
        let curve = SampleArray {
            metric: Metric::Co2,
            sample_period: Duration::from_millis(50),
            scale: 1.0,
            samples: samples.collect(),
        };
        say(run * 200, CAPNOGRAPH, Reading::Waveform(curve));
    }
    let taken = MonoTime::from_millis(start + 900);
    for (device, metric, value) in [
        (CAPNOGRAPH, Metric::EtCO2, 38.0),
        (CAPNOGRAPH, Metric::RespirationRate, 15.0),
        (OXIMETER, Metric::SpO2, 97.0),
        (OXIMETER, Metric::PulseRate, 72.0),
        (OXIMETER, Metric::PerfusionIndex, 2.5),
        (BELT, Metric::EffortRate, 15.0),
    ] {
        let measured = Measured::plausible(metric, value);
        let numeric = Numeric {
            metric,
            measured,
            taken,
        };
        say(900, device, Reading::Numeric(numeric));
    }
    let cuff = if second.is_multiple_of(300) {
        Cuff::Completed(CuffReading {
            systolic: Some(Value::whole(124)),
            diastolic: Some(Value::whole(78)),
            mean: Some(Value::whole(93)),
            taken,
        })
    } else {
        Cuff::Measuring
    };
    say(950, CUFF, Reading::Cuff(cuff));
    said
}

fn floor(seconds: &[Second]) -> f64 {
    let value = |observation: &Observation| match &observation.reading {
        Reading::Numeric(numeric) => numeric.measured.valid().map_or(0.0, Value::number),
        Reading::Waveform(run) => run
            .samples
            .iter()
            .fold(0.0, |sum, sample| sum + f64::from(*sample)),
        Reading::Cuff(Cuff::Completed(reading)) => reading
            .numerics()
            .fold(0.0, |sum, (_, value)| sum + value.number()),
        Reading::Cuff(_) => 0.0,
    };
    seconds
        .iter()
        .flatten()
        .map(|(_, observation)| value(observation))
        .sum()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
