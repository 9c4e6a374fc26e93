//! What the monitor says about itself when an association begins.

use super::attribute::{Attribute, Attributes, id};
use super::poll::MONITOR;
use super::time::DateTime;
use super::wire::{self, Reader};
use crate::Discard;

/// The event "the monitor is there".
const MONITOR_IS_THERE: u16 = 0x0D06;

/// The monitor says that it is there, and about itself. It says so again until the host has
/// answered.
///
/// ```text
/// monitor (6) | tt tt tt tt | 0D 06 | length | monitor (6) | attributes
/// ```
///
/// - `tt tt tt tt` ticks of 1/8 ms
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitorEvent<'a> {
    /// Which invocation the host is to answer to.
    pub invoke: u16,
    /// When, in ticks of 1/8 ms.
    pub relative_time: u32,
    /// What it says.
    pub attributes: Attributes<'a>,
}

/// The host's answer to [`MonitorEvent`].
///
/// ```text
/// monitor (6) | tt tt tt tt | 0D 06 | 00 00
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitorEventResult {
    /// Which invocation it answers to.
    pub invoke: u16,
    /// The event's time.
    pub relative_time: u32,
}

impl<'a> MonitorEvent<'a> {
    pub(super) fn parse(invoke: u16, mut reader: Reader<'a>) -> Result<Self, Discard> {
        reader.take(MONITOR.len())?;
        let relative_time = reader.long()?;
        if reader.short()? != MONITOR_IS_THERE {
            return Err(Discard::Unknown);
        }
        reader.length_of_rest()?;
        reader.take(MONITOR.len())?;
        let attributes = Attributes::read(&mut reader)?;
        reader.end()?;
        Ok(Self {
            invoke,
            relative_time,
            attributes,
        })
    }

    pub(super) fn emit(&self, line: &mut Vec<u8>) {
        let attributes: Vec<_> = self.attributes.into_iter().collect();
        write(self.relative_time, &attributes, line);
    }

    /// Appends the frame of the event with these attributes.
    pub fn emit_with(
        invoke: u16,
        relative_time: u32,
        attributes: &[Attribute<'_>],
        line: &mut Vec<u8>,
    ) {
        super::emit_event(line, invoke, |data| write(relative_time, attributes, data));
    }

    /// Returns the monitor's clock and the ticks of 1/8 ms at the same moment, if it says both.
    #[must_use]
    pub fn clock(&self) -> Option<(DateTime, u32)> {
        let date_time = Reader(self.attribute(id::DATE_TIME)?).array().ok()?;
        let relative_time = Reader(self.attribute(id::RELATIVE_TIME)?).long().ok()?;
        Some((DateTime::from_bytes(date_time)?, relative_time))
    }

    /// Returns the monitor's manufacturer and model, and the number that it has for itself.
    #[must_use]
    pub fn names(&self) -> Option<MonitorNames<'a>> {
        let mut model = Reader(self.attribute(id::MODEL)?);
        let (manufacturer, model) = (model.sized().ok()?, model.sized().ok()?);
        let number = self.attribute(id::SYSTEM_ID);
        let number = number.and_then(|number| Reader(number).sized().ok());
        Some(MonitorNames {
            manufacturer,
            model,
            number: number.unwrap_or_default(),
        })
    }

    fn attribute(&self, wanted: u16) -> Option<&'a [u8]> {
        let mut attributes = self.attributes.into_iter();
        attributes
            .find(|attribute| attribute.id == wanted)
            .map(|attribute| attribute.value)
    }
}

fn write(relative_time: u32, attributes: &[Attribute<'_>], line: &mut Vec<u8>) {
    line.extend_from_slice(&MONITOR);
    wire::long(line, relative_time);
    wire::short(line, MONITOR_IS_THERE);
    wire::sized(line, |line| {
        line.extend_from_slice(&MONITOR);
        wire::list(line, attributes, |line, attribute| {
            wire::short(line, attribute.id);
            wire::sized(line, |line| line.extend_from_slice(attribute.value));
        });
    });
}

/// What a monitor calls itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitorNames<'a> {
    /// Who made it, ASCII; zeros fill it up.
    pub manufacturer: &'a [u8],
    /// Which one it is, ASCII; zeros fill it up.
    pub model: &'a [u8],
    /// The number that it has for itself: of six bytes, and the first three are the
    /// manufacturer's, as in the address of a network card.
    pub number: &'a [u8],
}

impl MonitorNames<'_> {
    /// Returns the value of the attribute [`MODEL`](id::MODEL).
    #[must_use]
    pub fn model_attribute(&self) -> Vec<u8> {
        let mut value = Vec::new();
        for name in [self.manufacturer, self.model] {
            wire::sized(&mut value, |value| value.extend_from_slice(name));
        }
        value
    }

    /// Returns the value of the attribute [`SYSTEM_ID`](id::SYSTEM_ID).
    #[must_use]
    pub fn number_attribute(&self) -> Vec<u8> {
        let mut value = Vec::new();
        wire::sized(&mut value, |value| value.extend_from_slice(self.number));
        value
    }
}

impl MonitorEventResult {
    pub(super) fn parse(invoke: u16, mut reader: Reader<'_>) -> Result<Self, Discard> {
        reader.take(MONITOR.len())?;
        let relative_time = reader.long()?;
        if reader.short()? != MONITOR_IS_THERE {
            return Err(Discard::Unknown);
        }
        reader.length_of_rest()?;
        Ok(Self {
            invoke,
            relative_time,
        })
    }

    pub(super) fn emit(self, line: &mut Vec<u8>) {
        line.extend_from_slice(&MONITOR);
        wire::long(line, self.relative_time);
        wire::short(line, MONITOR_IS_THERE);
        wire::short(line, 0);
    }
}
