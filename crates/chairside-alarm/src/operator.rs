//! What people do to alarms: who may do what, within which bounds, and why something is refused
//! (`docs/alarms.md`, what people can do; `docs/adr/0013-signals-and-audibility.md`).

use std::fmt;
use std::ops::RangeInclusive;

use chairside_model::{CuffOrder, CuffRefusal, MonoTime, Patient, SessionId, Value};

use crate::{AlarmId, LimitKey, LimitRefusal, Occurrence, Phase};

/// The longest that the sound of a bed is paused at a station, seconds. (Dräger Infinity Acute Care
/// System, instructions for use, page 83: 2 min.)
pub const AUDIO_PAUSE_MAX_S: u32 = 120;

/// The longest that the sound of a bed is off at a station, seconds. Our design.
pub const AUDIO_OFF_MAX_S: u32 = 4 * 3600;

/// The longest that an alarm is paused, seconds. Our design.
pub const ALARM_PAUSE_MAX_S: u32 = 600;

/// How long an alarm is paused when nobody says how long, seconds. Our design.
pub const ALARM_PAUSE_DEFAULT_S: u32 = 120;

/// The longest that a rule is off, seconds. Our design.
pub const RULE_OFF_MAX_S: u32 = 4 * 3600;

/// Who it is that calls, where else the id of a person of the staff stands.
pub const PATIENT: &str = "patient";

/// What a person may do. Every role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Watches, acknowledges, pauses.
    Nurse,
    /// Owns the limits: turns sound and rules off as well.
    Clinician,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[Self::Nurse, Self::Clinician];

    /// Returns the role with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }

    /// Returns the name used in the configuration and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nurse => "nurse",
            Self::Clinician => "clinician",
        }
    }
}

/// What a person can do to an alarm, to the sound of a bed at a station, to a limit, to a session,
/// or to a cuff.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OperatorAction {
    /// "I have seen it": quiet everywhere while the condition lasts, until it is called again.
    Acknowledge(Occurrence),
    /// "The devices that answer now belong here": those that this episode of `DEVICE_SWAPPED` names.
    ConfirmDevice(Occurrence),
    /// The alarms that the bed has called so far do not sound at this station for so long.
    PauseAudio {
        /// How long, 1 to [`AUDIO_PAUSE_MAX_S`].
        seconds: u32,
    },
    /// Ends a pause of the sound at this station, or its being off.
    ResumeAudio,
    /// Nothing of the bed sounds at this station for so long.
    AudioOff {
        /// How long, 1 to [`AUDIO_OFF_MAX_S`].
        seconds: u32,
    },
    /// One alarm of the bed calls nobody for so long; its condition is told.
    PauseAlarm {
        /// Which.
        id: AlarmId,
        /// How long, 1 to [`ALARM_PAUSE_MAX_S`].
        seconds: u32,
    },
    /// Ends the pause of an alarm.
    ResumeAlarm {
        /// Which.
        id: AlarmId,
    },
    /// One rule of the bed counts for nothing for so long.
    SwitchOff {
        /// Which.
        id: AlarmId,
        /// How long, 1 to [`RULE_OFF_MAX_S`].
        seconds: u32,
    },
    /// The rule counts again.
    SwitchOn {
        /// Which.
        id: AlarmId,
    },
    /// A limit of the bed is another one until the session ends, or [`LIMITS_LAST`](crate::LIMITS_LAST)
    /// has passed without one.
    SetLimit {
        /// Which.
        key: LimitKey,
        /// What the person saw that it is.
        expected: Value,
        /// What it is to be.
        new: Value,
    },
    /// A treatment session begins, for this patient: nothing of before is anybody's any more.
    OpenSession(SessionId, Patient),
    /// That session is over.
    CloseSession(SessionId),
    /// The treatment session goes into a phase, whose limits are in force from then on.
    EnterPhase(Phase),
    /// "I need somebody": the patient, from the room's screen.
    Call,
    /// "I need help at this bed", over this alarm if it is about one.
    Help(Option<Occurrence>),
    /// "Not me": the person does not come for this alarm. It changes none.
    Decline(Occurrence),
    /// "I come": the person is responsible for what the bed has called up to this number. It changes
    /// no alarm.
    Accept {
        /// The number of the bed's last call that they had before their eyes.
        call: u64,
    },
    /// "I am at the bed", after what it has called up to this number. It changes no alarm.
    Arrive {
        /// The number of the bed's last call that they had before their eyes.
        call: u64,
    },
    /// "Measure now", or "let the air out". Nothing but this ever moves a cuff.
    Cuff(CuffOrder),
}

