//! The body of a push message: encrypted for the one browser that subscribed, so that the push
//! service, which carries it, reads nothing of it.
//!
//! ```text
//! salt (16) | 00 00 10 00 record size | 41 length of key | our key (65) | ciphertext and tag
//! ```
//!
//! Source: RFC 8291, section 3.4 (the key), and RFC 8188, section 2 (`aes128gcm`: one record,
//! whose text ends with `02`).

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::error::Unspecified;
use ring::hkdf::{self, HKDF_SHA256, KeyType, Salt};
use ring::rand::SecureRandom;

use super::subscription::{AUTH_BYTES, KEY_BYTES, Subscription};

/// Bytes of a record at most; there is one.
const RECORD_SIZE: u32 = 4096;

const SALT_BYTES: usize = 16;

/// Bytes of an encrypted text beyond those of the text: header, delimiter and tag.
const OVERHEAD: usize = SALT_BYTES + 4 + 1 + KEY_BYTES + 1 + 16;

/// Bytes of a text at most, so that its message has the 4096 that every push service takes
/// (RFC 8030, section 7.2).
pub(super) const TEXT_MAX: usize = 4096 - OVERHEAD;

/// What a message is encrypted with, all of which is used once.
pub(super) struct Material<'a> {
    /// The secret that our key and the browser's make.
    pub(super) shared: &'a [u8],
    /// The browser's public key.
    pub(super) theirs: &'a [u8; KEY_BYTES],
    /// Our public key, made for this message.
    pub(super) ours: &'a [u8],
    /// The browser's secret of the subscription.
    pub(super) auth: &'a [u8; AUTH_BYTES],
    pub(super) salt: [u8; SALT_BYTES],
}

/// Encrypts a text of at most [`TEXT_MAX`] bytes for a subscription, under a key made for it.
pub(super) fn encrypt(
    subscription: &Subscription,
    text: &[u8],
    random: &dyn SecureRandom,
) -> Result<Vec<u8>, Unspecified> {
    let ours = EphemeralPrivateKey::generate(&ECDH_P256, random)?;
    let public = ours.compute_public_key()?;
    let mut salt = [0; SALT_BYTES];
    random.fill(&mut salt)?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &subscription.key);
    // A key that is no point of the curve fails here.
    agree_ephemeral(ours, &theirs, |shared| {
        sealed(
            &Material {
                shared,
                theirs: &subscription.key,
                ours: public.as_ref(),
                auth: &subscription.auth,
                salt,
            },
            text,
        )
    })?
}

/// Encrypts a text with given material.
pub(super) fn sealed(material: &Material<'_>, text: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let info = [
        b"WebPush: info\0".as_slice(),
        material.theirs,
        material.ours,
    ];
    let shared = Salt::new(HKDF_SHA256, material.auth).extract(material.shared);
    let mut input = [0; 32];
    shared.expand(&info, Length(32))?.fill(&mut input)?;
    let derived = Salt::new(HKDF_SHA256, &material.salt).extract(&input);
    let mut key = [0; 16];
    expand(&derived, b"Content-Encoding: aes128gcm\0", &mut key)?;
    let mut nonce = [0; NONCE_LEN];
    expand(&derived, b"Content-Encoding: nonce\0", &mut nonce)?;

    let key_length = u8::try_from(material.ours.len()).map_err(|_longer| Unspecified)?;
    let mut record = text.to_vec();
    // The last record, without padding.
    record.push(2);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record)?;
    let mut body = Vec::with_capacity(OVERHEAD + text.len());
    body.extend(material.salt);
    body.extend(RECORD_SIZE.to_be_bytes());
    body.push(key_length);
    body.extend(material.ours);
    body.append(&mut record);
    Ok(body)
}

fn expand(key: &hkdf::Prk, label: &[u8], filled: &mut [u8]) -> Result<(), Unspecified> {
    let info = [label];
    key.expand(&info, Length(filled.len()))?.fill(filled)
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}
