//! What each display last said of itself: what it shows, and whether it can be heard.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chairside_model::MonoTime;
use serde::Serialize;

use super::wire::{Confirmed, Display, Sound};

/// What a display has said holds for so long: it says it every two seconds.
const HOLDS: Duration = Duration::from_secs(6);

/// The displays of all connections.
#[derive(Debug, Default)]
pub(super) struct Displays {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// The place of the connection that was made last.
    last: u64,
    /// By the place of their connection. There are no more than there are followers of the feed.
    said: BTreeMap<u64, Said>,
}

#[derive(Debug)]
struct Said {
    at: MonoTime,
    display: Display,
}

/// A display as it is told to whoever asks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Told {
    station: String,
    view: String,
    sound: Sound,
    confirmed: Option<Confirmed>,
    visible: bool,
    seq: u64,
    painted_ms_ago: Option<u64>,
    said_ms_ago: u64,
    /// The alarms can be heard there, as far as anybody knows.
    pub(super) heard: bool,
}

impl Displays {
    /// Gives a connection a place; what its display says goes with it when it is dropped.
    pub(super) fn place(self: &Arc<Self>) -> Place {
        let mut table = self.lock();
        table.last += 1;
        Place {
            displays: Arc::clone(self),
            number: table.last,
        }
    }

    /// Returns every display that has said something and is still connected, by station.
    pub(super) fn told(&self, now: MonoTime) -> Vec<Told> {
        let table = self.lock();
        let mut all: Vec<_> = table.said.values().map(|said| said.told(now)).collect();
        all.sort_by(|a, b| a.station.cmp(&b.station));
        all
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // Each entry is written as a whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Said {
    fn told(&self, now: MonoTime) -> Told {
        let Display {
            station,
            view,
            sound,
            confirmed,
            visible,
            seq,
            painted_ms_ago,
        } = self.display.clone();
        let since = now.saturating_since(self.at);
        let said_ms_ago = milliseconds(since);
        let painted_ms_ago = painted_ms_ago.map(|ago| ago.saturating_add(said_ms_ago));
        let paints = painted_ms_ago.is_some_and(|ago| ago <= milliseconds(HOLDS));
        Told {
            heard: sound == Sound::Running && confirmed.is_some() && paints && since <= HOLDS,
            station,
            view,
            sound,
            confirmed,
            visible,
            seq,
            painted_ms_ago,
            said_ms_ago,
        }
    }
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// The place of one connection.
#[derive(Debug)]
pub(super) struct Place {
    displays: Arc<Displays>,
    number: u64,
}

impl Place {
    /// Takes what the display says of itself in the place of what it said before.
    pub(super) fn say(&self, now: MonoTime, display: Display) {
        let said = Said { at: now, display };
        self.displays.lock().said.insert(self.number, said);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.displays.lock().said.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn display() -> Display {
        Display {
            station: "desk".into(),
            view: "#/".into(),
            sound: Sound::Running,
            confirmed: Some(Confirmed {
                by: "mn".into(),
                at: chrono::DateTime::UNIX_EPOCH,
            }),
            visible: true,
            seq: 7,
            painted_ms_ago: Some(20),
        }
    }

    fn at(milliseconds: u64) -> MonoTime {
        MonoTime::from_millis(milliseconds)
    }

    fn heard(display: Display, after_ms: u64) -> bool {
        let displays = Arc::new(Displays::default());
        let place = displays.place();
        place.say(at(100), display);
        displays.told(at(100 + after_ms))[0].heard
    }

    #[test]
    fn a_display_is_heard_when_its_sound_runs_was_confirmed_and_it_paints() {
        assert!(heard(display(), 0));
        for sound in [Sound::Suspended, Sound::Muted, Sound::Unconfirmed] {
            assert!(!heard(Display { sound, ..display() }, 0), "{sound:?}");
        }
        let confirmed = None;
        assert!(!heard(
            Display {
                confirmed,
                ..display()
            },
            0
        ));
        for (painted_ms_ago, is_heard) in [(None, false), (Some(6_001), false), (Some(6_000), true)]
        {
            let display = Display {
                painted_ms_ago,
                ..display()
            };
            assert_eq!(heard(display, 0), is_heard, "{painted_ms_ago:?}");
        }
    }

    #[test]
    fn what_a_display_said_holds_for_six_seconds_and_its_picture_grows_old_with_it() {
        assert!(heard(display(), 5_980));
        assert!(
            !heard(display(), 5_981),
            "its picture is over six seconds old"
        );
        let fresh = Display {
            painted_ms_ago: Some(0),
            ..display()
        };
        assert!(heard(fresh.clone(), 6_000));
        assert!(!heard(fresh, 6_001));
    }

    #[test]
    fn a_display_goes_with_its_connection_and_says_what_it_said_last() {
        let displays = Arc::new(Displays::default());
        let desk = displays.place();
        let hall = displays.place();
        let silent = displays.place();
        hall.say(
            at(0),
            Display {
                station: "hall".into(),
                ..display()
            },
        );
        desk.say(at(0), display());
        desk.say(
            at(5),
            Display {
                sound: Sound::Suspended,
                ..display()
            },
        );
        let told = displays.told(at(5));
        let names: Vec<_> = told.iter().map(|one| &*one.station).collect();
        assert_eq!(names, ["desk", "hall"], "by station; one said nothing yet");
        assert_eq!(told[0].sound, Sound::Suspended);
        assert_eq!((told[0].said_ms_ago, told[1].said_ms_ago), (0, 5));
        drop(desk);
        drop(silent);
        assert_eq!(displays.told(at(5)).len(), 1);
    }
}
