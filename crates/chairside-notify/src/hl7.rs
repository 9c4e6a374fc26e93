//! Alarms for an alarm manager: HL7 v2 `ORU^R40` in the shape of IHE PCD-04, over MLLP.
//!
//! An alarm manager is a system of the clinic that shows the alarms of many sources and calls
//! people by its own rules. It is no [`Channel`](crate::Channel): it is told how each alarm stands,
//! and not whom to call. Nothing here is waited for by anybody: a receiver that is away costs
//! memory up to a limit, and is seen in the [`Hl7Status`].
//!
//! - One message at a time; the next one when the receiver has answered (MSA-1).
//! - `AA`: it was taken. `AE`: it cannot be read; it is put aside, counted, and the next one is
//!   told. `AR`, or no answer: it is tried again later, with the same number (MSH-10).
//! - The newest state of an episode takes the place of one that still waits. What is more urgent
//!   goes first.
//! - An alarm that stands is told again now and then, so that a receiver that was started anew
//!   knows of it.
//!
//! **Not supported:** TLS, what an alarm manager says back (PCD-05, `ORA^R41`), a watchdog message,
//! the alarm limits (OBX-7). A message is kept in memory only: after a restart of the service what
//! still stands is told as begun.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::back_off::{BackOff, within};
use crate::settings::check_host;
use crate::{AlarmState, SettingsError, WallClock};

mod code;
mod connection;
mod message;
mod queue;

pub use connection::Hl7Connection;
pub use message::{Envelope, Phase, encode};
use queue::Queue;

/// Which alarm manager is told, and how.
#[derive(Clone, Debug)]
pub struct Hl7Settings {
    /// The receiver's name in the network, or its address.
    pub host: String,
    /// Its port; 2575 is registered for HL7 over MLLP.
    pub port: u16,
    /// The clinic's name for this installation (MSH-4).
    pub site: String,
    /// Our name in messages (MSH-3).
    pub application: String,
    /// Our number in messages, if we have one: EUI-64, 16 hexadecimal digits.
    pub eui64: Option<String>,
    /// The receiver's name in messages (MSH-5); may be empty.
    pub receiver: String,
    /// Where the receiver is, in messages (MSH-6); may be empty.
    pub receiver_facility: String,
    /// How long to wait for a connection, and for an answer; 30 s at most.
    pub answer_max: Duration,
    /// How often a standing alarm is told again at most; 60 s at most. Between once and twice this
    /// lies between two messages.
    pub continue_every: Duration,
    /// How long to wait after a first failure; each time twice as long.
    pub back_off_first: Duration,
    /// How long to wait after a failure at most; 60 s at most.
    pub back_off_max: Duration,
}

impl Hl7Settings {
    /// Returns the usual settings for a receiver.
    #[must_use]
    pub fn of(host: impl Into<String>, port: u16, site: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            site: site.into(),
            application: "Chairside".to_owned(),
            eui64: None,
            receiver: String::new(),
            receiver_facility: String::new(),
            answer_max: Duration::from_secs(5),
            continue_every: Duration::from_secs(15),
            back_off_first: Duration::from_secs(1),
            back_off_max: Duration::from_secs(30),
        }
    }
}

/// How it stands with the receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hl7Status {
    /// Whether there is a connection.
    pub connected: bool,
    /// Why there is none; nothing before the first attempt.
    pub away: Option<String>,
    /// Episodes that wait to be told.
    pub waiting: usize,
    /// Messages that were taken.
    pub delivered: u64,
    /// Attempts that came to nothing and are made again.
    pub failed: u64,
    /// Messages that the receiver cannot read.
    pub parked: u64,
    /// The last of them, in words.
    pub last_parked: Option<String>,
    /// The beds with an alarm of which the receiver could not read the newest, or refuses it; in
    /// words. `DELIVERY_FAILED` is none of them, which would itself be about that.
    pub untaken: BTreeMap<String, String>,
    /// States that were given up because too many waited.
    pub dropped: u64,
}

/// The half of an alarm sender that is told how alarms stand.
#[derive(Clone, Debug)]
pub struct Hl7Sender {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Notify,
    status: watch::Sender<Hl7Status>,
}

impl Hl7Sender {
    /// Makes a sender, and the connection that has to [run](Hl7Connection::run) beside it.
    ///
    /// # Errors
    ///
    /// Says which setting cannot be used, and why.
    pub fn new(
        settings: Hl7Settings,
        clock: WallClock,
    ) -> Result<(Self, Hl7Connection), SettingsError> {
        let back_off = check(&settings)?;
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            changed: Notify::new(),
            status: watch::Sender::new(Hl7Status::default()),
        });
        let connection = Hl7Connection::new(settings, clock, Arc::clone(&shared), back_off);
        Ok((Self { shared }, connection))
    }

    /// Has the receiver told how an alarm stands now. It waits for nothing.
    pub fn tell(&self, state: AlarmState) {
        self.shared.change(|queue| queue.insert(state));
        self.shared.changed.notify_one();
    }

    /// Returns how it stands with the receiver, and each change of it.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Hl7Status> {
        self.shared.status.subscribe()
    }
}

impl Shared {
    /// Nothing that is done under the lock can leave the queue half changed.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Queue)) {
        let mut queue = self.lock();
        change(&mut queue);
        self.status.send_replace(queue.status());
    }
}

/// Looks at all of the settings, and makes the waits of them.
fn check(settings: &Hl7Settings) -> Result<BackOff, SettingsError> {
    check_host(&settings.host, settings.port)?;
    for (field, text) in [
        ("site", &settings.site),
        ("application", &settings.application),
    ] {
        if text.is_empty() {
            return Err(SettingsError::new(field, "must not be empty"));
        }
    }
    let digits = |number: &str| number.len() == 16 && number.bytes().all(|b| b.is_ascii_hexdigit());
    if settings
        .eui64
        .as_deref()
        .is_some_and(|number| !digits(number))
    {
        return Err(SettingsError::new("eui64", "is not 16 hexadecimal digits"));
    }
    within("answer_max", settings.answer_max, Duration::from_secs(30))?;
    within(
        "continue_every",
        settings.continue_every,
        Duration::from_mins(1),
    )?;
    BackOff::new(settings.back_off_first, settings.back_off_max)
}
