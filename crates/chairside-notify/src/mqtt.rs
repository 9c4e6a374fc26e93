//! How every bed stands, for programs of the clinic's own: an MQTT publisher (version 3.1.1).
//!
//! | topic | what | kept by the broker | confirmed |
//! |---|---|---|---|
//! | `v1/<site>/<bed>/alarm` | the full set of the bed's alarms, at each change | yes | yes |
//! | `v1/<site>/<bed>/obs` | what was measured, once a second | no | no |
//! | `v1/<site>/node/health` | `online` now and then, `offline` when we are gone | yes | yes |
//!
//! The alarms of a bed are always the full set, never an edge: what a client missed cannot hide an
//! alarm, and one that comes later gets them all. They are published anew at the beginning of
//! every connection. There is no queue: of a bed there is one set to be told, the newest.
//!
//! The packets are our own few; a client library keeps what could not be sent, and after an outage
//! would send old states first.
//!
//! **Not supported:** orders over MQTT, curves, session events, MQTT 5, certificates of clients.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chairside_model::{Measured, Metric};
use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsConnector;

use crate::back_off::{BackOff, within};
use crate::settings::check_host;
use crate::{AlarmState, Secret, SettingsError, WallClock, http};

mod board;
mod connection;
mod packet;

use board::Board;
pub use connection::MqttConnection;

/// Which broker is told, and how.
#[derive(Clone, Debug)]
pub struct MqttSettings {
    /// The broker, by the name that its certificate has, or by its address.
    pub host: String,
    /// Its port; 8883 is usual with TLS, 1883 without.
    pub port: u16,
    /// Whether the connection is protected by TLS.
    pub tls: bool,
    /// The hosts that the owner lists as reached without TLS: a broker on this machine.
    pub unprotected_hosts: Vec<String>,
    /// A PEM file with certificates of the clinic's own authorities, beside the machine's.
    pub ca_file: Option<PathBuf>,
    /// The account at the broker; with a password or not at all.
    pub user: Option<String>,
    /// Its password; given over TLS only.
    pub password: Option<Secret>,
    /// The clinic's name for this installation.
    pub site: String,
    /// The beds, by their configured ids. Of another one nothing is published.
    pub beds: Vec<String>,
    /// How long to wait for a connection, and for a confirmation; 30 s at most.
    pub answer_max: Duration,
    /// How often we say that we are here; 60 s at most. The broker says that we are not when it
    /// heard nothing for three times as long.
    pub health_every: Duration,
    /// How long to wait after a first failure; each time twice as long.
    pub back_off_first: Duration,
    /// How long to wait after a failure at most; 60 s at most.
    pub back_off_max: Duration,
}

impl MqttSettings {
    /// Returns the usual settings for a broker with TLS.
    #[must_use]
    pub fn of(host: impl Into<String>, port: u16, site: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            tls: true,
            unprotected_hosts: Vec::new(),
            ca_file: None,
            user: None,
            password: None,
            site: site.into(),
            beds: Vec::new(),
            answer_max: Duration::from_secs(5),
            health_every: Duration::from_secs(5),
            back_off_first: Duration::from_secs(1),
            back_off_max: Duration::from_secs(30),
        }
    }

    fn login(&self) -> Option<(&str, &str)> {
        Some((self.user.as_deref()?, self.password.as_ref()?.expose()))
    }

    /// Seconds of silence after which the broker gives us up (MQTT 3.1.1 waits half as long again).
    fn keep_alive(&self) -> u16 {
        let seconds = self.health_every.as_secs().max(1) * 2;
        u16::try_from(seconds).unwrap_or(u16::MAX)
    }
}

/// How it stands with the broker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MqttStatus {
    /// Whether there is a connection.
    pub connected: bool,
    /// Why there is none; nothing before the first attempt.
    pub away: Option<String>,
    /// Beds of which the broker has not confirmed the newest alarms.
    pub untold: usize,
    /// Messages that the broker has confirmed.
    pub confirmed: u64,
    /// States and numbers of beds that are none of ours.
    pub strange: u64,
}

