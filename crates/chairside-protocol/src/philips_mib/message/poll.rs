//! What the host asks for, and what the monitor answers.

use super::attribute::{Attribute, Attributes, id};
use super::time::DateTime;
use super::wire::{self, Reader};
use crate::Discard;

/// Classes of objects.
pub mod class {
    /// Numbers.
    pub const NUMERICS: u16 = 0x0006;
    /// Curves.
    pub const CURVES: u16 = 0x0009;
    /// The monitor itself.
    pub const MONITOR: u16 = 0x0021;
    /// The monitor's own alarms.
    pub const ALARMS: u16 = 0x0036;
}

/// Groups of attributes.
pub mod group {
    /// All of them.
    pub const ALL: u16 = 0x0000;
    /// The alarms that stand.
    pub const ALARMS: u16 = 0x0801;
    /// What an object is.
    pub const STATIC: u16 = 0x0811;
}

/// The partition of the nomenclature that the classes are of.
const OBJECTS: u16 = 0x0001;

const ACTION_POLL: u16 = 0x0C16;
const ACTION_POLL_EXTENDED: u16 = 0xF13B;

/// The monitor, as it is addressed.
pub(super) const MONITOR: [u8; 6] = [0x00, 0x21, 0x00, 0x00, 0x00, 0x00];

/// A poll, as the host asks it.
///
/// ```text
/// monitor (6) | scope 00000000 | action | length | nn nn | 00 01 cc cc | gg gg | list
/// ```
///
/// - action `0C16` a single answer; `F13B` extended, the only one with a list of attributes
/// - `nn nn` number, which comes back; `cc cc` class of the objects; `gg gg` group of attributes
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollRequest {
    /// Which request this answers to.
    pub invoke: u16,
    /// The poll's number.
    pub number: u16,
    /// Class of the objects.
    pub class: u16,
    /// Group of attributes.
    pub group: u16,
    /// Once, or again and again.
    pub kind: PollKind,
}

/// How often a poll is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollKind {
    /// Once, without a sequence number.
    Single,
    /// Once, with a sequence number.
    ExtendedOnce,
    /// Again and again, for so many ticks of 1/8 ms.
    ExtendedFor(u32),
}

impl PollRequest {
    pub(super) fn parse(invoke: u16, mut reader: Reader<'_>) -> Result<Self, Discard> {
        let monitor = reader.array()?;
        let _scope = reader.long()?;
        let action = reader.short()?;
        reader.length_of_rest()?;
        let number = reader.short()?;
        let partition = reader.short()?;
        let (class, group) = (reader.short()?, reader.short()?);
        reader.must(monitor == MONITOR && partition == OBJECTS)?;
        let kind = match action {
            ACTION_POLL => PollKind::Single,
            ACTION_POLL_EXTENDED => {
                let mut attributes = Attributes::read(&mut reader)?.into_iter();
                match attributes.find(|attribute| attribute.id == id::POLL_PERIOD) {
                    Some(period) => PollKind::ExtendedFor(Reader(period.value).long()?),
                    None => PollKind::ExtendedOnce,
                }
            }
            _ => return Err(Discard::Unknown),
        };
        reader.end()?;
        Ok(Self {
            invoke,
            number,
            class,
            group,
            kind,
        })
    }

    pub(super) fn emit(&self, line: &mut Vec<u8>) {
        line.extend_from_slice(&MONITOR);
        wire::long(line, 0);
        wire::short(
            line,
            match self.kind {
                PollKind::Single => ACTION_POLL,
                PollKind::ExtendedOnce | PollKind::ExtendedFor(_) => ACTION_POLL_EXTENDED,
            },
        );
        wire::sized(line, |line| {
            for field in [self.number, OBJECTS, self.class, self.group] {
                wire::short(line, field);
            }
            match self.kind {
                PollKind::Single => {}
                PollKind::ExtendedOnce => wire::list(line, [(); 0], |_, ()| ()),
                PollKind::ExtendedFor(ticks) => wire::list(line, [ticks], |line, ticks| {
                    wire::short(line, id::POLL_PERIOD);
                    wire::sized(line, |line| wire::long(line, ticks));
                }),
            }
        });
    }
}

/// One message of an answer to a poll.
///
/// ```text
/// monitor (6) | action | length | nn nn | ss ss | tt tt tt tt | date (8) | 00 01 cc cc | gg gg |
/// contexts
/// ```
///
/// - `ss ss` sequence number, only in an extended poll; `tt tt tt tt` ticks of 1/8 ms
/// - date: the monitor's clock, or `FF` eight times, as all that were seen
/// - contexts: count, length, and each: number, count, length, and its objects: handle and
///   attributes
///
/// A long answer is cut into linked ones, the first, those between and the last, and a closing one
/// without objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollResult<'a> {
    /// Which request it answers to.
    pub invoke: u16,
    /// The poll's number.
    pub number: u16,
    /// Its place among the answers to an extended poll.
    pub sequence: Option<u16>,
    /// When the values were taken, in ticks of 1/8 ms.
    pub relative_time: u32,
    /// The same on the monitor's clock.
    pub date_time: Option<DateTime>,
    /// Class of the objects.
    pub class: u16,
    /// Group of attributes.
    pub group: u16,
    /// The objects.
    pub objects: Objects<'a>,
}

