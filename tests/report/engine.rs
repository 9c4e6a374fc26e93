//! The episodes that the engine raises: what `chairside replay` prints of a recording.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::{fs, io};

use chairside::conditions::{Conditions, Edge};
use chairside::replay::{Replay, replay};
use chairside_alarm::{AirwayMode, AlarmProfile, Baseline, PressureBaseline, Priority};
use chairside_model::Value;
use chairside_simulators::series::Series;
use chairside_simulators::series::capnogram::Capnogram;

/// An episode that the engine raised.
#[derive(Clone, Debug)]
pub(crate) struct Raised {
    pub(crate) id: &'static str,
    pub(crate) priority: Priority,
    /// Seconds of the recording.
    pub(crate) begins: f64,
    /// Never, where the recording ends before.
    pub(crate) ends: Option<f64>,
    pub(crate) mode: Option<&'static str>,
}

/// A recording as the product reads it.
pub(crate) struct Played {
    series: Series,
    curve: Option<Capnogram>,
}

impl Played {
    /// Reads a series, and its CO2 curve if it is wanted.
    pub(crate) fn read(path: &Path, with_curve: bool) -> io::Result<Self> {
        let series = Series::parse(&fs::read_to_string(path)?).map_err(io::Error::other)?;
        let waves: PathBuf = path.with_extension("waves.csv");
        let curve = if with_curve && waves.exists() {
            Capnogram::parse(&fs::read_to_string(waves)?).map_err(io::Error::other)?
        } else {
            None
        };
        Ok(Self { series, curve })
    }

    /// Runs it through the engine.
    pub(crate) fn run(&self, profile: AlarmProfile, pressure: Option<[f64; 2]>) -> Vec<Raised> {
        let pressure = pressure.map(|pressures| {
            let [systolic, diastolic] =
                pressures.map(|mmhg| Value::finite(mmhg).expect("a number"));
            PressureBaseline {
                systolic,
                diastolic,
            }
        });
        let what = Replay {
            series: &self.series,
            curve: self.curve.as_ref(),
            profile,
            baseline: pressure.map(|_| Baseline {
                pressure,
                ..Baseline::default()
            }),
        };
        let mut conditions = Conditions::default();
        let mut raised: Vec<Raised> = Vec::new();
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        let told = replay(what, |transition| {
            let (id, at) = (
                transition.id.name(),
                transition.at.since_start().as_secs_f64(),
            );
            match conditions.edge(transition) {
                Some(Edge::Onset) => {
                    open.insert(id, raised.len());
                    raised.push(Raised {
                        id,
                        priority: transition.priority,
                        begins: at,
                        ends: None,
                        mode: transition.mode.map(AirwayMode::name),
                    });
                }
                Some(Edge::Clear) => {
                    let place = open.remove(id).expect("what ends has begun");
                    raised[place].ends = Some(at);
                }
                None => {}
            }
            Ok::<(), Infallible>(())
        });
        told.unwrap_or_else(|never| match never {});
        raised
    }
}
