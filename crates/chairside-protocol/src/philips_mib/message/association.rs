//! How two sides agree to talk, and stop.
//!
//! ```text
//! kk LL ...
//! ```
//!
//! - `kk` what it is; `LL` length of the rest: one byte up to 254, else `FF` and two bytes
//!
//! The rest is of the session and presentation layers of OSI, and always the same but for what a
//! [`PollProfile`] says.
//!
//! Source: `VSCaptureMP`, the accept of a real monitor (`JVSCapture`), and the vendor's guide, pages
//! 67 to 73 and 298 to 304, as public programs cite it.

use super::attribute::Attributes;
use super::wire::{self, Reader};
use crate::Discard;

/// The first bytes of the messages.
mod kind {
    pub(super) const RELEASE: u8 = 0x09;
    pub(super) const RELEASED: u8 = 0x0A;
    pub(super) const REFUSE: u8 = 0x0C;
    pub(super) const REQUEST: u8 = 0x0D;
    pub(super) const ACCEPT: u8 = 0x0E;
    pub(super) const ABORT: u8 = 0x19;
}

/// Lengths from this one on take three bytes.
const LONG_LENGTH: u8 = 0xFF;

/// One of these messages. Who sends which is for the two sides to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Association {
    /// A host asks for an association.
    Request(PollProfile),
    /// The monitor grants one; without a profile when it could not be read.
    Accept(Option<PollProfile>),
    /// The monitor grants none: it has one already, or does not like the request.
    Refuse,
    /// One side asks for the end.
    Release,
    /// The other side has ended it.
    Released,
    /// One side has ended it.
    Abort,
}

/// What the two sides agree about: how often is polled, and how long messages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollProfile {
    /// From one poll to the next at least, in ticks of 1/8 ms.
    pub period: u32,
    /// Bytes of a message that the host can take.
    pub receive_max: u32,
    /// Bytes of a message that the host sends at most.
    pub transmit_max: u32,
    /// Whether objects may come and go.
    pub options: u32,
    /// What the extended poll is to give: 80000000 numbers of each second, 08000000 curves, and
    /// more.
    pub extensions: u32,
}

impl PollProfile {
    /// Numbers of each second and curves.
    pub const NUMBERS_AND_CURVES: u32 = 0x8800_0000;

    /// What the driver asks for.
    pub(crate) const ASKED: Self = Self {
        period: 0x03E8,
        receive_max: 0x09C4,
        transmit_max: 0x03E8,
        options: 0x6000_0000,
        extensions: 0x8C00_0000,
    };
}

/// Session layer of both the request and the accept.
const SESSION: &[u8] = &[
    0x05, 0x08, 0x13, 0x01, 0x00, 0x16, 0x01, 0x02, 0x80, 0x00, 0x14, 0x02, 0x00, 0x02,
];

/// Presentation layer of the request, up to the length of the profile.
const REQUEST: &[u8] = &[
    0x31, 0x80, 0xA0, 0x80, 0x80, 0x01, 0x01, 0x00, 0x00, 0xA2, 0x80, 0xA0, 0x03, 0x00, 0x00, 0x01,
    0xA4, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0x06, 0x04, 0x52, 0x01, 0x00, 0x01, 0x30, 0x80, 0x06,
    0x02, 0x51, 0x01, 0x00, 0x00, 0x00, 0x00, 0x30, 0x80, 0x02, 0x01, 0x02, 0x06, 0x0C, 0x2A, 0x86,
    0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, 0x01, 0x01, 0x30, 0x80, 0x06, 0x0C, 0x2A, 0x86,
    0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, 0x02, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x60, 0x80, 0xA1, 0x80, 0x06, 0x0C, 0x2A,
    0x86, 0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, 0x03, 0x01, 0x00, 0x00, 0xBE, 0x80, 0x28,
    0x80, 0x06, 0x0C, 0x2A, 0x86, 0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02,
    0x01, 0x02, 0x81,
];

