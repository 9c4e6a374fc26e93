//! The few packets of MQTT 3.1.1 that a program needs that only publishes.
//!
//! ```text
//! CONNECT  10 length | 00 04 M Q T T | 04 | flags | keep-alive | client | topic and text of the will | user | password
//! CONNACK  20 02     | 00 | code
//! PUBLISH  3x length | topic | number, if to be confirmed | text
//! PUBACK   40 02     | number
//! ```
//!
//! - The length is that of what follows, seven bits a byte, the lowest first, the eighth bit set
//!   where another byte follows.
//! - A text is two bytes of its length, and its bytes.
//! - `x`: bit 0 to be kept by the broker, bit 1 to be confirmed.
//!
//! Source: MQTT version 3.1.1, OASIS standard, 2014, sections 2.2, 3.1 to 3.4.

/// Bytes of a packet from a broker at most; what a publisher is answered has four.
const PACKET_MAX: usize = 1024;

/// Bytes of what is sent at most: what a length can say.
const LENGTH_MAX: usize = 0x0FFF_FFFF;

/// What a broker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Whether it lets us in: 0, or why not.
    Connected(u8),
    /// It has the message of this number.
    Confirmed(u16),
    /// Anything else, which a publisher need not know.
    Other,
}

/// A message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Publish<'a> {
    pub(super) topic: &'a str,
    /// Whether the broker gives it to whoever asks for the topic later.
    pub(super) retain: bool,
    /// Its number, when the broker is to confirm it; never 0.
    pub(super) number: Option<u16>,
    pub(super) text: &'a [u8],
}

/// What a connection begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connect<'a> {
    pub(super) client: &'a str,
    /// Seconds after which the broker gives up on us when it hears nothing.
    pub(super) keep_alive: u16,
    /// What the broker publishes, and keeps, when we are gone without a word.
    pub(super) will: Publish<'a>,
    pub(super) login: Option<(&'a str, &'a str)>,
}

/// A text is longer than the protocol can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// What came is not MQTT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotMqtt;

impl Connect<'_> {
    pub(super) fn packet(&self) -> Result<Vec<u8>, TooLong> {
        /// No session of before; a will that is kept and confirmed.
        const CLEAN_AND_WILL: u8 = 0b0010_1110;
        const USER_AND_PASSWORD: u8 = 0b1100_0000;
        let login = self.login.map_or(0, |_| USER_AND_PASSWORD);
        let mut body = Vec::new();
        push_text(b"MQTT", &mut body)?;
        body.extend([4, CLEAN_AND_WILL | login]);
        body.extend(self.keep_alive.to_be_bytes());
        push_text(self.client.as_bytes(), &mut body)?;
        push_text(self.will.topic.as_bytes(), &mut body)?;
        push_text(self.will.text, &mut body)?;
        if let Some((user, password)) = self.login {
            push_text(user.as_bytes(), &mut body)?;
            push_text(password.as_bytes(), &mut body)?;
        }
        packet(0x10, &body)
    }
}

impl Publish<'_> {
    pub(super) fn packet(&self) -> Result<Vec<u8>, TooLong> {
        let mut body = Vec::new();
        push_text(self.topic.as_bytes(), &mut body)?;
        if let Some(number) = self.number {
            body.extend(number.to_be_bytes());
        }
        body.extend_from_slice(self.text);
        let confirmed = u8::from(self.number.is_some()) << 1;
        packet(0x30 | confirmed | u8::from(self.retain), &body)
    }
}

/// Takes the next packet out of what came; nothing when it is not whole yet.
pub(super) fn take(came: &mut Vec<u8>) -> Result<Option<Said>, NotMqtt> {
    let Some((kind, rest)) = came.split_first() else {
        return Ok(None);
    };
    // What a broker may say, with the bits that belong to it.
    if !matches!(
        kind,
        0x20 | 0x30..=0x40 | 0x50 | 0x62 | 0x70 | 0x90 | 0xB0 | 0xD0
    ) {
        return Err(NotMqtt);
    }
    let mut length = 0;
    for (place, byte) in rest.iter().enumerate().take(4) {
        length |= usize::from(byte & 0x7F) << (7 * place);
        if length > PACKET_MAX {
            return Err(NotMqtt);
        }
        if byte & 0x80 != 0 {
            continue;
        }
        let Some(body) = rest.get(place + 1..place + 1 + length) else {
            return Ok(None);
        };
        let said = match (kind, body) {
            (0x20, [_, code]) => Said::Connected(*code),
            (0x40, [high, low]) => Said::Confirmed(u16::from_be_bytes([*high, *low])),
            (0x20 | 0x40, _) => return Err(NotMqtt),
            _ => Said::Other,
        };
        came.drain(..2 + place + length);
        return Ok(Some(said));
    }
    // Four bytes, and yet another one is said to follow.
    if rest.len() >= 4 {
        Err(NotMqtt)
    } else {
        Ok(None)
    }
}

fn packet(kind: u8, body: &[u8]) -> Result<Vec<u8>, TooLong> {
    if body.len() > LENGTH_MAX {
        return Err(TooLong);
    }
    let mut packet = vec![kind];
    let mut length = body.len();
    loop {
        let more = if length > 0x7F { 0x80 } else { 0 };
        // Seven bits fit into a byte.
        packet.push(u8::try_from(length & 0x7F).map_err(|_never| TooLong)? | more);
        length >>= 7;
        if length == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    Ok(packet)
}

fn push_text(text: &[u8], body: &mut Vec<u8>) -> Result<(), TooLong> {
    let length = u16::try_from(text.len()).map_err(|_longer| TooLong)?;
    body.extend(length.to_be_bytes());
    body.extend_from_slice(text);
    Ok(())
}

#[cfg(test)]
mod tests;
