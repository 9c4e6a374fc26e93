//! What all records have in common: the header and the list of subrecords.

use crate::Discard;
use crate::ge_dri::framing;

mod field {
    use std::ops::Range;

    pub(super) const LENGTH: Range<usize> = 0..2;
    pub(super) const NUMBER: usize = 2;
    pub(super) const LEVEL: usize = 3;
    pub(super) const PLUG: Range<usize> = 4..6;
    pub(super) const TIME: Range<usize> = 6..10;
    pub(super) const MAIN_TYPE: Range<usize> = 14..16;
    pub(super) const SUBRECORDS: Range<usize> = 16..END;
    pub(super) const END: usize = 40;
}

/// Subrecords in a record at most.
const SUBRECORDS_MAX: usize = 8;

/// Length of one entry in the list of subrecords.
const ENTRY_LENGTH: usize = 3;

/// Ends the list of subrecords.
pub(super) const END_OF_LIST: u8 = 0xFF;

/// The subrecord type of everything that a host asks for.
pub(super) const REQUEST: u8 = 0;

/// What a record says about itself.
///
/// ```text
/// ll ll nn vv pp pp tt tt tt tt 00 00 00 00 mm mm (oo oo yy) x 8
/// 0     2  3  4     6           10          14    16
/// ```
///
/// All numbers are little-endian.
///
/// - `ll` length of the record with this header, without the sum
/// - `nn` running number
/// - `vv` interface level: 2 is that of 1995, 10 of 2009, 11 of 2015
/// - `pp` plug identifier of the monitor in its network
/// - `tt` when it was sent, seconds since 1970 on the monitor's clock
/// - `mm` main type: 0 physiological data, 1 waves, 4 alarms
/// - `oo yy` offset of each subrecord, counted from the header's end, and its type; the type 0xFF
///   ends the list
///
/// Source: *DRI Specification* 8005313, 12th ed., section 2.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Running number of the record, modulo 256.
    pub number: u8,
    /// Interface level of the record.
    pub level: u8,
    /// Plug identifier of the monitor in its network, 0 without one.
    pub plug: u16,
    /// When the record was sent, seconds since 1970 on the monitor's clock, which shows local time
    /// in practice.
    pub time_s: u32,
}

/// The main types that are known here.
pub(super) mod main_type {
    /// Physiological data.
    pub(in super::super) const PHYSIOLOGICAL: u16 = 0;
    /// Waves.
    pub(in super::super) const WAVE: u16 = 1;
    /// Alarms.
    pub(in super::super) const ALARM: u16 = 4;
}

/// A record whose header and list of subrecords fit its length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) header: Header,
    pub(super) main_type: u16,
    list: &'a [u8],
    data: &'a [u8],
}

impl<'a> Record<'a> {
    /// Reads the header and the list.
    ///
    /// The sum of a frame accepts one in 256 of damaged ones; a length that is not the record's
    /// gives them away.
    #[inline]
    pub(super) fn parse(record: &'a [u8]) -> Result<Self, Discard> {
        let Some((header, data)) = record.split_first_chunk::<{ field::END }>() else {
            return Err(Discard::Malformed);
        };
        if usize::from(word(header, field::LENGTH.start)) != record.len() {
            return Err(Discard::Malformed);
        }
        let parsed = Self {
            header: Header {
                number: header[field::NUMBER],
                level: header[field::LEVEL],
                plug: word(header, field::PLUG.start),
                time_s: double_word(header, field::TIME.start),
            },
            main_type: word(header, field::MAIN_TYPE.start),
            list: &record[field::SUBRECORDS],
            data,
        };
        let mut least = 0;
        for (offset, _) in parsed.entries() {
            if offset < least || offset >= data.len() {
                return Err(Discard::Malformed);
            }
            least = offset + 1;
        }
        if parsed.entries().next().is_none_or(|(offset, _)| offset > 0) {
            return Err(Discard::Malformed);
        }
        Ok(parsed)
    }

    /// Returns the type and the bytes of each subrecord.
    #[inline]
    pub(super) fn subrecords(self) -> impl Iterator<Item = (u8, &'a [u8])> {
        let ends = self.entries().skip(1).map(|(offset, _)| offset);
        self.entries()
            .zip(ends.chain([self.data.len()]))
            .map(move |((begin, kind), end)| (kind, &self.data[begin..end]))
    }

    fn entries(self) -> impl Iterator<Item = (usize, u8)> + use<'a> {
        self.list
            .chunks_exact(ENTRY_LENGTH)
            .map(|entry| (usize::from(word(entry, 0)), entry[ENTRY_LENGTH - 1]))
            .take_while(|(_, kind)| *kind != END_OF_LIST)
    }
}

/// Appends the frame of a record of these subrecords: type and bytes.
///
/// # Panics
///
/// When the record is longer than its length can say or has more than eight subrecords, which no
/// message has.
pub(super) fn emit(header: Header, main_type: u16, subrecords: &[(u8, &[u8])], line: &mut Vec<u8>) {
    assert!(subrecords.len() <= SUBRECORDS_MAX, "no message has more");
    let mut record = vec![0; field::END];
    for (place, (kind, bytes)) in subrecords.iter().enumerate() {
        let entry = field::SUBRECORDS.start + place * ENTRY_LENGTH;
        let offset = short(record.len() - field::END);
        record[entry..entry + 2].copy_from_slice(&offset.to_le_bytes());
        record[entry + 2] = *kind;
        record.extend_from_slice(bytes);
    }
    if subrecords.len() < SUBRECORDS_MAX {
        record[field::SUBRECORDS.start + subrecords.len() * ENTRY_LENGTH + 2] = END_OF_LIST;
    }
    let length = short(record.len());
    record[field::LENGTH].copy_from_slice(&length.to_le_bytes());
    record[field::NUMBER] = header.number;
    record[field::LEVEL] = header.level;
    record[field::PLUG].copy_from_slice(&header.plug.to_le_bytes());
    record[field::TIME].copy_from_slice(&header.time_s.to_le_bytes());
    record[field::MAIN_TYPE].copy_from_slice(&main_type.to_le_bytes());
    framing::emit(line, &record);
}

fn short(length: usize) -> u16 {
    let short = u16::try_from(length).ok();
    short
        .filter(|_| length <= framing::RECORD_LENGTH_MAX)
        .expect("no message is longer than a record")
}

/// Returns the 16 bits at this place.
#[inline]
pub(super) fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// Returns the 32 bits at this place.
#[inline]
pub(super) fn double_word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