/// Presentation layer of the accept, up to the length of the profile.
const ACCEPT: &[u8] = &[
    0x31, 0x80, 0xA0, 0x80, 0x80, 0x01, 0x01, 0x00, 0x00, 0xA2, 0x80, 0xA0, 0x03, 0x00, 0x00, 0x01,
    0xA5, 0x80, 0x30, 0x80, 0x80, 0x01, 0x00, 0x81, 0x02, 0x51, 0x01, 0x00, 0x00, 0x30, 0x80, 0x80,
    0x01, 0x00, 0x81, 0x0C, 0x2A, 0x86, 0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, 0x02, 0x01,
    0x00, 0x00, 0x00, 0x00, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x61, 0x80, 0xA1,
    0x80, 0x06, 0x0C, 0x2A, 0x86, 0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, 0x03, 0x01, 0x00,
    0x00, 0xA2, 0x03, 0x02, 0x01, 0x00, 0xA3, 0x05, 0xA1, 0x03, 0x02, 0x01, 0x00, 0xBE, 0x80, 0x28,
    0x80, 0x02, 0x01, 0x02, 0x81,
];

/// What both presentation layers end with, before the length of the profile.
const PROFILE_FOLLOWS: &[u8] = &[0x02, 0x01, 0x02, 0x81];

/// Ends of everything that was begun, behind the profile.
const ENDS: [u8; 16] = [0; 16];

const RELEASE: &[u8] = &[
    0xC1, 0x16, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x62, 0x80, 0x80, 0x01, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
];

const RELEASED: &[u8] = &[
    0xC1, 0x16, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x63, 0x80, 0x80, 0x01, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
];

const ABORT: &[u8] = &[
    0x11, 0x01, 0x03, 0xC1, 0x29, 0xA0, 0x80, 0xA0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0x06, 0x02,
    0x51, 0x01, 0x00, 0x00, 0x00, 0x00, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x64,
    0x80, 0x80, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
];

/// The monitor's refusal; how a real one looks behind its first byte is not known.
const REFUSE: &[u8] = &[0x00, 0x00];

/// Versions and roles, each 32 bits, before the profile.
mod role {
    pub(super) const PROTOCOL: u32 = 0x8000_0000;
    pub(super) const NOMENCLATURE: u32 = 0x4000_0000;
    pub(super) const HOST: u32 = 0x8000_0000;
    pub(super) const MONITOR: u32 = 0x0080_0000;
    pub(super) const HOST_COLD_START: u32 = 0x2000_0000;
    pub(super) const MONITOR_HOT_START: u32 = 0x8000_0000;
}

/// The attributes of the profile.
const POLL_PROFILE: u16 = 0x0001;
const POLL_EXTENSIONS: u16 = 0xF001;
const POLL_PROFILE_REVISION: u32 = 0x8000_0000;
const BANDWIDTH_NOT_KNOWN: u32 = 0xFFFF_FFFF;

impl Association {
    /// Tells whether a message that begins with this byte is one of these.
    pub(super) const fn is_kind(first: u8) -> bool {
        matches!(
            first,
            kind::RELEASE
                | kind::RELEASED
                | kind::REFUSE
                | kind::REQUEST
                | kind::ACCEPT
                | kind::ABORT
        )
    }

    /// Reads a message from a frame's user data.
    ///
    /// # Errors
    ///
    /// [`Discard::Unknown`] when it is another message, [`Discard::Malformed`] when its length is
    /// not the one stated, or when a request's profile cannot be read.
    pub fn parse(data: &[u8]) -> Result<Self, Discard> {
        let mut reader = Reader(data);
        let first = reader.byte()?;
        if !Self::is_kind(first) {
            return Err(Discard::Unknown);
        }
        match reader.byte()? {
            LONG_LENGTH => reader.length_of_rest()?,
            length => reader.must(usize::from(length) == reader.0.len())?,
        }
        Ok(match first {
            kind::REQUEST => Self::Request(PollProfile::parse(reader.0)?),
            kind::ACCEPT => Self::Accept(PollProfile::parse(reader.0).ok()),
            kind::REFUSE => Self::Refuse,
            kind::RELEASE => Self::Release,
            kind::RELEASED => Self::Released,
            _ => Self::Abort,
        })
    }

