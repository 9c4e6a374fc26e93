//! What has to be said twice before it is believed.
//!
//! A line has no checksum. What stays the same from one line to the next does the work of one: the
//! serial number, and how many digits the alarms and the exceptions have. A line in which the
//! serial number is another one, or digits are missing, is damaged or comes from another
//! oximeter; the next line tells which.

use super::message::{Second, SerialNumber};

/// What stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    serial_number: Option<SerialNumber>,
    alarm_digits: u8,
    exception_digits: u8,
}

/// Compares each line with the ones before it.
#[derive(Debug, Default)]
pub(super) struct Continuity {
    /// That of the last line that was believed. Its serial number stays while lines have none.
    believed: Option<Mark>,
    /// That of the last line.
    last: Option<Mark>,
    /// The serial number that two lines running had.
    confirmed: Option<SerialNumber>,
}

impl Continuity {
    /// Notes the line and tells whether it is believed.
    pub(super) fn goes_on(&mut self, second: &Second) -> bool {
        let mark = Mark::of(second);
        let again = self.last.replace(mark) == Some(mark);
        let goes_on = again || self.believed.is_none_or(|before| mark.fits(&before));
        if again && mark.serial_number.is_some() {
            self.confirmed = mark.serial_number;
        }
        if goes_on {
            let known = self.believed.and_then(|before| before.serial_number);
            self.believed = Some(Mark {
                serial_number: mark.serial_number.or(known),
                ..mark
            });
        }
        goes_on
    }

    /// Returns the serial number of the oximeter, once it is certain.
    pub(super) const fn identity(&self) -> Option<SerialNumber> {
        self.confirmed
    }
}

impl Mark {
    fn of(second: &Second) -> Self {
        Self {
            serial_number: second.serial_number,
            alarm_digits: second.alarms.map_or(0, |alarms| alarms.digits),
            exception_digits: second.exceptions.digits,
        }
    }

    /// Tells whether a line can be like this after one like that. Digits that are more than before
    /// are no sign of damage: none was lost.
    fn fits(&self, before: &Self) -> bool {
        let another = matches!(
            (self.serial_number, before.serial_number),
            (Some(now), Some(before)) if now != before
        );
        !another
            && self.alarm_digits >= before.alarm_digits
            && self.exception_digits >= before.exception_digits
    }
}
