//! Where a person answers a message from the telephone, and how we know that it is that person.
//!
//! The address in a message ends in a token: the message's key, and a code for it that only this
//! installation can make (HMAC-SHA-256, RFC 2104). So a token is the right to answer that message
//! in the name of the person who got it, and nothing has to be kept to know it again.

use std::fmt;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use url::{Host, Url};

use crate::http::ListedHost;
use crate::{SettingsError, private_file};

/// Bytes of the secret.
const SECRET_BYTES: usize = 32;

/// What the codes are for, so that the secret makes none for anything else.
const PURPOSE: &[u8] = b"chairside answer 1\0";

/// Where the service is reached from a telephone: `https://chairside.clinic.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerUrl(String);

impl AnswerUrl {
    /// Parses it. It is the service alone, without a path, and begins with `https://`; with
    /// `http://` only where the host is this machine or a listed one, for whoever reads it on the
    /// way can answer.
    ///
    /// # Errors
    ///
    /// In words why it cannot be used.
    pub fn parse(text: &str, listed: &[ListedHost]) -> Result<Self, String> {
        let none =
            || format!("{text:?} is not an address like \"https://chairside.clinic.example\"");
        let url = Url::parse(text).map_err(|_not_one| none())?;
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(none());
        };
        let alone = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !alone {
            let why =
                "is not the service alone: no path, user, password or question after the host";
            return Err(format!("{text:?} {why}"));
        }
        let host = host.to_owned();
        let loopback = match &host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let plain_is_fine = || loopback || listed.iter().any(|entry| entry.covers(&host, port));
        match url.scheme() {
            "https" => {}
            "http" if plain_is_fine() => {}
            "http" => {
                return Err(format!(
                    "{text:?} must begin with https://: whoever reads a message's answer on the \
                     way can give another one; {host} is neither this machine nor a listed host"
                ));
            }
            _ => return Err(none()),
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// Returns the host, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        let (_, rest) = self.0.split_once("://").unwrap_or_default();
        match rest.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => rest,
        }
    }

    /// Returns the address for a token.
    #[must_use]
    pub fn with(&self, token: &str) -> String {
        format!("{}/answer/{token}", self.0)
    }
}

/// What makes the tokens and knows them again.
pub struct AnswerKey(hmac::Key);

impl AnswerKey {
    /// Reads the secret from its file; makes one, and the file, where there is none.
    ///
    /// # Errors
    ///
    /// When others than the owner may read the file, when it is not such a secret, or when it can
    /// be neither read nor made.
    pub fn open(path: &Path) -> Result<Self, SettingsError> {
        let unfit = |why: &dyn fmt::Display| {
            SettingsError::new("answer_url", format_args!("{}: {why}", path.display()))
        };
        let secret = match private_file::read(path) {
            Ok(secret) => secret,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut made = vec![0; SECRET_BYTES];
                let filled = SystemRandom::new().fill(&mut made);
                filled.map_err(|_no_chance| unfit(&"no secret could be made"))?;
                private_file::write(path, &made).map_err(|error| unfit(&error))?;
                made
            }
            Err(error) => return Err(unfit(&error)),
        };
        if secret.len() != SECRET_BYTES {
            let why = "is not our secret of 32 bytes; without it, a new one is made";
            return Err(unfit(&why));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &secret)))
    }

    /// Returns the token for a message: 256 bits that nobody else can make.
    #[must_use]
    pub fn token(&self, key: &str) -> String {
        let code = hmac::sign(&self.0, &signed(key));
        format!("{key}.{}", URL_SAFE_NO_PAD.encode(code))
    }

    /// Returns the key of the message whose token that is; [`None`] when we did not make it.
    #[must_use]
    pub fn key_of<'t>(&self, token: &'t str) -> Option<&'t str> {
        let (key, code) = token.rsplit_once('.')?;
        let code = URL_SAFE_NO_PAD.decode(code).ok()?;
        // Compares in the same time wherever the two differ.
        hmac::verify(&self.0, &signed(key), &code).ok()?;
        Some(key)
    }
}

fn signed(key: &str) -> Vec<u8> {
    [PURPOSE, key.as_bytes()].concat()
}

/// Nothing of the secret.
impl fmt::Debug for AnswerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnswerKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn opened(folder: &Path) -> AnswerKey {
        AnswerKey::open(&folder.join("answer.key")).unwrap()
    }

    #[test]
    fn a_token_is_known_again_after_a_restart_and_by_nobody_else() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let token = opened(folder.path()).token("a.b-7");
        assert_eq!(opened(folder.path()).key_of(&token), Some("a.b-7"));
        assert_eq!(opened(other.path()).key_of(&token), None);
        let mode = fs::metadata(folder.path().join("answer.key")).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        assert!(token.bytes().all(letters), "{token}");
    }

    #[test]
    fn a_token_with_any_letter_changed_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let key = opened(folder.path());
        let token = key.token("a-7");
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(key.key_of(&changed), None, "{changed}");
        }
        for cut in 0..token.len() {
            assert_eq!(key.key_of(&token[..cut]), None);
        }
        assert_eq!(key.key_of(&format!("{token}A")), None);
    }

    #[test]
    fn a_secret_that_others_may_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer.key");
        opened(folder.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let why = AnswerKey::open(&path).unwrap_err().to_string();
        assert!(why.contains("0600"), "{why}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "short").unwrap();
        let why = AnswerKey::open(&path).unwrap_err().to_string();
        assert!(why.contains("32 bytes"), "{why}");
    }

    #[test]
    fn telephones_are_sent_over_tls_or_to_a_host_that_the_owner_listed() {
        let listed = [ListedHost::parse("10.0.0.5:8080").unwrap()];
        for (text, address) in [
            (
                "https://chairside.clinic.example",
                "https://chairside.clinic.example/answer/t",
            ),
            (
                "https://chairside.clinic.example/",
                "https://chairside.clinic.example/answer/t",
            ),
            ("https://c.example:8443", "https://c.example:8443/answer/t"),
            ("http://localhost:8080", "http://localhost:8080/answer/t"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/answer/t"),
            ("http://[::1]", "http://[::1]/answer/t"),
            ("http://10.0.0.5:8080", "http://10.0.0.5:8080/answer/t"),
        ] {
            let parsed = AnswerUrl::parse(text, &listed).unwrap();
            assert_eq!(parsed.with("t"), address);
            assert!(text.contains(parsed.host()) && !parsed.host().ends_with("80"));
        }
        for text in [
            "http://chairside.clinic.example",
            "http://10.0.0.5",
            "ftp://chairside.clinic.example",
            "chairside.clinic.example",
            "https://chairside.clinic.example/path",
            "https://chairside.clinic.example/?x",
            "https://chairside.clinic.example/#x",
            "https://anna@chairside.clinic.example",
            "",
        ] {
            assert!(AnswerUrl::parse(text, &listed).is_err(), "{text}");
        }
    }
}
