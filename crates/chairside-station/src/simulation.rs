//! Which beds show simulated data, so that it is never taken for a patient's.
//!
//! A bed for training is simulated for good. Any other is while a line of it leads to a simulator,
//! and until what that said is gone. A patient's session and a simulator never meet: none opens
//! while a simulator feeds the bed, and a simulator that comes while one is open is not listened
//! to.

use std::collections::BTreeMap;

use chairside_model::DeviceId;

/// What is simulated at a bed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Simulation {
    training: bool,
    /// The lines that lead to simulators; no other is in it.
    lines: BTreeMap<DeviceId, Simulator>,
}

/// How a line stands that leads to a simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Simulator {
    /// It is open and listened to.
    Feeding,
    /// It closed, and what it said may still be shown.
    Gone,
    /// It came in a patient's session: not listened to.
    Refused,
}

/// Whether what comes on a line is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Yes,
    /// And its line opened just now, as far as anybody was told.
    FromNowOn,
    No,
}

impl Simulation {
    pub(crate) const fn train(&mut self) {
        self.training = true;
    }

    /// Tells whether the bed is for training.
    pub(crate) const fn is_for_training(&self) -> bool {
        self.training
    }

    /// Tells whether what the bed shows is simulated.
    pub(crate) fn is_simulated(&self) -> bool {
        let mut lines = self.lines.values();
        self.training || lines.any(|line| *line != Simulator::Refused)
    }

    /// Tells whether a patient's session can open, as far as this goes.
    pub(crate) fn may_open(&self) -> bool {
        let mut lines = self.lines.values();
        self.training || lines.all(|line| *line != Simulator::Feeding)
    }

    /// Takes what a line leads to that is being opened.
    pub(crate) fn opened(&mut self, device: DeviceId, simulator: bool, in_session: bool) {
        if !simulator {
            self.lines.remove(&device);
            return;
        }
        let refused = in_session && !self.training;
        let line = if refused {
            Simulator::Refused
        } else {
            Simulator::Feeding
        };
        self.lines.insert(device, line);
    }

    /// Takes that a line closed.
    pub(crate) fn closed(&mut self, device: DeviceId) {
        match self.lines.get_mut(&device) {
            Some(Simulator::Refused) => {
                self.lines.remove(&device);
            }
            Some(line) => *line = Simulator::Gone,
            None => {}
        }
    }

    /// Takes that a session opened or closed: what was measured before is shown no more.
    pub(crate) fn turned(&mut self) {
        self.lines.retain(|_, line| *line != Simulator::Gone);
    }

    /// Tells whether what comes on a line is listened to; one that was refused is again once the
    /// session is over.
    pub(crate) fn hear(&mut self, device: DeviceId, in_session: bool) -> Heard {
        match self.lines.get_mut(&device) {
            Some(Simulator::Refused) if in_session => Heard::No,
            Some(line @ Simulator::Refused) => {
                *line = Simulator::Feeding;
                Heard::FromNowOn
            }
            Some(Simulator::Feeding | Simulator::Gone) | None => Heard::Yes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONIN: DeviceId = DeviceId(1);
    const CUFF: DeviceId = DeviceId(2);

    #[test]
    fn a_bed_is_simulated_until_a_real_device_is_on_each_line_or_the_session_turns() {
        let mut bed = Simulation::default();
        assert!(!bed.is_simulated() && bed.may_open());
        bed.opened(NONIN, true, false);
        bed.opened(CUFF, false, false);
        assert!(bed.is_simulated() && !bed.may_open());
        bed.closed(NONIN);
        assert!(bed.is_simulated(), "its last values may still be shown");
        assert!(bed.may_open());
        bed.turned();
        assert!(!bed.is_simulated());
        bed.opened(NONIN, true, false);
        bed.opened(NONIN, false, false);
        assert!(!bed.is_simulated() && bed.may_open());
    }

    #[test]
    fn a_simulator_is_not_listened_to_in_a_patients_session_and_again_after_it() {
        let mut bed = Simulation::default();
        bed.opened(NONIN, true, true);
        assert!(!bed.is_simulated());
        assert_eq!(bed.hear(NONIN, true), Heard::No);
        assert_eq!(bed.hear(CUFF, true), Heard::Yes);
        assert_eq!(bed.hear(NONIN, false), Heard::FromNowOn);
        assert!(bed.is_simulated());
        assert_eq!(bed.hear(NONIN, false), Heard::Yes);
        bed.opened(NONIN, true, true);
        bed.closed(NONIN);
        assert!(!bed.is_simulated());
    }

    #[test]
    fn a_bed_for_training_is_simulated_for_good_and_its_sessions_open() {
        let mut bed = Simulation::default();
        bed.train();
        bed.opened(NONIN, true, true);
        assert_eq!(bed.hear(NONIN, true), Heard::Yes);
        bed.opened(NONIN, false, true);
        bed.turned();
        assert!(bed.is_simulated() && bed.may_open());
    }
}
