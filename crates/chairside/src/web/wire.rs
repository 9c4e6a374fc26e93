//! The whole JSON surface of the live feed: what the server sends, on one page, with a bed's alarms
//! on another; what a client may send, on a third.
//!
//! A wire format is a promise: `docs/websocket.md` describes each message, and carries a hash of
//! this file, of `wire/alarms.rs` and of `wire/client.rs`, so that none changes alone. The core
//! types are converted by hand.

mod alarms;
mod client;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

pub use alarms::{ActiveAlarm, Alarms, Declined, Flood, Responsible, StationAudio, Suspended};
pub use client::{Action, ClientMessage, Confirmed, Deed, Display, NO_NAME, Sound};

use crate::number::Number;

/// The version of this page; a client refuses another.
pub const PROTOCOL: u32 = 1;

/// What the server sends.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// First on every connection.
    Hello(Hello),
    /// Everything as it stands at `seq`.
    Snapshot(Snapshot),
    /// One value.
    Observation(Observation),
    /// A run of samples.
    Waveform(Waveform),
    /// All alarms of a bed that stand.
    Alarms(Alarms),
    /// The limits of a bed are others, or the phase of its session is.
    Limits(LimitsOfBed),
    /// A treatment session opened or closed at a bed, or went into another phase.
    Session(SessionOfBed),
    /// Something was entered in a treatment session that goes by a protocol.
    Care(CareOfBed),
    /// A device's link changed.
    Link(Link),
    /// The cuff began, ended or failed.
    Cuff(Cuff),
    /// The device's own alarm.
    DeviceAlarm(DeviceAlarm),
    /// The record is being written, or has stopped.
    Recorder(Recorder),
    /// A complete day-start check is on record.
    Check(LastCheck),
    /// The service is alive.
    Heartbeat(Heartbeat),
    /// The client fell behind; a snapshot follows.
    Resync(Resync),
    /// The answer to an action.
    Result(ActionResult),
}

/// A message of the stream with its number.
#[derive(Clone, Debug, Serialize)]
pub struct Numbered<'a> {
    /// The message; `type` comes first.
    #[serde(flatten)]
    pub message: &'a ServerMessage,
    /// Rises by one from message to message.
    pub seq: u64,
}

/// First on every connection.
#[derive(Clone, Debug, Serialize)]
pub struct Hello {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Changes with every start of the service: all that was known is void.
    pub epoch: String,
    /// The number of the last message before the snapshot.
    pub seq: u64,
    /// The service's wall clock.
    pub now: Time,
    /// The site of the configuration.
    pub site: String,
}

/// Everything as it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// The number of the last message that is in it.
    pub seq: u64,
    /// The beds, in the order of the configuration.
    pub beds: Vec<Bed>,
    /// The standing alarms, bed by bed.
    pub alarms: Vec<Alarms>,
    /// The people the configuration names.
    pub staff: Vec<Person>,
    /// Whether the record is being written.
    pub recorder: Recorder,
    /// The last day-start check that was complete, whichever day that was.
    pub last_check: Option<LastCheck>,
}

/// When and by whom a day-start check was signed that was complete.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LastCheck {
    /// When.
    pub at: Time,
    /// The person, by id.
    pub by: String,
}

/// One bed in a snapshot.
#[derive(Clone, Debug, Serialize)]
pub struct Bed {
    /// Its id.
    pub bed: String,
    /// Its name on screen.
    pub name: String,
    /// The alarm profile's name.
    pub profile: String,
    /// The limits in force.
    #[serde(flatten)]
    pub limits: LimitsInForce,
    /// The device that each metric is read from; what is not in it, the bed does not measure.
    pub sources: BTreeMap<&'static str, String>,
    /// Its devices.
    pub devices: Vec<Device>,
    /// The last values that are still worth showing.
    pub observations: Vec<Observation>,
    /// What the cuff is doing.
    pub cuff: CuffState,
    /// The treatment session.
    #[serde(flatten)]
    pub session: SessionState,
    /// Where it stands, if it goes by a protocol.
    pub care: Option<CareState>,
}

/// Where the open treatment session of a bed stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CareState {
    /// Its name.
    pub session: String,
    /// The name of the protocol that it goes by.
    pub protocol: String,
    /// Its stage: `screening` to `recovery`.
    pub stage: &'static str,
    /// The number of its last entry.
    pub entry: u32,
}

/// Something was entered in a treatment session.
#[derive(Clone, Debug, Serialize)]
pub struct CareOfBed {
    /// The bed.
    pub bed: String,
    /// The session: planned, open, or the one that ended last.
    pub session: String,
    /// Its stage now.
    pub stage: &'static str,
    /// The number of the entry.
    pub entry: u32,
}

/// A treatment session opened or closed at a bed, or went into another phase.
#[derive(Clone, Debug, Serialize)]
pub struct SessionOfBed {
    /// The bed.
    pub bed: String,
    /// How it stands now.
    #[serde(flatten)]
    pub session: SessionState,
}