/// The half of a publisher that is told how things stand. Telling waits for nothing.
#[derive(Clone, Debug)]
pub struct MqttPublisher {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    told: Mutex<Told>,
    changed: Notify,
    status: watch::Sender<MqttStatus>,
}

#[derive(Debug)]
struct Told {
    board: Board,
    status: MqttStatus,
}

impl MqttPublisher {
    /// Makes a publisher, and the connection that has to [run](MqttConnection::run) beside it.
    ///
    /// # Errors
    ///
    /// Says which setting cannot be used, and why.
    pub fn new(
        settings: MqttSettings,
        clock: WallClock,
    ) -> Result<(Self, MqttConnection), SettingsError> {
        let (tls, back_off) = check(&settings)?;
        let told = Told {
            board: Board::new(settings.beds.iter().cloned()),
            status: MqttStatus::default(),
        };
        let shared = Arc::new(Shared {
            told: Mutex::new(told),
            changed: Notify::new(),
            status: watch::Sender::new(MqttStatus::default()),
        });
        shared.change(|_| {});
        let connection = MqttConnection {
            settings,
            tls,
            clock,
            shared: Arc::clone(&shared),
            back_off,
            last_message: 0,
        };
        Ok((Self { shared }, connection))
    }

    /// Has it published how an alarm stands now.
    pub fn tell(&self, state: AlarmState) {
        self.shared.change(|told| {
            let ours = told.board.alarm(state);
            told.status.strange += u64::from(!ours);
        });
        self.shared.changed.notify_one();
    }

    /// Has it published with everything of a bed whether what that shows is simulated.
    pub fn simulated(&self, bed: &str, simulated: bool) {
        self.shared.change(|told| {
            let ours = told.board.simulated(bed, simulated);
            told.status.strange += u64::from(!ours);
        });
        self.shared.changed.notify_one();
    }

    /// Has it published with the next second's numbers what was measured at a bed.
    pub fn measured(&self, bed: &str, metric: Metric, measured: Measured, at: DateTime<Utc>) {
        let mut told = self.shared.lock();
        let ours = told.board.number(bed, metric, measured, at);
        told.status.strange += u64::from(!ours);
    }

    /// Returns how it stands with the broker, and each change of it.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<MqttStatus> {
        self.shared.status.subscribe()
    }
}

impl Shared {
    /// Nothing that is done under the lock can leave the board half changed.
    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Told)) {
        let mut told = self.lock();
        change(&mut told);
        told.status.untold = told.board.untold();
        self.status.send_replace(told.status.clone());
    }
}

/// Looks at all of the settings, and makes of them what can fail.
fn check(settings: &MqttSettings) -> Result<(Option<TlsConnector>, BackOff), SettingsError> {
    check_host(&settings.host, settings.port)?;
    if settings.site.is_empty() {
        return Err(SettingsError::new("site", "must not be empty"));
    }
    if settings.beds.iter().any(String::is_empty) {
        return Err(SettingsError::new("beds", "a bed has no id"));
    }
    let listed = |host: &String| host.eq_ignore_ascii_case(&settings.host);
    if !settings.tls && !settings.unprotected_hosts.iter().any(listed) {
        let why = format!("{} is not listed as reached without it", settings.host);
        return Err(SettingsError::new("tls", why));
    }
    match (&settings.user, &settings.password) {
        (Some(_), Some(_)) if !settings.tls => {
            let why = "is not sent over a connection without protection";
            return Err(SettingsError::new("password", why));
        }
        (Some(_), None) => {
            return Err(SettingsError::new("password", "is missing beside the user"));
        }
        (None, Some(_)) => {
            return Err(SettingsError::new("user", "is missing beside the password"));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    within("answer_max", settings.answer_max, Duration::from_secs(30))?;
    within(
        "health_every",
        settings.health_every,
        Duration::from_mins(1),
    )?;
    let tls = if settings.tls {
        let config = http::tls::config(settings.ca_file.as_deref())?;
        Some(TlsConnector::from(Arc::new(config)))
    } else {
        None
    };
    let back_off = BackOff::new(settings.back_off_first, settings.back_off_max)?;
    Ok((tls, back_off))
}
