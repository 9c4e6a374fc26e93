//! Who we are, to a push service: a key of our own, and a token signed with it (RFC 8292).
//!
//! A browser subscribes with our public key, and its push service takes messages from nobody else.
//! So the key is kept: with another one every browser has to subscribe anew.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use base64::Engine as _;
use chrono::{DateTime, Utc};
use ring::error::Unspecified;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;

use super::BASE64;
use crate::SettingsError;

/// For how long a token is good: half of what a push service takes at most (RFC 8292, section 2).
const GOOD_FOR_SECONDS: i64 = 12 * 60 * 60;

/// Bytes of a key file at most.
const FILE_MAX: u64 = 16 * 1024;

/// Our key, with the chance that each signature takes.
pub(super) struct Vapid {
    key: EcdsaKeyPair,
    random: SystemRandom,
    /// Who runs this, for the push service: `mailto:` or `https:`.
    subject: String,
}

impl Vapid {
    /// Reads the key from its file; makes one, and the file, where there is none.
    pub(super) fn open(path: &Path, subject: &str) -> Result<Self, SettingsError> {
        let written = |address: &str| {
            let mut letters = address.bytes();
            !address.is_empty() && letters.all(|byte| byte.is_ascii_graphic() && byte != b'"')
        };
        let address = subject
            .strip_prefix("mailto:")
            .or_else(|| subject.strip_prefix("https://"));
        if !address.is_some_and(written) {
            let why = "must be `mailto:` and a mailbox, or an address that begins with `https://`";
            return Err(SettingsError::new("subject", why));
        }
        let unfit = |why: &dyn std::fmt::Display| {
            SettingsError::new("key_file", format_args!("{}: {why}", path.display()))
        };
        let random = SystemRandom::new();
        let pem = match read(path) {
            Ok(pem) => pem,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = make(&random).map_err(|_no_chance| unfit(&"no key could be made"))?;
                write(path, &made).map_err(|error| unfit(&error))?;
                made
            }
            Err(error) => return Err(unfit(&error)),
        };
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_what| unfit(&"holds no private key (PEM, PKCS #8)"))?;
        let der = key.secret_pkcs8_der();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random)
            .map_err(|_what| unfit(&"its key is not of P-256"))?;
        Ok(Self {
            key,
            random,
            subject: subject.to_owned(),
        })
    }

    /// Returns the public key as browsers and push services are given it.
    pub(super) fn public_key(&self) -> String {
        BASE64.encode(self.key.public_key())
    }

    /// Returns the header `Authorization` for a push service (`https://push.example`).
    pub(super) fn authorization(
        &self,
        audience: &str,
        now: DateTime<Utc>,
    ) -> Result<String, Unspecified> {
        let header = BASE64.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let claims = serde_json::json!({
            "aud": audience,
            "exp": now.timestamp() + GOOD_FOR_SECONDS,
            "sub": self.subject,
        });
        let claims = BASE64.encode(claims.to_string());
        let token = format!("{header}.{claims}");
        let signature = self.key.sign(&self.random, token.as_bytes())?;
        let signature = BASE64.encode(signature);
        Ok(format!(
            "vapid t={token}.{signature}, k={}",
            self.public_key()
        ))
    }
}

fn make(random: &SystemRandom) -> Result<String, Unspecified> {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, random)?;
    let text = base64::engine::general_purpose::STANDARD.encode(key);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        // Base64 is ASCII.
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    Ok(pem)
}

fn read(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        return Err(io::Error::other(
            "others than its owner may read or write it; its mode must be 0600",
        ));
    }
    let mut text = String::new();
    file.take(FILE_MAX).read_to_string(&mut text)?;
    Ok(text)
}

/// Writes the file whole or not at all, and readable by nobody else at any moment.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.to_owned();
    beside.as_mut_os_string().push(".new");
    // What a killed process left.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    // So that the name, too, outlives a power cut.
    match path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}