/// The treatment session at a bed.
#[derive(Clone, Debug, Serialize)]
pub struct SessionState {
    /// The one that is open.
    pub session: Option<Session>,
    /// When one last opened or closed: what was measured before is of another patient.
    pub readings_from: Option<Time>,
    /// What the bed shows is simulated, and nobody's.
    pub simulated: bool,
}

/// A treatment session that is open.
#[derive(Clone, Debug, Serialize)]
pub struct Session {
    /// Its name.
    pub session: String,
    /// When it was opened.
    pub opened: Time,
    /// Who opened it, by id.
    pub by: String,
    /// It goes by a protocol: its own page leads it, and nothing else changes its phase or ends it.
    pub treatment: bool,
    /// For whom, as far as that was said.
    pub patient: Option<Patient>,
    /// Its phase: `baseline`, `dosing` or `recovery`.
    pub phase: &'static str,
    /// How many of the checks that its protocol asks for are due now, overdue ones among them.
    pub due: usize,
}

/// Whom a session is for.
#[derive(Clone, Debug, Serialize)]
pub struct Patient {
    /// The initials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
    /// The clinic's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// The alarm limits of a metric, in its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Limits {
    /// Alarm below (or at, for pressures see docs/alarms.md).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub low: Option<f64>,
    /// Alarm above.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub high: Option<f64>,
    /// What `low` is in the profile as shipped, if it is another number now.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub low_default: Option<f64>,
    /// What `high` is in the profile as shipped, if it is another number now.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub high_default: Option<f64>,
}

/// The limits of a bed are others, or the phase of its session is.
#[derive(Clone, Debug, Serialize)]
pub struct LimitsOfBed {
    /// The bed.
    pub bed: String,
    /// All of them.
    #[serde(flatten)]
    pub limits: LimitsInForce,
}

/// The limits that are in force at a bed.
#[derive(Clone, Debug, Serialize)]
pub struct LimitsInForce {
    /// The first limit on each side of each metric.
    pub limits: BTreeMap<&'static str, Limits>,
    /// How often the cuff is expected to measure, seconds.
    #[serde(serialize_with = "one_number")]
    pub nibp_interval_s: f64,
    /// The phase of the session: `baseline`, `dosing` or `recovery`.
    pub phase: &'static str,
    /// Every number that is not as the profile ships it, by key.
    pub changed: Vec<ChangedLimit>,
    /// When all of that ends by itself; absent where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// How long it is until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_ms: Option<u64>,
}

/// A number that is not as the profile ships it.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedLimit {
    /// Its name in the profile's file.
    pub key: &'static str,
    /// The alarm whose rule it is a number of.
    pub alarm: &'static str,
    /// What it is.
    #[serde(serialize_with = "one_number")]
    pub value: f64,
    /// What it is in the profile as shipped.
    #[serde(serialize_with = "one_number")]
    pub default: f64,
    /// Its unit.
    pub unit: &'static str,
    /// `person`, `phase` or `profile` (from the patient's own values).
    pub cause: &'static str,
    /// Who chose it, by id, if a person did.
    #[serde(flatten)]
    pub chosen: Option<ChosenLimit>,
}

/// Who chose a limit.
#[derive(Clone, Debug, Serialize)]
pub struct ChosenLimit {
    /// The person, by id.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: String,
}

/// One number of a bed's limits, with all that is needed to change it: `GET …/limits`.
#[derive(Clone, Debug, Serialize)]
pub struct AdjustableLimit {
    /// Its name in the profile's file; what a change names.
    pub key: &'static str,
    /// The alarm whose rule it is a number of.
    pub alarm: &'static str,
    /// What it is.
    #[serde(serialize_with = "one_number")]
    pub value: f64,
    /// What it is in the profile as shipped.
    #[serde(serialize_with = "one_number")]
    pub default: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The least that somebody who is no clinician may choose; absent when nobody else may.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub least: Option<f64>,
    /// The most that somebody who is no clinician may choose; absent when nobody else may.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub most: Option<f64>,
    /// A lower number calls people too late.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub warn_below: Option<f64>,
    /// A higher number hardly ever calls people.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub warn_above: Option<f64>,
}

/// One device in a snapshot.
#[derive(Clone, Debug, Serialize)]
pub struct Device {
    /// Its name.
    pub device: String,
    /// Its driver.
    pub driver: &'static str,
    /// `disconnected`, `connecting` or `connected`.
    pub link: &'static str,
    /// Whether a person can have it start and stop the cuff.
    pub can_start_cuff: bool,
    /// Bytes of its line that could not be used since the start, by cause.
    pub discarded: BTreeMap<&'static str, u64>,
}

