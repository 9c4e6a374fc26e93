//! An answer to a poll, in as many messages as it takes.

use std::time::Duration;

use chairside_protocol::philips_mib::message::attribute::id;
use chairside_protocol::philips_mib::message::{
    Attribute, Message, ObjectWriter, Objects, Part, PollKind, PollRequest, PollResult,
};

use super::ticks;

/// Bytes of objects in one message at most; with its headers it is shorter than the 996 bytes that
/// are granted.
const OBJECTS_MAX: usize = 800;

/// The context that its objects are in.
const CONTEXT: u16 = 1;

/// An attribute as it is put together.
pub(super) type Owned = (u16, Vec<u8>);

/// An answer that is being written.
#[derive(Debug)]
pub(super) struct Reply {
    at: Duration,
    request: PollRequest,
    sequence: u16,
    parts: Vec<ObjectWriter>,
}

impl Reply {
    pub(super) fn new(at: Duration, request: PollRequest, sequence: u16) -> Self {
        Self {
            at,
            request,
            sequence,
            parts: Vec::new(),
        }
    }

    /// Returns the group of attributes that is wanted.
    pub(super) const fn group(&self) -> u16 {
        self.request.group
    }

    /// Returns its place among the answers to one request.
    pub(super) const fn sequence(&self) -> u16 {
        self.sequence
    }

    /// Tells whether it has values. The first of the answers that come again and again only says
    /// what there is.
    pub(super) const fn has_values(&self) -> bool {
        self.sequence > 0 || !matches!(self.request.kind, PollKind::ExtendedFor(_))
    }

    /// Appends an object.
    pub(super) fn object(&mut self, handle: u16, attributes: &[Owned]) {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(id, value)| Attribute { id: *id, value })
            .collect();
        let length: usize = attributes
            .iter()
            .map(|attribute| attribute.value.len() + 4)
            .sum();
        let full = |part: &ObjectWriter| part.length() + length > OBJECTS_MAX;
        if self.parts.last().is_none_or(full) {
            let mut part = ObjectWriter::default();
            part.context(CONTEXT);
            self.parts.push(part);
        }
        if let Some(part) = self.parts.last_mut() {
            part.object(handle, &attributes);
        }
    }

    /// Appends the messages: one, or linked ones and one without objects that closes them.
    pub(super) fn send(&self, line: &mut Vec<u8>) {
        match self.parts.as_slice() {
            [] => self.message(None, Objects::NONE, line),
            [part] => self.message(None, part.objects(), line),
            parts => {
                let last = parts.len() - 1;
                for (index, part) in parts.iter().enumerate() {
                    let place = match index {
                        0 => 1,
                        _ if index == last => 3,
                        _ => 2,
                    };
                    let count = u8::try_from(index + 1).unwrap_or(u8::MAX);
                    self.message(Some(Part { place, count }), part.objects(), line);
                }
                self.message(None, Objects::NONE, line);
            }
        }
    }

    fn message(&self, part: Option<Part>, objects: Objects<'_>, line: &mut Vec<u8>) {
        let sequence = match self.request.kind {
            PollKind::Single => None,
            PollKind::ExtendedOnce | PollKind::ExtendedFor(_) => Some(self.sequence),
        };
        let result = PollResult {
            invoke: self.request.invoke,
            number: self.request.number,
            sequence,
            relative_time: ticks(self.at),
            date_time: None,
            class: self.request.class,
            group: self.request.group,
            objects,
        };
        Message::Poll(part, result).emit(line);
    }
}

/// Returns what is said about an object beside its values: its handle, class, and label.
pub(super) fn about(handle: u16, class: u16, kind: u16, label: &str) -> Vec<Owned> {
    let number = (2_u32 << 16) | u32::from(kind);
    let object_class = [[0x00, 0x01], class.to_be_bytes()].concat();
    vec![
        (id::HANDLE, handle.to_be_bytes().to_vec()),
        (id::CLASS, object_class),
        (id::LABEL, number.to_be_bytes().to_vec()),
        (id::LABEL_TEXT, text(label)),
    ]
}

/// Returns a text of seven characters as the monitor sends it: its length, UTF-16, and a zero.
fn text(label: &str) -> Vec<u8> {
    let units = label.encode_utf16().chain(std::iter::repeat(0x20)).take(6);
    let bytes = units.chain([0]).flat_map(u16::to_be_bytes);
    [0x00, 0x0E].into_iter().chain(bytes).collect()
}
