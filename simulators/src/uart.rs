//! What a receiver makes of bytes that were sent at another speed, or with another parity.
//!
//! A transmitter puts a start bit, eight data bits, the parity bit if there is one, and a stop bit
//! on the line; between bytes the line stays high. A receiver waits for a falling edge and then
//! looks in the middle of each bit, in its own time. What it finds there is a byte, whatever the
//! transmitter meant: a stop bit that is not high is a framing error, and the byte is handed on
//! all the same, as a serial driver does that was not told to check.

use chairside_protocol::{LineSettings, Parity};

/// Tells whether two ends of a line are set alike, as far as their bytes show it: who holds back
/// whom is nothing that garbles a byte.
#[must_use]
pub fn fits(one: LineSettings, other: LineSettings) -> bool {
    (one.baud, one.parity) == (other.baud, other.parity)
}

/// Returns what is received of bytes that are sent without a pause.
#[must_use]
pub fn received(sent: &[u8], transmitter: LineSettings, receiver: LineSettings) -> Vec<u8> {
    let level = levels(sent, transmitter.parity);
    let is_high = |bit: u64| {
        let bit = usize::try_from(bit).unwrap_or(usize::MAX);
        level.get(bit).is_none_or(|level| *level)
    };
    let (sending, receiving) = (u64::from(transmitter.baud), u64::from(receiver.baud));
    let mut bytes = Vec::new();
    let mut edge = 0;
    while let Some(start) = next_edge(&level, edge) {
        // The middle of the bit with that number, counted in the transmitter's bits.
        let middle = |bit: u64| start + (2 * bit + 1) * sending / (2 * receiving);
        if is_high(middle(0)) {
            // A start bit that is over before its middle is a disturbance.
            edge = start + 1;
            continue;
        }
        let byte = (0..8).fold(0, |byte, bit| {
            byte | u8::from(is_high(middle(1 + bit))) << bit
        });
        bytes.push(byte);
        let stop = 9 + u64::from(receiver.parity != Parity::None);
        edge = middle(stop);
    }
    bytes
}

/// Returns what is on the line, bit after bit.
fn levels(sent: &[u8], parity: Parity) -> Vec<bool> {
    let mut levels = Vec::with_capacity(sent.len() * 11);
    for byte in sent {
        let is_odd = byte.count_ones() % 2 == 1;
        levels.push(false);
        levels.extend((0..8).map(|bit| byte >> bit & 1 == 1));
        match parity {
            Parity::None => {}
            Parity::Even => levels.push(is_odd),
            Parity::Odd => levels.push(!is_odd),
        }
        levels.push(true);
    }
    levels
}

/// Returns where the line falls next, at this bit or later.
fn next_edge(levels: &[bool], from: u64) -> Option<u64> {
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let edge = (from..levels.len()).find(|&bit| !levels[bit] && (bit == 0 || levels[bit - 1]))?;
    Some(edge as u64)
}

#[cfg(test)]
mod tests {
    use chairside_protocol::FlowControl;

    use super::*;

    fn line(baud: u32, parity: Parity) -> LineSettings {
        LineSettings {
            baud,
            parity,
            flow_control: FlowControl::None,
        }
    }

    fn every_byte() -> Vec<u8> {
        (0..=u8::MAX).chain((0..=u8::MAX).rev()).collect()
    }

    #[test]
    fn a_line_that_both_set_alike_carries_every_byte() {
        for parity in [Parity::None, Parity::Even, Parity::Odd] {
            let line = line(9600, parity);
            assert_eq!(received(&every_byte(), line, line), every_byte());
        }
    }

    #[test]
    fn two_per_cent_are_no_other_speed() {
        let (device, host) = (line(9600, Parity::None), line(9800, Parity::None));
        assert_eq!(received(&every_byte(), device, host), every_byte());
    }

    #[test]
    fn another_speed_gives_other_bytes() {
        let (slow, fast) = (line(9600, Parity::None), line(19_200, Parity::None));
        // Each bit of 0x55 is two bits long; start, 1, 0, 1 … is 00 11 00 11 …: the second 0 is
        // the first data bit.
        assert_eq!(received(&[0x55], slow, fast)[0], 0b0110_0110);
        let twice = received(&every_byte(), slow, fast);
        assert!(twice.len() > every_byte().len(), "{}", twice.len());
        let half = received(&every_byte(), fast, slow);
        assert!(half.len() < every_byte().len(), "{}", half.len());
        assert!(!half.is_empty());
    }

    #[test]
    fn without_the_parity_that_was_sent_some_bytes_are_right_and_the_next_ones_are_not() {
        let (device, host) = (line(9600, Parity::Odd), line(9600, Parity::None));
        // 0x01 has an odd number of ones already: its parity bit is low, where the stop bit is
        // looked for, and the next start is looked for at once.
        let wrong = received(&every_byte(), device, host);
        assert_ne!(wrong, every_byte());
        assert_eq!(wrong[0], 0x00);
    }
}
