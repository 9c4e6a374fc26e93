//! Messages: segments, fields and components; what is read of them, and how they are written.
//!
//! ```text
//! 0B MSH|^~\&|... 0D PID|... 0D OBR|... 0D OBX|... 0D ... 1C 0D
//! ```
//!
//! - A segment is a line; it ends with `0D` (`0D 0A` and `0A` are read as well).
//! - Its fields are parted by the character behind `MSH`, usually `|`; components within a field
//!   by the first of the characters that follow, usually `^`. Both are taken from each message.
//! - `OBX-3` in the comments is the third field of a segment `OBX`, counted from 1 behind its name.
//!   In `MSH` the character that parts the fields counts as the first.
//!
//! Source: HL7 version 2.6, chapters 2 (messages, acknowledgement, MLLP in its implementation
//! guide) and 7 (observations), as quoted by public messages of monitors.

mod acknowledgement;
mod code;
mod emit;
mod observation;
mod time;

pub use acknowledgement::{Acknowledgement, Answer};
pub use code::{Code, Unit, metric_of};
pub use emit::{Observed, Report, code_of};
pub use observation::{Content, Observation};
pub use time::Timestamp;

/// Before a message.
pub const START_BLOCK: u8 = 0x0B;

/// Behind a message, with [`CARRIAGE_RETURN`] after it.
pub const END_BLOCK: u8 = 0x1C;

/// At the end of a segment.
pub const CARRIAGE_RETURN: u8 = b'\r';

/// The characters that part a message, as it declares them itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between fields.
    pub field: u8,
    /// Between the components of a field.
    pub component: u8,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self {
            field: b'|',
            component: b'^',
        }
    }
}

/// A message whose beginning is right.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    delimiters: Delimiters,
    header: &'a [u8],
    /// The segments behind the header.
    body: &'a [u8],
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Observations nobody asked for: `ORU^R01`.
    Observations,
    /// An answer to a message: `ACK`.
    Answer,
    /// Anything else: alarms (`ORU^R40`), curves (`ORU^W01`), patients.
    Other,
}

impl<'a> Message<'a> {
    /// Reads what stands between the start and the end of a block; nothing when it does not begin
    /// as a message, or begins twice because an end was lost.
    #[must_use]
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let end = text.iter().position(|byte| is_line_end(*byte));
        let (header, body) = text.split_at(end.unwrap_or(text.len()));
        let [field, component, ..] = *header.strip_prefix(b"MSH")? else {
            return None;
        };
        let part = |byte: u8| byte.is_ascii_punctuation();
        if !part(field) || !part(component) || field == component {
            return None;
        }
        let message = Self {
            delimiters: Delimiters { field, component },
            header,
            body,
        };
        let begins_again = message.segments().any(|segment| segment.name() == b"MSH");
        (!begins_again).then_some(message)
    }

    /// Returns the characters that part it.
    #[must_use]
    pub const fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// Returns a field of the header by its number; empty when it is not there. Field 2 are the
    /// characters that part the message.
    #[must_use]
    pub fn header(&self, number: usize) -> &'a [u8] {
        // The first field is the character between the name and the second.
        let mut fields = self.header.split(|byte| *byte == self.delimiters.field);
        number
            .checked_sub(1)
            .and_then(|index| fields.nth(index))
            .unwrap_or_default()
    }

    /// Returns what it is about (MSH-9).
    #[must_use]
    pub fn kind(&self) -> Kind {
        let mut components = self.components(self.header(9));
        match (components.next(), components.next()) {
            (Some(b"ORU"), Some(b"R01")) => Kind::Observations,
            (Some(b"ACK"), _) => Kind::Answer,
            _ => Kind::Other,
        }
    }

    /// Returns who sends: the number of the device (EUI-64) where it gives one (MSH-3).
    #[must_use]
    pub fn sender_number(&self) -> Option<&'a [u8]> {
        let mut components = self.components(self.header(3));
        match (components.nth(1), components.next()) {
            (Some(number), Some(b"EUI-64")) if !number.is_empty() => Some(number),
            _ => None,
        }
    }

    /// Returns the segments behind the header.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'a>> + use<'a> {
        let delimiters = self.delimiters;
        self.body
            .split(|byte| is_line_end(*byte))
            .filter(|text| !text.is_empty())
            .map(move |text| Segment { delimiters, text })
    }

    fn components(&self, field: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let component = self.delimiters.component;
        field.split(move |byte| *byte == component)
    }
}

/// One line of a message.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    delimiters: Delimiters,
    text: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Returns its name: three letters.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        self.fields().next().unwrap_or_default()
    }

    /// Returns its name and then its fields.
    pub fn fields(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let field = self.delimiters.field;
        self.text.split(move |byte| *byte == field)
    }

    /// Tells whether it is the head of a report: `OBR`.
    #[must_use]
    pub fn is_report(&self) -> bool {
        self.text.starts_with(b"OBR")
    }

    /// Returns when what follows a report's head was observed (OBR-7).
    #[must_use]
    pub fn report_time(&self) -> Option<Timestamp> {
        self.fields().nth(7).and_then(Timestamp::parse)
    }
}

/// Writes a text in a block, from its segments.
pub fn emit_block(segments: impl FnOnce(&mut Vec<u8>), line: &mut Vec<u8>) {
    line.push(START_BLOCK);
    segments(line);
    line.extend([END_BLOCK, CARRIAGE_RETURN]);
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Message<'_>> {
        Message::parse(text.as_bytes())
    }

    #[test]
    fn a_header_has_its_fields_by_the_standards_numbers() {
        let message = parse("MSH|^~\\&|App^00A0^EUI-64||||20210611||ORU^R01^ORU_R01|41|P|2.4\r");
        let message = message.unwrap();
        assert_eq!(message.header(2), b"^~\\&");
        assert_eq!(message.header(7), b"20210611");
        assert_eq!(message.header(10), b"41");
        assert_eq!(message.header(12), b"2.4");
        assert_eq!(message.header(18), b"");
        assert_eq!(message.header(0), b"");
        assert_eq!(message.kind(), Kind::Observations);
        assert_eq!(message.sender_number(), Some(&b"00A0"[..]));
    }

    #[test]
    fn the_message_says_what_parts_it() {
        let message = parse("MSH#*~\\&#App######ORU*R01#7").unwrap();
        assert_eq!(message.kind(), Kind::Observations);
        assert_eq!(message.header(10), b"7");
        assert_eq!(message.delimiters().component, b'*');
    }

    #[test]
    fn segments_end_as_they_like() {
        for end in ["\r", "\n", "\r\n"] {
            let text = format!("MSH|^~\\&|A{end}PID|1{end}OBX|2{end}");
            let message = parse(&text).unwrap();
            let names: Vec<_> = message.segments().map(|segment| segment.name()).collect();
            assert_eq!(names, [b"PID", b"OBX"], "{end:?}");
        }
    }

    #[test]
    fn what_does_not_begin_as_a_message_or_begins_twice_is_none() {
        for text in [
            "",
            "MSH",
            "MSH|",
            "MSH||~",
            "MSHx^~",
            "PID|^~\\&|",
            " MSH|^~\\&|",
            "MSH|^~\\&|A\rMSH|^~\\&|B",
        ] {
            assert!(parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn other_kinds_are_told_apart() {
        for kind in ["ORU^R40^ORU_R40", "ORU^W01", "ORU", "", "ADT^A01"] {
            let text = format!("MSH|^~\\&|A||||||{kind}|1");
            assert_eq!(parse(&text).unwrap().kind(), Kind::Other, "{kind}");
        }
    }
}
