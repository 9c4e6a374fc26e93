//! `chairside simulate`.

use std::fs;
use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use chairside_protocol::LineSettings;
use chairside_simulators::clock::Clock;
use chairside_simulators::device::{driver_of, simulator_named, simulator_names};
use chairside_simulators::fault::Faults;
use chairside_simulators::pace::Speed;
use chairside_simulators::patient::Patient;
use chairside_simulators::run::{DevicePlan, Place, SimulatedDevice};
use chairside_simulators::scenario::{Scenario, ScenarioFile};
use chairside_simulators::steered::{Steer, Steered};
use clap::Args;
use tracing_subscriber::filter::LevelFilter;

use super::until_signal::{StopSignal, log_to_stderr, runtime};
use super::{Unusable, replay};
use crate::near::did_you_mean;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// The device: a driver's name, or one of its variants, such as nonin-format8.
    #[arg(long, value_name = "NAME")]
    device: String,
    #[command(flatten)]
    story: Story,
    /// The scenario of the file; needed when it has several.
    #[arg(long, requires = "scenario")]
    id: Option<String>,
    #[command(flatten)]
    end: End,
    /// How fast the story runs; the device keeps its own pace.
    #[arg(long, default_value = "1")]
    speed: Speed,
    /// Where the line's chance begins: the same seed spoils the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What the line does to the bytes, such as drop=0.001,flip=1e-4,duplicate=0.001,split=0.01,
    /// stall=2s/60s,garbage=16/30s.
    #[arg(long, value_name = "SPEC", value_parser = Faults::parse, default_value = "none")]
    faults: Faults,
    /// The rate that the device is set to, bits per second; without it, the rate of whoever opens
    /// the line.
    #[arg(long, value_name = "RATE", value_parser = clap::value_parser!(u32).range(1..),
        conflicts_with_all = ["listen", "connect"])]
    baud: Option<u32>,
    /// A trainer steers the patient, a word a line on standard input; an unknown word is answered
    /// with those that there are.
    #[arg(long)]
    steer: bool,
}

impl Options {
    /// How the device's end of the line is set, when it is not as the host's.
    fn settings(&self) -> Option<LineSettings> {
        let baud = self.baud?;
        let usual = driver_of(&self.device)?.line;
        Some(LineSettings { baud, ..usual })
    }
}

/// Where the device is plugged in.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct End {
    /// A symbolic link to its pseudo-terminal. Removing the link pulls the cable; a link to
    /// nowhere in its place plugs it in again.
    #[arg(long, value_name = "PATH")]
    link: Option<PathBuf>,
    /// An address at which it waits for the service to connect; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// An address of the service, to which it connects.
    #[arg(long, value_name = "ADDRESS:PORT")]
    connect: Option<SocketAddr>,
}

impl End {
    fn place(&self) -> Place {
        match (&self.link, self.listen, self.connect) {
            (Some(path), _, _) => Place::Link(path.clone()),
            (None, Some(address), _) => Place::Listens(address),
            (None, None, address) => {
                Place::Connects(address.expect("the arguments have one of the three"))
            }
        }
    }
}

/// Whom the device is connected to.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Story {
    /// A scenario file.
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// A recorded series.
    #[arg(long, value_name = "CSV")]
    recording: Option<PathBuf>,
}

