//! The host's own loudspeaker: it plays what a nurse station would, while none is heard
//! (`docs/notifications.md`, *The host's loudspeaker*).
//!
//! Sound is made sample by sample from what calls at that moment (`player.rs`) and handed to a
//! [`Sink`] on a thread of its own, silence too: so a sink that is gone is known before an alarm
//! needs it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use chairside_alarm::Priority;
use chairside_model::{BedId, MonoTime};
use chairside_station::Station;
use serde::Serialize;
use tracing::{info, warn};

mod output;
mod pattern;
mod player;

pub use output::{Output, Sink};
use pattern::SAMPLES_PER_MS;
use player::{Call, Player};

/// What the loudspeaker is called where the sound of a bed is paused or off at a station.
pub const STATION: &str = "loudspeaker";

/// Samples are handed over in pieces of so many milliseconds: a new alarm waits that long at most.
const PIECE_MS: usize = 20;

/// A sink that failed is opened again after this.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A sink that takes nothing for so long hangs.
const HANGS_AFTER: Duration = Duration::from_secs(5);

/// The loudspeaker of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoudspeakerSettings {
    /// A sound device of the machine, by its ALSA name: `default`, `plughw:1`.
    Device(String),
    /// A WAV file that is written as it would be heard, for machines without a sound device.
    File(PathBuf),
}

/// How it stands with the loudspeaker, as clients are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoudspeakerState {
    /// The priority that it plays, while it is needed and something calls.
    pub plays: Option<&'static str>,
    /// Why it plays nothing; nothing while it works.
    pub failing: Option<String>,
}

/// The loudspeaker, as the service's loop has it.
#[derive(Debug)]
pub struct Loudspeaker {
    shared: Arc<Shared>,
    /// Since when it fails.
    failing: Option<(MonoTime, String)>,
    /// How many pieces were taken when that last changed, and when.
    taken: (u64, MonoTime),
}

/// What the loop and the thread share.
#[derive(Debug, Default)]
struct Shared(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    calls: Vec<Call>,
    failing: Option<String>,
    /// Pieces that the sink has taken.
    taken: u64,
    stop: bool,
}

impl Loudspeaker {
    /// Begins to play silence.
    #[must_use]
    pub fn start(settings: &LoudspeakerSettings, now: MonoTime) -> Self {
        Self::playing(output::of(settings), now)
    }

    fn playing(output: Box<dyn Output>, now: MonoTime) -> Self {
        let shared = Arc::new(Shared::default());
        let played = Arc::clone(&shared);
        let spawned = thread::Builder::new()
            .name("loudspeaker".to_owned())
            .spawn(move || play(&*output, &played));
        if let Err(error) = spawned {
            shared.lock().failing = Some(format!("it has no thread: {}", error.kind()));
        }
        Self {
            shared,
            failing: None,
            taken: (0, now),
        }
    }

    /// Takes what calls: nothing while a station is heard.
    pub fn tell(&self, station: &Station, is_needed: bool) {
        let calls = if is_needed {
            calls(station)
        } else {
            Vec::new()
        };
        self.shared.lock().calls = calls;
    }

    /// Looks, once a second, whether it works; returns how it stands.
    pub fn look(&mut self, now: MonoTime) -> LoudspeakerState {
        let state = self.shared.lock();
        if state.taken != self.taken.0 {
            self.taken = (state.taken, now);
        }
        let hangs = now.saturating_since(self.taken.1) >= HANGS_AFTER;
        let why = state.failing.clone();
        let why = why.or_else(|| hangs.then(|| "it takes no sound".to_owned()));
        let plays = state.calls.iter().map(|call| call.priority).max();
        drop(state);
        match (&self.failing, &why) {
            (None, Some(why)) => warn!(why, "The loudspeaker plays nothing."),
            (Some(_), None) => info!("The loudspeaker plays again."),
            _ => {}
        }
        let since = self.failing.as_ref().map_or(now, |(since, _)| *since);
        self.failing = why.clone().map(|why| (since, why));
        LoudspeakerState {
            plays: plays.filter(|_| why.is_none()).map(Priority::name),
            failing: why,
        }
    }

    /// Returns since when it plays nothing, and why, where that is so.
    #[must_use]
    pub fn failing(&self) -> Option<(MonoTime, String)> {
        let (since, why) = self.failing.as_ref()?;
        Some((*since, format!("{STATION}: {why}")))
    }
}

impl Drop for Loudspeaker {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is written as a whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns what sounds here: what would at a station of that name.
fn calls(station: &Station) -> Vec<Call> {
    let sounds = |bed: BedId, alarm: &_| {
        let audio = station.audio(bed);
        audio.is_none_or(|audio| audio.sounds(STATION, alarm))
    };
    let standing = station.standing();
    let standing = standing.filter(|(bed, alarm)| sounds(*bed, alarm));
    let calls = standing.map(|(bed, alarm)| Call {
        key: (bed, alarm.occurrence, alarm.call),
        priority: alarm.priority,
    });
    calls.collect()
}

/// Plays until it is told to stop, and opens the sink again when that fails.
fn play(output: &dyn Output, shared: &Shared) {
    let mut player = Player::default();
    let mut piece = vec![0; PIECE_MS * SAMPLES_PER_MS];
    loop {
        let why = match output.open() {
            Ok(mut sink) => loop {
                {
                    let mut state = shared.lock();
                    if state.stop {
                        return;
                    }
                    player.fill(&state.calls, &mut piece);
                    state.taken += 1;
                }
                match sink.write(&piece) {
                    Ok(()) => shared.lock().failing = None,
                    Err(why) => break why,
                }
            },
            Err(why) => why,
        };
        shared.lock().failing = Some(why);
        thread::sleep(AGAIN_AFTER);
        if shared.lock().stop {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
