//! The answer to a message.

use super::{CARRIAGE_RETURN, Kind, Message, Segment, emit_block};

/// The longest number of a message that is answered: what the standard allows since 2.7.
const NUMBER_MAX: usize = 199;

/// What is said of a message (HL7 table 0008).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `CA`: it has arrived.
    Arrived,
    /// `CR`: it has arrived and is not of a kind that is read.
    ArrivedInVain,
    /// `AA`: it was read.
    Read,
    /// `AR`: it is not of a kind that is read.
    Refused,
    /// `CE`: it has arrived and something is wrong with it. Never said here.
    ArrivedBroken,
    /// `AE`: something is wrong with it. Never said here.
    Broken,
}

impl Answer {
    const ALL: [Self; 6] = [
        Self::Arrived,
        Self::ArrivedInVain,
        Self::Read,
        Self::Refused,
        Self::ArrivedBroken,
        Self::Broken,
    ];

    const fn code(self) -> &'static [u8; 2] {
        match self {
            Self::Arrived => b"CA",
            Self::ArrivedInVain => b"CR",
            Self::Read => b"AA",
            Self::Refused => b"AR",
            Self::ArrivedBroken => b"CE",
            Self::Broken => b"AE",
        }
    }
}

/// An answer to the message with a number: `ACK^R01` with the segment `MSA`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement<'a> {
    /// What is said.
    pub answer: Answer,
    /// The number of the message (MSA-2).
    pub number: &'a [u8],
}

impl<'a> Acknowledgement<'a> {
    /// Reads an answer; nothing of another message.
    #[must_use]
    pub fn parse(message: &Message<'a>) -> Option<Self> {
        let msa = |segment: &Segment<'a>| segment.name() == b"MSA";
        let segment = message.segments().find(msa)?;
        let mut fields = segment.fields().skip(1);
        let code = fields.next()?;
        let answer = Answer::ALL
            .into_iter()
            .find(|answer| answer.code() == code)?;
        let number = fields.next()?;
        Some(Self { answer, number })
    }
}

