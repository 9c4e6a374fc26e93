//! From what a file says to a [`Scenario`] that cannot contradict itself.

use std::time::Duration;

use serde_json::Value;

use super::channel::{Channel, Phase};
use super::text::{
    BaselineText, ContinuousText, DoseKindText, DoseText, ExpectationText, FileText, FlagText,
    FlaggedText, HrSourceText, MissingText, NibpStatusText, NibpText, PriorityText, ScenarioText,
    SensorsText, SpanText,
};
use super::{
    Baseline, Channels, Dose, DoseKind, Expectation, Flag, FlaggedSensor, HrSource, Scenario,
    ScenarioError, ScenarioFile, Sensors, Span,
};
use crate::patient::{CuffResult, Missing, Pressures};

/// The format's name; another one is another format.
const FORMAT: &str = "ketamine-vitals-scenario/1";

/// The longest story, a week: phases are added up second by second.
const DURATION_MAX_S: u64 = 7 * 24 * 3600;

pub(super) fn parse(text: &str) -> Result<ScenarioFile, ScenarioError> {
    let file = read(text)?;
    if file.format != FORMAT {
        let why = format!("{:?} is not {FORMAT:?}", file.format);
        return Err(outside("format", why));
    }
    let mut scenarios: Vec<Scenario> = Vec::new();
    for text in file.scenarios {
        let id = text.id.clone();
        if scenarios.iter().any(|earlier| earlier.id == id) {
            return Err(Fault::new("id", "stands twice").of(&id));
        }
        scenarios.push(scenario(text).map_err(|fault| fault.of(&id))?);
    }
    Ok(ScenarioFile {
        rules: file.rules,
        scenarios,
    })
}

/// Reads the JSON; a fault inside a scenario is told by the scenario's id.
fn read(text: &str) -> Result<FileText, ScenarioError> {
    use serde_path_to_error::Segment;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let file = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let mut segments = error.path().iter();
        let scenario = match (segments.next(), segments.next()) {
            (Some(Segment::Map { key }), Some(Segment::Seq { index })) if key == "scenarios" => {
                Some(*index)
            }
            _ => None,
        };
        let path = error.path().to_string();
        let why = error.inner().to_string();
        let Some(index) = scenario else {
            return outside(&path, why);
        };
        let within = path.split_once("].").map_or("", |(_, within)| within);
        ScenarioError {
            scenario: Some(id_of(text, index).unwrap_or_else(|| format!("[{index}]"))),
            key: if within.is_empty() { "." } else { within }.to_owned(),
            why,
        }
    })?;
    deserializer
        .end()
        .map_err(|error| outside(".", error.to_string()))?;
    Ok(file)
}

fn id_of(text: &str, index: usize) -> Option<String> {
    let file: Value = serde_json::from_str(text).ok()?;
    let id = file.get("scenarios")?.get(index)?.get("id")?;
    id.as_str().map(str::to_owned)
}

fn outside(key: &str, why: String) -> ScenarioError {
    ScenarioError {
        scenario: None,
        key: key.to_owned(),
        why,
    }
}

/// A fault within a scenario.
struct Fault {
    key: String,
    why: String,
}

impl Fault {
    fn new(key: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            why: why.into(),
        }
    }

    fn of(self, id: &str) -> ScenarioError {
        ScenarioError {
            scenario: Some(id.to_owned()),
            key: self.key,
            why: self.why,
        }
    }
}

fn scenario(text: ScenarioText) -> Result<Scenario, Fault> {
    if !(1..=DURATION_MAX_S).contains(&text.duration_s) {
        let why = format!("{} is not from 1 to {DURATION_MAX_S}", text.duration_s);
        return Err(Fault::new("duration_s", why));
    }
    let duration = Duration::from_secs(text.duration_s);
    positive("patient.weight_kg", text.patient.weight_kg)?;
    let sensors = sensors(&text.sensors);
    Ok(Scenario {
        duration,
        sensors,
        weight_kg: text.patient.weight_kg,
        baseline: baseline(&text.patient.baseline)?,
        dose: doses(&text.dose)?,
        expect: expectations(text.expect)?,
        flags: flags(&text.flags)?,
        link_down: spans("link_down", &text.link_down)?,
        nibp: determinations(&text.nibp)?,
        channels: channels(text.continuous, duration)?,
        id: text.id,
        title: text.title,
        config: text.config,
        allow: text.allow,
        forbid: text.forbid,
        quiet_after: Duration::from_secs(text.quiet_after),
        notes: text.notes,
    })
}

