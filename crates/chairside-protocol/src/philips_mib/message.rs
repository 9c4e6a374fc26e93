//! The messages of the data export: byte maps, parse and emit.
//!
//! `parse` takes a frame's user data, as [`Framer`](super::framing::Framer) finds it; `emit`
//! appends the whole frame. Numbers are big-endian. Every `parse` fails with
//! [`Discard::Unknown`] when the message is another one, and with [`Discard::Malformed`] when a
//! length or a count does not fit.
//!
//! ```text
//! E1 00 | 00 02 | oo oo | ll ll | ...
//! ```
//!
//! - `00 02` presentation context; `ll ll` length of the rest
//! - `oo oo` 1 invoke, 2 result, 3 error, 5 linked result
//!
//! ```text
//! invoke, result: ii ii | cc cc | ll ll | ...
//! linked result:  ss nn | ii ii | cc cc | ll ll | ...
//! error:          ii ii | ee ee | ll ll | ...
//! ```
//!
//! - `ii ii` which invocation; `cc cc` command: 0 event, 1 event to be confirmed, 3 get, 4 set,
//!   5 set to be confirmed, 7 action
//! - `ss` 1 first, 2 between, 3 last; `nn` which one; `ee ee` what is wrong
//!
//! Source of all byte maps: `OpenICE` (`mdpnp`), `VSCaptureMP`, and the frames of a real monitor
//! (`JVSCapture`); the vendor's *IntelliVue Data Export Interface Programming Guide*, revision G.0,
//! as public programs cite it. Where a map has another source, it says so.

mod alarm;
mod association;
pub mod attribute;
mod event;
mod float;
mod numeric;
mod poll;
mod samples;
mod time;
mod wire;

pub use alarm::{AlarmEntry, AlarmInfo, AlarmState, alarm_type};
pub use association::{Association, PollProfile};
pub use attribute::{Attribute, AttributeIter, Attributes};
pub use event::{MonitorEvent, MonitorEventResult, MonitorNames};
pub use float::Float;
pub use numeric::{MeasurementState, ObservedNumber};
pub use poll::{Object, ObjectWriter, Objects, PollKind, PollRequest, PollResult, class, group};
pub use samples::{ObservedSamples, SampleFormat, SampleScale};
pub use time::{DateTime, TICKS_PER_SECOND, ticks};

use self::wire::Reader;
use super::framing;
use crate::Discard;

/// What every message but those of the association begins with.
const DATA: [u8; 4] = [0xE1, 0x00, 0x00, 0x02];

mod operation {
    pub(super) const INVOKE: u16 = 1;
    pub(super) const RESULT: u16 = 2;
    pub(super) const ERROR: u16 = 3;
    pub(super) const LINKED_RESULT: u16 = 5;
}

mod command {
    pub(super) const CONFIRMED_EVENT: u16 = 1;
    pub(super) const ACTION: u16 = 7;
}

/// What the monitor can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// About the association.
    Association(Association),
    /// It is there.
    Event(MonitorEvent<'a>),
    /// An answer to a poll, or a part of one.
    Poll(Option<Part>, PollResult<'a>),
    /// An answer to something else, which the driver never asks: an invocation and its command.
    Done {
        /// Which invocation.
        invoke: u16,
        /// The command.
        command: u16,
    },
    /// Something was not done.
    Refused {
        /// Which invocation.
        invoke: u16,
        /// Why: 0 no such class, 1 no such object, 2 not allowed, 9 no such action, 10 failed, 15 a
        /// wrong argument, and more.
        why: u16,
    },
}

/// Which part of a long answer one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// 1 the first, 2 one between, 3 the last; one without objects closes the answer.
    pub place: u8,
    /// Which one, from 1.
    pub count: u8,
}

