//! What stands at a bed: its alarms, and what people have paused or switched off.

use serde::Serialize;

use super::Time;

/// All alarms of a bed that stand. Always the full set, never only the edge.
#[derive(Clone, Debug, Serialize)]
pub struct Alarms {
    /// The bed.
    pub bed: String,
    /// Rises with each change.
    pub version: u64,
    /// Worst first, then newest first.
    pub active: Vec<ActiveAlarm>,
    /// Who comes for them, or is there; null when nobody does.
    pub responsible: Option<Responsible>,
    /// The summary while very many alarms began.
    pub flood: Option<Flood>,
    /// The alarms that are paused and the rules that are off, by id.
    pub suspended: Vec<Suspended>,
    /// The stations at which the bed's sound is paused or off, by name. Every other hears all.
    pub audio: Vec<StationAudio>,
}

/// Who comes for the alarms of a bed, or is there.
#[derive(Clone, Debug, Serialize)]
pub struct Responsible {
    /// The person, by id.
    pub by: String,
    /// When they said first that they come.
    pub at: Time,
    /// When they said that they are at the bed; absent until they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Time>,
    /// The last call of the bed that they answered. An alarm with a later `call` they did not see.
    pub call: u64,
}

/// Very many alarms of a bed, in one line.
#[derive(Clone, Debug, Serialize)]
pub struct Flood {
    /// How many began since `since`.
    pub count: u64,
    /// The most urgent of them.
    pub worst: &'static str,
    /// How urgent.
    pub priority: &'static str,
    /// When the first of them began.
    pub since: Time,
    /// The line.
    pub text: String,
}

/// An alarm that is paused, or a rule that is off.
#[derive(Clone, Debug, Serialize)]
pub struct Suspended {
    /// The alarm's id.
    pub id: &'static str,
    /// `alarm_paused` or `rule_off`.
    pub kind: &'static str,
    /// When it ends by itself.
    pub until: Time,
    /// So long after this message was made.
    pub remaining_ms: u64,
    /// Who did it, by id.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// The sound of a bed at a station where not everything is heard.
#[derive(Clone, Debug, Serialize)]
pub struct StationAudio {
    /// The station, as it calls itself.
    pub station: String,
    /// `paused` or `off`.
    pub sound: &'static str,
    /// When it ends by itself.
    pub until: Time,
    /// So long after this message was made.
    pub remaining_ms: u64,
    /// Of a pause: the last call that is not heard; an alarm with a later `call` sounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covers: Option<u64>,
    /// Of sound that is off: people are reminded so long after this message was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_in_ms: Option<u64>,
    /// Who did it, by id.
    pub by: String,
    /// Why, if that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One standing alarm.
#[derive(Clone, Debug, Serialize)]
pub struct ActiveAlarm {
    /// The alarm's id.
    pub id: &'static str,
    /// This episode of it; what an acknowledgement names.
    pub occurrence: String,
    /// `high`, `medium` or `low`.
    pub priority: &'static str,
    /// `physiological` or `technical`.
    pub kind: &'static str,
    /// Whether the condition holds now.
    pub present: bool,
    /// `on`, `latched`, `acknowledged` or `paused`.
    pub signal: &'static str,
    /// The last of the bed's calls that it made: a whole number that rises.
    pub call: u64,
    /// A worse alarm of the same family is the one that sounds.
    pub superseded: bool,
    /// When the condition began.
    pub since: Time,
    /// When it ended; absent while it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Time>,
    /// Why, in plain numbers.
    pub evidence: String,
    /// When that was so: a time that it names counts back from there.
    pub evidence_at: Time,
    /// Who acknowledged it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Who has said that they do not come, the first one first; absent when nobody has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<Declined>,
}

/// "Not me": a person does not come for an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declined {
    /// The person, by id.
    pub by: String,
    /// The alarm's last call when that was said; absent when that is not known any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<u64>,
}