fn sensors(text: &SensorsText) -> Sensors {
    Sensors {
        spo2: text.spo2,
        hr_source: match text.hr_source {
            HrSourceText::Spo2 => HrSource::SpO2,
            HrSourceText::Ecg => HrSource::Ecg,
        },
        co2: text.co2,
        effort: text.effort,
        nibp: text.nibp,
        cuff_same_limb: text.cuff_same_limb,
    }
}

fn baseline(text: &BaselineText) -> Result<Baseline, Fault> {
    let present = [
        ("hr", Some(text.hr)),
        ("spo2", Some(text.spo2)),
        ("sys", Some(text.sys)),
        ("dia", Some(text.dia)),
        ("rr", text.rr),
        ("etco2", text.etco2),
    ];
    for (key, value) in present {
        if let Some(value) = value {
            positive(&format!("patient.baseline.{key}"), value)?;
        }
    }
    Ok(Baseline {
        hr: text.hr,
        spo2: text.spo2,
        sys: text.sys,
        dia: text.dia,
        rr: text.rr,
        etco2: text.etco2,
    })
}

fn positive(key: &str, value: f64) -> Result<(), Fault> {
    if value > 0.0 {
        return Ok(());
    }
    Err(Fault::new(key, format!("{value} is not above 0")))
}

fn doses(texts: &[DoseText]) -> Result<Vec<Dose>, Fault> {
    let dose = |(index, text): (usize, &DoseText)| {
        positive(&format!("dose[{index}].mg"), text.mg)?;
        let kind = match text.r#type {
            DoseKindText::Infusion => DoseKind::Infusion,
            DoseKindText::Bolus => DoseKind::Bolus,
            DoseKindText::Im => DoseKind::Intramuscular,
            DoseKindText::Oral => DoseKind::Oral,
            DoseKindText::Nasal => DoseKind::Nasal,
        };
        if kind == DoseKind::Infusion && text.duration_s == 0 {
            let key = format!("dose[{index}].duration_s");
            return Err(Fault::new(key, "an infusion lasts longer than 0"));
        }
        Ok(Dose {
            start: Duration::from_secs(text.t),
            kind,
            mg: text.mg,
            duration: Duration::from_secs(text.duration_s),
        })
    };
    rising("dose", texts.iter().map(|text| text.t), true)?;
    texts.iter().enumerate().map(dose).collect()
}

fn expectations(texts: Vec<ExpectationText>) -> Result<Vec<Expectation>, Fault> {
    let expectation = |(index, text): (usize, ExpectationText)| {
        for (key, window) in [("onset", Some(text.onset)), ("clear", text.clear)] {
            if let Some([first, last]) = window.filter(|[first, last]| first > last) {
                let why = format!("[{first}, {last}] runs backwards");
                return Err(Fault::new(format!("expect[{index}].{key}"), why));
            }
        }
        let priority = match text.priority {
            PriorityText::Low => "low",
            PriorityText::Medium => "medium",
            PriorityText::High => "high",
        };
        Ok(Expectation {
            id: text.id,
            priority: priority.to_owned(),
            onset: text.onset,
            clear: text.clear,
            mode: text.mode,
        })
    };
    texts.into_iter().enumerate().map(expectation).collect()
}

