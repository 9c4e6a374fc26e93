//! The scenario file, word for word.

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileText {
    pub(super) format: String,
    #[serde(default, rename = "format_notes")]
    pub(super) _format_notes: Value,
    #[serde(default)]
    pub(super) rules: Value,
    pub(super) scenarios: Vec<ScenarioText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioText {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) duration_s: u64,
    pub(super) patient: PatientText,
    pub(super) sensors: SensorsText,
    #[serde(default)]
    pub(super) config: Map<String, Value>,
    #[serde(default)]
    pub(super) dose: Vec<DoseText>,
    pub(super) continuous: ContinuousText,
    #[serde(default)]
    pub(super) flags: Vec<FlagText>,
    #[serde(default)]
    pub(super) nibp: Vec<NibpText>,
    #[serde(default)]
    pub(super) link_down: Vec<SpanText>,
    #[serde(default)]
    pub(super) expect: Vec<ExpectationText>,
    #[serde(default)]
    pub(super) allow: Vec<String>,
    #[serde(default)]
    pub(super) forbid: Vec<String>,
    pub(super) quiet_after: u64,
    #[serde(default)]
    pub(super) notes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatientText {
    pub(super) weight_kg: f64,
    pub(super) baseline: BaselineText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BaselineText {
    pub(super) hr: f64,
    pub(super) spo2: f64,
    pub(super) sys: f64,
    pub(super) dia: f64,
    pub(super) rr: Option<f64>,
    pub(super) etco2: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the format has a switch for each sensor"
)]
pub(super) struct SensorsText {
    pub(super) spo2: bool,
    pub(super) hr_source: HrSourceText,
    pub(super) co2: bool,
    pub(super) effort: bool,
    pub(super) nibp: bool,
    pub(super) cuff_same_limb: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum HrSourceText {
    Spo2,
    Ecg,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DoseText {
    pub(super) t: u64,
    pub(super) r#type: DoseKindText,
    pub(super) mg: f64,
    #[serde(default)]
    pub(super) duration_s: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DoseKindText {
    Infusion,
    Bolus,
    Im,
    Oral,
    Nasal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContinuousText {
    pub(super) hr: Option<Vec<(u64, f64)>>,
    pub(super) spo2: Option<Vec<(u64, f64)>>,
    pub(super) pi: Option<Vec<(u64, f64)>>,
    pub(super) rr: Option<Vec<(u64, f64)>>,
    pub(super) etco2: Option<Vec<(u64, f64)>>,
    pub(super) effort_rr: Option<Vec<(u64, f64)>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlagText {
    pub(super) signal: FlaggedText,
    pub(super) flag: MissingText,
    pub(super) from: u64,
    pub(super) to: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FlaggedText {
    Spo2,
    Hr,
    #[serde(alias = "etco2", alias = "rr")]
    Co2,
    #[serde(alias = "effort")]
    EffortRr,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MissingText {
    ProbeOff,
    Searching,
    Motion,
    Occluded,
    NoReading,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NibpText {
    pub(super) t: u64,
    pub(super) sys: Option<f64>,
    pub(super) dia: Option<f64>,
    pub(super) map: Option<f64>,
    pub(super) status: Option<NibpStatusText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NibpStatusText {
    Failed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpanText {
    pub(super) from: u64,
    pub(super) to: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectationText {
    pub(super) id: String,
    pub(super) priority: PriorityText,
    pub(super) onset: [u64; 2],
    pub(super) clear: Option<[u64; 2]>,
    pub(super) mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PriorityText {
    Low,
    Medium,
    High,
}
