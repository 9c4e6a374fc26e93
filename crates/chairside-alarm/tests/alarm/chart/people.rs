//! What people set on a chart's bed, and who hears what of it.

use chairside_alarm::{
    Act, AlarmEngine, AlarmId, Audio, AudioCause, AudioChange, Flood, FloodWatch, OperatorAction,
    SuspensionChange, Transition,
};
use chairside_model::MonoTime;

use super::words::number;

/// The stations of every chart.
const STATIONS: [&str; 2] = ["desk", "hall"];

/// Where somebody acts who does not say where.
const SOMEWHERE: &str = "desk";

/// The layers above the engine, and what they told.
#[derive(Default)]
pub(super) struct People {
    audio: Audio,
    flood: FloodWatch,
    in_session: bool,
    seen: usize,
    audio_changes: Vec<AudioChange>,
    /// What was told of the sound, in order.
    audio_told: Vec<AudioChange>,
    last_heard: [String; STATIONS.len()],
    /// `12s desk: SPO2_LOW` when it changes what is heard there, and each reminder.
    pub(super) heard: Vec<String>,
    /// What paused and switched off, in order.
    pub(super) suspensions: Vec<SuspensionChange>,
    /// The summary, after each change.
    pub(super) floods: Vec<(MonoTime, Option<Flood>)>,
}

pub(crate) const fn by_nurse(action: OperatorAction) -> Act<'static> {
    Act {
        action,
        by: "mn",
        station: Some(SOMEWHERE),
        reason: Some("expected"),
        call: None,
    }
}

/// Returns what these words of a chart want done, and at which station.
pub(super) fn read<'a>(words: &[&'a str]) -> Option<(OperatorAction, &'a str)> {
    let id = |name| AlarmId::from_name(name).expect("an alarm");
    let seconds = |word| u32::try_from(number(word)).expect("it is not for ever");
    let at = |action| Some((action, SOMEWHERE));
    match *words {
        ["pause", name, long] => at(OperatorAction::PauseAlarm {
            id: id(name),
            seconds: seconds(long),
        }),
        ["resume", name] => at(OperatorAction::ResumeAlarm { id: id(name) }),
        ["off", name, long] => at(OperatorAction::SwitchOff {
            id: id(name),
            seconds: seconds(long),
        }),
        ["on", name] => at(OperatorAction::SwitchOn { id: id(name) }),
        ["quiet", station, long] => {
            let seconds = seconds(long);
            Some((OperatorAction::PauseAudio { seconds }, station))
        }
        ["mute", station, long] => {
            let seconds = seconds(long);
            Some((OperatorAction::AudioOff { seconds }, station))
        }
        ["call"] => at(OperatorAction::Call),
        ["help"] => at(OperatorAction::Help(None)),
        ["loud", station] => Some((OperatorAction::ResumeAudio, station)),
        _ => None,
    }
}

impl People {
    /// Does what is about sound.
    pub(super) fn operator(&mut self, now: MonoTime, act: &Act<'_>, last_call: u64) {
        assert_eq!(self.audio.check(act), Ok(()), "{:?}", act.action);
        self.audio
            .operator(now, act, last_call, &mut self.audio_changes);
    }

    /// Lets everything be heard everywhere when a session opens or closes.
    pub(super) fn session(&mut self, now: MonoTime, open: bool) {
        if std::mem::replace(&mut self.in_session, open) != open {
            self.audio.end_session(now, &mut self.audio_changes);
        }
    }

    /// Tells whether it can be done.
    pub(super) fn can(&self, act: &Act<'_>) -> bool {
        self.audio.check(act).is_ok()
    }

    /// Goes on from what was told, after a restart.
    pub(super) fn restart(&mut self, told: &[Transition]) {
        self.audio = Audio::default();
        self.audio_told.append(&mut self.audio_changes);
        for change in &self.audio_told {
            self.audio.adopt(change);
        }
        self.flood = FloodWatch::default();
        for transition in &told[..self.seen] {
            self.flood.take(transition);
        }
        self.flood
            .adopt(self.floods.last().and_then(|(_, flood)| *flood));
    }

    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        let deadlines = [self.audio.next_deadline(), self.flood.next_deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Follows the engine after everything of that moment.
    pub(super) fn follow(&mut self, now: MonoTime, engine: &AlarmEngine, told: &[Transition]) {
        for transition in &told[self.seen..] {
            if self.flood.take(transition) {
                self.floods.push((now, self.flood.flood()));
            }
        }
        self.seen = told.len();
        if self.flood.tick(now) {
            self.floods.push((now, None));
        }
        self.audio.tick(now, &mut self.audio_changes);
        let seconds = now.since_start().as_secs_f64();
        self.audio_told.extend(self.audio_changes.iter().cloned());
        for change in self.audio_changes.drain(..) {
            if change.cause == AudioCause::Reminder {
                self.heard
                    .push(format!("{seconds}s {}: reminder", change.station));
            }
        }
        for (station, last) in STATIONS.iter().zip(&mut self.last_heard) {
            let sounding = engine
                .standing()
                .filter(|alarm| self.audio.sounds(station, alarm));
            let heard: Vec<&str> = sounding.map(|alarm| alarm.id.name()).collect();
            let heard = heard.join(", ");
            if heard != *last {
                let what = if heard.is_empty() { "nothing" } else { &heard };
                self.heard.push(format!("{seconds}s {station}: {what}"));
                *last = heard;
            }
        }
    }
}
