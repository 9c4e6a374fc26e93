//! Predicted concentrations, against what was published and what must hold of any dose.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod doses;
mod properties;
mod published;
mod shared_files;

use std::time::Duration;

use chairside_care::pk::{Absorption, Concentration, Course, Input, KE0_PER_MIN, Model, System};
use chairside_model::Value;

/// What most reference cases weigh, kg.
const KG: f64 = 70.0;

fn value(number: f64) -> Value {
    Value::finite(number).unwrap()
}

fn minutes(minutes: f64) -> Duration {
    Duration::from_secs_f64(minutes * 60.0)
}

/// Returns the course of a model in 70 kg.
fn course(model: Model, absorption: Absorption, inputs: &[(f64, Input)]) -> Course {
    let system = System::new(model, KG, None, absorption, KE0_PER_MIN);
    Course::new(system, &at_minutes(inputs))
}

fn at_minutes(inputs: &[(f64, Input)]) -> Vec<(Duration, Input)> {
    let inputs = inputs.iter();
    inputs.map(|(at, input)| (minutes(*at), *input)).collect()
}

/// Returns the concentrations every so many seconds from the start on.
fn trace(mut course: Course, every_s: u64, count: u64) -> Vec<Concentration> {
    (0..=count)
        .map(|number| course.advance(Duration::from_secs(every_s * number)))
        .collect()
}

/// Returns the area under equally spaced values, an even number of steps (Simpson).
fn area(values: &[f64], step: f64) -> f64 {
    assert_eq!(values.len() % 2, 1, "an even number of steps");
    let inner = values[1..values.len() - 1].iter().enumerate();
    let inner: f64 = inner
        .map(|(place, value)| value * if place % 2 == 0 { 4.0 } else { 2.0 })
        .sum();
    (values[0] + inner + values[values.len() - 1]) * step / 3.0
}

/// Returns the clearance, L/min, in 70 kg, as each source states it.
fn clearance(model: Model) -> f64 {
    match model {
        Model::Domino => 0.438 * 0.063 * KG,
        Model::Clements250 => 0.0109 * 1.7522 * KG,
        Model::Herd => 90.0 / 60.0,
        Model::Elkomy => 60.6 / 60.0,
        Model::Sherwin => 87.9 / 60.0,
        // A well-stirred liver: flow times what it takes out of each passage.
        Model::PerezRuixoEsketamine => {
            let intrinsic = 101.0 * (1.11 + 2.77);
            151.0 * intrinsic / (151.0 + intrinsic) / 60.0
        }
    }
}