fn flags(texts: &[FlagText]) -> Result<Vec<Flag>, Fault> {
    let flag = |(index, text): (usize, &FlagText)| {
        Ok(Flag {
            sensor: match text.signal {
                FlaggedText::Spo2 => FlaggedSensor::SpO2,
                FlaggedText::Hr => FlaggedSensor::Ecg,
                FlaggedText::Co2 => FlaggedSensor::Co2,
                FlaggedText::EffortRr => FlaggedSensor::Effort,
            },
            missing: match text.flag {
                MissingText::ProbeOff => Missing::ProbeOff,
                MissingText::Searching => Missing::Searching,
                MissingText::Motion => Missing::Motion,
                MissingText::Occluded => Missing::Occluded,
                MissingText::NoReading => Missing::NoReading,
            },
            span: span(&format!("flags[{index}]"), text.from, text.to)?,
        })
    };
    texts.iter().enumerate().map(flag).collect()
}

fn spans(key: &str, texts: &[SpanText]) -> Result<Vec<Span>, Fault> {
    let one =
        |(index, text): (usize, &SpanText)| span(&format!("{key}[{index}]"), text.from, text.to);
    texts.iter().enumerate().map(one).collect()
}

fn span(key: &str, from: u64, to: u64) -> Result<Span, Fault> {
    if from >= to {
        return Err(Fault::new(key, format!("from {from} to {to} is no time")));
    }
    Ok(Span {
        from: Duration::from_secs(from),
        to: Duration::from_secs(to),
    })
}

fn determinations(texts: &[NibpText]) -> Result<Vec<CuffResult>, Fault> {
    let determination = |(index, text): (usize, &NibpText)| {
        let pressures = match (&text.status, text.sys, text.dia, text.map) {
            (Some(NibpStatusText::Failed), None, None, None) => None,
            (None, Some(systolic), Some(diastolic), mean) => Some(Pressures {
                systolic: Some(systolic),
                diastolic: Some(diastolic),
                mean,
            }),
            _ => {
                let why = "is either sys, dia and map, or the status \"failed\" alone";
                return Err(Fault::new(format!("nibp[{index}]"), why));
            }
        };
        Ok(CuffResult {
            ended: Duration::from_secs(text.t),
            pressures,
        })
    };
    rising("nibp", texts.iter().map(|text| text.t), false)?;
    texts.iter().enumerate().map(determination).collect()
}

fn channels(text: ContinuousText, duration: Duration) -> Result<Channels, Fault> {
    let whole = |key, points| channel(key, points, 1.0);
    let hr = whole("hr", text.hr)?;
    let rr = whole("rr", text.rr)?;
    let effort_rr = whole("effort_rr", text.effort_rr)?;
    Ok(Channels {
        spo2: whole("spo2", text.spo2)?,
        pi: channel("pi", text.pi, 10.0)?,
        etco2: whole("etco2", text.etco2)?,
        beat: Phase::new(hr.as_ref(), duration),
        breath: Phase::new(rr.as_ref().or(effort_rr.as_ref()), duration),
        hr,
        rr,
        effort_rr,
    })
}

fn channel(
    key: &str,
    points: Option<Vec<(u64, f64)>>,
    steps: f64,
) -> Result<Option<Channel>, Fault> {
    let Some(points) = points else {
        return Ok(None);
    };
    let key = format!("continuous.{key}");
    if points.is_empty() {
        return Err(Fault::new(key, "has no key point"));
    }
    if let Some(index) = points.iter().position(|(_, value)| *value < 0.0) {
        let why = format!("{} is below 0", points[index].1);
        return Err(Fault::new(format!("{key}[{index}]"), why));
    }
    rising(&key, points.iter().map(|(at, _)| *at), false)?;
    Ok(Some(Channel::new(points, steps)))
}

/// Refuses times that fall, or stand still where they must not.
fn rising(key: &str, times: impl Iterator<Item = u64>, may_stand_still: bool) -> Result<(), Fault> {
    let mut last = None;
    for (index, time) in times.enumerate() {
        let wrong = last.is_some_and(|last| time < last || (time == last && !may_stand_still));
        if wrong {
            let why = format!("{time} s does not come after the one before");
            return Err(Fault::new(format!("{key}[{index}]"), why));
        }
        last = Some(time);
    }
    Ok(())
}
