//! Requests and replies: byte maps, parse and emit.
//!
//! A packet is handed over whole. Every `parse` fails with [`Discard::Checksum`] when its bytes do
//! not sum to 0 modulo 256, with [`Discard::Unknown`] when the packet is sound and of another kind,
//! and with [`Discard::Malformed`] when its length or a field cannot be.

mod data;

pub use data::BpData;

use super::framing::{self, START};
use crate::Discard;

/// The first byte of every request.
const HOST_START: u8 = 0x3A;

/// What the host asks.
///
/// ```text
/// 3A 79 05 00 48    the cuff's pressure
/// 3A 79 03 00 4A    the data of the last determination
/// ```
///
/// There is no length; the last byte makes the sum 0 modulo 256. The request that starts a
/// determination and those for the valves are not here on purpose: nothing in this driver can
/// send them.
///
/// Source: `ak-git/DesktopFX`, `com.ak.appliance.suntech`, after the vendor's OEM manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// The pressure in the cuff now.
    CuffPressure,
    /// The data of the last determination.
    BpData,
}

/// What the module answers.
///
/// ```text
/// 3E 04 4B 73          'K': accepted, or complete
/// 3E 05 lo hi CC       the cuff's pressure, mmHg
/// 3E 18 …              the data, see BpData
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `K`: a command was accepted, or what it started is complete.
    Complete,
    /// The pressure in the cuff, 0 to 350 mmHg.
    CuffPressure(u16),
    /// The data of the last determination.
    BpData(BpData),
}

impl Request {
    /// Length of every request that is asked here.
    pub const LENGTH: usize = 5;

    /// Reads the request.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn parse(packet: &[u8]) -> Result<Self, Discard> {
        let packet: &[u8; Self::LENGTH] = packet.try_into().map_err(|_other| Discard::Malformed)?;
        if packet[0] != HOST_START {
            return Err(Discard::Malformed);
        }
        if !framing::is_sound(packet) {
            return Err(Discard::Checksum);
        }
        [Self::CuffPressure, Self::BpData]
            .into_iter()
            .find(|request| request.packet() == *packet)
            .ok_or(Discard::Unknown)
    }

    /// Appends the request.
    pub fn emit(self, line: &mut Vec<u8>) {
        line.extend_from_slice(&self.packet());
    }

    const fn packet(self) -> [u8; Self::LENGTH] {
        match self {
            Self::CuffPressure => [HOST_START, 0x79, 0x05, 0x00, 0x48],
            Self::BpData => [HOST_START, 0x79, 0x03, 0x00, 0x4A],
        }
    }
}

impl Reply {
    /// The greatest pressure that is believed, mmHg. No cuff is inflated above 300, and a module
    /// that lets the air out late shows little more.
    pub const PRESSURE_MAX: u16 = 350;

    /// Reads the packet.
    ///
    /// # Errors
    ///
    /// See the [module](self).
    pub fn parse(packet: &[u8]) -> Result<Self, Discard> {
        let &[START, length, ref body @ .., _] = packet else {
            return Err(Discard::Malformed);
        };
        if usize::from(length) != packet.len() {
            return Err(Discard::Malformed);
        }
        if !framing::is_sound(packet) {
            return Err(Discard::Checksum);
        }
        match *body {
            [b'K'] => Ok(Self::Complete),
            [low, high] => match u16::from_le_bytes([low, high]) {
                pressure @ 0..=Self::PRESSURE_MAX => Ok(Self::CuffPressure(pressure)),
                _ => Err(Discard::Malformed),
            },
            _ => match body.try_into() {
                Ok(body) => Ok(Self::BpData(BpData::parse(body))),
                Err(_other_length) => Err(Discard::Unknown),
            },
        }
    }

    /// Appends the packet.
    pub fn emit(&self, line: &mut Vec<u8>) {
        match self {
            Self::Complete => framing::emit(line, b"K"),
            Self::CuffPressure(pressure) => framing::emit(line, &pressure.to_le_bytes()),
            Self::BpData(data) => framing::emit(line, &data.body()),
        }
    }

    /// Returns what this answers, if it is an answer to a question of ours.
    #[must_use]
    pub const fn answers(&self) -> Option<Request> {
        match self {
            Self::Complete => None,
            Self::CuffPressure(_) => Some(Request::CuffPressure),
            Self::BpData(_) => Some(Request::BpData),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emitted(reply: &Reply) -> Vec<u8> {
        let mut packet = Vec::new();
        reply.emit(&mut packet);
        packet
    }

    #[test]
    fn requests_are_written_and_read() {
        for (request, bytes) in [
            (Request::CuffPressure, [0x3A, 0x79, 0x05, 0x00, 0x48]),
            (Request::BpData, [0x3A, 0x79, 0x03, 0x00, 0x4A]),
        ] {
            let mut packet = Vec::new();
            request.emit(&mut packet);
            assert_eq!(packet, bytes);
            assert_eq!(Request::parse(&bytes), Ok(request));
        }
    }

    #[test]
    fn no_other_request_is_one() {
        for (packet, why) in [
            (&[0x3A, 0x20, 0xA6][..], Discard::Malformed), // starts a determination
            (&[0x3A, 0x79, 0x05, 0x00, 0x49], Discard::Checksum),
            (&[0x3B, 0x79, 0x05, 0x00, 0x47], Discard::Malformed),
            (&[0x3A, 0x79, 0x04, 0x00, 0x49], Discard::Unknown),
            (&[], Discard::Malformed),
        ] {
            assert_eq!(Request::parse(packet), Err(why), "{packet:02X?}");
        }
    }

    #[test]
    fn replies_are_read_and_written() {
        for (reply, packet) in [
            (Reply::Complete, &[0x3E, 0x04, 0x4B, 0x73][..]),
            (Reply::CuffPressure(258), &[0x3E, 0x05, 0x02, 0x01, 0xBA]),
            (Reply::CuffPressure(0), &[0x3E, 0x05, 0x00, 0x00, 0xBD]),
        ] {
            assert_eq!(Reply::parse(packet), Ok(reply));
            assert_eq!(emitted(&reply), packet);
        }
    }

    #[test]
    fn what_cannot_be_is_named() {
        for (packet, why) in [
            (&[0x3E, 0x05, 0x02, 0x01, 0xB1][..], Discard::Checksum),
            (&[0x3E, 0x06, 0x02, 0x01, 0xB9], Discard::Malformed), // not the length it has
            (&[0x3D, 0x05, 0x02, 0x01, 0xBB], Discard::Malformed), // another start
            (&[0x3E, 0x05, 0x5F, 0x01, 0x5D], Discard::Malformed), // 351 mmHg
            (&[0x3E, 0x04, 0x4E, 0x70], Discard::Unknown),         // another letter
            (&[0x3E, 0x06, 0x00, 0x00, 0x00, 0xBC], Discard::Unknown),
            (&[0x3E, 0x03, 0xBF], Discard::Unknown),
            (&[0x3E, 0x02], Discard::Malformed),
            (&[], Discard::Malformed),
        ] {
            assert_eq!(Reply::parse(packet), Err(why), "{packet:02X?}");
        }
    }

    #[test]
    fn any_single_changed_bit_is_noticed() {
        let sound = [0x3E, 0x05, 0x02, 0x01, 0xBA];
        for bit in 0..40 {
            let mut packet = sound;
            packet[bit / 8] ^= 1 << (bit % 8);
            assert!(Reply::parse(&packet).is_err(), "bit {bit}");
        }
    }
}