impl<'a> Message<'a> {
    /// Reads a message from a frame's user data.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn parse(data: &'a [u8]) -> Result<Self, Discard> {
        if data
            .first()
            .is_some_and(|first| Association::is_kind(*first))
        {
            return match Association::parse(data)? {
                Association::Request(_) => Err(Discard::Unknown),
                association => Ok(Self::Association(association)),
            };
        }
        let (operation, mut reader) = operation_of(data)?;
        let part = if operation == operation::LINKED_RESULT {
            Some(Part {
                place: reader.byte()?,
                count: reader.byte()?,
            })
        } else {
            None
        };
        let (invoke, command) = (reader.short()?, reader.short()?);
        reader.length_of_rest()?;
        match (operation, command) {
            (operation::INVOKE, command::CONFIRMED_EVENT) => {
                MonitorEvent::parse(invoke, reader).map(Self::Event)
            }
            (operation::RESULT | operation::LINKED_RESULT, command::ACTION) => {
                PollResult::parse(invoke, reader).map(|result| Self::Poll(part, result))
            }
            (operation::RESULT, command::CONFIRMED_EVENT) => Err(Discard::Unknown),
            (operation::RESULT, command) => Ok(Self::Done { invoke, command }),
            (operation::ERROR, why) => Ok(Self::Refused { invoke, why }),
            _ => Err(Discard::Unknown),
        }
    }

    /// Appends the message's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        match self {
            Self::Association(association) => emit_association(line, association),
            Self::Event(event) => {
                emit_event(line, event.invoke, |data| event.emit(data));
            }
            Self::Poll(part, result) => {
                let operation = match part {
                    None => operation::RESULT,
                    Some(_) => operation::LINKED_RESULT,
                };
                let command = (operation, result.invoke, command::ACTION);
                emit_data(line, *part, command, |data| result.emit(data));
            }
            Self::Done { invoke, command } => {
                emit_data(line, None, (operation::RESULT, *invoke, *command), |_| ());
            }
            Self::Refused { invoke, why } => {
                emit_data(line, None, (operation::ERROR, *invoke, *why), |_| ());
            }
        }
    }
}

/// What a host can send, as far as this driver does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostMessage {
    /// About the association.
    Association(Association),
    /// The monitor's event was heard.
    EventResult(MonitorEventResult),
    /// A poll.
    Poll(PollRequest),
}

impl HostMessage {
    /// Reads a message from a frame's user data.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn parse(data: &[u8]) -> Result<Self, Discard> {
        if data
            .first()
            .is_some_and(|first| Association::is_kind(*first))
        {
            return match Association::parse(data)? {
                Association::Accept(_) | Association::Refuse => Err(Discard::Unknown),
                association => Ok(Self::Association(association)),
            };
        }
        let (operation, mut reader) = operation_of(data)?;
        let (invoke, command) = (reader.short()?, reader.short()?);
        reader.length_of_rest()?;
        match (operation, command) {
            (operation::RESULT, command::CONFIRMED_EVENT) => {
                MonitorEventResult::parse(invoke, reader).map(Self::EventResult)
            }
            (operation::INVOKE, command::ACTION) => {
                PollRequest::parse(invoke, reader).map(Self::Poll)
            }
            _ => Err(Discard::Unknown),
        }
    }

    /// Appends the message's frame.
    pub fn emit(&self, line: &mut Vec<u8>) {
        match self {
            Self::Association(association) => emit_association(line, association),
            Self::EventResult(result) => {
                let command = (operation::RESULT, result.invoke, command::CONFIRMED_EVENT);
                emit_data(line, None, command, |data| result.emit(data));
            }
            Self::Poll(request) => {
                let command = (operation::INVOKE, request.invoke, command::ACTION);
                emit_data(line, None, command, |data| request.emit(data));
            }
        }
    }
}

fn operation_of(data: &[u8]) -> Result<(u16, Reader<'_>), Discard> {
    let mut reader = Reader(data);
    if reader.array()? != DATA {
        return Err(Discard::Unknown);
    }
    let operation = reader.short()?;
    reader.length_of_rest()?;
    Ok((operation, reader))
}

fn emit_association(line: &mut Vec<u8>, association: &Association) {
    let mut data = Vec::new();
    association.emit(&mut data);
    framing::emit(line, &data);
}

fn emit_event(line: &mut Vec<u8>, invoke: u16, write: impl FnOnce(&mut Vec<u8>)) {
    let command = (operation::INVOKE, invoke, command::CONFIRMED_EVENT);
    emit_data(line, None, command, write);
}

/// Appends the frame of an operation: which one, its invocation, and its command.
fn emit_data(
    line: &mut Vec<u8>,
    part: Option<Part>,
    (operation, invoke, command): (u16, u16, u16),
    write: impl FnOnce(&mut Vec<u8>),
) {
    let mut data = DATA.to_vec();
    wire::short(&mut data, operation);
    wire::sized(&mut data, |data| {
        if let Some(part) = part {
            data.extend_from_slice(&[part.place, part.count]);
        }
        wire::short(data, invoke);
        wire::short(data, command);
        wire::sized(data, write);
    });
    framing::emit(line, &data);
}

#[cfg(test)]
mod tests;
