//! Whether what a person wants can be done.

use super::Board;
use super::place::Place;
use crate::{
    Act, AlarmId, Occurrence, OperatorAction, Priority, Refusal, SignalPresence, SuspensionKind,
};

impl Board {
    /// Tells whether a person's action can be done now.
    pub(crate) fn check(&self, act: &Act<'_>) -> Result<(), Refusal> {
        act.action.check_seconds()?;
        if matches!(
            act.action,
            OperatorAction::Call | OperatorAction::Help(_) | OperatorAction::Cuff(_)
        ) {
            // Nobody is kept from calling by what became of anything else, nor from letting the air
            // out of a cuff; whether that can be told, its device knows.
            return Ok(());
        }
        let read = act.action.answered_call().or(act.call);
        if read.is_some_and(|call| call > self.last_call()) {
            return Err(Refusal::NeverCalled);
        }
        match act.action {
            OperatorAction::Acknowledge(occurrence) | OperatorAction::Decline(occurrence) => {
                self.check_episode(occurrence, act.call)
            }
            OperatorAction::ConfirmDevice(occurrence) => {
                self.check_episode(occurrence, act.call)?;
                let mut standing = self.standing();
                let is_swap = standing.any(|state| {
                    state.occurrence == occurrence && state.id == AlarmId::DeviceSwapped
                });
                is_swap.then_some(()).ok_or(Refusal::NotSwapped)
            }
            OperatorAction::PauseAlarm { id, .. } => {
                let place = self.may_be_suspended(id, SuspensionKind::AlarmPaused)?;
                if place.suspended(SuspensionKind::RuleOff) {
                    return Err(Refusal::IsOff(id));
                }
                act.said_reason().map(|_| ())
            }
            OperatorAction::SwitchOff { id, .. } => {
                self.may_be_suspended(id, SuspensionKind::RuleOff)?;
                act.said_reason().map(|_| ())
            }
            OperatorAction::ResumeAlarm { id } => self.can_end(id, SuspensionKind::AlarmPaused),
            OperatorAction::SwitchOn { id } => self.can_end(id, SuspensionKind::RuleOff),
            OperatorAction::Accept { call } | OperatorAction::Arrive { call } => {
                self.check_answer(call)
            }
            OperatorAction::PauseAudio { .. }
            | OperatorAction::ResumeAudio
            | OperatorAction::AudioOff { .. }
            | OperatorAction::OpenSession(..)
            | OperatorAction::CloseSession(_)
            | OperatorAction::EnterPhase(_)
            | OperatorAction::Call
            | OperatorAction::Help(_)
            | OperatorAction::Cuff(_) => Ok(()),
            OperatorAction::SetLimit { .. } => act.said_reason().map(|_| ()),
        }
    }

    /// Looks whether an episode is as it was when its call of that number was the last.
    fn check_episode(&self, occurrence: Occurrence, read: Option<u64>) -> Result<(), Refusal> {
        let standing = self.standing().find(|state| state.occurrence == occurrence);
        let has_been = 1 <= occurrence.0 && occurrence.0 <= self.last_occurrence;
        match standing {
            Some(state) if state.signal == SignalPresence::Paused => Err(Refusal::Paused),
            Some(state) if read.is_some_and(|read| read < state.call) => Err(Refusal::CalledSince),
            Some(_) => Ok(()),
            None if has_been => Err(Refusal::Over),
            None => Err(Refusal::NeverWas),
        }
    }

    /// Looks whether somebody who has read the calls up to that number can come for anything: for
    /// what has begun since, they are called anew.
    fn check_answer(&self, read: u64) -> Result<(), Refusal> {
        let standing = self.places.iter().filter(|place| place.stands());
        let mut first_calls = standing.map(|place| place.first_call).peekable();
        if first_calls.peek().is_none() {
            return Err(Refusal::Quiet);
        }
        let known = first_calls.any(|first| first.is_none_or(|first| first <= read));
        known.then_some(()).ok_or(Refusal::CalledSince)
    }

    /// Returns the place of an alarm that the profile allows to suspend in that way.
    pub(super) fn may_be_suspended(
        &self,
        id: AlarmId,
        kind: SuspensionKind,
    ) -> Result<&Place, Refusal> {
        if id.is_call() {
            return Err(Refusal::IsCall(id));
        }
        let never_off = matches!(id, AlarmId::DeviceLinkLost | AlarmId::RecordingStopped);
        if kind == SuspensionKind::RuleOff && never_off {
            return Err(Refusal::NeverOff(id));
        }
        let place = self.places.iter().find(|place| place.state.id == id);
        let place = place.ok_or(Refusal::NoRule(id))?;
        if place.priority_max == Priority::High {
            Err(Refusal::CanBeHigh(id))
        } else {
            Ok(place)
        }
    }

    fn can_end(&self, id: AlarmId, kind: SuspensionKind) -> Result<(), Refusal> {
        let suspended = self.suspensions().find(|suspension| suspension.id == id);
        if suspended.is_some_and(|suspension| suspension.kind == kind) {
            Ok(())
        } else {
            Err(Refusal::NothingToEnd)
        }
    }
}