/// The line to a device: where it is, whether it is up, and how good it is.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceLine {
    /// The bed that it is bound to.
    pub bed: String,
    /// The name of that bed on screen.
    pub bed_name: String,
    /// The device's name.
    pub device: String,
    /// Its driver.
    pub driver: &'static str,
    /// The devices that the driver reads.
    pub family: &'static str,
    /// What stands behind the driver.
    pub maturity: &'static str,
    /// The port, as the configuration names it.
    pub port: String,
    /// Bits per second; null where the line is no serial port.
    pub baud: Option<u32>,
    /// What the device calls itself, where its protocol says.
    pub identity: Option<String>,
    /// `disconnected`, `connecting` or `connected`.
    pub link: &'static str,
    /// Since when; null before the port was first looked for.
    pub since: Option<Time>,
    /// What arrives: `frames` while the device is connected; else `garbled`, when bytes came lately
    /// that could not be read, or `nothing`.
    pub arriving: &'static str,
    /// When a reading of any kind last came.
    pub heard: Option<Time>,
    /// Readings of any kind within the last minute.
    pub readings_last_minute: u64,
    /// Bytes of the line that could not be used within the last minute, by cause.
    pub discarded_last_minute: BTreeMap<&'static str, u64>,
    /// The same since the start.
    pub discarded: BTreeMap<&'static str, u64>,
}

/// A person of the staff.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// The id that actions carry as `by`.
    pub id: String,
    /// The name on screen.
    pub name: String,
    /// The role.
    pub role: String,
}

/// One value, or that there is none.
#[derive(Clone, Debug, Serialize)]
pub struct Observation {
    /// The bed.
    pub bed: String,
    /// The device that gave it.
    pub device: String,
    /// What was measured.
    pub metric: &'static str,
    /// The value, in `unit`; absent when unavailable.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub value: Option<f64>,
    /// The unit.
    pub unit: &'static str,
    /// `valid`, `questionable` or `unavailable`.
    pub validity: &'static str,
    /// Why it is unavailable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// When it was measured.
    pub at: Time,
    /// From when this message was made: after that the value must not be shown any more.
    pub expires_in_ms: u64,
}

/// A run of samples.
#[derive(Clone, Debug, Serialize)]
pub struct Waveform {
    /// The bed.
    pub bed: String,
    /// The device that gave it.
    pub device: String,
    /// What the curve is.
    pub metric: &'static str,
    /// When the last sample arrived.
    pub at: Time,
    /// From sample to sample, microseconds.
    pub period_us: u64,
    /// The samples, oldest first, in the metric's unit.
    #[serde(serialize_with = "numbers")]
    pub samples: Vec<f64>,
}

/// A device's link changed.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// The bed.
    pub bed: String,
    /// The device.
    pub device: String,
    /// `disconnected`, `connecting` or `connected`.
    pub state: &'static str,
}

/// The cuff began, ended or failed.
#[derive(Clone, Debug, Serialize)]
pub struct Cuff {
    /// The bed.
    pub bed: String,
    /// The device.
    pub device: String,
    /// What it is doing now.
    #[serde(flatten)]
    pub cuff: CuffState,
}

/// What a cuff is doing.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct CuffState {
    /// `idle`, `measuring` or `failed`.
    pub state: &'static str,
    /// Why it failed.
    pub text: Option<&'static str>,
}

/// The device's own alarm, in its words; never one of ours.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceAlarm {
    /// The bed.
    pub bed: String,
    /// The device.
    pub device: String,
    /// How urgent the device says it is.
    pub priority: &'static str,
    /// The device's words.
    pub text: Cow<'static, str>,
}

/// Whether the record is being written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recorder {
    /// Whether it is.
    pub running: bool,
    /// Why not.
    pub text: Option<String>,
}

/// The service is alive.
#[derive(Clone, Debug, Serialize)]
pub struct Heartbeat {
    /// The service's wall clock.
    pub now: Time,
    /// The next one comes after so many milliseconds.
    pub period_ms: u64,
}

/// The client fell behind.
#[derive(Clone, Debug, Serialize)]
pub struct Resync {
    /// Messages it has not got.
    pub missed: u64,
}

/// The answer to an action.
#[derive(Clone, Debug, Serialize)]
pub struct ActionResult {
    /// The request it answers.
    pub request: String,
    /// Whether it was done.
    pub ok: bool,
    /// Why not, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Done, and something is wrong all the same: it could not be put on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

impl ActionResult {
    /// Returns that it was done, and what is wrong all the same.
    #[must_use]
    pub const fn done(request: String, warning: Option<String>) -> Self {
        Self {
            request,
            ok: true,
            error: None,
            warning,
        }
    }

    /// Returns that it was not done, and why.
    #[must_use]
    pub fn refused(request: String, error: impl Into<String>) -> Self {
        Self {
            request,
            ok: false,
            error: Some(error.into()),
            warning: None,
        }
    }
}

/// A point in time as the wire has it: RFC 3339, UTC, milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Time(pub DateTime<Utc>);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// Whole numbers are written as such: `97`, not `97.0`.
#[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
fn number<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => Number(*value).serialize(serializer),
        None => serializer.serialize_none(),
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field over by reference"
)]
fn one_number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    Number(*value).serialize(serializer)
}

fn numbers<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().copied().map(Number))
}

#[cfg(test)]
mod tests;