impl<'a> PollResult<'a> {
    pub(super) fn parse(invoke: u16, mut reader: Reader<'a>) -> Result<Self, Discard> {
        reader.take(MONITOR.len())?;
        let action = reader.short()?;
        reader.length_of_rest()?;
        let number = reader.short()?;
        let sequence = match action {
            ACTION_POLL => None,
            ACTION_POLL_EXTENDED => Some(reader.short()?),
            _ => return Err(Discard::Unknown),
        };
        let relative_time = reader.long()?;
        let date_time = DateTime::from_bytes(reader.array()?);
        let partition = reader.short()?;
        let (class, group) = (reader.short()?, reader.short()?);
        reader.must(partition == OBJECTS)?;
        let objects = Objects::read(&mut reader)?;
        reader.end()?;
        Ok(Self {
            invoke,
            number,
            sequence,
            relative_time,
            date_time,
            class,
            group,
            objects,
        })
    }

    pub(super) fn emit(&self, line: &mut Vec<u8>) {
        line.extend_from_slice(&MONITOR);
        let action = match self.sequence {
            None => ACTION_POLL,
            Some(_) => ACTION_POLL_EXTENDED,
        };
        wire::short(line, action);
        wire::sized(line, |line| {
            wire::short(line, self.number);
            if let Some(sequence) = self.sequence {
                wire::short(line, sequence);
            }
            wire::long(line, self.relative_time);
            let date_time = self.date_time.map_or(DateTime::NONE, DateTime::to_bytes);
            line.extend_from_slice(&date_time);
            for field in [OBJECTS, self.class, self.group, self.objects.contexts] {
                wire::short(line, field);
            }
            wire::sized(line, |line| line.extend_from_slice(self.objects.bytes));
        });
    }
}

/// One object of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object<'a> {
    /// Which part of the monitor it belongs to.
    pub context: u16,
    /// Its number there.
    pub handle: u16,
    /// Its attributes.
    pub attributes: Attributes<'a>,
}

/// The objects of an answer, in the order sent. Their lengths have been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objects<'a> {
    contexts: u16,
    bytes: &'a [u8],
}

impl<'a> Objects<'a> {
    /// No objects: what closes a linked answer.
    pub const NONE: Self = Self {
        contexts: 0,
        bytes: &[],
    };

    fn read(reader: &mut Reader<'a>) -> Result<Self, Discard> {
        let (contexts, bytes) = reader.list()?;
        let mut rest = Reader(bytes);
        for _ in 0..contexts {
            let _context = rest.short()?;
            let (count, objects) = rest.list()?;
            let mut objects = Reader(objects);
            for _ in 0..count {
                let _handle = objects.short()?;
                Attributes::read(&mut objects)?;
            }
            objects.end()?;
        }
        rest.end()?;
        Ok(Self { contexts, bytes })
    }

    /// Returns the objects.
    pub fn iter(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        let mut contexts = Reader(self.bytes);
        let mut context = 0;
        let mut objects = Reader(&[]);
        std::iter::from_fn(move || {
            while objects.0.is_empty() {
                context = contexts.short().ok()?;
                objects.0 = contexts.list().ok()?.1;
            }
            let handle = objects.short().ok()?;
            let (_, attributes) = objects.list().ok()?;
            let attributes = Attributes(attributes);
            Some(Object {
                context,
                handle,
                attributes,
            })
        })
    }
}

/// Objects as a monitor writes them, one after the other.
#[derive(Clone, Debug, Default)]
pub struct ObjectWriter {
    contexts: u16,
    bytes: Vec<u8>,
    /// Where the last context's count stands, and its length behind it.
    last: Option<usize>,
}

impl ObjectWriter {
    /// Begins the objects of a context.
    pub fn context(&mut self, context: u16) {
        self.contexts += 1;
        wire::short(&mut self.bytes, context);
        self.last = Some(self.bytes.len());
        wire::long(&mut self.bytes, 0);
    }

    /// Appends an object to the context that was begun last.
    ///
    /// # Panics
    ///
    /// When no context was begun, or when all is longer than a message.
    pub fn object(&mut self, handle: u16, attributes: &[Attribute<'_>]) {
        let at = self.last.expect("an object has a context");
        wire::short(&mut self.bytes, handle);
        wire::list(&mut self.bytes, attributes, |line, attribute| {
            wire::short(line, attribute.id);
            wire::sized(line, |line| line.extend_from_slice(attribute.value));
        });
        let count = u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]]) + 1;
        let length = u16::try_from(self.bytes.len() - at - 4).expect("a message is shorter");
        self.bytes[at..at + 2].copy_from_slice(&count.to_be_bytes());
        self.bytes[at + 2..at + 4].copy_from_slice(&length.to_be_bytes());
    }

    /// Returns the number of bytes so far.
    #[must_use]
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the objects.
    #[must_use]
    pub fn objects(&self) -> Objects<'_> {
        Objects {
            contexts: self.contexts,
            bytes: &self.bytes,
        }
    }
}
