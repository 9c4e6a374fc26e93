//! Who we are, to a push service: a key of our own, and a token signed with it (RFC 8292).
//!
//! A browser subscribes with our public key, and its push service takes messages from nobody else.
//! So the key is kept: with another one every browser has to subscribe anew.

use std::io;
use std::path::Path;

use base64::Engine as _;
use chrono::{DateTime, Utc};
use ring::error::Unspecified;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;

use super::BASE64;
use crate::{SettingsError, private_file};

/// For how long a token is good: half of what a push service takes at most (RFC 8292, section 2).
const GOOD_FOR_SECONDS: i64 = 12 * 60 * 60;

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
        let pem = match private_file::read(path) {
            Ok(pem) => pem,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = make(&random).map_err(|_no_chance| unfit(&"no key could be made"))?;
                private_file::write(path, made.as_bytes()).map_err(|error| unfit(&error))?;
                made.into_bytes()
            }
            Err(error) => return Err(unfit(&error)),
        };
        let key = PrivatePkcs8KeyDer::from_pem_slice(&pem)
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
