//! From what the monitor says to findings.

use std::fmt::Write;
use std::time::Duration;

use chairside_model::{MonoTime, Reading};

use super::alarms::AlarmWatch;
use super::codes::{self, kind};
use super::cuff::CuffWatch;
use super::curves::Curves;
use super::message::attribute::id;
use super::message::{
    DateTime, Message, MonitorEvent, Object, ObservedNumber, PollResult, class, ticks,
};
use super::numerics::measured;
use crate::{DriverOutput, Finding};

/// Turns messages into findings and remembers what has to outlive one message.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// The monitor's clock, and its ticks of 1/8 ms at the same moment.
    clock: Option<(DateTime, u32)>,
    cuff: CuffWatch,
    curves: Curves,
    alarms: AlarmWatch,
}

impl Readings {
    /// Takes the message of the frame that ends at this offset.
    #[inline]
    pub(super) fn take(
        &mut self,
        now: MonoTime,
        offset: u64,
        message: &Message<'_>,
        out: &mut DriverOutput,
    ) {
        out.push(offset, Finding::Frame);
        match message {
            Message::Poll(_, result) => self.take_result(now, offset, result, out),
            Message::Event(event) => self.take_event(offset, event, out),
            Message::Association(_) | Message::Done { .. } | Message::Refused { .. } => {}
        }
    }

    /// Forgets what belongs to a connection, for it began or ended. What the cuff told last is
    /// kept: the monitor will send it again.
    pub(super) fn end(&mut self) {
        self.clock = None;
        self.cuff.begin();
        self.curves = Curves::default();
        self.alarms.clear();
    }

    fn take_event(&mut self, offset: u64, event: &MonitorEvent<'_>, out: &mut DriverOutput) {
        self.end();
        self.clock = event.clock();
        if let Some(identity) = identity(event) {
            out.push(offset, Finding::Identity(identity));
        }
    }

    fn take_result(
        &mut self,
        now: MonoTime,
        offset: u64,
        result: &PollResult<'_>,
        out: &mut DriverOutput,
    ) {
        if let Some(date_time) = result.date_time {
            self.clock = Some((date_time, result.relative_time));
        }
        for object in result.objects.iter() {
            match result.class {
                class::NUMERICS => self.take_numbers(now, offset, result, &object, out),
                class::CURVES => self.curves.take(offset, &object, out),
                class::ALARMS => self.alarms.take(offset, &object, out),
                _ => {}
            }
        }
    }

    fn take_numbers(
        &mut self,
        now: MonoTime,
        offset: u64,
        result: &PollResult<'_>,
        object: &Object<'_>,
        out: &mut DriverOutput,
    ) {
        let (mut single, mut compound, mut ended) = (None, None, None);
        for attribute in object.attributes {
            match attribute.id {
                id::NUMERIC => single = ObservedNumber::parse(attribute.value).ok(),
                id::COMPOUND_NUMERIC => {
                    compound = ObservedNumber::parse_compound(attribute.value).ok();
                }
                id::MEASURED_AT => {
                    let bytes = attribute.value.try_into().ok();
                    ended = bytes.and_then(DateTime::from_bytes);
                }
                _ => {}
            }
        }
        if let Some(number) = single {
            if number.kind == kind::CUFF_PULSE_RATE {
                if let Some(numeric) = self.cuff.pulse(ended, &number) {
                    out.push(offset, Finding::Reading(Reading::Numeric(numeric)));
                }
            } else {
                push_number(now, offset, &number, out);
            }
        }
        let Some(numbers) = compound else {
            return;
        };
        if is_cuff(numbers.clone()) {
            let age = ended.and_then(|ended| self.age(ended, result.relative_time));
            if let Some(cuff) = self.cuff.take(now, ended, age, numbers) {
                out.push(offset, Finding::Reading(Reading::Cuff(cuff)));
            }
        } else {
            numbers.for_each(|number| push_number(now, offset, &number, out));
        }
    }

    /// Returns how long before these ticks a time on the monitor's clock was; nothing when its
    /// clock is not known, or has been set since.
    fn age(&self, ended: DateTime, relative_time: u32) -> Option<Duration> {
        let (date_time, then) = self.clock?;
        // The ticks begin again after 149 h.
        date_time
            .after(ticks(relative_time.wrapping_sub(then)))
            .since(ended)
    }
}

fn is_cuff(mut numbers: impl Iterator<Item = ObservedNumber>) -> bool {
    numbers.any(|number| {
        let kind = number.kind;
        matches!(
            kind,
            kind::CUFF_SYSTOLIC | kind::CUFF_DIASTOLIC | kind::CUFF_MEAN
        )
    })
}

#[inline]
fn push_number(now: MonoTime, offset: u64, number: &ObservedNumber, out: &mut DriverOutput) {
    if let Some(metric) = codes::numeric(number.kind) {
        out.push_with(offset, || {
            Finding::Reading(Reading::numeric(metric, measured(metric, number), now))
        });
    }
}

/// Returns the monitor's model and its own number: `Philips M8000 0009FB029E18`.
fn identity(event: &MonitorEvent<'_>) -> Option<Box<str>> {
    let names = event.names()?;
    let number = names.number.iter().fold(String::new(), |mut number, byte| {
        let _ = write!(number, "{byte:02X}");
        number
    });
    let words = [
        printable(names.manufacturer),
        printable(names.model),
        number,
    ];
    let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" ").into())
}

fn printable(text: &[u8]) -> String {
    let kept = text
        .iter()
        .filter(|byte| byte.is_ascii_graphic() || **byte == b' ');
    let kept: String = kept.map(|byte| char::from(*byte)).collect();
    kept.trim().to_owned()
}
