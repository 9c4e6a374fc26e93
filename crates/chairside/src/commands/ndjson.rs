//! The objects that commands print, one a line: what scripts rely on (`docs/commands.md`).

use std::collections::BTreeMap;
use std::io::{self, Write};

use chairside_alarm::{AirwayMode, Transition};
use chairside_model::MonoTime;
use serde::Serialize;

use crate::conditions::Edge;
use crate::number::Number;

/// Writes one object and ends its line.
pub(super) fn line(output: &mut dyn Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, object)?;
    output.write_all(b"\n")
}

/// A driver, as `devices --json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct DriverLine {
    pub(super) name: &'static str,
    pub(super) family: &'static str,
    pub(super) gives: Vec<&'static str>,
    pub(super) line: SettingsLine,
    pub(super) begins: &'static str,
    pub(super) nominal_period_ms: u64,
    pub(super) can_start_cuff: bool,
    pub(super) maturity: &'static str,
}

/// How a driver's line is set.
#[derive(Debug, Serialize)]
pub(super) struct SettingsLine {
    pub(super) baud: u32,
    pub(super) data_bits: u8,
    pub(super) parity: &'static str,
    pub(super) stop_bits: u8,
    pub(super) flow_control: &'static str,
}

/// One value that `decode` found.
#[derive(Debug, Serialize)]
pub(super) struct NumericLine {
    pub(super) offset: u64,
    pub(super) kind: &'static str,
    pub(super) metric: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<&'static str>,
    pub(super) validity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) age_s: Option<u64>,
}

/// A run of samples that `decode` found.
#[derive(Debug, Serialize)]
pub(super) struct WaveformLine {
    pub(super) offset: u64,
    pub(super) kind: &'static str,
    pub(super) metric: &'static str,
    pub(super) period_us: u64,
    pub(super) samples: Vec<Number>,
}

/// The device's own alarm.
#[derive(Debug, Serialize)]
pub(super) struct DeviceAlarmLine<'a> {
    pub(super) offset: u64,
    pub(super) kind: &'static str,
    pub(super) priority: &'static str,
    pub(super) text: &'a str,
}

/// Who the device says it is.
#[derive(Debug, Serialize)]
pub(super) struct IdentityLine<'a> {
    pub(super) offset: u64,
    pub(super) kind: &'static str,
    pub(super) text: &'a str,
}

/// Bytes that were not used.
#[derive(Debug, Serialize)]
pub(super) struct DiscardedLine {
    pub(super) offset: u64,
    pub(super) kind: &'static str,
    pub(super) bytes: usize,
    pub(super) why: &'static str,
}

/// The last line of `decode`.
#[derive(Debug, Default, Serialize)]
pub(super) struct SummaryLine {
    pub(super) kind: &'static str,
    pub(super) bytes: u64,
    pub(super) frames: u64,
    pub(super) discarded_bytes: u64,
    /// How many times, by cause; a cause that did not occur is absent.
    pub(super) discarded: BTreeMap<&'static str, u64>,
}

/// A change of an alarm's condition, as `replay` and `scenario` print it.
#[derive(Debug, Serialize)]
pub(super) struct AlarmLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scenario: Option<&'a str>,
    pub(super) t_s: Number,
    pub(super) id: &'static str,
    pub(super) priority: &'static str,
    pub(super) state: &'static str,
    pub(super) kind: &'static str,
    /// Of an airway obstruction, the signals it was drawn from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<&'static str>,
    pub(super) evidence: &'a str,
}

/// Returns an end of an alarm's episode as it is printed.
pub(super) fn alarm_line<'a>(
    scenario: Option<&'a str>,
    transition: &'a Transition,
    edge: Edge,
) -> AlarmLine<'a> {
    AlarmLine {
        scenario,
        t_s: seconds(transition.at),
        id: transition.id.name(),
        priority: transition.priority.name(),
        state: edge.name(),
        kind: transition.id.kind().name(),
        mode: transition.mode.map(AirwayMode::name),
        evidence: &transition.evidence,
    }
}

/// Returns a time in seconds, to the millisecond.
pub(super) fn seconds(at: MonoTime) -> Number {
    Number((at.since_start().as_secs_f64() * 1000.0).round() / 1000.0)
}

/// How often a rule calls with a profile, as `replay` prints it of several.
#[derive(Debug, Serialize)]
pub(super) struct RateLine<'a> {
    pub(super) kind: &'static str,
    pub(super) profile: &'a str,
    pub(super) id: &'static str,
    /// The most urgent that it called; absent where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<&'static str>,
    pub(super) alarms: u64,
    pub(super) per_bed_hour: Number,
}

/// How often a profile calls in all.
#[derive(Debug, Serialize)]
pub(super) struct TotalLine<'a> {
    pub(super) kind: &'static str,
    pub(super) profile: &'a str,
    pub(super) bed_hours: Number,
    pub(super) high: u64,
    pub(super) medium: u64,
    pub(super) low: u64,
    pub(super) alarms: u64,
    pub(super) per_bed_hour: Number,
}

/// The end of a scenario, as `scenario --json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct VerdictLine<'a> {
    pub(super) scenario: &'a str,
    pub(super) passed: bool,
    pub(super) failures: &'a [String],
}
