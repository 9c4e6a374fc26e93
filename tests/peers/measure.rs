//! How fast our driver is on the same bytes, and what that is beside the peer.

use std::fmt;
use std::hint::black_box;
use std::time::Duration;

use chairside_e2e::decoding::{Line, median, speed};
use chairside_model::Metric;

use crate::compare::{Compared, LATER};
use crate::file::PeerFile;

/// Each measurement takes this long, and there are [`ROUNDS`] of each.
const MEASURED: Duration = Duration::from_millis(200);
const ROUNDS: usize = 5;

/// One capture, decoded by both.
#[derive(Debug)]
pub(crate) struct Beside {
    peer: PeerFile,
    compared: Compared,
    /// Bytes for each second on a processor, the median of our measurements.
    ours: f64,
}

impl Beside {
    /// Measures the driver of a peer's device on the capture, in the peer's pieces.
    pub(crate) fn measure(peer: PeerFile, bytes: &[u8], compared: Compared) -> Self {
        let driver = peer.driver().expect("the file was checked");
        let mut speeds: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let mut line = Line::open(driver);
                speed(bytes.len(), MEASURED, || {
                    for piece in black_box(bytes).chunks(peer.piece) {
                        line.receive(piece);
                    }
                    line.later(LATER);
                })
            })
            .collect();
        let ours = median(&mut speeds);
        Self {
            peer,
            compared,
            ours,
        }
    }

    /// How many times as fast as the peer's best measurement.
    fn ratio(&self) -> f64 {
        self.ours / self.peer.best()
    }

    /// Tells whether the goal is met, where the peer's language has one.
    pub(crate) fn met(&self) -> bool {
        let goal = self.peer.language.goal();
        goal.is_none_or(|goal| self.ratio() > goal)
    }
}

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peer = &self.peer;
        writeln!(
            f,
            "{} by {} ({})",
            peer.capture,
            peer.peer,
            peer.language.name()
        )?;
        write!(f, "  {} values equal", self.compared.values)?;
        let names: Vec<_> = self
            .compared
            .only_ours
            .iter()
            .map(|it: &Metric| it.name())
            .collect();
        if !names.is_empty() {
            write!(f, "; the driver also gives {}", names.join(", "))?;
        }
        write!(
            f,
            "\n  {:.2} MB/s in {} passes after {}, the driver {:.0} MB/s, in pieces of {}: {:.1} times as fast",
            peer.best() / 1e6,
            peer.passes,
            peer.warmed_up_passes,
            self.ours / 1e6,
            peer.piece,
            self.ratio(),
        )?;
        match peer.language.goal() {
            Some(goal) => {
                let verdict = if self.met() { "met" } else { "MISSED" };
                writeln!(f, " (goal: more than {goal}: {verdict})")
            }
            None => writeln!(f, " (no goal)"),
        }
    }
}