/// Plugs the device in and runs until it is told to stop. After the end of the story the patient
/// stays as at its last moment.
///
/// # Errors
///
/// When the device, the story or the link cannot be used.
#[expect(
    clippy::print_stderr,
    reason = "a program's word to the person who called it"
)]
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let Some(simulator) = simulator_named(&options.device) else {
        let known: Vec<_> = simulator_names().collect();
        let why = format!(
            "--device {}: not one of {}{}",
            options.device,
            known.join(", "),
            did_you_mean(&options.device, known.iter().copied())
        );
        return Err(Unusable(why));
    };
    let (mut patient, title) = patient(options)?;
    if options.steer {
        let steered = Arc::new(Steered::new(patient));
        patient = Arc::clone(&steered) as Arc<dyn Patient>;
        // It waits for the trainer for ever, and ends with the process.
        thread::spawn(move || listen_to(io::stdin().lock(), &steered));
    }
    log_to_stderr(LevelFilter::INFO);
    let runtime = runtime()?;
    let place = options.end.place();
    runtime.block_on(async {
        let mut signal = StopSignal::listen()?;
        let device = SimulatedDevice::start(DevicePlan {
            simulator,
            patient,
            speed: options.speed,
            faults: options.faults,
            seed: options.seed,
            place: place.clone(),
            clock: Clock::start(),
        })
        .map_err(|error| Unusable(format!("{place}: {error}")))?;
        device.set_line(options.settings()).await;
        eprintln!(
            "chairside: simulated {} at {}, {title}, speed {}, seed {}, faults {}",
            options.device,
            device.place(),
            options.speed,
            options.seed,
            options.faults,
        );
        signal.wait().await;
        device.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Does to the patient what each line says, until there are no more.
#[expect(
    clippy::print_stderr,
    reason = "a program's word to the person who called it"
)]
fn listen_to(trainer: impl BufRead, patient: &Steered) {
    for line in trainer.split(b'\n') {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                eprintln!("chairside: the trainer cannot be heard any more: {error}");
                return;
            }
        };
        // What is no UTF-8 is no word, and is answered as such.
        let line = String::from_utf8_lossy(&line);
        let word = line.trim();
        if let Some(what) = Steer::from_name(word) {
            patient.steer(what);
            eprintln!("chairside: the trainer: {word}");
        } else {
            let all = Steer::ALL.map(Steer::name);
            let near = did_you_mean(word, all.iter().copied());
            eprintln!("chairside: {word:?} is not one of {}{near}", all.join(", "));
        }
    }
}

/// Returns the patient and what to call the story.
fn patient(options: &Options) -> Result<(Arc<dyn Patient>, String), Unusable> {
    if let Some(path) = &options.story.scenario {
        let story = scenario(path, options.id.as_deref())?;
        let title = format!("scenario {} ({})", story.id, story.title);
        return Ok((Arc::new(story), title));
    }
    let path = options.story.recording.as_deref();
    let path = path.expect("the arguments have one of the two");
    let title = format!("recording {}", path.display());
    Ok((Arc::new(replay::read(path)?), title))
}

fn scenario(path: &Path, id: Option<&str>) -> Result<Scenario, Unusable> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| Unusable(format!("{name}: {error}")))?;
    let file = ScenarioFile::parse(&text).map_err(|error| Unusable(format!("{name}: {error}")))?;
    let ids: Vec<String> = file
        .scenarios
        .iter()
        .map(|story| story.id.clone())
        .collect();
    let ids = ids.join(", ");
    match (id, file.scenarios.len()) {
        (None, 0) => Err(Unusable(format!("{name}: has no scenario"))),
        (None, 2..) => Err(Unusable(format!("{name}: say which by --id: {ids}"))),
        (id, _) => file
            .scenarios
            .into_iter()
            .find(|story| id.is_none_or(|id| id == story.id))
            .ok_or_else(|| {
                let id = id.unwrap_or_default();
                Unusable(format!("{name}: --id {id}: not one of {ids}"))
            }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chairside_simulators::patient::{Missing, Signal};
    use chairside_simulators::stories;

    use super::*;

    #[test]
    fn a_trainers_lines_are_done_in_their_order_and_a_word_that_is_none_changes_nothing() {
        let story: Arc<dyn Patient> = Arc::new(stories::built_in().remove(0));
        let now = Duration::from_mins(1);
        let well = story.at(now).spo2;
        let steered = Steered::new(story);
        let off = Signal::Missing(Missing::ProbeOff);
        for (lines, spo2) in [
            (&b"pull_prob\n\n"[..], well),
            (b" pull_probe \n", off),
            (b"pull_probe\nreplace_probe\n", well),
            (b"replace_probe\npull_probe", off),
            (b"replace_probe\r\n", well),
            (b"pull\xffprobe\npull_probe\n", off),
        ] {
            listen_to(lines, &steered);
            assert_eq!(steered.at(now).spo2, spo2, "{}", lines.escape_ascii());
        }
    }
}
