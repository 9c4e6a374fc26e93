//! The frame check sequence.

/// The generator, `x^16 + x^12 + x^5 + 1`, with its bits reversed.
const GENERATOR: u16 = 0x8408;

/// Bytes that are taken at once.
const SLICE: usize = 8;

/// `TABLES[n][byte]` is what a byte does to the check when `n` bytes follow it.
static TABLES: [[u16; 256]; SLICE] = tables();

const fn tables() -> [[u16; 256]; SLICE] {
    let mut tables = [[0; 256]; SLICE];
    let mut byte = 0;
    while byte < 256 {
        // Both stay below 256, so no cast loses anything.
        #[expect(clippy::cast_possible_truncation, reason = "a byte")]
        let mut check = byte as u16;
        let mut bit = 0;
        while bit < 8 {
            check = (check >> 1) ^ if check & 1 == 1 { GENERATOR } else { 0 };
            bit += 1;
        }
        tables[0][byte] = check;
        byte += 1;
    }
    let mut after = 1;
    while after < SLICE {
        let mut byte = 0;
        while byte < 256 {
            let check = tables[after - 1][byte];
            tables[after][byte] = (check >> 8) ^ tables[0][(check & 0xFF) as usize];
            byte += 1;
        }
        after += 1;
    }
    tables
}

/// Returns the check of these bytes: CRC-16/X-25, which is the FCS-16 of PPP.
///
/// Source: `TestFCSOutputStream` of the `mdpnp` project and the frames of a real monitor; the
/// check of `"123456789"` is 0x906E.
pub(super) fn fcs(bytes: &[u8]) -> u16 {
    let mut check = 0xFFFF_u16;
    let mut slices = bytes.chunks_exact(SLICE);
    for slice in &mut slices {
        let [low, high] = check.to_le_bytes();
        check = TABLES[7][usize::from(slice[0] ^ low)]
            ^ TABLES[6][usize::from(slice[1] ^ high)]
            ^ TABLES[5][usize::from(slice[2])]
            ^ TABLES[4][usize::from(slice[3])]
            ^ TABLES[3][usize::from(slice[4])]
            ^ TABLES[2][usize::from(slice[5])]
            ^ TABLES[1][usize::from(slice[6])]
            ^ TABLES[0][usize::from(slice[7])];
    }
    for &byte in slices.remainder() {
        let [low, _] = check.to_le_bytes();
        check = (check >> 8) ^ TABLES[0][usize::from(byte ^ low)];
    }
    !check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_values_are_met() {
        assert_eq!(fcs(b"123456789"), 0x906E);
        assert_eq!(fcs(&[0x3A, 0x71]), 0x269B);
        assert_eq!(fcs(&[0x3A, 0x91]), 0xC195);
        assert_eq!(fcs(&[]), 0x0000);
    }

    #[test]
    fn eight_bytes_at_once_do_what_they_do_singly() {
        let bytes: Vec<u8> = (0..=255).cycle().step_by(7).take(1000).collect();
        for length in 0..bytes.len() {
            let singly = bytes[..length].iter().fold(0xFFFF_u16, |check, byte| {
                (0..8).fold(check ^ u16::from(*byte), |check, _| {
                    (check >> 1) ^ if check & 1 == 1 { GENERATOR } else { 0 }
                })
            });
            assert_eq!(fcs(&bytes[..length]), !singly, "{length} bytes");
        }
    }
}
