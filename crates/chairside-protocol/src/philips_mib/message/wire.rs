//! Numbers and lists as they stand in a message: big-endian, and lists with their count and their
//! length in bytes before them.

use crate::Discard;

/// Bytes that are read from their front. Whatever is missing is malformed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    #[inline]
    pub(super) fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Discard> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Discard::Malformed)?;
        self.0 = rest;
        Ok(*array)
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, Discard> {
        self.array().map(|[byte]| byte)
    }

    #[inline]
    pub(super) fn short(&mut self) -> Result<u16, Discard> {
        self.array().map(u16::from_be_bytes)
    }

    #[inline]
    pub(super) fn long(&mut self) -> Result<u32, Discard> {
        self.array().map(u32::from_be_bytes)
    }

    #[inline]
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Discard> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Discard::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Takes the bytes that a length before them says.
    #[inline]
    pub(super) fn sized(&mut self) -> Result<&'a [u8], Discard> {
        let length = self.short()?;
        self.take(length.into())
    }

    /// Takes a list: how many things it says there are, and their bytes.
    #[inline]
    pub(super) fn list(&mut self) -> Result<(u16, &'a [u8]), Discard> {
        Ok((self.short()?, self.sized()?))
    }

    /// Takes the length of all that follows, and checks it.
    pub(super) fn length_of_rest(&mut self) -> Result<(), Discard> {
        let length = self.short()?;
        self.must(usize::from(length) == self.0.len())
    }

    /// Checks that nothing is left.
    pub(super) fn end(self) -> Result<(), Discard> {
        self.must(self.0.is_empty())
    }

    #[expect(clippy::unused_self, reason = "reads as what it is about")]
    pub(super) fn must(self, holds: bool) -> Result<(), Discard> {
        if holds {
            Ok(())
        } else {
            Err(Discard::Malformed)
        }
    }
}

pub(super) fn short(line: &mut Vec<u8>, value: u16) {
    line.extend_from_slice(&value.to_be_bytes());
}

pub(super) fn long(line: &mut Vec<u8>, value: u32) {
    line.extend_from_slice(&value.to_be_bytes());
}

/// Appends the length of what `write` appends, and that.
///
/// # Panics
///
/// When it is longer than 65535 bytes, which no message is.
pub(super) fn sized(line: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let at = line.len();
    short(line, 0);
    write(line);
    let length = u16::try_from(line.len() - at - 2).expect("a message is shorter");
    line[at..at + 2].copy_from_slice(&length.to_be_bytes());
}

/// Appends the count and the length of these things, and each of them as `write` does it.
///
/// # Panics
///
/// As [`sized`], and when there are more than 65535.
pub(super) fn list<T>(
    line: &mut Vec<u8>,
    things: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    let things = things.into_iter();
    short(
        line,
        u16::try_from(things.len()).expect("a list is shorter"),
    );
    sized(line, |line| things.for_each(|thing| write(line, thing)));
}
