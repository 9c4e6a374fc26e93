//! What every channel's settings are made of.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// A password, a token or a key. It is printed nowhere: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct SettingsError {
    /// The field of the settings.
    pub field: &'static str,
    /// What is wrong with it, in words for the clinic's owner. No secret is in it.
    pub why: String,
}

/// Where the time of day comes from: what is signed carries it. The caller has the clock
/// (`docs/adr/0001-sans-io-core.md`).
#[derive(Clone)]
pub struct WallClock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Secret {
    /// Keeps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the secret itself: to be sent to whom it was agreed with, and not to be shown.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl SettingsError {
    /// Returns that a field cannot be used, and why.
    #[must_use]
    pub fn new(field: &'static str, why: impl fmt::Display) -> Self {
        Self {
            field,
            why: why.to_string(),
        }
    }
}

impl WallClock {
    /// Takes the time from there.
    #[must_use]
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Returns the present time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0()
    }
}

impl fmt::Debug for WallClock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WallClock")
    }
}

/// Says whether a server can be named so.
pub(crate) fn check_host(host: &str, port: u16) -> Result<(), SettingsError> {
    let strange = |letter: char| letter.is_whitespace() || letter.is_control();
    if host.is_empty() || host.contains(strange) {
        return Err(SettingsError::new("host", "is no name of a server"));
    }
    if port == 0 {
        return Err(SettingsError::new("port", "0 is no port"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_in_what_is_printed_of_it() {
        let secret = Secret::new("hunter2");
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret))
                .matches("hunter2")
                .count(),
            0
        );
    }
}