impl Message<'_> {
    /// Writes the answers that the message wants.
    ///
    /// One that says nothing of it (MSH-15 and MSH-16) is of the original mode and wants the
    /// application's answer. One that does is of the enhanced mode: MSH-15 is about its arrival,
    /// MSH-16 about what the application says to it. Each is `AL` always, `NE` never, `ER` only
    /// when something was wrong, `SU` only when nothing was (HL7 2.6, chapter 2, table 0155).
    ///
    /// A message without a number (MSH-10) cannot be answered, and an answer is not, or else two
    /// programs would answer each other for ever.
    pub fn answer(&self, line: &mut Vec<u8>) {
        let read = match self.kind() {
            Kind::Observations => true,
            Kind::Other => false,
            Kind::Answer => return,
        };
        let wants = |field: &[u8]| match field {
            b"AL" => true,
            b"SU" => read,
            b"ER" => !read,
            _ => false,
        };
        let (arrival, application) = (self.header(15), self.header(16));
        let original = arrival.is_empty() && application.is_empty();
        if wants(arrival) {
            let answer = if read {
                Answer::Arrived
            } else {
                Answer::ArrivedInVain
            };
            self.emit_answer(answer, line);
        }
        if original || wants(application) {
            let answer = if read { Answer::Read } else { Answer::Refused };
            self.emit_answer(answer, line);
        }
    }

    /// The fields of the header stand in the answer as they came, for they are written in the
    /// message's own characters. So does its time: there is no clock here, and it was a moment ago.
    fn emit_answer(&self, answer: Answer, line: &mut Vec<u8>) {
        let number = self.header(10);
        if number.is_empty() || number.len() > NUMBER_MAX {
            return;
        }
        let mut kind = *b"ACK^R01^ACK";
        (kind[3], kind[7]) = (self.delimiters.component, self.delimiters.component);
        let header = [
            self.header(2),
            b"Chairside",
            b"",
            self.header(3),
            self.header(4),
            self.header(7),
            b"",
            &kind,
            number,
            self.header(11),
            self.header(12),
        ];
        emit_block(
            |line| {
                self.emit_segment(b"MSH", &header, line);
                self.emit_segment(b"MSA", &[answer.code(), number], line);
            },
            line,
        );
    }

    fn emit_segment(&self, name: &[u8], fields: &[&[u8]], line: &mut Vec<u8>) {
        line.extend_from_slice(name);
        for field in fields {
            line.push(self.delimiters.field);
            line.extend_from_slice(field);
        }
        line.push(CARRIAGE_RETURN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(header: &str) -> Vec<String> {
        let mut line = Vec::new();
        Message::parse(header.as_bytes()).unwrap().answer(&mut line);
        let blocks = line.split_inclusive(|byte| *byte == 0x1C);
        let text = |block: &[u8]| String::from_utf8(block.to_vec()).unwrap();
        blocks.map(text).filter(|block| block != "\r").collect()
    }

    fn codes(wanted: &str, kind: &str) -> Vec<String> {
        let header = format!("MSH|^~\\&|App|Fac|||20210611||{kind}|41|P|2.4|||{wanted}\r");
        let answers = answers(&header).into_iter();
        let code = |answer: String| answer.split('|').rev().nth(1).unwrap().to_owned();
        answers.map(code).collect()
    }

    #[test]
    fn an_answer_has_the_number_of_its_message() {
        assert_eq!(
            answers("MSH|^~\\&|App|Fac|||20210611102047||ORU^R01^ORU_R01|41|P|2.4"),
            [
                "\u{B}MSH|^~\\&|Chairside||App|Fac|20210611102047||ACK^R01^ACK|41|P|2.4\r\
              MSA|AA|41\r\u{1C}"
            ]
        );
    }

    #[test]
    fn an_answer_is_parted_as_its_message_is() {
        let answer = &answers("MSH#*~\\&#App######ORU*R01#7#P#2.3")[0];
        assert!(
            answer.contains("ACK*R01*ACK#7#P#2.3\rMSA#AA#7\r"),
            "{answer}"
        );
    }

    #[test]
    fn a_message_gets_the_answers_that_it_wants() {
        let observations = |wanted| codes(wanted, "ORU^R01");
        assert_eq!(observations(""), ["AA"]);
        assert_eq!(observations("|AL"), ["AA"]);
        assert_eq!(observations("AL|NE"), ["CA"]);
        assert_eq!(observations("AL|AL"), ["CA", "AA"]);
        assert_eq!(observations("NE|SU"), ["AA"]);
        assert_eq!(observations("NE|ER"), Vec::<String>::new());
        assert_eq!(observations("NE|NE"), Vec::<String>::new());
    }

    #[test]
    fn a_kind_that_is_not_read_is_not_called_read() {
        let alarms = |wanted| codes(wanted, "ORU^R40");
        assert_eq!(alarms(""), ["AR"]);
        assert_eq!(alarms("AL|ER"), ["CR", "AR"]);
        assert_eq!(alarms("SU|SU"), Vec::<String>::new());
    }

    #[test]
    fn a_message_without_a_number_is_not_answered() {
        assert_eq!(
            answers("MSH|^~\\&|App|Fac|||2021||ORU^R01||P|2.4"),
            Vec::<String>::new()
        );
        let long = "x".repeat(NUMBER_MAX + 1);
        let header = format!("MSH|^~\\&|App|Fac|||2021||ORU^R01|{long}|P|2.4");
        assert_eq!(answers(&header), Vec::<String>::new());
    }

    #[test]
    fn an_answer_is_not_answered() {
        assert_eq!(codes("", "ACK^R01"), Vec::<String>::new());
        assert_eq!(codes("AL|AL", "ACK"), Vec::<String>::new());
    }

    #[test]
    fn an_answer_that_was_written_can_be_read() {
        let mut line = Vec::new();
        let message = Message::parse(b"MSH|^~\\&|A||||||ORU^R01|41|P|2.4").unwrap();
        message.answer(&mut line);
        let text = &line[1..line.len() - 2];
        let read = Acknowledgement::parse(&Message::parse(text).unwrap());
        assert_eq!(
            read,
            Some(Acknowledgement {
                answer: Answer::Read,
                number: b"41"
            })
        );
    }
}
