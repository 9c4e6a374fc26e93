//! The lines: what `chairside decode` prints, read and written.
//!
//! ```text
//! {"kind":"numeric","metric":"SpO2","value":97,"unit":"%","validity":"valid"}
//! {"kind":"numeric","metric":"SpO2","validity":"unavailable","reason":"SensorOff"}
//! {"kind":"numeric","metric":"NibpSystolic","value":118,"unit":"mmHg","validity":"valid","age_s":45}
//! {"kind":"waveform","metric":"Pleth","period_us":13333,"samples":[12,14]}
//! {"kind":"device_alarm","priority":"high","text":"no breath"}
//! {"kind":"identity","text":"A123"}
//! {"kind":"discarded","bytes":7,"why":"checksum"}
//! {"kind":"summary"}
//! ```
//!
//! Members that are not named here (`offset` among them) are read over. A value has its unit, for
//! one in another unit must not be taken for ours.

use std::borrow::Cow;
use std::time::Duration;

use chairside_model::{Cadence, Measured, Metric, Unavailable};

use super::json::{self, Value, unescaped};
use crate::{DeviceAlarmPriority, Discard};

/// The oldest value, seconds: a day.
const AGE_MAX_S: f64 = 86_400.0;

/// Samples of one line.
pub const SAMPLES_MAX: usize = 4096;

/// From one sample to the next.
const PERIOD_US: std::ops::RangeInclusive<f64> = 100.0..=10_000_000.0;

/// What one count of a curve is worth, in its metric's unit: a thousandth.
pub const SCALE: f64 = 0.001;

/// The greatest sample, either way, in its metric's unit.
const SAMPLE_MAX: f64 = 2_000_000.0;

/// Characters of a text.
const TEXT_MAX: usize = 200;

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<'a> {
    /// A single value.
    Numeric(NumericLine),
    /// A run of samples.
    Waveform(WaveformLine<'a>),
    /// The device's own alarm.
    DeviceAlarm(DeviceAlarmPriority, Cow<'a, str>),
    /// Who the device says it is.
    Identity(Cow<'a, str>),
    /// Something of the device that the program could not use.
    Discarded(Discard),
    /// The end of what `chairside decode` prints.
    Summary,
}

/// A single value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericLine {
    /// What was measured.
    pub metric: Metric,
    /// The value, and how far to trust it.
    pub measured: Measured,
    /// How long ago it was measured.
    pub age: Duration,
}

/// A run of samples, checked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaveformLine<'a> {
    /// What the curve is.
    pub metric: Metric,
    /// From one sample to the next.
    pub period: Duration,
    list: &'a str,
}

impl WaveformLine<'_> {
    /// Returns the samples in counts of [`SCALE`].
    pub fn counts(&self) -> impl Iterator<Item = i32> {
        json::numbers(self.list).flatten().map(|sample| {
            #[expect(clippy::cast_possible_truncation, reason = "it was checked to fit")]
            let count = (sample / SCALE).round() as i32;
            count
        })
    }
}

/// What an object has of the members that are known.
#[derive(Default)]
struct Members<'a> {
    kind: Option<&'a str>,
    metric: Option<&'a str>,
    value: Option<f64>,
    unit: Option<&'a str>,
    validity: Option<&'a str>,
    reason: Option<&'a str>,
    age_s: Option<f64>,
    period_us: Option<f64>,
    samples: Option<&'a str>,
    priority: Option<&'a str>,
    text: Option<&'a str>,
    why: Option<&'a str>,
    /// One of them has a value of another kind.
    wrong: bool,
}

impl<'a> Members<'a> {
    fn take(&mut self, name: &str, value: Value<'a>) {
        match (name, value) {
            ("kind", Value::Text(text)) => self.kind = Some(text),
            ("metric", Value::Text(text)) => self.metric = Some(text),
            ("unit", Value::Text(text)) => self.unit = Some(text),
            ("validity", Value::Text(text)) => self.validity = Some(text),
            ("reason", Value::Text(text)) => self.reason = Some(text),
            ("priority", Value::Text(text)) => self.priority = Some(text),
            ("text", Value::Text(text)) => self.text = Some(text),
            ("why", Value::Text(text)) => self.why = Some(text),
            ("value", Value::Number(number)) => self.value = Some(number),
            ("age_s", Value::Number(number)) => self.age_s = Some(number),
            ("period_us", Value::Number(number)) => self.period_us = Some(number),
            ("samples", Value::List(list)) => self.samples = Some(list),
            (
                "kind" | "metric" | "unit" | "validity" | "reason" | "priority" | "text" | "why"
                | "value" | "age_s" | "period_us" | "samples",
                _,
            ) => self.wrong = true,
            _ => {}
        }
    }

