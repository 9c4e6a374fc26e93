//! What the host can order.

use crate::Discard;
use crate::capnostream20::framing;

/// What the host can order.
///
/// ```text
/// CODE payload
/// ```
///
/// | code | | payload |
/// |---|---|---|
/// | 1 | enable | |
/// | 2 | disable | |
/// | 3 | enquire | item, see [`NumericItem`] |
/// | 4 | start real time | |
/// | 5 | stop real time | |
/// | 6 | link is active | |
/// | 7 | host identity | 17 characters, see [`HostId`] |
/// | 9 | protocol revision | |
/// | 60 | setup | item, value |
///
/// **Not supported:** 8 host identity in Unicode, 10 periodic messages, 11 patient identity,
/// 21 events, 54 to 56 trends, 61 and 62 setting the patient identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Opens the conversation; answered with the device identity.
    Enable,
    /// Closes it.
    Disable,
    /// Asks for one number. How the answer looks is not known.
    Enquire(NumericItem),
    /// Starts capnogram and numerics.
    StartRealTime,
    /// Stops them.
    StopRealTime,
    /// Says that the host is still there. Without it the monitor shows a lost communication.
    LinkActive,
    /// Names the host.
    HostId(HostId),
    /// Asks for the protocol's revision.
    ProtocolRevision,
    /// Changes a setting of the monitor. Never sent by the driver: some items are alarm limits.
    Setup {
        /// Which one. 4 is what the monitor shows when the communication is lost.
        item: u8,
        /// To what.
        value: u8,
    },
}

/// A number that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumericItem {
    /// 1.
    EtCO2,
    /// 2.
    FiCO2,
    /// 3.
    RespirationRate,
    /// 4.
    SpO2,
    /// 5.
    PulseRate,
}

/// The host's name: 17 printable characters, with spaces at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HostId([u8; Self::LENGTH]);

mod code {
    pub(super) const ENABLE: u8 = 1;
    pub(super) const DISABLE: u8 = 2;
    pub(super) const ENQUIRE: u8 = 3;
    pub(super) const START_REAL_TIME: u8 = 4;
    pub(super) const STOP_REAL_TIME: u8 = 5;
    pub(super) const LINK_ACTIVE: u8 = 6;
    pub(super) const HOST_ID: u8 = 7;
    pub(super) const PROTOCOL_REVISION: u8 = 9;
    pub(super) const SETUP: u8 = 60;
}

impl Command {
    /// Reads a command from its frame's body.
    ///
    /// # Errors
    ///
    /// See the [module](super).
    pub fn parse(body: &[u8]) -> Result<Self, Discard> {
        match *body {
            [code::ENABLE] => Ok(Self::Enable),
            [code::DISABLE] => Ok(Self::Disable),
            [code::ENQUIRE, item] => NumericItem::parse(item).map(Self::Enquire),
            [code::START_REAL_TIME] => Ok(Self::StartRealTime),
            [code::STOP_REAL_TIME] => Ok(Self::StopRealTime),
            [code::LINK_ACTIVE] => Ok(Self::LinkActive),
            [code::HOST_ID, ref name @ ..] => HostId::parse(name).map(Self::HostId),
            [code::PROTOCOL_REVISION] => Ok(Self::ProtocolRevision),
            [code::SETUP, item, value] => Ok(Self::Setup { item, value }),
            [
                code::ENABLE..=code::LINK_ACTIVE | code::PROTOCOL_REVISION | code::SETUP,
                ..,
            ]
            | [] => Err(Discard::Malformed),
            [_, ..] => Err(Discard::Unknown),
        }
    }

    /// Appends the command's frame.
    pub fn emit(self, line: &mut Vec<u8>) {
        match self {
            Self::Enable => framing::emit(line, code::ENABLE, &[]),
            Self::Disable => framing::emit(line, code::DISABLE, &[]),
            Self::Enquire(item) => framing::emit(line, code::ENQUIRE, &[item.code()]),
            Self::StartRealTime => framing::emit(line, code::START_REAL_TIME, &[]),
            Self::StopRealTime => framing::emit(line, code::STOP_REAL_TIME, &[]),
            Self::LinkActive => framing::emit(line, code::LINK_ACTIVE, &[]),
            Self::HostId(HostId(name)) => framing::emit(line, code::HOST_ID, &name),
            Self::ProtocolRevision => framing::emit(line, code::PROTOCOL_REVISION, &[]),
            Self::Setup { item, value } => framing::emit(line, code::SETUP, &[item, value]),
        }
    }
}

impl NumericItem {
    /// Every item.
    pub const ALL: [Self; 5] = [
        Self::EtCO2,
        Self::FiCO2,
        Self::RespirationRate,
        Self::SpO2,
        Self::PulseRate,
    ];

    fn parse(code: u8) -> Result<Self, Discard> {
        Self::ALL
            .into_iter()
            .find(|item| item.code() == code)
            .ok_or(Discard::Malformed)
    }

    const fn code(self) -> u8 {
        match self {
            Self::EtCO2 => 1,
            Self::FiCO2 => 2,
            Self::RespirationRate => 3,
            Self::SpO2 => 4,
            Self::PulseRate => 5,
        }
    }
}

impl HostId {
    const LENGTH: usize = 17;

    /// Returns a name filled up with spaces, or nothing when it is longer than 17 characters or
    /// is not printable ASCII.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let mut padded = [b' '; Self::LENGTH];
        padded
            .get_mut(..name.len())?
            .copy_from_slice(name.as_bytes());
        Self::parse(&padded).ok()
    }

    /// Returns the name without the spaces at its end.
    #[must_use]
    pub fn name(&self) -> &str {
        // Printable ASCII is UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end()
    }

    fn parse(name: &[u8]) -> Result<Self, Discard> {
        let name: [u8; Self::LENGTH] = name.try_into().map_err(|_length| Discard::Malformed)?;
        if name
            .iter()
            .all(|character| matches!(character, 0x20..=0x7E))
        {
            Ok(Self(name))
        } else {
            Err(Discard::Malformed)
        }
    }
}
