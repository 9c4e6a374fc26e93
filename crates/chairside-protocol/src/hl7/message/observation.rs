//! An observation: the segment `OBX`.

use super::{Code, Segment, Timestamp};

/// One observation.
///
/// ```text
/// OBX|13|NM|147842^MDC_ECG_HEART_RATE^MDC|1.7.4.147842|66|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R|||20260912120000
/// ```
///
/// - OBX-2 what the value is: `NM` a number, `ST` a text
/// - OBX-3 the code, OBX-4 which of several sensors
/// - OBX-5 the value, OBX-6 its unit
/// - OBX-8 flags, OBX-11 status
/// - OBX-14 when it was observed
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// What was observed.
    pub code: Code<'a>,
    /// The value as it stands.
    pub value: &'a [u8],
    /// Its unit.
    pub unit: Code<'a>,
    /// Flags of the measurement, parted by the character for repetitions.
    pub flags: &'a [u8],
    /// Whether there is a result.
    pub status: &'a [u8],
    /// When it was observed, where the observation says so itself.
    pub time: Option<Timestamp>,
}

/// What a value says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content {
    /// A number, in the unit of the observation.
    Number(f64),
    /// A number that the monitor doubts.
    Doubtful(f64),
    /// There is no value.
    Nothing,
}

/// Numbers that mean "no value": what an unsigned or a signed field of two bytes has when it has
/// nothing (seen in public code for such monitors).
const NOTHING: [f64; 2] = [32_767.0, 65_535.0];

impl<'a> Observation<'a> {
    /// Reads an observation; nothing of another segment.
    #[must_use]
    pub fn parse(segment: Segment<'a>) -> Option<Self> {
        let mut fields = segment.fields();
        if fields.next() != Some(b"OBX") {
            return None;
        }
        // From here on the numbers are those of the standard, less those taken.
        let component = segment.delimiters.component;
        let code = Code::parse(fields.nth(2)?, component);
        let value = fields.nth(1)?;
        let unit = Code::parse(fields.next().unwrap_or_default(), component);
        let flags = fields.nth(1).unwrap_or_default();
        let status = fields.nth(2).unwrap_or_default();
        let time = fields.nth(2).and_then(Timestamp::parse);
        Some(Self {
            code,
            value,
            unit,
            flags,
            status,
            time,
        })
    }

    /// Returns what the value says. A negative number is none: no metric here has one, and
    /// monitors say "nothing" with -1, -99.9, -100, -999 and -10000.
    #[must_use]
    pub fn content(&self) -> Content {
        let flagged = |flags: &[&[u8]]| {
            let mut given = self.flags.split(|byte| !byte.is_ascii_alphanumeric());
            given.any(|given| flags.contains(&given))
        };
        // X: no result can be had; the others were taken back, or are not there yet.
        let no_result = matches!(self.status, b"X" | b"D" | b"W" | b"N" | b"I" | b"O" | b"S");
        // Flags of IHE's device observations: not valid, not there, of a test, of a demonstration.
        if no_result || flagged(&[b"INV", b"NAV", b"OFF", b"CAL", b"TEST", b"DEMO"]) {
            return Content::Nothing;
        }
        match decimal(self.value) {
            Some(number) if number < 0.0 || NOTHING.contains(&number) => Content::Nothing,
            Some(number) if flagged(&[b"QUES"]) => Content::Doubtful(number),
            Some(number) => Content::Number(number),
            None => Content::Nothing,
        }
    }
}

/// Reads a number: digits, with a sign and a point. Nothing of an empty field, of dashes or words.
fn decimal(text: &[u8]) -> Option<f64> {
    /// Characters of the longest number.
    const LENGTH_MAX: usize = 16;
    let fits = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.');
    if text.len() > LENGTH_MAX || !text.iter().all(fits) {
        return None;
    }
    str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::Message;
    use super::*;

    fn content(value: &str, flags: &str, status: &str) -> Content {
        let text = format!("MSH|^~\\&|A\rOBX|1|NM|150456^^MDC|1|{value}|%||{flags}|||{status}");
        let message = Message::parse(text.as_bytes()).unwrap();
        let observation = Observation::parse(message.segments().next().unwrap());
        observation.unwrap().content()
    }

    #[test]
    fn a_number_is_a_number() {
        assert_eq!(content("97", "", "F"), Content::Number(97.0));
        assert_eq!(content("3.56", "", ""), Content::Number(3.56));
        assert_eq!(content("0", "N", "R"), Content::Number(0.0));
        assert_eq!(content("97", "QUES~H", "R"), Content::Doubtful(97.0));
    }

    #[test]
    fn what_means_nothing_is_never_a_number() {
        for value in [
            "",
            "---",
            "-",
            "-1",
            "-1.0",
            "-99.9",
            "-100",
            "-999",
            "-10000",
            "32767",
            "65535",
            "\"\"",
            "nan",
            "inf",
            "1e2",
            "97%",
            "97~96",
            "97^96",
            "off",
            "1.2.3",
            "99999999999999999999",
        ] {
            assert_eq!(content(value, "", "R"), Content::Nothing, "{value:?}");
        }
        for status in ["X", "D", "W"] {
            assert_eq!(content("97", "", status), Content::Nothing, "{status}");
        }
        for flags in ["INV", "H~INV", "TEST", "DEMO"] {
            assert_eq!(content("97", flags, "R"), Content::Nothing, "{flags}");
        }
    }
}
