//! What goes over the line: the samples of both generations, and what a host says to a V7 device.

use crate::Discard;

/// Which protocol an oximeter speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// 19200 baud, odd parity: five bytes a sample.
    Old,
    /// V7.0, 115200 baud: nine bytes a sample.
    V7,
}

impl Generation {
    /// Returns the length of a sample, bytes.
    #[inline]
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Old => 5,
            Self::V7 => 9,
        }
    }
}

/// One sample, sixty times a second, with the numbers as they stand.
///
/// Old, 19200 baud, 8O1. Bit 7 is set in the first byte and in no other:
///
/// ```text
/// SS PP BB RR OO
/// ```
///
/// - `SS` bit 6 beep; 5 saturation dropping; 4 searching too long, or finger out; 3 to 0 strength
/// - `PP` plethysmogram, 0 to 127
/// - `BB` bit 6 is bit 7 of the pulse rate; 5 searching; 4 probe error; 3 to 0 bar graph
/// - `RR` pulse rate, bits 6 to 0, per minute
/// - `OO` saturation, 0 to 100 %; 127 = none
///
/// V7, 115200 baud, 8N1. Bit 7 is clear in the first byte and set in all others:
///
/// ```text
/// 01 MM SS PP BB RR OO LL HH
/// ```
///
/// - `01` the real-time packet
/// - `MM` bit 0 is bit 7 of the byte that follows, bit 1 that of the next, and so on
/// - `SS` bits 3 to 0 strength, 0 to 8; 4 searching too long; 5 low saturation; 6 beep; 7 probe
///   error: finger out
/// - `PP` bits 6 to 0 plethysmogram; 7 searching
/// - `BB` bits 3 to 0 bar graph; 4 perfusion index invalid; 7 to 5 zero
/// - `RR` pulse rate; FF = none
/// - `OO` saturation; 7F = none
/// - `LL HH` perfusion index, hundredths of a per cent; FFFF = none
///
/// Source: Contec, *Communication protocol of pulse oximeter*, V7.0, and for the old one the
/// programs that `docs/protocols/contec-cms50.md` names.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the two generations have the same flags in different bits"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Strength of the signal, 0 to 15.
    pub strength: u8,
    /// A beat was found.
    pub beep: bool,
    /// The device's own alarm: the saturation drops (old), or is low (V7).
    pub saturation_low: bool,
    /// The pulse has been looked for in vain.
    pub searching_too_long: bool,
    /// The pulse is looked for.
    pub searching: bool,
    /// No finger in the probe, or no probe.
    pub probe_error: bool,
    /// The plethysmogram, 0 to 127.
    pub pleth: u8,
    /// The height of the bar graph, 0 to 15.
    pub bar: u8,
    /// Pulse rate, per minute, if there is one.
    pub rate: Option<u8>,
    /// Saturation, %, if there is one.
    pub saturation: Option<u8>,
    /// Perfusion index, hundredths of a per cent, if there is one; never in the old protocol.
    pub perfusion_index: Option<u16>,
}

/// The type of V7's real-time packet.
pub const REAL_TIME: u8 = 0x01;

/// Bit 7, which says whether a byte begins something.
pub const MARK: u8 = 0x80;

const NO_RATE: u8 = 0xFF;
const NO_SATURATION: u8 = 0x7F;
const NO_PERFUSION: u16 = 0xFFFF;
const SATURATION_MAX: u8 = 100;

impl Sample {
    /// Tells whether a byte can stand at this place of a sample.
    #[inline]
    #[must_use]
    pub const fn fits(generation: Generation, place: usize, byte: u8) -> bool {
        match (generation, place) {
            (Generation::Old, 0) => byte & MARK != 0,
            (Generation::Old, _) => byte & MARK == 0,
            (Generation::V7, 0) => byte == REAL_TIME,
            (Generation::V7, _) => byte & MARK != 0,
        }
    }

    /// Reads the bytes of one sample, each of which [fits](Self::fits) at its place.
    ///
    /// # Errors
    ///
    /// [`Discard::Malformed`] when there are more or fewer bytes, or they cannot be.
    #[inline]
    pub fn parse(generation: Generation, frame: &[u8]) -> Result<Self, Discard> {
        match generation {
            Generation::Old => Self::parse_old(frame),
            Generation::V7 => Self::parse_v7(frame),
        }
    }

    /// Appends the bytes of the sample. What a field has no room for is cut off.
    pub fn emit(&self, generation: Generation, line: &mut Vec<u8>) {
        match generation {
            Generation::Old => self.emit_old(line),
            Generation::V7 => self.emit_v7(line),
        }
    }

