//! What a second of the predicted concentration costs, for each model.
//!
//! `cargo bench --package chairside-e2e --bench prediction [-- --strict]`
//!
//! An infusion with a push before it, second by second for four hours, as a session goes. The
//! floor is what is done without a matrix exponential: the same system by Euler, in the steps of
//! 0.06 s in which Runge-Kutta meets the reference, and of the simplest kind there is, three
//! compartments and an effect site with their rates in registers. Time is that of this thread on a
//! processor. With `--strict` the program ends with 1 when a goal is missed.
#![expect(clippy::print_stdout, reason = "a program whose output is for people")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use chairside_care::pk::{Absorption, Course, Input, KE0_PER_MIN, Model, System};
use chairside_e2e::process::thread_time;
use chairside_model::Value;

/// Issue 7: a step of one model.
const STEP_MAX: Duration = Duration::from_micros(1);

/// Four hours of a session.
const SECONDS: u32 = 4 * 3600;
const ROUNDS: usize = 9;

/// Sessions between two looks at the time, which Linux tells to some milliseconds.
const SESSIONS: u32 = 100;

/// Steps of Euler's method in a second: the 0.06 s of the reference table, rounded.
const EULER_STEPS: u32 = 17;

fn main() -> ExitCode {
    let strict = std::env::args().any(|argument| argument == "--strict");
    let floor = median(|| {
        black_box(euler());
    });
    println!("Euler          {:>7} ns a second", floor.as_nanos());
    let mut met = true;
    for model in Model::ALL {
        let ready = course(model);
        let step = median(|| {
            let mut course = ready.clone();
            for second in 0..SECONDS {
                let at = Duration::from_secs(u64::from(second));
                black_box(course.advance(black_box(at)));
            }
        });
        println!(
            "{:<24} {:>5} ns a step, {:.2} of Euler",
            model.name(),
            step.as_nanos(),
            step.as_secs_f64() / floor.as_secs_f64()
        );
        met &= step <= STEP_MAX;
    }
    let verdict = if met { "met" } else { "MISSED" };
    println!(
        "goal: at most {} ns a step and model: {verdict}",
        STEP_MAX.as_nanos()
    );
    if strict && !met {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn course(model: Model) -> Course {
    let value = |number| Value::finite(number).expect("it is a number");
    let inputs = [
        (Duration::ZERO, Input::Bolus(value(7.0))),
        (Duration::ZERO, Input::Rate(value(0.7))),
        (Duration::from_mins(40), Input::Rate(value(0.0))),
    ];
    let system = System::new(model, 70.0, None, Absorption::Vein, KE0_PER_MIN);
    Course::new(system, &inputs)
}

/// `domino` by Euler's method.
fn euler() -> f64 {
    let [k10, k12, k21, k13, k31] = black_box([0.438, 0.592, 0.247, 0.590, 0.0146]);
    let litres = 0.063 * 70.0;
    let step = 1.0 / 60.0 / f64::from(EULER_STEPS);
    let [mut central, mut shallow, mut deep, mut effect] = [7.0, 0.0, 0.0, 0.0];
    for second in 0..SECONDS {
        let rate = if second < 2400 { 0.7 } else { 0.0 };
        for _ in 0..EULER_STEPS {
            let to_shallow = k12 * central - k21 * shallow;
            let to_deep = k13 * central - k31 * deep;
            let rise = KE0_PER_MIN * (1000.0 * central / litres - effect);
            central += step * (rate - k10 * central - to_shallow - to_deep);
            shallow += step * to_shallow;
            deep += step * to_deep;
            effect += step * rise;
        }
        black_box(effect);
    }
    effect
}

/// Returns what a second of a session takes.
fn median(mut session: impl FnMut()) -> Duration {
    let mut measure = || {
        let begun = thread_time();
        for _ in 0..SESSIONS {
            session();
        }
        thread_time().saturating_sub(begun) / (SESSIONS * SECONDS)
    };
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| measure()).collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}
