//! What happens on a line, for a test: bytes, how they are cut, and what comes between them.

use std::time::Duration;

use chairside_model::CuffOrder;

/// What happens on a line, in a form that random bytes can be read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The bytes that the device sends.
    pub stream: Vec<u8>,
    /// Lengths of the pieces in which they arrive, over and over; none of them 0. Without any
    /// they arrive at once.
    pub pieces: Vec<usize>,
    /// What else happens, each before the byte with that index, in their order.
    pub happenings: Vec<(usize, Happening)>,
}

/// What can happen on a line besides bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The port is opened, for the first time or again.
    Opened,
    /// The port is gone.
    Closed,
    /// Time passes, and the driver has its ticks.
    Waited(Duration),
    /// A person orders something.
    Ordered(CuffOrder),
}

/// Bytes that say how the stream is cut.
const PIECES: usize = 4;

/// Happenings, of two bytes each.
const HAPPENINGS: usize = 4;

impl Script {
    /// Bytes in front of the stream in the form that [`from_bytes`](Self::from_bytes) reads.
    pub const HEADER: usize = PIECES + 2 * HAPPENINGS;

    /// Returns the script in which these bytes arrive at once and nothing else happens.
    #[must_use]
    pub fn of_stream(stream: impl Into<Vec<u8>>) -> Self {
        Self {
            stream: stream.into(),
            pieces: Vec::new(),
            happenings: Vec::new(),
        }
    }

    /// Reads any bytes as a script: a header that says how the rest is cut and what happens in
    /// between, and the rest.
    ///
    /// The header has a fixed length and the rest is the stream as it is, so that whoever changes a
    /// byte, or copies some from elsewhere, changes that and nothing else. Each of the first four
    /// bytes is the length of a piece, of 1 to 64 bytes; then come four pairs of what happens and
    /// where, in 256ths of the stream. In fewer bytes than that nothing happens.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let Some((header, stream)) = bytes.split_at_checked(Self::HEADER) else {
            return Self::of_stream([]);
        };
        let (pieces, pairs) = header.split_at(PIECES);
        let mut happenings: Vec<_> = pairs
            .chunks_exact(2)
            .filter_map(|pair| {
                let at = usize::from(pair[1]) * stream.len() / 256;
                Some((at, happening(pair[0])?))
            })
            .collect();
        happenings.sort_by_key(|(at, _)| *at);
        Self {
            stream: stream.to_vec(),
            pieces: pieces
                .iter()
                .map(|byte| usize::from(byte % 64) + 1)
                .collect(),
            happenings,
        }
    }

    /// Returns bytes that are read as this stream on a line that is opened first, in pieces of 64.
    #[must_use]
    pub fn seed(stream: &[u8]) -> Vec<u8> {
        let mut bytes = vec![63; PIECES];
        bytes.extend([1, 0]);
        bytes.resize(Self::HEADER, 0);
        bytes.extend_from_slice(stream);
        bytes
    }

    /// Returns the stream's pieces and what happens, in order. A piece ends where something
    /// happens.
    pub(crate) fn steps<'a>(&'a self, pieces: &'a [usize]) -> impl Iterator<Item = Step<'a>> {
        let mut happenings = self.happenings.iter().peekable();
        let mut lengths = pieces.iter().cycle();
        let mut begin = 0;
        std::iter::from_fn(move || {
            if let Some((_, happening)) = happenings.next_if(|(at, _)| *at <= begin) {
                return Some(Step::Happened(*happening));
            }
            let next = happenings.peek().map_or(usize::MAX, |(at, _)| *at);
            let rest = self.stream.len().min(next) - begin;
            let length = lengths.next().map_or(rest, |length| rest.min(*length));
            let piece = &self.stream[begin..begin + length];
            begin += length;
            (length > 0).then_some(Step::Received(piece))
        })
    }
}

/// One step of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    Received(&'a [u8]),
    Happened(Happening),
}

fn happening(byte: u8) -> Option<Happening> {
    let strength = u64::from(byte / 4);
    match byte % 4 {
        0 => None,
        1 => Some(Happening::Opened),
        2 => Some(Happening::Closed),
        // From nothing to a minute.
        _ => Some(Happening::Waited(Duration::from_millis(
            strength * strength * 15,
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(script: &Script) -> Vec<Step<'_>> {
        script.steps(&script.pieces).collect()
    }

    #[test]
    fn any_bytes_are_a_script() {
        assert_eq!(Script::from_bytes(&[]), Script::of_stream([]));
        let header = [0, 63, 64, 1, 1, 0, 2, 128, 0, 0, 4 * 10 + 3, 255];
        let script = Script::from_bytes(&[&header[..], b"abcd"].concat());
        assert_eq!(script.stream, b"abcd");
        assert_eq!(script.pieces, [1, 64, 1, 2]);
        let waited = Happening::Waited(Duration::from_millis(1500));
        assert_eq!(
            script.happenings,
            [(0, Happening::Opened), (2, Happening::Closed), (3, waited)]
        );
        assert_eq!(
            steps(&script),
            [
                Step::Happened(Happening::Opened),
                Step::Received(b"a"),
                Step::Received(b"b"),
                Step::Happened(Happening::Closed),
                Step::Received(b"c"),
                Step::Happened(waited),
                Step::Received(b"d"),
            ]
        );
    }

    #[test]
    fn a_seed_is_read_as_its_stream_on_an_open_line() {
        let script = Script::from_bytes(&Script::seed(b"abc"));
        assert_eq!(
            steps(&script),
            [Step::Happened(Happening::Opened), Step::Received(b"abc"),]
        );
    }

    #[test]
    fn what_happens_behind_the_last_byte_happens() {
        let mut script = Script::of_stream(*b"ab");
        script.happenings.push((2, Happening::Closed));
        assert_eq!(
            steps(&script),
            [Step::Received(b"ab"), Step::Happened(Happening::Closed),]
        );
    }
}