    #[inline]
    fn parse_old(frame: &[u8]) -> Result<Self, Discard> {
        let &[status, pleth, bar, rate, saturation] = frame else {
            return Err(Discard::Malformed);
        };
        if status & MARK == 0 || (pleth | bar | rate | saturation) & MARK != 0 {
            return Err(Discard::Malformed);
        }
        let rate = rate | (bar & 0x40) << 1;
        Ok(Self {
            strength: status & 0x0F,
            beep: status & 0x40 != 0,
            saturation_low: status & 0x20 != 0,
            searching_too_long: status & 0x10 != 0,
            searching: bar & 0x20 != 0,
            probe_error: bar & 0x10 != 0,
            pleth,
            bar: bar & 0x0F,
            rate: (rate != NO_RATE).then_some(rate),
            saturation: saturation_of(saturation)?,
            perfusion_index: None,
        })
    }

    fn emit_old(&self, line: &mut Vec<u8>) {
        let rate = self.rate.unwrap_or(NO_RATE);
        line.extend([
            MARK | bit(self.beep, 6)
                | bit(self.saturation_low, 5)
                | bit(self.searching_too_long, 4)
                | self.strength & 0x0F,
            self.pleth & !MARK,
            (rate & MARK) >> 1
                | bit(self.searching, 5)
                | bit(self.probe_error, 4)
                | self.bar & 0x0F,
            rate & !MARK,
            self.saturation.unwrap_or(NO_SATURATION) & !MARK,
        ]);
    }

    #[inline]
    fn parse_v7(frame: &[u8]) -> Result<Self, Discard> {
        let &[REAL_TIME, high, b2, b3, b4, b5, b6, b7, b8] = frame else {
            return Err(Discard::Malformed);
        };
        if high & b2 & b3 & b4 & b5 & b6 & b7 & b8 & MARK == 0 {
            return Err(Discard::Malformed);
        }
        let whole = |place: u32, byte: u8| byte & !MARK | (high >> place & 1) << 7;
        let (status, pleth, bar) = (whole(0, b2), whole(1, b3), whole(2, b4));
        let (rate, saturation) = (whole(3, b5), whole(4, b6));
        let perfusion_index = u16::from_le_bytes([whole(5, b7), whole(6, b8)]);
        let is_perfused = bar & 0x10 == 0 && perfusion_index != NO_PERFUSION;
        if bar & 0xE0 != 0 {
            return Err(Discard::Malformed);
        }
        Ok(Self {
            strength: status & 0x0F,
            beep: status & 0x40 != 0,
            saturation_low: status & 0x20 != 0,
            searching_too_long: status & 0x10 != 0,
            searching: pleth & MARK != 0,
            probe_error: status & MARK != 0,
            pleth: pleth & !MARK,
            bar: bar & 0x0F,
            rate: (rate != NO_RATE).then_some(rate),
            saturation: saturation_of(saturation)?,
            perfusion_index: is_perfused.then_some(perfusion_index),
        })
    }

    fn emit_v7(&self, line: &mut Vec<u8>) {
        let [low, high] = self.perfusion_index.unwrap_or(NO_PERFUSION).to_le_bytes();
        let bytes = [
            bit(self.probe_error, 7)
                | bit(self.beep, 6)
                | bit(self.saturation_low, 5)
                | bit(self.searching_too_long, 4)
                | self.strength & 0x0F,
            bit(self.searching, 7) | self.pleth & !MARK,
            bit(self.perfusion_index.is_none(), 4) | self.bar & 0x0F,
            self.rate.unwrap_or(NO_RATE),
            self.saturation.unwrap_or(NO_SATURATION),
            low,
            high,
        ];
        let marks = (0..).zip(bytes);
        let marks = marks.fold(MARK, |marks, (place, byte)| marks | byte >> 7 << place);
        line.extend([REAL_TIME, marks]);
        line.extend(bytes.map(|byte| byte | MARK));
    }
}

#[inline]
fn saturation_of(byte: u8) -> Result<Option<u8>, Discard> {
    match byte {
        NO_SATURATION => Ok(None),
        0..=SATURATION_MAX => Ok(Some(byte)),
        _ => Err(Discard::Malformed),
    }
}

const fn bit(is_set: bool, place: u8) -> u8 {
    (is_set as u8) << place
}

/// What a host says to a V7 device. There are others, which stop a recording or set the clock, and
/// which the driver must never say.
///
/// ```text
/// 7D 81 CC 80 80 80 80 80 80
/// ```
///
/// - `CC` the command
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// A1: send samples.
    StartRealTime,
    /// A2: send no more samples.
    StopRealTime,
    /// AF: the host is there; every five seconds.
    KeepAlive,
}

