//! What people did and what came of it, read back.

use chairside_alarm::{
    AlarmId, AudioCause, AudioChange, Baseline, Flood, LimitCause, LimitChange, LimitKey,
    Occurrence, OperatorAction, Phase, PressureBaseline, Priority, Sound, Suspension,
    SuspensionChange, SuspensionEnd, SuspensionKind,
};
use chairside_model::{CuffOrder, Patient, SessionId, Value};

use super::Shift;
use crate::row::{AudioFact, BaselineFact, FloodFact, LimitFact, OperatorFact, SuspensionFact};

pub(super) fn action(fact: &OperatorFact<'_>) -> Option<OperatorAction> {
    let alarm = || fact.alarm.as_deref().and_then(AlarmId::from_name);
    let limit = || fact.limit.as_ref();
    let session = || SessionId::from_name(&fact.session.as_ref()?.id);
    let patient = || {
        let session = fact.session.as_ref()?;
        Patient::new(session.initials.as_deref(), session.number.as_deref()).ok()
    };
    Some(match &*fact.action {
        "confirm_device" => OperatorAction::ConfirmDevice(Occurrence(fact.occurrence)),
        "set_limit" => OperatorAction::SetLimit {
            key: LimitKey::from_name(&limit()?.key)?,
            expected: Value::finite(limit()?.expected)?,
            new: Value::finite(limit()?.new)?,
        },
        "acknowledge" => OperatorAction::Acknowledge(Occurrence(fact.occurrence)),
        "pause_audio" => OperatorAction::PauseAudio {
            seconds: fact.seconds?,
        },
        "resume_audio" => OperatorAction::ResumeAudio,
        "audio_off" => OperatorAction::AudioOff {
            seconds: fact.seconds?,
        },
        "pause_alarm" => OperatorAction::PauseAlarm {
            id: alarm()?,
            seconds: fact.seconds?,
        },
        "resume_alarm" => OperatorAction::ResumeAlarm { id: alarm()? },
        "switch_off" => OperatorAction::SwitchOff {
            id: alarm()?,
            seconds: fact.seconds?,
        },
        "switch_on" => OperatorAction::SwitchOn { id: alarm()? },
        "open_session" => OperatorAction::OpenSession(session()?, patient()?),
        "close_session" => OperatorAction::CloseSession(session()?),
        "enter_baseline" => OperatorAction::EnterPhase(Phase::Baseline),
        "enter_dosing" => OperatorAction::EnterPhase(Phase::Dosing),
        "enter_recovery" => OperatorAction::EnterPhase(Phase::Recovery),
        "call" => OperatorAction::Call,
        "help" => OperatorAction::Help(
            Some(Occurrence(fact.occurrence)).filter(|about| *about != Occurrence(0)),
        ),
        "start_cuff" => OperatorAction::Cuff(CuffOrder::Start),
        "stop_cuff" => OperatorAction::Cuff(CuffOrder::Stop),
        "accept" => OperatorAction::Accept { call: fact.call? },
        "arrive" => OperatorAction::Arrive { call: fact.call? },
        "decline" => OperatorAction::Decline(Occurrence(fact.occurrence)),
        _ => return None,
    })
}

pub(super) fn suspension(fact: &SuspensionFact<'_>, shift: Shift) -> Option<SuspensionChange> {
    let ended = match fact.ended.as_deref() {
        Some(name) => Some(SuspensionEnd::from_name(name)?),
        None => None,
    };
    Some(SuspensionChange {
        at: shift.apply(fact.changed),
        suspension: Suspension {
            id: AlarmId::from_name(&fact.id)?,
            kind: SuspensionKind::from_name(&fact.kind)?,
            since: shift.apply(fact.since),
            until: shift.apply(fact.until),
            by: (&*fact.by).into(),
            reason: (&*fact.reason).into(),
        },
        ended,
    })
}

pub(super) fn audio(fact: &AudioFact<'_>, shift: Shift) -> Option<AudioChange> {
    let until = fact.until.map(|until| shift.apply(until));
    let sound = match &*fact.sound {
        "on" => Sound::On,
        "paused" => Sound::Paused {
            until: until?,
            covers: fact.covers?,
        },
        "off" => Sound::Off {
            until: until?,
            reminder: shift.apply(fact.reminder?),
        },
        _ => return None,
    };
    Some(AudioChange {
        at: shift.apply(fact.changed),
        station: (&*fact.station).into(),
        sound,
        cause: AudioCause::from_name(&fact.cause)?,
        by: (&*fact.by).into(),
        reason: fact.reason.as_deref().map(Into::into),
    })
}

pub(super) fn flood(fact: &FloodFact<'_>, shift: Shift) -> Option<Flood> {
    Some(Flood {
        since: shift.apply(fact.since),
        count: fact.alarms,
        worst: AlarmId::from_name(&fact.worst)?,
        priority: Priority::from_name(&fact.priority)?,
        until: shift.apply(fact.until),
    })
}

pub(super) fn limit(fact: &LimitFact<'_>) -> Option<LimitChange> {
    Some(LimitChange {
        key: LimitKey::from_name(&fact.key)?,
        old: Value::finite(fact.old)?,
        new: Value::finite(fact.new)?,
        cause: LimitCause::from_name(&fact.cause)?,
    })
}

pub(super) fn baseline(fact: &BaselineFact) -> Baseline {
    let value = |number: Option<f64>| number.and_then(Value::finite);
    Baseline {
        pressure: fact.pressure.and_then(|(systolic, diastolic)| {
            Some(PressureBaseline {
                systolic: Value::finite(systolic)?,
                diastolic: Value::finite(diastolic)?,
            })
        }),
        heart_rate: value(fact.heart_rate),
        spo2: value(fact.spo2),
        respiration_rate: value(fact.respiration_rate),
        etco2: value(fact.etco2),
    }
}
