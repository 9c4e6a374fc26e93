//! The lines of text.

use super::CARRIAGE_RETURN;
use crate::Discard;
use crate::ivy_450c::framing::is_text;

/// Parts the fields of a line.
const SEPARATOR: u8 = b';';

/// What the lines say.
///
/// ```text
/// NAME=n;v1;...;vn;label;alarm CR
/// ```
///
/// - `n` how many values follow; one that is empty is none
/// - `label`, `alarm` text, mostly empty. Where which text stands was not seen often enough
///
/// As captured, with the lines that are not read left out:
///
/// ```text
/// HR=1;80;ECG-II-DIAG;
/// RR=1;35;APNEA: 20 SEC;
/// ETCO2=1;;;
/// SPO2=1;100;PR=80 ;
/// NIBP=4;121;75;92;80;;
/// ```
///
/// The text begins with the line of the heart rate: if it does not, bytes were lost or added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers<'a> {
    /// Heart rate, /min.
    pub heart_rate: Option<u16>,
    /// Where it comes from: lead and filter of the ECG.
    pub heart_rate_label: &'a str,
    /// Respiration rate, /min.
    pub respiration_rate: Option<u16>,
    /// End-tidal CO2, in a unit that is not known.
    pub etco2: Option<u16>,
    /// Saturation, %.
    pub saturation: Option<u16>,
    /// Pulse rate, /min: the label of the saturation.
    pub pulse_rate: Option<u16>,
    /// Systolic, diastolic and mean pressure of the cuff, mmHg, and its pulse rate, /min.
    pub nibp: [Option<u16>; 4],
}

impl<'a> Numbers<'a> {
    pub(super) fn parse(text: &'a [u8]) -> Result<Self, Discard> {
        let lines = text
            .strip_suffix(&[CARRIAGE_RETURN])
            .filter(|text| text.starts_with(b"HR="))
            .ok_or(Discard::Malformed)?;
        let mut numbers = Self::default();
        for line in lines.split(|&byte| byte == CARRIAGE_RETURN) {
            numbers.read(line)?;
        }
        Ok(numbers)
    }

    fn read(&mut self, line: &'a [u8]) -> Result<(), Discard> {
        let line = Line::parse(line)?;
        match line.name {
            b"HR" => {
                [self.heart_rate] = line.values()?;
                self.heart_rate_label = line.label();
            }
            b"RR" => [self.respiration_rate] = line.values()?,
            b"ETCO2" => [self.etco2] = line.values()?,
            b"SPO2" => {
                [self.saturation] = line.values()?;
                let rate = line.label().strip_prefix("PR=");
                self.pulse_rate = rate.and_then(|rate| number(rate.as_bytes()));
            }
            b"NIBP" => self.nibp = line.values()?,
            // Others are not read, but have to be lines.
            _ => {}
        }
        Ok(())
    }

    pub(super) fn emit(&self, line: &mut Vec<u8>) {
        emit_line(line, "HR", &[self.heart_rate], self.heart_rate_label);
        emit_line(line, "RR", &[self.respiration_rate], "");
        emit_line(line, "ETCO2", &[self.etco2], "");
        let pulse_rate = self
            .pulse_rate
            .map_or_else(String::new, |rate| format!("PR={rate} "));
        emit_line(line, "SPO2", &[self.saturation], &pulse_rate);
        emit_line(line, "NIBP", &self.nibp, "");
        for name in ["P1", "P2"] {
            emit_line(line, name, &[None; 3], "NO TRANSDUCER");
        }
        for name in ["T1", "T2"] {
            emit_line(line, name, &[None], "");
        }
    }
}

/// A line that has the fields that it announces.
struct Line<'a> {
    name: &'a [u8],
    count: usize,
    /// Values, label and alarm.
    fields: &'a [u8],
}

impl<'a> Line<'a> {
    fn parse(line: &'a [u8]) -> Result<Self, Discard> {
        if !line.iter().all(|&byte| is_text(byte)) {
            return Err(Discard::Malformed);
        }
        let equals = line.iter().position(|&byte| byte == b'=');
        let (name, rest) = line.split_at(equals.ok_or(Discard::Malformed)?);
        let [_, count @ b'1'..=b'9', SEPARATOR, fields @ ..] = rest else {
            return Err(Discard::Malformed);
        };
        let count = usize::from(count - b'0');
        let parts = fields.split(|&byte| byte == SEPARATOR).count();
        if name.is_empty() || parts != count + 2 {
            return Err(Discard::Malformed);
        }
        Ok(Self {
            name,
            count,
            fields,
        })
    }

    fn values<const COUNT: usize>(&self) -> Result<[Option<u16>; COUNT], Discard> {
        if self.count != COUNT {
            return Err(Discard::Malformed);
        }
        let mut values = [None; COUNT];
        for (value, field) in values.iter_mut().zip(self.parts()) {
            *value = number(field);
        }
        Ok(values)
    }

    fn label(&self) -> &'a str {
        let label = self.parts().nth(self.count).unwrap_or_default();
        str::from_utf8(label).expect("a line is ASCII").trim()
    }

    fn parts(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.fields.split(|&byte| byte == SEPARATOR)
    }
}

/// Returns the number of at most three digits; anything else is none.
fn number(field: &[u8]) -> Option<u16> {
    let digits = field.trim_ascii();
    if digits.is_empty() || digits.len() > 3 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u16::from(digit - b'0'))
    })
}

fn emit_line(line: &mut Vec<u8>, name: &str, values: &[Option<u16>], label: &str) {
    line.extend_from_slice(format!("{name}={};", values.len()).as_bytes());
    for value in values {
        if let Some(value) = value {
            line.extend_from_slice(value.to_string().as_bytes());
        }
        line.push(SEPARATOR);
    }
    line.extend_from_slice(label.as_bytes());
    line.extend_from_slice(&[SEPARATOR, CARRIAGE_RETURN]);
}
