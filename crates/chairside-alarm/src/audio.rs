//! Who hears the alarms of a bed: the sound at each station, apart from conditions and signals
//! (`docs/alarms.md`, who hears it).

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_model::MonoTime;

use crate::{Act, OperatorAction, Refusal, SignalPresence, Transition};

/// How often a station whose sound is off is reminded of it, at least. (Our design; Philips re-alarms
/// every 2 or 3 min: V24 manual, page 5-5.)
pub const REMINDER_PERIOD: Duration = Duration::from_mins(3);

/// Stations at which a bed's sound is paused or off, at most: more than a clinic has, and few enough
/// that a display that names itself anew each time fills no memory.
pub const STATIONS_MAX: usize = 32;

/// What a station lets people hear of a bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Everything.
    On,
    /// What the bed calls from now on.
    Paused {
        /// When it ends by itself.
        until: MonoTime,
        /// The last call that is not heard.
        covers: u64,
    },
    /// Nothing.
    Off {
        /// When it ends by itself.
        until: MonoTime,
        /// When people are next reminded.
        reminder: MonoTime,
    },
}

impl Sound {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Paused { .. } => "paused",
            Self::Off { .. } => "off",
        }
    }

    /// Returns when it ends by itself, if it does.
    #[must_use]
    pub const fn until(self) -> Option<MonoTime> {
        match self {
            Self::On => None,
            Self::Paused { until, .. } | Self::Off { until, .. } => Some(until),
        }
    }

    fn next_deadline(self) -> Option<MonoTime> {
        match self {
            Self::On => None,
            Self::Paused { until, .. } => Some(until),
            Self::Off { until, reminder } => Some(until.min(reminder)),
        }
    }
}

/// A station at which a bed's sound is paused or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioState {
    /// What can be heard; never [`Sound::On`].
    pub sound: Sound,
    /// Since when.
    pub since: MonoTime,
    /// Who did it, by id.
    pub by: Box<str>,
    /// Why, if that was said.
    pub reason: Option<Box<str>>,
}

/// Why the sound of a station is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AudioCause {
    /// A person changed it.
    Person,
    /// Its time was over.
    Time,
    /// A session opened or closed: it was silent for another patient.
    Session,
    /// Nothing changed: people are reminded that it is off.
    Reminder,
}

impl AudioCause {
    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Time => "time",
            Self::Session => "session",
            Self::Reminder => "reminder",
        }
    }

    /// Returns the cause with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Person, Self::Time, Self::Session, Self::Reminder]
            .into_iter()
            .find(|cause| cause.name() == name)
    }
}

/// The sound of a bed at a station, just after it changed, or as a reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioChange {
    /// When.
    pub at: MonoTime,
    /// The station, as the display calls itself.
    pub station: Box<str>,
    /// What can be heard there now.
    pub sound: Sound,
    /// Why this is told.
    pub cause: AudioCause,
    /// Who did it, by id: the last person who changed it.
    pub by: Box<str>,
    /// Why, if that was said.
    pub reason: Option<Box<str>>,
}

/// The sound of one bed at every station. A station that is not named hears everything.
#[derive(Clone, Debug, Default)]
pub struct Audio {
    stations: BTreeMap<Box<str>, AudioState>,
}