impl OperatorAction {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acknowledge(_) => "acknowledge",
            Self::ConfirmDevice(_) => "confirm_device",
            Self::PauseAudio { .. } => "pause_audio",
            Self::ResumeAudio => "resume_audio",
            Self::AudioOff { .. } => "audio_off",
            Self::PauseAlarm { .. } => "pause_alarm",
            Self::ResumeAlarm { .. } => "resume_alarm",
            Self::SwitchOff { .. } => "switch_off",
            Self::SwitchOn { .. } => "switch_on",
            Self::SetLimit { .. } => "set_limit",
            Self::OpenSession(..) => "open_session",
            Self::CloseSession(_) => "close_session",
            Self::EnterPhase(Phase::Baseline) => "enter_baseline",
            Self::EnterPhase(Phase::Dosing) => "enter_dosing",
            Self::EnterPhase(Phase::Recovery) => "enter_recovery",
            Self::Call => "call",
            Self::Help(_) => "help",
            Self::Decline(_) => "decline",
            Self::Accept { .. } => "accept",
            Self::Arrive { .. } => "arrive",
            Self::Cuff(CuffOrder::Start) => "start_cuff",
            Self::Cuff(CuffOrder::Stop) => "stop_cuff",
        }
    }

    /// Returns the episode it is about, if it is about one.
    #[must_use]
    pub const fn occurrence(self) -> Option<Occurrence> {
        match self {
            Self::Acknowledge(occurrence)
            | Self::ConfirmDevice(occurrence)
            | Self::Decline(occurrence) => Some(occurrence),
            Self::Help(about) => about,
            _ => None,
        }
    }

    /// Returns the alarm it is about, if it names one.
    #[must_use]
    pub const fn alarm(self) -> Option<AlarmId> {
        match self {
            Self::PauseAlarm { id, .. }
            | Self::ResumeAlarm { id }
            | Self::SwitchOff { id, .. }
            | Self::SwitchOn { id } => Some(id),
            Self::SetLimit { key, .. } => Some(key.alarm()),
            _ => None,
        }
    }

    /// Returns for how long it is meant, seconds, if it has an end.
    #[must_use]
    pub const fn seconds(self) -> Option<u32> {
        match self {
            Self::PauseAudio { seconds }
            | Self::AudioOff { seconds }
            | Self::PauseAlarm { seconds, .. }
            | Self::SwitchOff { seconds, .. } => Some(seconds),
            _ => None,
        }
    }

    /// Returns the number of the last call of the bed that was answered with it, if it answers the
    /// bed.
    #[must_use]
    pub const fn answered_call(self) -> Option<u64> {
        match self {
            Self::Accept { call } | Self::Arrive { call } => Some(call),
            _ => None,
        }
    }

    /// Tells whether it is about the sound of a station, and so [`Audio`](crate::Audio)'s.
    #[must_use]
    pub const fn is_about_sound(self) -> bool {
        matches!(
            self,
            Self::PauseAudio { .. } | Self::ResumeAudio | Self::AudioOff { .. }
        )
    }

    /// Tells whether somebody of that role may do it. Which limits a role may set is the
    /// [`SessionLimits`](crate::SessionLimits)' to say.
    ///
    /// # Errors
    ///
    /// The role it takes.
    pub fn check_role(self, role: Role) -> Result<(), Refusal> {
        let needs = match self {
            Self::AudioOff { .. } | Self::SwitchOff { .. } => Role::Clinician,
            Self::Acknowledge(_)
            | Self::ConfirmDevice(_)
            | Self::PauseAudio { .. }
            | Self::ResumeAudio
            | Self::PauseAlarm { .. }
            | Self::ResumeAlarm { .. }
            | Self::SwitchOn { .. }
            | Self::SetLimit { .. }
            | Self::OpenSession(..)
            | Self::CloseSession(_)
            | Self::EnterPhase(_)
            | Self::Call
            | Self::Help(_)
            | Self::Decline(_)
            | Self::Accept { .. }
            | Self::Arrive { .. }
            | Self::Cuff(_) => Role::Nurse,
        };
        if role >= needs {
            Ok(())
        } else {
            Err(Refusal::Role(needs))
        }
    }

    /// Looks at the bounds, which no edge is trusted to have kept.
    pub(crate) fn check_seconds(self) -> Result<(), Refusal> {
        let most = match self {
            Self::PauseAudio { .. } => AUDIO_PAUSE_MAX_S,
            Self::AudioOff { .. } => AUDIO_OFF_MAX_S,
            Self::PauseAlarm { .. } => ALARM_PAUSE_MAX_S,
            Self::SwitchOff { .. } => RULE_OFF_MAX_S,
            _ => return Ok(()),
        };
        let within: RangeInclusive<u32> = 1..=most;
        if self
            .seconds()
            .is_some_and(|seconds| within.contains(&seconds))
        {
            Ok(())
        } else {
            Err(Refusal::Seconds { most })
        }
    }
}

/// An action with its owner: nothing is silenced without one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Act<'a> {
    /// What.
    pub action: OperatorAction,
    /// The person, by id; [`PATIENT`] of a call of the patient's.
    pub by: &'a str,
    /// Where, as the display calls itself. What is about sound takes one.
    pub station: Option<&'a str>,
    /// Why, in the person's words. A pause of an alarm, a rule that is off and a limit take one.
    pub reason: Option<&'a str>,
    /// The number of the last call that the person had before their eyes, if that is known: of the
    /// bed for a pause of its sound, of the alarm that was read for an acknowledgement, for a
    /// device and for "not me". What has called since was not seen, and is neither silenced nor
    /// taken as seen. Nothing is read of it for a call, nor for what has the number in itself.
    pub call: Option<u64>,
}

