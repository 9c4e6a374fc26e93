//! `chairside demo`.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chairside_simulators::clock::Clock as DeviceClock;
use chairside_simulators::pace::Speed;
use clap::Args;
use tempfile::TempDir;
use tracing_subscriber::filter::LevelFilter;

use super::until_signal::{StopSignal, log_to_stderr, runtime, until_stopped};
use super::{Unusable, descriptors};
use crate::app::{App, Exposure};
use crate::clock::Clock;
use crate::demo::{BEDS_MAX, DemoClinic, DemoPlan};

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// How many beds.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=i64::from(BEDS_MAX)))]
    beds: u8,
    /// Where the dashboard is served; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Answer other machines too, although this version has neither accounts nor TLS.
    #[arg(long)]
    allow_unprotected: bool,
    /// The folder of the record, kept afterwards. Without it: a temporary folder, removed at the
    /// end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the patients' chance begins: the same seed gives the same patients.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How fast the patients' stories run; the devices keep their own pace.
    #[arg(long, default_value = "1")]
    speed: Speed,
    /// How many times as fast as the world the whole clinic goes, its clock and its devices: a
    /// session of two hours passes in two minutes at 60. Sessions and reports are true to that
    /// clock; the dashboard's own clock is not, and says so. The record cannot be kept.
    #[arg(long, default_value_t = 1, conflicts_with = "data", value_parser = clap::value_parser!(u32).range(1..=PACE_MAX))]
    pace: u32,
}

/// Faster, and the runtime's timers, which count milliseconds, are too coarse for the devices.
const PACE_MAX: i64 = 100;

/// Runs a whole clinic on this machine until it is told to stop.
///
/// # Errors
///
/// When the folder, the address or the record cannot be used.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    // The address must not drown in ports that were opened.
    log_to_stderr(LevelFilter::WARN);
    descriptors::take_all();
    let exposure = if options.allow_unprotected {
        Exposure::Unprotected
    } else {
        Exposure::LoopbackOnly
    };
    let clock = Clock::start_at_pace(options.pace);
    let runtime = runtime()?;
    let folder = Folder::new(options.data.as_deref())?;
    let plan = DemoPlan {
        beds: options.beds,
        seed: options.seed,
        speed: options.speed,
    };
    let clinic = DemoClinic::new(plan, folder.path());
    let code = runtime.block_on(async {
        let signal = StopSignal::listen()?;
        let config = clinic.config(options.listen, folder.path());
        let devices = clinic
            .plug_in(DeviceClock::start_at_pace(options.pace))
            .map_err(|error| Unusable(format!("simulated devices: {error}")))?;
        let app = App::start_with(&config, clinic.patients(), clock, exposure).await;
        let app = app.map_err(|error| Unusable(error.to_string()))?;
        announce(&app, &clinic, &folder, options.seed)
            .map_err(|error| Unusable(format!("standard output: {error}")))?;
        let code = until_stopped(app, signal).await;
        for device in devices {
            device.stop().await;
        }
        Ok(code)
    });
    // A port that hangs in the kernel does not keep the process.
    runtime.shutdown_background();
    code
}

fn announce(app: &App, clinic: &DemoClinic, folder: &Folder, seed: u64) -> io::Result<()> {
    let mut output = io::stdout();
    writeln!(output, "Chairside demo: open http://{}/", app.address())?;
    writeln!(
        output,
        "Simulated patients, seed {seed}. Devices in {} (remove a link to pull its cable).",
        clinic.ports().display()
    )?;
    match folder {
        Folder::Kept(path) => writeln!(output, "Record in {}.", path.display())?,
        Folder::Temporary(path) => writeln!(
            output,
            "Record in the temporary folder {}, removed at the end (--data DIR keeps it).",
            path.path().display()
        )?,
    }
    writeln!(output, "Ctrl-C stops it.")?;
    output.flush()
}

/// Where the record and the links are.
#[derive(Debug)]
enum Folder {
    Kept(PathBuf),
    /// Removed when dropped.
    Temporary(TempDir),
}

impl Folder {
    fn new(data: Option<&Path>) -> Result<Self, Unusable> {
        let Some(data) = data else {
            let temporary = tempfile::Builder::new().prefix("chairside-demo-").tempdir();
            let unusable = |error| Unusable(format!("no temporary folder: {error}"));
            return temporary.map(Self::Temporary).map_err(unusable);
        };
        fs::create_dir_all(data)
            .map_err(|error| Unusable(format!("--data {}: {error}", data.display())))?;
        Ok(Self::Kept(data.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}
