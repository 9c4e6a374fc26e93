//! `chairside decode`.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chairside_model::{
    Cadence, Cuff, Measured, Metric, MonoTime, Numeric, Reading, SampleArray, Unavailable, Value,
};
use chairside_protocol::{
    DRIVERS, Driver, DriverEvent, DriverInfo, DriverOutput, Finding, LineInput, driver_named,
};
use clap::Args;

use super::Unusable;
use super::ndjson::{
    DeviceAlarmLine, DiscardedLine, IdentityLine, NumericLine, SummaryLine, WaveformLine, line,
};
use super::output::{Stopped, to_stdout};
use crate::near::did_you_mean;
use crate::number::Number;

/// Bytes read at a time.
const CHUNK: usize = 16 * 1024;

/// The moment at which all bytes arrive, for a file does not say when they did. Later than any
/// device's oldest reading (90 minutes), so that an age can be subtracted from it.
const NOW: MonoTime = MonoTime::from_secs(24 * 60 * 60);

/// Where a sample is rounded: a scale such as 0.1 is not exact in binary.
const SAMPLE_DECIMALS: f64 = 1e6;

/// The command's options.
#[derive(Debug, Args)]
pub struct Options {
    /// The driver that reads the bytes: `chairside devices` lists them.
    #[arg(long, value_name = "NAME")]
    device: String,
    /// The bytes of the device's line; "-" or nothing is standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no such driver, or the bytes cannot be read.
pub fn run(options: &Options) -> Result<ExitCode, Unusable> {
    let driver = named(&options.device)?;
    let source = options.file.as_deref();
    let source = source.filter(|path| *path != Path::new("-"));
    let (input, name): (Box<dyn Read>, String) = match source {
        Some(path) => {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| Unusable(format!("{name}: {error}")))?;
            (Box::new(file), name)
        }
        None => (Box::new(io::stdin().lock()), "standard input".to_owned()),
    };
    to_stdout(|output| decode(driver, input, &name, output))
}

/// Finds a driver for a command.
pub(super) fn named(name: &str) -> Result<&'static DriverInfo, Unusable> {
    driver_named(name).ok_or_else(|| {
        let there_are: Vec<&str> = DRIVERS.iter().map(|driver| driver.name).collect();
        let meant = did_you_mean(name, there_are.iter().copied());
        let there_are = there_are.join(", ");
        Unusable(format!(
            "--device: {name:?} is no driver; there are: {there_are}{meant}"
        ))
    })
}

fn decode(
    driver: &DriverInfo,
    mut input: Box<dyn Read>,
    name: &str,
    output: &mut dyn Write,
) -> Result<ExitCode, Stopped> {
    let mut decoder = Decoder {
        driver: (driver.build)(),
        found: DriverOutput::default(),
        output,
        summary: SummaryLine {
            kind: "summary",
            ..SummaryLine::default()
        },
    };
    decoder.take(LineInput::Opened)?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => {
                decoder.summary.bytes += count as u64;
                decoder.take(LineInput::Received(&chunk[..count]))?;
                if count < CHUNK {
                    // A live line: what it gave so far is wanted now.
                    decoder.output.flush()?;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Unusable(format!("{name}: {error}")).into()),
        }
    }
    decoder.take(LineInput::Closed)?;
    line(decoder.output, &decoder.summary)?;
    Ok(ExitCode::SUCCESS)
}

/// Lets a driver read and prints what it finds. What the driver would ask the device is not
/// sent anywhere: the file holds the answers.
struct Decoder<'a> {
    driver: Box<dyn Driver>,
    found: DriverOutput,
    output: &'a mut dyn Write,
    summary: SummaryLine,
}

impl Decoder<'_> {
    fn take(&mut self, input: LineInput<'_>) -> io::Result<()> {
        self.found.clear();
        self.driver.handle(NOW, input, &mut self.found);
        for event in &self.found.events {
            match &event.finding {
                Finding::Frame => self.summary.frames += 1,
                Finding::Discarded { bytes, why } => {
                    self.summary.discarded_bytes += *bytes as u64;
                    *self.summary.discarded.entry(why.name()).or_default() += 1;
                }
                Finding::Reading(_) | Finding::DeviceAlarm { .. } | Finding::Identity(_) => {}
            }
            print(self.output, event)?;
        }
        Ok(())
    }
}

