//! Makes a program that breaks something small enough to be read.

use std::fmt;

use crate::program::{Program, Step, What};
use chairside_model::{Observation, Reading};

/// Nobody waits for more steps than this that are run again.
const PATIENCE: usize = 5_000_000;

/// Leaves out steps for as long as the program still breaks the same thing: half of them, a
/// quarter, and so on.
pub(crate) fn shrink(
    mut program: Program,
    mut why: String,
    fails: &dyn Fn(&Program) -> Option<String>,
) -> (Program, String) {
    let mut patience = PATIENCE;
    let mut length = program.steps.len().div_ceil(2);
    while length > 0 {
        let mut from = 0;
        let mut shrunk = false;
        while from < program.steps.len() {
            patience = patience.saturating_sub(program.steps.len());
            if patience == 0 {
                return (program, why);
            }
            let to = (from + length).min(program.steps.len());
            let mut smaller = program.clone();
            smaller.steps.drain(from..to);
            if let Some(still) = fails(&smaller) {
                (program, why, shrunk) = (smaller, still, true);
            } else {
                from = to;
            }
        }
        if !shrunk || length > 1 {
            length /= 2;
        }
    }
    (program, why)
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}", self.equipment)?;
        for Step { at, what } in &self.steps {
            match what {
                What::Observed(Observation {
                    device,
                    reading: Reading::Numeric(numeric),
                    ..
                }) => writeln!(
                    f,
                    "{at} {device} {:?} {:?}",
                    numeric.metric, numeric.measured
                )?,
                what => writeln!(f, "{at} {what:?}")?,
            }
        }
        Ok(())
    }
}
