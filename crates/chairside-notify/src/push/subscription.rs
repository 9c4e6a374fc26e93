//! What a browser gives out so that it can be written to.

use serde::Deserialize;

use super::BASE64;

/// Bytes of a public key: `04` and the two coordinates.
pub(super) const KEY_BYTES: usize = 65;

/// Bytes of the subscription's secret (RFC 8291, section 3.2).
pub(super) const AUTH_BYTES: usize = 16;

/// A browser's subscription. Whoever has it can write to the browser; it is printed nowhere.
pub(super) struct Subscription {
    /// Where the push service takes messages for it.
    pub(super) endpoint: String,
    /// The browser's public key.
    pub(super) key: [u8; KEY_BYTES],
    /// A secret between the browser and whoever it subscribed with.
    pub(super) auth: [u8; AUTH_BYTES],
}

/// As `JSON.stringify` writes a `PushSubscription`; what else is in it is of no use here.
#[derive(Deserialize)]
struct Json {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

impl Subscription {
    /// Reads a subscription, or says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        // The parser's own words may quote it.
        let json: Json = serde_json::from_str(text)
            .map_err(|_quoting| "is no JSON with `endpoint`, `keys.p256dh` and `keys.auth`")?;
        let key: [u8; KEY_BYTES] = decode(&json.keys.p256dh)
            .filter(|key: &[u8; KEY_BYTES]| key[0] == 4)
            .ok_or("has no public key of 65 bytes in `keys.p256dh`")?;
        Ok(Self {
            endpoint: json.endpoint,
            key,
            auth: decode(&json.keys.auth).ok_or("has no secret of 16 bytes in `keys.auth`")?,
        })
    }
}

fn decode<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    use base64::Engine as _;
    BASE64.decode(text).ok()?.try_into().ok()
}