fn print(output: &mut dyn Write, event: &DriverEvent) -> io::Result<()> {
    let offset = event.offset;
    match &event.finding {
        Finding::Frame => Ok(()),
        Finding::Reading(Reading::Numeric(numeric)) => line(output, &numeric_line(offset, numeric)),
        Finding::Reading(Reading::Cuff(cuff)) => print_cuff(output, offset, cuff),
        Finding::Reading(Reading::Waveform(samples)) => {
            line(output, &waveform_line(offset, samples))
        }
        Finding::DeviceAlarm { priority, text } => {
            let alarm = DeviceAlarmLine {
                offset,
                kind: "device_alarm",
                priority: priority.name(),
                text,
            };
            line(output, &alarm)
        }
        Finding::Identity(text) => {
            let identity = IdentityLine {
                offset,
                kind: "identity",
                text,
            };
            line(output, &identity)
        }
        Finding::Discarded { bytes, why } => {
            let discarded = DiscardedLine {
                offset,
                kind: "discarded",
                bytes: *bytes,
                why: why.name(),
            };
            line(output, &discarded)
        }
    }
}

/// A determination that failed is one without values. That the cuff is inflating, or was
/// let down, is no value and is not printed.
fn print_cuff(output: &mut dyn Write, offset: u64, cuff: &Cuff) -> io::Result<()> {
    match cuff {
        Cuff::Measuring | Cuff::Cancelled => Ok(()),
        Cuff::Completed(reading) => {
            let age_s = Some(age_s(reading.taken));
            for (metric, value) in reading.numerics() {
                let measured = Measured::Valid(value);
                line(output, &measured_line(offset, metric, measured, age_s))?;
            }
            Ok(())
        }
        Cuff::Failed(_) => {
            let none = Measured::Unavailable(Unavailable::NoReading);
            for metric in [
                Metric::NibpSystolic,
                Metric::NibpDiastolic,
                Metric::NibpMean,
            ] {
                line(output, &measured_line(offset, metric, none, None))?;
            }
            Ok(())
        }
    }
}

fn numeric_line(offset: u64, numeric: &Numeric) -> NumericLine {
    // Other metrics than the cuff's pressures have an age only if the device says one.
    let aged = numeric.metric.cadence() == Cadence::Aperiodic && numeric.taken < NOW;
    let age_s = aged.then(|| age_s(numeric.taken));
    measured_line(offset, numeric.metric, numeric.measured, age_s)
}

fn measured_line(
    offset: u64,
    metric: Metric,
    measured: Measured,
    age_s: Option<u64>,
) -> NumericLine {
    let (value, validity, reason) = match measured {
        Measured::Valid(value) => (Some(value), "valid", None),
        Measured::Questionable(value) => (Some(value), "questionable", None),
        Measured::Unavailable(why) => (None, "unavailable", Some(why.name())),
    };
    NumericLine {
        offset,
        kind: "numeric",
        metric: metric.name(),
        value: value.map(Value::number).map(Number),
        unit: value.map(|_| metric.unit().symbol()),
        validity,
        reason,
        age_s: age_s.filter(|_| value.is_some()),
    }
}

fn age_s(taken: MonoTime) -> u64 {
    NOW.saturating_since(taken).as_secs()
}

fn waveform_line(offset: u64, samples: &SampleArray) -> WaveformLine {
    let value = |count: &i32| {
        let value = f64::from(*count) * samples.scale;
        Number((value * SAMPLE_DECIMALS).round() / SAMPLE_DECIMALS)
    };
    WaveformLine {
        offset,
        kind: "waveform",
        metric: samples.metric.name(),
        period_us: u64::try_from(samples.sample_period.as_micros()).unwrap_or(u64::MAX),
        samples: samples.samples.iter().map(value).collect(),
    }
}