impl Command {
    /// Bytes of a command.
    pub const LENGTH: usize = 9;

    /// Every command.
    pub const ALL: [Self; 3] = [Self::StartRealTime, Self::StopRealTime, Self::KeepAlive];

    const fn bytes(self) -> [u8; Self::LENGTH] {
        let command = match self {
            Self::StartRealTime => 0xA1,
            Self::StopRealTime => 0xA2,
            Self::KeepAlive => 0xAF,
        };
        [0x7D, 0x81, command, MARK, MARK, MARK, MARK, MARK, MARK]
    }

    /// Reads a command.
    ///
    /// # Errors
    ///
    /// [`Discard::Unknown`] when it is none of these.
    pub fn parse(frame: &[u8]) -> Result<Self, Discard> {
        let known = Self::ALL.into_iter().find(|known| known.bytes() == frame);
        known.ok_or(Discard::Unknown)
    }

    /// Appends the command.
    pub fn emit(self, line: &mut Vec<u8>) {
        line.extend(self.bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Sample = Sample {
        strength: 4,
        beep: false,
        saturation_low: false,
        searching_too_long: false,
        searching: false,
        probe_error: false,
        pleth: 19,
        bar: 2,
        rate: Some(60),
        saturation: Some(99),
        perfusion_index: None,
    };

    #[track_caller]
    fn check(generation: Generation, sample: Sample, bytes: &[u8]) {
        assert_eq!(Sample::parse(generation, bytes), Ok(sample));
        let mut line = Vec::new();
        sample.emit(generation, &mut line);
        assert_eq!(line, bytes);
    }

    #[test]
    fn the_worked_packet_of_v7_is_read_and_written() {
        let bytes = [0x01, 0xE0, 0x84, 0x93, 0x92, 0xBC, 0xE3, 0xFF, 0xFF];
        check(Generation::V7, QUIET, &bytes);
    }

    #[test]
    fn every_flag_of_v7_has_its_bit() {
        let sample = Sample {
            strength: 8,
            beep: true,
            saturation_low: true,
            searching_too_long: true,
            searching: true,
            probe_error: true,
            pleth: 64,
            bar: 15,
            rate: None,
            saturation: None,
            perfusion_index: Some(0x0180),
        };
        // Bit 7 of the status, of the curve, of the rate and of the index' low byte.
        let bytes = [0x01, 0xAB, 0xF8, 0xC0, 0x8F, 0xFF, 0xFF, 0x80, 0x81];
        check(Generation::V7, sample, &bytes);
    }

    #[test]
    fn the_old_frame_has_the_rates_highest_bit_elsewhere() {
        let sample = Sample {
            rate: Some(140),
            saturation: Some(97),
            ..QUIET
        };
        check(Generation::Old, sample, &[0x84, 0x13, 0x42, 0x0C, 0x61]);
        let none = Sample {
            rate: None,
            saturation: None,
            probe_error: true,
            searching: true,
            ..QUIET
        };
        check(Generation::Old, none, &[0x84, 0x13, 0x72, 0x7F, 0x7F]);
    }

    #[test]
    fn what_cannot_be_is_malformed() {
        for bytes in [
            // A saturation of 101 %, a reserved bit, a byte without its mark, one too few.
            &[0x01, 0xE0, 0x84, 0x93, 0x92, 0xBC, 0xE5, 0xFF, 0xFF][..],
            &[0x01, 0xE0, 0x84, 0x93, 0xB2, 0xBC, 0xE3, 0xFF, 0xFF],
            &[0x01, 0xE0, 0x84, 0x13, 0x92, 0xBC, 0xE3, 0xFF, 0xFF],
            &[0x01, 0xE0, 0x84, 0x93, 0x92, 0xBC, 0xE3, 0xFF],
        ] {
            assert_eq!(
                Sample::parse(Generation::V7, bytes),
                Err(Discard::Malformed)
            );
        }
        for bytes in [
            &[0x84, 0x13, 0x02, 0x3C, 0x65][..],
            &[0x84, 0x13, 0x02, 0xBC, 0x61],
            &[0x04, 0x13, 0x02, 0x3C, 0x61],
        ] {
            assert_eq!(
                Sample::parse(Generation::Old, bytes),
                Err(Discard::Malformed)
            );
        }
    }

    #[test]
    fn a_command_is_nine_bytes() {
        let mut line = Vec::new();
        Command::StartRealTime.emit(&mut line);
        assert_eq!(line, [0x7D, 0x81, 0xA1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]);
        assert_eq!(Command::parse(&line), Ok(Command::StartRealTime));
        line[2] = 0xA7;
        assert_eq!(Command::parse(&line), Err(Discard::Unknown));
    }
}
