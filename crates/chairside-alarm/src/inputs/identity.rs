//! Who the devices of a bed say they are, and what is forgotten when another one answers
//! (`docs/adr/0016-swapped-devices-and-failed-beds.md`).

use chairside_model::{DeviceId, MonoTime, Reading};

use super::{Channel, Inputs};
use crate::Signal;

/// Who a device says it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    /// Whom the session knows: the first that was heard, or the last that a person confirmed.
    pub(crate) known: Option<Box<str>>,
    /// Who answers now, if that is another.
    pub(crate) other: Option<Box<str>>,
    /// Since when another one answers than just before.
    pub(crate) since: Option<MonoTime>,
    /// Turns over with each change: two of the same moment are two.
    pub(crate) turn: bool,
}

impl Identity {
    /// Takes what a device says; tells whether another one than just before says it.
    fn heard(&mut self, now: MonoTime, text: &str) -> bool {
        let Some(known) = self.known.as_deref() else {
            self.known = Some(text.into());
            return false;
        };
        if self.other.as_deref().unwrap_or(known) == text {
            return false;
        }
        self.other = (known != text).then(|| text.into());
        self.since = Some(now);
        self.turn = !self.turn;
        true
    }

    /// Takes the one that answers now for the one that belongs here.
    fn confirm(&mut self) {
        if let Some(other) = self.other.take() {
            self.known = Some(other);
        }
    }
}

impl Inputs {
    /// Takes whom a device says it is. If that is another one than just before, what was read
    /// before is of another device, and maybe of another patient.
    pub(crate) fn identity(&mut self, now: MonoTime, id: DeviceId, text: &str) {
        let Some(place) = self.devices.iter().position(|known| known.id == id) else {
            return;
        };
        let identity = &mut self.devices[place].identity;
        let is_another = identity.heard(now, text);
        if self.session == Some(false) {
            identity.confirm();
        }
        if is_another {
            self.begin_anew(place);
        }
    }

    fn begin_anew(&mut self, place: usize) {
        for signal in Signal::ALL {
            let reads = |channel: &Channel| channel.device == place;
            if self.channel(signal).is_some_and(reads)
                && let Some(features) = &mut self.features
            {
                features.begin_anew(signal);
            }
        }
        if self.curve == Some(place)
            && let Some(features) = &mut self.features
        {
            features.begin_curve_anew();
        }
        if self
            .channel(Signal::SpO2)
            .is_some_and(|channel| channel.device == place)
        {
            self.step.begin_anew();
        }
    }

    /// Takes every device that answers now for the one that belongs there.
    pub(crate) fn confirm_devices(&mut self) {
        for device in &mut self.devices {
            device.identity.confirm();
        }
    }

    /// Takes whether a session is open; tells whether one opens or closes with it. Between two
    /// sessions devices may be changed. What was read or said before is of another patient.
    pub(crate) fn session(&mut self, now: MonoTime, open: bool) -> bool {
        let was_open = self.session.replace(open).unwrap_or(false);
        if !open {
            self.confirm_devices();
        }
        if was_open == open {
            return false;
        }
        self.session_since = Some(now);
        self.baseline = None;
        self.cuff_hold.set_same_limb(now, false);
        for place in 0..self.devices.len() {
            self.begin_anew(place);
        }
        true
    }

    /// Tells whether a session opened or closed at this moment.
    pub(crate) fn session_turned(&self, now: MonoTime) -> bool {
        self.session_since == Some(now)
    }

    /// Tells whether a reading is of the patient who was here before.
    pub(super) fn is_of_before(&self, now: MonoTime, reading: &Reading) -> bool {
        let began = self.session_since.zip(reading.began(now));
        began.is_some_and(|(since, began)| began < since)
    }
}