    fn numeric(&self) -> Result<NumericLine, Discard> {
        let metric = self.metric()?;
        if metric.cadence() == Cadence::Waveform {
            return Err(Discard::Malformed);
        }
        let value = || {
            let unit = self.unit.and_then(unescaped);
            let fits = unit.is_some_and(|unit| unit == metric.unit().symbol());
            self.value.filter(|_| fits).ok_or(Discard::Malformed)
        };
        let measured = match self.validity {
            Some("valid") => Measured::plausible(metric, value()?),
            Some("questionable") => Measured::plausible(metric, value()?).doubted(),
            Some("unavailable") => Measured::Unavailable(match self.reason {
                Some(reason) => Unavailable::from_name(reason).ok_or(Discard::Malformed)?,
                None => Unavailable::NoReading,
            }),
            Some(_) | None => return Err(Discard::Malformed),
        };
        let age = self.age_s.unwrap_or(0.0);
        if !(0.0..=AGE_MAX_S).contains(&age) {
            return Err(Discard::Malformed);
        }
        Ok(NumericLine {
            metric,
            measured,
            age: Duration::from_secs_f64(age),
        })
    }

    fn waveform(&self) -> Result<WaveformLine<'a>, Discard> {
        let metric = self.metric()?;
        let period = self.period_us.filter(|period| PERIOD_US.contains(period));
        let (Some(period), Some(list)) = (period, self.samples) else {
            return Err(Discard::Malformed);
        };
        let mut count = 0;
        let fits = json::numbers(list).all(|sample| {
            count += 1;
            count <= SAMPLES_MAX && sample.is_some_and(|sample| sample.abs() <= SAMPLE_MAX)
        });
        if metric.cadence() != Cadence::Waveform || !fits {
            return Err(Discard::Malformed);
        }
        Ok(WaveformLine {
            metric,
            period: Duration::from_secs_f64(period / 1e6),
            list,
        })
    }

    /// A metric that we do not have is not a mistake, and is not read.
    fn metric(&self) -> Result<Metric, Discard> {
        let name = self.metric.ok_or(Discard::Malformed)?;
        Metric::from_name(name).ok_or(Discard::Unknown)
    }

    fn text(&self) -> Result<Cow<'a, str>, Discard> {
        let text = self.text.and_then(unescaped);
        let fits = |text: &Cow<'a, str>| {
            !text.trim().is_empty()
                && text.chars().count() <= TEXT_MAX
                && !text.chars().any(char::is_control)
        };
        text.filter(fits).ok_or(Discard::Malformed)
    }

    fn priority(&self) -> Result<DeviceAlarmPriority, Discard> {
        use DeviceAlarmPriority::{High, Low, Medium};
        let priority = [Low, Medium, High]
            .into_iter()
            .find(|priority| self.priority == Some(priority.name()));
        priority.ok_or(Discard::Malformed)
    }
}

impl<'a> Line<'a> {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// [`Discard::Unknown`] when it is about something that we do not have, [`Discard::Malformed`]
    /// when it is no such line.
    pub fn parse(line: &'a [u8]) -> Result<Self, Discard> {
        let text = str::from_utf8(line).ok().ok_or(Discard::Malformed)?;
        let mut members = Members::default();
        json::read(text, |name, value| members.take(name, value)).ok_or(Discard::Malformed)?;
        if members.wrong {
            return Err(Discard::Malformed);
        }
        Ok(match members.kind {
            Some("numeric") => Self::Numeric(members.numeric()?),
            Some("waveform") => Self::Waveform(members.waveform()?),
            Some("device_alarm") => Self::DeviceAlarm(members.priority()?, members.text()?),
            Some("identity") => Self::Identity(members.text()?),
            Some("discarded") => {
                let why = Discard::ALL
                    .into_iter()
                    .find(|why| members.why == Some(why.name()));
                Self::Discarded(why.ok_or(Discard::Malformed)?)
            }
            Some("summary") => Self::Summary,
            Some(_) => return Err(Discard::Unknown),
            None => return Err(Discard::Malformed),
        })
    }
}

