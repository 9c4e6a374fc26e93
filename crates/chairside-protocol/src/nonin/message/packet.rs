//! Twenty-five frames and what they say together.

use super::{SecondStatus, rate, rate_bytes, saturation, saturation_byte};

/// Positions of the fields among a packet's bytes: the number of the frame, less one.
mod field {
    pub(super) const RATE: [usize; 2] = [0, 1];
    pub(super) const SATURATION: usize = 2;
    pub(super) const FIRMWARE: usize = 3;
    pub(super) const TIMER: [usize; 2] = [5, 6];
    pub(super) const SECOND_STATUS: usize = 7;
    pub(super) const SATURATION_DISPLAY: usize = 8;
    pub(super) const SATURATION_FAST: usize = 9;
    pub(super) const SATURATION_BEAT: usize = 10;
    pub(super) const RATE_EXTENDED: [usize; 2] = [13, 14];
    pub(super) const SATURATION_EXTENDED: usize = 15;
    pub(super) const SATURATION_EXTENDED_DISPLAY: usize = 16;
    pub(super) const RATE_DISPLAY: [usize; 2] = [19, 20];
    pub(super) const RATE_EXTENDED_DISPLAY: [usize; 2] = [21, 22];
}

/// The numbers of one packet: one byte from each of 25 frames, three packets a second, in
/// formats 2 and 7.
///
/// ```text
/// frame    byte                          frame    byte
///  1,  2   pulse rate, upper and lower   14, 15   pulse rate, extended average
///  3       saturation                    16       saturation, extended average
///  4       firmware revision             17       the same for display
///  6,  7   timer, upper and lower        20, 21   pulse rate for display
///  8       second status                 22, 23   pulse rate, extended, for display
///  9       saturation for display        5, 12, 13, 18, 19, 24, 25
/// 10       saturation, fast average               reserved, any value
/// 11       saturation, beat to beat
/// ```
///
/// - pulse rates, per minute: two bits in the upper byte, seven in the lower; 511 = none
/// - saturations, per cent: 127 = none
/// - values for display stay for 10 s after the finger is out; the others go missing at once
///
/// Source: Nonin, *9560 OEM Specification*, 6470-000-01, serial data format 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Pulse rate, average of four beats, per minute, up to 510.
    pub rate: Option<u16>,
    /// Saturation, average of four beats, per cent.
    pub saturation: Option<u8>,
    /// Revision of the oximeter's firmware.
    pub firmware: u8,
    /// Packets since power-up, 0 to 16383, then again from 0. That its lower byte has seven bits,
    /// as that of a rate, is assumed: no byte of a packet but a reserved one is above 127.
    pub timer: u16,
    /// High-quality measurement, battery.
    pub second_status: SecondStatus,
    /// Saturation as the oximeter displays it.
    pub saturation_display: Option<u8>,
    /// Saturation without averaging.
    pub saturation_fast: Option<u8>,
    /// Saturation of the last beat.
    pub saturation_beat: Option<u8>,
    /// Pulse rate, average of eight beats.
    pub rate_extended: Option<u16>,
    /// Saturation, average of eight beats.
    pub saturation_extended: Option<u8>,
    /// The same, as the oximeter displays it.
    pub saturation_extended_display: Option<u8>,
    /// Pulse rate as the oximeter displays it.
    pub rate_display: Option<u16>,
    /// Pulse rate, average of eight beats, as the oximeter displays it.
    pub rate_extended_display: Option<u16>,
}

impl Packet {
    /// Frames of a packet.
    pub const FRAMES: usize = 25;

