//! A small clinic in virtual time, made of a seed: patients who get worse, lines with noise,
//! cables that are pulled, people who acknowledge. Checkers read what came of it and know nothing
//! of the engine: they hold the records against the story.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use chairside_alarm::AlarmId;
use chairside_e2e::chance::Chance;
use chairside_e2e::devices::Simulated;
use chairside_e2e::story::Story;
use chairside_e2e::world::{self, Device, Run};
use chairside_e2e::{clinic, devices};
use chairside_model::{BedId, DeviceId, Metric, MonoTime};
use chairside_simulators::fault::{Faults, FaultyLine};
use chairside_station::{BedPlan, DevicePlan};

#[path = "simulation/checks.rs"]
mod checks;

/// How long a clinic runs.
const LENGTH: Duration = Duration::from_mins(20);

/// Seeds that run each time, beside a fresh one.
const SEEDS: [u64; 3] = [1, 2, 3];

/// What happens at one bed, as the seed decided and as the checkers are told.
#[derive(Debug)]
pub(crate) struct Plot {
    bed: BedId,
    device: DeviceId,
    simulated: Simulated,
    /// Times at which the saturation is below the limit, and how low.
    dips: Vec<(Duration, Duration, f64)>,
    /// When a cuff determination ends, and its systolic pressure.
    cuffs: Vec<(Duration, f64)>,
    /// When the cable is out.
    unplugged: Vec<(Duration, Duration)>,
    noisy: bool,
}

#[test]
fn a_clinic_keeps_its_promises_whatever_the_seed() {
    for seed in SEEDS {
        simulate(&mut Chance::of(seed));
    }
    simulate(&mut Chance::of_this_run("simulation"));
}

fn simulate(chance: &mut Chance) {
    let plots: Vec<Plot> = (1..=chance.within(2..5))
        .map(|bed| plot(u16::try_from(bed).unwrap(), chance))
        .collect();
    let run = world::run(plan(&plots), actors(&plots, chance), LENGTH, chance);
    let told = format!("CHAIRSIDE_SEED={}", chance.seed());

    checks::records_are_numbered_and_in_order(&run, &told);
    checks::alarms_walk_only_legal_edges(&run, &told);
    for plot in &plots {
        checks::no_value_is_invented(&run, plot, &told);
        checks::a_dip_is_an_alarm_and_nothing_else_is(&run, plot, &told);
        checks::a_high_pressure_is_an_alarm_at_its_reading(&run, plot, &told);
        checks::a_pulled_cable_is_an_alarm_in_time(&run, plot, &told);
    }
    let again = world::replay(plan(&plots), &run.journal);
    assert_eq!(text(&run.records), text(&again), "{told}: replayed");
    let onsets = checks::onsets(&run, AlarmId::Spo2Low).count();
    let saturates = plots.iter().any(|plot| plot.gives(Metric::SpO2));
    assert!(
        onsets > 0 || !saturates,
        "{told}: a run without one alarm tests little"
    );
}

fn text(records: &[chairside_station::Record]) -> String {
    let mut text = String::new();
    for record in records {
        writeln!(text, "{record:?}").unwrap();
    }
    text
}

/// Tells whether a damaged frame of this device is seen to be one. Where frames have no check, a bit
/// that was turned over on the line is a value, and there is no noise here. Nor is there on that of
/// a DRI monitor: its eight bits of check let one in 256 of its long frames through.
fn has_check(simulated: Simulated) -> bool {
    const WITHOUT: [&str; 9] = [
        "bci",
        "berry",
        "contec-cms50",
        "ge-dri",
        "hl7",
        "ivy-450c",
        "masimo",
        "ndjson",
        "nellcor",
    ];
    simulated.name != "nonin-format8" && !WITHOUT.contains(&simulated.driver.name)
}

impl Plot {
    /// Tells whether the device at this bed measures that.
    fn gives(&self, metric: Metric) -> bool {
        self.simulated.driver.gives.contains(&metric)
    }

    /// Returns how late a frame may say what has changed: later where values come more rarely than
    /// each second.
    fn slack(&self) -> Duration {
        let period = self.simulated.driver.nominal_period;
        checks::SLACK + period.saturating_sub(Duration::from_secs(1))
    }

    /// Returns how long without a frame is a lost link: three of them, where they come rarely.
    fn link_lost(&self) -> Duration {
        checks::LINK_LOST.max(self.simulated.driver.nominal_period * 3)
    }
}

/// Draws what happens at a bed.
fn plot(number: u16, chance: &mut Chance) -> Plot {
    let all: Vec<Simulated> = devices::all().collect();
    let simulated = all[chance.index(all.len())];
    let mut dips = Vec::new();
    let mut cuffs = Vec::new();
    let mut unplugged = Vec::new();
    let mut at = 40;
    while at + 120 < LENGTH.as_secs() {
        let from = Duration::from_secs(at);
        let length = chance.within(3..45);
        match chance.within(0..4) {
            // 88 to 91: below the limit of SPO2_LOW, not of SPO2_VERY_LOW, and not so far from 95
            // that the step is held back.
            0 | 1 => {
                let depth = [88.0, 89.0, 90.0, 91.0][chance.index(4)];
                dips.push((from, from + Duration::from_secs(length), depth));
            }
            2 => cuffs.push((from, [118.0, 150.0, 186.0, 210.0][chance.index(4)])),
            _ => unplugged.push((from, from + Duration::from_secs(length))),
        }
        // Whatever has begun is over, cleared and held before the next begins.
        at += length + chance.within(35..60);
    }
    Plot {
        bed: BedId(number),
        device: DeviceId(number),
        simulated,
        dips,
        cuffs,
        unplugged,
        noisy: chance.once_in(3) && has_check(simulated),
    }
}

fn plan(plots: &[Plot]) -> BTreeMap<BedId, BedPlan> {
    let beds = plots.iter().map(|plot| {
        let plan = BedPlan {
            protocols: Vec::new(),
            devices: vec![DevicePlan::on_line(plot.device, plot.simulated.driver)],
            profile: clinic::profile(),
        };
        (plot.bed, plan)
    });
    beds.collect()
}

fn actors(plots: &[Plot], chance: &mut Chance) -> Vec<Device> {
    let actors = plots.iter().map(|plot| {
        let mut story = Story::well().spo2(0, 95.0);
        for (from, to, percent) in &plot.dips {
            story = story
                .spo2(from.as_secs(), *percent)
                .spo2(to.as_secs(), 95.0);
        }
        for (ended, systolic) in &plot.cuffs {
            story = story.cuff(ended.as_secs(), *systolic, 70.0);
        }
        // Spoils a byte in five hundred: several frames a minute, each by one byte or two.
        let faults = Faults {
            flip: if plot.noisy { 0.001 } else { 0.0 },
            drop: if plot.noisy { 0.001 } else { 0.0 },
            ..Faults::NONE
        };
        Device {
            id: plot.device,
            simulator: plot.simulated.simulator(),
            patient: Box::new(story),
            unplugged: plot.unplugged.clone(),
            line: FaultyLine::new(faults, chance.next()),
        }
    });
    actors.collect()
}

fn since(at: MonoTime) -> Duration {
    at.since_start()
}

/// Tells whether an alarm's onset is one that `run` has at this bed.
fn onsets_at(run: &Run, plot: &Plot, id: AlarmId) -> Vec<Duration> {
    checks::onsets(run, id)
        .filter(|(bed, _)| *bed == plot.bed)
        .map(|(_, at)| since(at))
        .collect()
}