impl<'a> Act<'a> {
    /// Returns the reason, if it says anything.
    pub(crate) fn said_reason(&self) -> Result<&'a str, Refusal> {
        let reason = self.reason.map(str::trim);
        reason
            .filter(|reason| !reason.is_empty())
            .ok_or(Refusal::NoReason)
    }
}

/// Why an action is not done.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// There is no such bed.
    NoBed,
    /// That episode is over and nothing of it is left to acknowledge.
    Over,
    /// There has been no such episode.
    NeverWas,
    /// It called again after it was read; or, of who comes, all that they had read is over and
    /// something else calls, or somebody else comes who has read more.
    CalledSince,
    /// The bed has not called that often.
    NeverCalled,
    /// The bed has no alarm that anybody could come for.
    Quiet,
    /// That alarm is paused and calls nobody.
    Paused,
    /// The bed's part of the program failed.
    Failed,
    /// It takes this role.
    Role(Role),
    /// The bed has no rule for this alarm.
    NoRule(AlarmId),
    /// This alarm can be of high priority.
    CanBeHigh(AlarmId),
    /// This alarm says that the others cannot be believed.
    NeverOff(AlarmId),
    /// This is somebody's call: it is answered.
    IsCall(AlarmId),
    /// This rule is off already.
    IsOff(AlarmId),
    /// That alarm is not about a device that was exchanged.
    NotSwapped,
    /// There is nothing to end.
    NothingToEnd,
    /// It is for 1 to so many seconds.
    Seconds {
        /// So many.
        most: u32,
    },
    /// The limit stays as it is.
    Limit(LimitRefusal),
    /// The cuff is not told.
    Cuff(CuffRefusal),
    /// A session is open: it is closed first.
    SessionOpen {
        /// Who opened it, by id, if a person did.
        by: Option<Box<str>>,
        /// When.
        since: MonoTime,
    },
    /// That session is not the one that is open.
    NoSession,
    /// A treatment stands there, and its own steps lead on.
    InTreatment {
        /// Where: the stage.
        stage: &'static str,
    },
    /// A simulated device feeds the bed, which is not for training.
    Simulated,
    /// It takes a reason.
    NoReason,
    /// It does not say at which station.
    NoStation,
    /// So many stations have paused this bed that there is no room for another.
    TooManyStations,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBed => f.write_str("there is no such bed"),
            Self::Over => {
                f.write_str("that alarm is over or was acknowledged already; nothing was changed")
            }
            Self::NeverWas => f.write_str("the bed has had no such alarm"),
            Self::CalledSince => f.write_str(
                "that alarm has called again since you read it, and something worse may have \
                 joined; nothing was changed",
            ),
            Self::NeverCalled => f.write_str("the bed has not called that often"),
            Self::Quiet => f.write_str("no alarm of that bed stands any more"),
            Self::Paused => f.write_str("that alarm is paused and calls nobody"),
            Self::Failed => f.write_str(
                "this bed's part of the program failed meanwhile; look at what holds now and do it \
                 again",
            ),
            Self::Role(role) => write!(f, "that takes the role {}", role.name()),
            Self::NoRule(id) => write!(f, "{id} is not judged at this bed"),
            Self::CanBeHigh(id) => write!(
                f,
                "{id} can be of high priority and is never paused or switched off"
            ),
            Self::NeverOff(id) => write!(f, "{id} cannot be switched off"),
            Self::IsCall(id) => write!(
                f,
                "{id} is somebody's call: it is answered, and never paused or switched off"
            ),
            Self::IsOff(id) => write!(f, "{id} is switched off"),
            Self::NotSwapped => f.write_str("that alarm is not about another device"),
            Self::NothingToEnd => f.write_str("nothing is paused or off there"),
            Self::Seconds { most } => write!(f, "that is for 1 to {most} seconds"),
            Self::Limit(refusal) => refusal.fmt(f),
            Self::Cuff(refusal) => refusal.fmt(f),
            Self::SessionOpen { by, .. } => {
                let by = by.as_deref().unwrap_or("somebody");
                write!(
                    f,
                    "a session that {by} opened is open here; it is closed first"
                )
            }
            Self::NoSession => {
                f.write_str("that session is not open any more; nothing was changed")
            }
            Self::InTreatment { stage } => write!(
                f,
                "a treatment session is at {stage} here, and its own steps lead on; it ends when \
                 the patient is discharged or transferred, or it is aborted"
            ),
            Self::Simulated => f.write_str(
                "a simulated device feeds this bed, which is not for training; no session of a \
                 patient opens on it",
            ),
            Self::NoReason => f.write_str("that takes a reason"),
            Self::NoStation => f.write_str("that takes the name of a station"),
            Self::TooManyStations => {
                f.write_str("too many stations have paused the sound of this bed")
            }
        }
    }
}

impl std::error::Error for Refusal {}