    /// Reads the packet from the bytes of its frames. Any bytes are a packet.
    #[must_use]
    pub fn parse(floats: &[u8; Self::FRAMES]) -> Self {
        let rate = |[upper, lower]: [usize; 2]| rate(floats[upper], floats[lower]);
        let saturation = |position: usize| saturation(floats[position]);
        let [upper, lower] = field::TIMER.map(|position| u16::from(floats[position] & 0x7F));
        Self {
            rate: rate(field::RATE),
            saturation: saturation(field::SATURATION),
            firmware: floats[field::FIRMWARE],
            timer: (upper << 7) | lower,
            second_status: SecondStatus::from_bits(floats[field::SECOND_STATUS]),
            saturation_display: saturation(field::SATURATION_DISPLAY),
            saturation_fast: saturation(field::SATURATION_FAST),
            saturation_beat: saturation(field::SATURATION_BEAT),
            rate_extended: rate(field::RATE_EXTENDED),
            saturation_extended: saturation(field::SATURATION_EXTENDED),
            saturation_extended_display: saturation(field::SATURATION_EXTENDED_DISPLAY),
            rate_display: rate(field::RATE_DISPLAY),
            rate_extended_display: rate(field::RATE_EXTENDED_DISPLAY),
        }
    }

    /// Returns the bytes for the packet's frames. Reserved ones are 0.
    #[must_use]
    pub fn floats(&self) -> [u8; Self::FRAMES] {
        let mut floats = [0; Self::FRAMES];
        for (positions, value) in [
            (field::RATE, self.rate),
            (field::RATE_EXTENDED, self.rate_extended),
            (field::RATE_DISPLAY, self.rate_display),
            (field::RATE_EXTENDED_DISPLAY, self.rate_extended_display),
        ] {
            let [upper, lower] = positions;
            [floats[upper], floats[lower]] = rate_bytes(value);
        }
        for (position, value) in [
            (field::SATURATION, self.saturation),
            (field::SATURATION_DISPLAY, self.saturation_display),
            (field::SATURATION_FAST, self.saturation_fast),
            (field::SATURATION_BEAT, self.saturation_beat),
            (field::SATURATION_EXTENDED, self.saturation_extended),
            (
                field::SATURATION_EXTENDED_DISPLAY,
                self.saturation_extended_display,
            ),
        ] {
            floats[position] = saturation_byte(value);
        }
        let [upper, lower] = field::TIMER;
        floats[upper] = (self.timer >> 7 & 0x7F) as u8;
        floats[lower] = (self.timer & 0x7F) as u8;
        floats[field::FIRMWARE] = self.firmware;
        floats[field::SECOND_STATUS] = self.second_status.bits();
        floats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_read_and_written() {
        let floats = [
            0x01, 0x0C, // pulse rate 128 + 12
            0x61, // saturation 97
            0x30, // firmware
            0x00, // reserved
            0x02, 0x05, // timer 2 * 128 + 5
            0x21, // high quality, low battery
            0x60, // saturation for display 96
            0x5F, // fast 95
            0x5E, // beat to beat 94
            0x00, 0x00, // reserved
            0x00, 0x48, // pulse rate, extended, 72
            0x5D, // saturation, extended, 93
            0x5C, // for display 92
            0x00, 0x00, // reserved
            0x01, 0x0D, // pulse rate for display 141
            0x03, 0x7F, // extended, for display: none
            0x00, 0x00, // reserved
        ];
        let packet = Packet {
            rate: Some(140),
            saturation: Some(97),
            firmware: 0x30,
            timer: 261,
            second_status: SecondStatus::HIGH_QUALITY | SecondStatus::LOW_BATTERY,
            saturation_display: Some(96),
            saturation_fast: Some(95),
            saturation_beat: Some(94),
            rate_extended: Some(72),
            saturation_extended: Some(93),
            saturation_extended_display: Some(92),
            rate_display: Some(141),
            rate_extended_display: None,
        };
        assert_eq!(Packet::parse(&floats), packet);
        assert_eq!(packet.floats(), floats);
    }

    #[test]
    fn reserved_bytes_do_not_matter() {
        let mut floats = [0x48; Packet::FRAMES];
        let packet = Packet::parse(&floats);
        for frame in [5, 12, 13, 18, 19, 24, 25] {
            floats[frame - 1] = 0xFF;
        }
        assert_eq!(Packet::parse(&floats), packet);
    }
}