    /// Appends the message.
    pub fn emit(&self, data: &mut Vec<u8>) {
        let (kind, rest) = match self {
            Self::Request(profile) => (
                kind::REQUEST,
                profile.within(REQUEST, role::HOST, role::HOST_COLD_START),
            ),
            Self::Accept(profile) => (
                kind::ACCEPT,
                profile.map_or_else(Vec::new, |profile| {
                    profile.within(ACCEPT, role::MONITOR, role::MONITOR_HOT_START)
                }),
            ),
            Self::Refuse => (kind::REFUSE, REFUSE.to_vec()),
            Self::Release => (kind::RELEASE, RELEASE.to_vec()),
            Self::Released => (kind::RELEASED, RELEASED.to_vec()),
            Self::Abort => (kind::ABORT, ABORT.to_vec()),
        };
        data.push(kind);
        data.push(length(&rest));
        data.extend_from_slice(&rest);
    }
}

/// Returns the length of a part whose length is one byte.
fn length(part: &[u8]) -> u8 {
    let length = u8::try_from(part.len()).expect("these messages have fewer than 255 bytes");
    assert!(
        length != LONG_LENGTH,
        "these messages have fewer than 255 bytes"
    );
    length
}

impl PollProfile {
    /// Looks for the profile in the rest of a request or an accept.
    fn parse(rest: &[u8]) -> Result<Self, Discard> {
        let width = PROFILE_FOLLOWS.len();
        let mut windows = rest.windows(width);
        let at = windows.position(|window| window == PROFILE_FOLLOWS);
        let at = at.ok_or(Discard::Malformed)?;
        let mut reader = Reader(&rest[at + width..]);
        let length = reader.byte()?;
        let mut reader = Reader(reader.take(length.into())?);
        for _ in ["protocol", "nomenclature", "functions", "role", "start"] {
            reader.long()?;
        }
        Attributes::read(&mut reader)?;
        let profile = attribute(&mut reader, POLL_PROFILE)?;
        let mut reader = Reader(profile);
        let _revision = reader.long()?;
        let period = reader.long()?;
        let (receive_max, transmit_max) = (reader.long()?, reader.long()?);
        let _bandwidth = reader.long()?;
        let options = reader.long()?;
        let mut extensions = Reader(attribute(&mut reader, POLL_EXTENSIONS)?);
        Ok(Self {
            period,
            receive_max,
            transmit_max,
            options,
            extensions: extensions.long()?,
        })
    }

    /// Returns the rest of a request or an accept.
    fn within(self, presentation: &[u8], role: u32, start: u32) -> Vec<u8> {
        let mut profile = Vec::new();
        for field in [role::PROTOCOL, role::NOMENCLATURE, 0, role, start] {
            wire::long(&mut profile, field);
        }
        wire::list(&mut profile, [(); 0], |_, ()| ());
        wire::list(&mut profile, [POLL_PROFILE], |line, id| {
            wire::short(line, id);
            wire::sized(line, |line| self.emit(line));
        });
        let mut content = presentation.to_vec();
        content.push(length(&profile));
        content.extend_from_slice(&profile);
        content.extend_from_slice(&ENDS);
        let mut rest = SESSION.to_vec();
        rest.extend_from_slice(&[0xC1, length(&content)]);
        rest.extend_from_slice(&content);
        rest
    }

    fn emit(self, line: &mut Vec<u8>) {
        for field in [
            POLL_PROFILE_REVISION,
            self.period,
            self.receive_max,
            self.transmit_max,
            BANDWIDTH_NOT_KNOWN,
            self.options,
        ] {
            wire::long(line, field);
        }
        wire::list(line, [POLL_EXTENSIONS], |line, id| {
            wire::short(line, id);
            wire::sized(line, |line| {
                wire::long(line, self.extensions);
                wire::list(line, [(); 0], |_, ()| ());
            });
        });
    }
}

fn attribute<'a>(reader: &mut Reader<'a>, id: u16) -> Result<&'a [u8], Discard> {
    let attributes = Attributes::read(reader)?;
    let mut wanted = attributes
        .into_iter()
        .filter(|attribute| attribute.id == id);
    wanted
        .next()
        .map(|attribute| attribute.value)
        .ok_or(Discard::Malformed)
}