impl Audio {
    /// Tells whether the action can be done now. Actions that are not about sound are not looked
    /// at.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(&self, act: &Act<'_>) -> Result<(), Refusal> {
        if !act.action.is_about_sound() {
            return Ok(());
        }
        let station = act.station.filter(|station| !station.trim().is_empty());
        let station = station.ok_or(Refusal::NoStation)?;
        act.action.check_seconds()?;
        let is_known = self.stations.contains_key(station);
        match act.action {
            OperatorAction::ResumeAudio if !is_known => Err(Refusal::NothingToEnd),
            _ if !is_known && self.stations.len() >= STATIONS_MAX => Err(Refusal::TooManyStations),
            _ => Ok(()),
        }
    }

    /// Does what a person wants, and appends the change to `out`; `last_call` is the last call of
    /// the bed, [`AlarmEngine::last_call`](crate::AlarmEngine::last_call), and taken for what the
    /// person heard where the act does not say what that was. What [`check`](Self::check) refuses
    /// changes nothing.
    pub fn operator(
        &mut self,
        now: MonoTime,
        act: &Act<'_>,
        last_call: u64,
        out: &mut Vec<AudioChange>,
    ) {
        self.tick(now, out);
        let (Ok(()), Some(station)) = (self.check(act), act.station) else {
            return;
        };
        let until = |seconds: u32| now + Duration::from_secs(seconds.into());
        let sound = match act.action {
            OperatorAction::PauseAudio { seconds } => Sound::Paused {
                until: until(seconds),
                covers: act.call.map_or(last_call, |heard| heard.min(last_call)),
            },
            OperatorAction::AudioOff { seconds } => Sound::Off {
                until: until(seconds),
                reminder: now + REMINDER_PERIOD,
            },
            OperatorAction::ResumeAudio => Sound::On,
            _ => return,
        };
        let reason = act.reason.map(Into::into);
        let change = AudioChange {
            at: now,
            station: station.into(),
            sound,
            cause: AudioCause::Person,
            by: act.by.into(),
            reason,
        };
        self.adopt(&change);
        out.push(change);
    }

    /// Takes a change as it is: of the record, when the service starts again.
    pub fn adopt(&mut self, change: &AudioChange) {
        if change.sound == Sound::On {
            self.stations.remove(&change.station);
            return;
        }
        let since = match self.stations.get(&change.station) {
            Some(state) if change.cause == AudioCause::Reminder => state.since,
            _ => change.at,
        };
        let state = AudioState {
            sound: change.sound,
            since,
            by: change.by.clone(),
            reason: change.reason.clone(),
        };
        self.stations.insert(change.station.clone(), state);
    }

    /// Ends what is over by `now`, reminds of what is off, and appends both to `out`.
    pub fn tick(&mut self, now: MonoTime, out: &mut Vec<AudioChange>) {
        if self.next_deadline().is_none_or(|due| due > now) {
            return;
        }
        for (station, state) in &mut self.stations {
            let (sound, cause) = match state.sound {
                sound if sound.until().is_some_and(|until| until <= now) => {
                    (Sound::On, AudioCause::Time)
                }
                Sound::Off { until, reminder } if reminder <= now => {
                    let next = reminder + REMINDER_PERIOD;
                    let sound = Sound::Off {
                        until,
                        reminder: if next > now {
                            next
                        } else {
                            now + REMINDER_PERIOD
                        },
                    };
                    (sound, AudioCause::Reminder)
                }
                _ => continue,
            };
            state.sound = sound;
            out.push(AudioChange {
                at: now,
                station: station.clone(),
                sound,
                cause,
                by: state.by.clone(),
                reason: state.reason.clone(),
            });
        }
        self.stations.retain(|_, state| state.sound != Sound::On);
    }

    /// Lets every station hear everything, for a session opens or closes, and appends what ends to
    /// `out`.
    pub fn end_session(&mut self, now: MonoTime, out: &mut Vec<AudioChange>) {
        self.tick(now, out);
        for (station, state) in std::mem::take(&mut self.stations) {
            out.push(AudioChange {
                at: now,
                station,
                sound: Sound::On,
                cause: AudioCause::Session,
                by: state.by,
                reason: state.reason,
            });
        }
    }

    /// Returns when it wants a [`tick`](Self::tick), if it does.
    #[must_use]
    pub fn next_deadline(&self) -> Option<MonoTime> {
        let deadlines = self.stations.values();
        deadlines
            .filter_map(|state| state.sound.next_deadline())
            .min()
    }

    /// Returns every station at which the sound is paused or off, by name.
    pub fn stations(&self) -> impl Iterator<Item = (&str, &AudioState)> {
        self.stations
            .iter()
            .map(|(station, state)| (&**station, state))
    }

    /// Tells whether an alarm of the bed sounds at a station.
    #[must_use]
    pub fn sounds(&self, station: &str, alarm: &Transition) -> bool {
        let calls = alarm.signal == SignalPresence::On && !alarm.superseded;
        calls
            && match self.stations.get(station).map(|state| state.sound) {
                None | Some(Sound::On) => true,
                Some(Sound::Paused { covers, .. }) => alarm.call > covers,
                Some(Sound::Off { .. }) => false,
            }
    }
}