impl NumericLine {
    /// Appends the line.
    pub fn emit(&self, line: &mut Vec<u8>) {
        let name = self.metric.name();
        let unit = self.metric.unit().symbol();
        let mut write = |text: std::fmt::Arguments<'_>| {
            line.extend_from_slice(text.to_string().as_bytes());
        };
        write(format_args!("{{\"kind\":\"numeric\",\"metric\":\"{name}\""));
        match self.measured {
            Measured::Valid(value) => write(format_args!(
                ",\"value\":{value},\"unit\":\"{unit}\",\"validity\":\"valid\""
            )),
            Measured::Questionable(value) => write(format_args!(
                ",\"value\":{value},\"unit\":\"{unit}\",\"validity\":\"questionable\""
            )),
            Measured::Unavailable(why) => write(format_args!(
                ",\"validity\":\"unavailable\",\"reason\":\"{}\"",
                why.name()
            )),
        }
        if !self.age.is_zero() {
            write(format_args!(",\"age_s\":{}", self.age.as_secs()));
        }
        write(format_args!("}}\n"));
    }
}

#[cfg(test)]
mod tests {
    use chairside_model::Value as Number;

    use super::*;

    fn parse(text: &str) -> Result<Line<'_>, Discard> {
        Line::parse(text.as_bytes())
    }

    fn numeric(metric: Metric, measured: Measured) -> Line<'static> {
        Line::Numeric(NumericLine {
            metric,
            measured,
            age: Duration::ZERO,
        })
    }

    #[test]
    fn a_value_is_read_with_how_far_it_can_be_trusted() {
        let value = Number::whole(97_u16);
        assert_eq!(
            parse(
                r#"{"offset":5,"kind":"numeric","metric":"SpO2","value":97,"unit":"%","validity":"valid"}"#
            ),
            Ok(numeric(Metric::SpO2, Measured::Valid(value)))
        );
        assert_eq!(
            parse(
                r#"{"kind":"numeric","metric":"SpO2","value":97,"unit":"%","validity":"questionable"}"#
            ),
            Ok(numeric(Metric::SpO2, Measured::Questionable(value)))
        );
        assert_eq!(
            parse(
                r#"{"kind":"numeric","metric":"SpO2","validity":"unavailable","reason":"SensorOff"}"#
            ),
            Ok(numeric(
                Metric::SpO2,
                Measured::Unavailable(Unavailable::SensorOff)
            ))
        );
        assert_eq!(
            parse(
                r#"{"kind":"numeric","metric":"SpO2","value":197,"unit":"%","validity":"valid"}"#
            ),
            Ok(numeric(
                Metric::SpO2,
                Measured::Unavailable(Unavailable::OutOfRange)
            ))
        );
        assert!(parse(r#"{"kind":"numeric","metric":"Temperature","value":36.8,"unit":"\u00b0C","validity":"valid"}"#).is_ok());
    }

    #[test]
    fn what_we_do_not_have_is_unknown() {
        for text in [
            r#"{"kind":"numeric","metric":"spo2","value":97,"unit":"%","validity":"valid"}"#,
            r#"{"kind":"numeric","metric":"Glucose","value":5,"unit":"mmol/l","validity":"valid"}"#,
            r#"{"kind":"trend"}"#,
        ] {
            assert_eq!(parse(text), Err(Discard::Unknown), "{text}");
        }
    }

    #[test]
    fn what_is_no_line_is_malformed() {
        for text in [
            "",
            "hello",
            "{}",
            r#"{"kind":7}"#,
            r#"{"kind":"numeric","metric":"SpO2","value":97,"validity":"valid"}"#,
            r#"{"kind":"numeric","metric":"EtCO2","value":5,"unit":"kPa","validity":"valid"}"#,
            r#"{"kind":"numeric","metric":"SpO2","value":"97","unit":"%","validity":"valid"}"#,
            r#"{"kind":"numeric","metric":"SpO2","unit":"%","validity":"valid"}"#,
            r#"{"kind":"numeric","metric":"SpO2","value":97,"unit":"%"}"#,
            r#"{"kind":"numeric","metric":"SpO2","validity":"unavailable","reason":"Because"}"#,
            r#"{"kind":"numeric","metric":"SpO2","value":97,"unit":"%","validity":"valid","age_s":-1}"#,
            r#"{"kind":"numeric","metric":"SpO2","value":97,"unit":"%","validity":"valid","age_s":1e9}"#,
            r#"{"kind":"numeric","metric":"Pleth","value":97,"unit":"","validity":"valid"}"#,
            r#"{"kind":"waveform","metric":"SpO2","period_us":13333,"samples":[1]}"#,
            r#"{"kind":"waveform","metric":"Pleth","period_us":13333,"samples":[]}"#,
            r#"{"kind":"waveform","metric":"Pleth","period_us":13333,"samples":[1,"2"]}"#,
            r#"{"kind":"waveform","metric":"Pleth","period_us":13333,"samples":[1e9]}"#,
            r#"{"kind":"waveform","metric":"Pleth","period_us":0,"samples":[1]}"#,
            r#"{"kind":"waveform","metric":"Pleth","samples":[1]}"#,
            r#"{"kind":"device_alarm","priority":"urgent","text":"x"}"#,
            r#"{"kind":"device_alarm","priority":"high","text":""}"#,
            r#"{"kind":"device_alarm","priority":"high","text":"a\nb"}"#,
            r#"{"kind":"identity"}"#,
            r#"{"kind":"discarded","bytes":7,"why":"fate"}"#,
        ] {
            assert_eq!(parse(text), Err(Discard::Malformed), "{text}");
        }
        let long = format!(
            r#"{{"kind":"identity","text":"{}"}}"#,
            "x".repeat(TEXT_MAX + 1)
        );
        assert_eq!(parse(&long), Err(Discard::Malformed));
        let samples = vec!["1"; SAMPLES_MAX + 1].join(",");
        let many = format!(
            r#"{{"kind":"waveform","metric":"Pleth","period_us":4000,"samples":[{samples}]}}"#
        );
        assert_eq!(parse(&many), Err(Discard::Malformed));
    }

    #[test]
    fn the_other_kinds_are_read() {
        let line =
            parse(r#"{"kind":"waveform","metric":"Co2","period_us":50000,"samples":[0.5,-1,38]}"#);
        let Ok(Line::Waveform(run)) = line else {
            panic!("{line:?}")
        };
        assert_eq!(run.period, Duration::from_millis(50));
        assert_eq!(run.counts().collect::<Vec<_>>(), [500, -1000, 38_000]);
        assert_eq!(
            parse(r#"{"kind":"device_alarm","priority":"high","text":"no \"breath\""}"#),
            Ok(Line::DeviceAlarm(
                DeviceAlarmPriority::High,
                "no \"breath\"".into()
            ))
        );
        assert_eq!(
            parse(r#"{"kind":"identity","text":"A123"}"#),
            Ok(Line::Identity("A123".into()))
        );
        assert_eq!(
            parse(r#"{"kind":"discarded","bytes":7,"why":"checksum"}"#),
            Ok(Line::Discarded(Discard::Checksum))
        );
        assert_eq!(
            parse(r#"{"kind":"summary","bytes":1,"discarded":[]}"#),
            Ok(Line::Summary)
        );
    }

    #[test]
    fn what_was_written_is_read_as_what_it_was() {
        for metric in Metric::ALL
            .into_iter()
            .filter(|metric| metric.plausible().is_some())
        {
            for measured in [
                Measured::plausible(metric, 12.5),
                Measured::plausible(metric, 20.0).doubted(),
                Measured::Unavailable(Unavailable::Searching),
            ] {
                let line = NumericLine {
                    metric,
                    measured,
                    age: Duration::from_secs(45),
                };
                let mut written = Vec::new();
                line.emit(&mut written);
                assert_eq!(
                    Line::parse(written.trim_ascii_end()),
                    Ok(Line::Numeric(line))
                );
            }
        }
    }
}
