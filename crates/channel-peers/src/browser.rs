//! A browser that subscribed to Web Push, and decrypts with code of its own: p256 for the curve,
//! and HKDF written out.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};

/// A browser that subscribed.
pub struct Browser {
    secret: p256::SecretKey,
    auth: [u8; 16],
}

impl Browser {
    /// Subscribes with keys of its own.
    #[must_use]
    pub fn subscribed() -> Self {
        Self::with(&random::<32>(), random())
    }

    /// Makes one with a known private key and a known secret, as an example of a standard has.
    #[must_use]
    pub fn with(secret: &[u8], auth: [u8; 16]) -> Self {
        let secret = p256::SecretKey::from_slice(secret).expect("a number on the curve");
        Self { secret, auth }
    }

    /// Returns its public key: `04` and the two coordinates.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        let point = self.secret.public_key().to_sec1_point(false);
        point.as_bytes().to_vec()
    }

    /// Returns the secret that it shares with whoever it subscribed with.
    #[must_use]
    pub const fn auth(&self) -> [u8; 16] {
        self.auth
    }

    /// Returns its subscription at a push service, as `JSON.stringify` writes it.
    #[must_use]
    pub fn subscription(&self, endpoint: &str) -> String {
        let keys = json!({
            "p256dh": URL_SAFE_NO_PAD.encode(self.public()),
            "auth": URL_SAFE_NO_PAD.encode(self.auth),
        });
        json!({"endpoint": endpoint, "expirationTime": null, "keys": keys}).to_string()
    }

    /// Decrypts a body as RFC 8291 and RFC 8188 say.
    #[must_use]
    pub fn decrypt(&self, body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert_eq!(size, 4096_u32.to_be_bytes());
        let (length, rest) = rest.split_at(1);
        let (theirs, record) = rest.split_at(usize::from(length[0]));
        let their_key = p256::PublicKey::from_sec1_bytes(theirs).expect("a point of the curve");
        let scalar = self.secret.to_nonzero_scalar();
        let shared = p256::ecdh::diffie_hellman(scalar, their_key.as_affine());

        let hash = |key: &[u8], parts: &[&[u8]]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key);
            hmac::sign(&key, &parts.concat()).as_ref().to_vec()
        };
        let key = hash(&self.auth, &[shared.raw_secret_bytes()]);
        let input = hash(&key, &[b"WebPush: info\0", &self.public(), theirs, &[1]]);
        let key = hash(salt, &[&input]);
        let cipher = hash(&key, &[b"Content-Encoding: aes128gcm\0\x01"]);
        let nonce = hash(&key, &[b"Content-Encoding: nonce\0\x01"]);
        let cipher = UnboundKey::new(&AES_128_GCM, &cipher[..16]).expect("16 bytes are a key");
        let cipher = LessSafeKey::new(cipher);
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).expect("12 bytes are a nonce");
        let mut record = record.to_vec();
        let text = cipher.open_in_place(nonce, Aad::empty(), &mut record);
        let text = text.expect("it was encrypted for this browser");
        // The delimiter of the last record; there is no padding.
        text.strip_suffix(&[2]).expect("it is the last").to_vec()
    }
}

/// Neither key is printed.
impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").finish_non_exhaustive()
    }
}

/// Checks the `Authorization` of a request as a push service does (RFC 8292); returns the public
/// key that signed it, as it was written, and what is claimed.
#[must_use]
pub fn claims(authorization: &str) -> (String, Value) {
    let given = authorization.strip_prefix("vapid t=");
    let given = given.and_then(|given| given.split_once(", k="));
    let (token, key) = given.expect("a token and a key");
    let (signed, signature) = token.rsplit_once('.').expect("it is signed");
    let verifying = VerifyingKey::from_sec1_bytes(&bytes(key)).expect("a point of the curve");
    let signature = Signature::from_slice(&bytes(signature)).expect("two numbers");
    let verified = verifying.verify(signed.as_bytes(), &signature);
    verified.expect("it was signed by whoever has that key");
    let (header, claims) = signed.split_once('.').expect("a header and claims");
    let json = |part: &str| serde_json::from_slice(&bytes(part)).expect("it is JSON");
    let header: Value = json(header);
    assert_eq!(header, json!({"typ": "JWT", "alg": "ES256"}));
    (key.to_owned(), json(claims))
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("it is base64url")
}

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.expect("the machine has randomness");
    bytes
}
