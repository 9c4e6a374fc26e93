//! What all frames have in common: unit id, letters, check characters, carriage return.

use std::ops::Range;

use crate::Discard;

/// Ends every frame.
pub(super) const CARRIAGE_RETURN: u8 = 0x0D;

/// The unit id of a monitor that is alone on its line, which these are.
pub(super) const UNIT_ID: u8 = 0x20;

/// Where the two letters of every frame lie, counted from the unit id.
pub(super) const LETTERS: Range<usize> = 1..3;

/// Two check characters and the carriage return.
pub(super) const TAIL_LENGTH: usize = 3;

/// Returns the check characters of a frame's text, unit id included.
///
/// Each character counts as its code less 0x1F; a sum above 0xFFF loses 0xFFF; the upper and the
/// lower six bits are made printable by adding 0x20.
///
/// Source: an early revision of `TKDinamapBPController` (2010). It gives the check characters of
/// all eight published commands.
#[inline]
pub(super) fn check_characters(text: &[u8]) -> [u8; 2] {
    let mut sum = 0_u32;
    for character in text {
        sum += u32::from(character.saturating_sub(0x1F));
    }
    // Taking 0xFFF off at the end gives the same as taking it off at each step, and is faster.
    while sum > 0xFFF {
        sum -= 0xFFF;
    }
    let [.., upper] = (0x20 + (sum >> 6)).to_be_bytes();
    let [.., lower] = (0x20 + (sum & 0x3F)).to_be_bytes();
    [upper, lower]
}

/// Returns a frame that has these letters and this whole length, for its fields to be read.
///
/// # Errors
///
/// [`Discard::Malformed`] when the frame is no frame, or as long as no such message is;
/// [`Discard::Checksum`] when its check characters do not fit; [`Discard::Unknown`] when it is
/// sound and has other letters.
#[inline]
pub(super) fn verify<const LENGTH: usize>(
    frame: &[u8],
    letters: [u8; 2],
) -> Result<&[u8; LENGTH], Discard> {
    // The length first: the compiler then knows every position, and this is where the time goes.
    if let Ok(exact) = frame.try_into() {
        let exact: &[u8; LENGTH] = exact;
        return if sound_letters(exact)? == letters {
            Ok(exact)
        } else {
            Err(Discard::Unknown)
        };
    }
    if sound_letters(frame)? == letters {
        Err(Discard::Malformed)
    } else {
        Err(Discard::Unknown)
    }
}

/// Returns the letters of a frame whose check characters fit.
#[inline]
pub(super) fn sound_letters(frame: &[u8]) -> Result<[u8; 2], Discard> {
    let [text @ .., upper, lower, CARRIAGE_RETURN] = frame else {
        return Err(Discard::Malformed);
    };
    let &[UNIT_ID, first, second, ..] = text else {
        return Err(Discard::Malformed);
    };
    let printable = text
        .iter()
        .all(|character| (0x20..=0x7E).contains(character));
    if !first.is_ascii_uppercase() || !second.is_ascii_uppercase() || !printable {
        return Err(Discard::Malformed);
    }
    if check_characters(text) != [*upper, *lower] {
        return Err(Discard::Checksum);
    }
    Ok([first, second])
}

/// Appends a frame: unit id, letters, what `data` writes, check characters, carriage return.
pub(super) fn emit(line: &mut Vec<u8>, letters: [u8; 2], data: impl FnOnce(&mut Vec<u8>)) {
    let start = line.len();
    line.push(UNIT_ID);
    line.extend_from_slice(&letters);
    data(line);
    let check = check_characters(&line[start..]);
    line.extend_from_slice(&check);
    line.push(CARRIAGE_RETURN);
}

/// Appends a number as digits with leading zeros; one that needs more digits as all nines.
pub(super) fn emit_number<const DIGITS: usize>(line: &mut Vec<u8>, number: u32) {
    let mut digits = [b'9'; DIGITS];
    let mut rest = number;
    if number < 10_u32.pow(u32::try_from(DIGITS).unwrap_or(u32::MAX)) {
        for digit in digits.iter_mut().rev() {
            let [.., ones] = (rest % 10).to_be_bytes();
            *digit = b'0' + ones;
            rest /= 10;
        }
    }
    line.extend_from_slice(&digits);
}

/// Returns the number that a field of at most nine digits holds.
#[inline]
pub(super) fn number(field: &[u8]) -> Result<u32, Discard> {
    field.iter().try_fold(0, |number, &digit| {
        if digit.is_ascii_digit() {
            Ok(number * 10 + u32::from(digit - b'0'))
        } else {
            Err(Discard::Malformed)
        }
    })
}

/// Returns the number of a three-digit field; nothing for the codes `000` and `-99`.
///
/// The manual gives `-99` for the rate only; elsewhere it cannot mean a number either.
#[inline]
pub(super) fn number_or_none(field: &[u8]) -> Result<Option<u16>, Discard> {
    if field == b"-99" {
        return Ok(None);
    }
    let number = u16::try_from(number(field)?).map_err(|_too_long| Discard::Malformed)?;
    Ok((number != 0).then_some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_characters_are_those_of_the_published_commands() {
        for (text, check) in [
            (b" NA".as_slice(), b"!2"),
            (b" NC0", b"!E"),
            (b" ND", b"!5"),
            (b" OA", b"!3"),
            (b" RA", b"!6"),
            (b" RC", b"!8"),
            (b" TC", b"!:"),
            (b" TD", b"!;"),
        ] {
            assert_eq!(check_characters(text), *check, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn a_sum_above_twelve_bits_loses_0xfff() {
        // 44 tildes: 44 * 0x5F = 4180 = 4095 + 85; 85 = 1 * 64 + 21.
        assert_eq!(check_characters(&[b'~'; 44]), [0x21, 0x35]);
    }

    #[test]
    fn a_number_too_long_for_its_field_is_all_nines() {
        let mut line = Vec::new();
        emit_number::<3>(&mut line, 7);
        emit_number::<3>(&mut line, 1000);
        assert_eq!(line, b"007999");
    }

    #[test]
    fn a_field_that_is_not_all_digits_is_malformed() {
        assert_eq!(number(b"0045"), Ok(45));
        assert_eq!(number(b"00 5"), Err(Discard::Malformed));
        assert_eq!(number_or_none(b"-99"), Ok(None));
        assert_eq!(number_or_none(b"000"), Ok(None));
        assert_eq!(number_or_none(b"-98"), Err(Discard::Malformed));
    }
}
