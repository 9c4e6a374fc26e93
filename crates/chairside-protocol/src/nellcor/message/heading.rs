//! The lines without values: headings, the end of a printout, the menu.

/// A line that has no value. What the limits are is not read.
///
/// ```text
/// NPB-290    VERSION 1.0.0.1    CRC: XXXX  SpO2 Limit: 30-100%    PR Limit: 100-180BPM
///     ADULT       0SAT-S      SPO2 RESP MODE: NORMAL
/// TIME            %SPO2   BPM    PA     Status
/// ```
///
/// They come every 25 lines and when a limit changes; not every model sends the second. The
/// printout of the trend memory has `TREND` in the place of `CRC`, no `Status` in the third, and
/// `Output Complete` at its end.
///
/// Source: Nellcor *NPB-290 operator's manual*, data port protocol; `nellcor-n595.spec` of
/// `OpenICE` for the second line and the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heading {
    /// The model, its version and its limits.
    Model,
    /// For whom it is set.
    Mode,
    /// The columns of the values of now.
    Columns,
    /// The model and its limits above the printout of the trend memory.
    Trend,
    /// The columns of the trend memory's values.
    TrendColumns,
    /// The end of a printout.
    End,
    /// The last line of the interactive menu, in which the oximeter sends no values.
    Menu,
}

impl Heading {
    /// Reads a line that is text.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let text = line.trim_ascii();
        if starts(text, &[b"TIME"]) {
            return Self::columns(text);
        }
        if starts(text, &[b"ADULT", b"NEO"]) {
            return Some(Self::Mode);
        }
        if text == b"Output Complete" {
            return Some(Self::End);
        }
        if text.starts_with(b"0) Exit") {
            return Some(Self::Menu);
        }
        let limits = contains(text, b"SpO2 Limit:") && contains(text, b"PR Limit:");
        if !contains(text, b" VERSION ") || !limits {
            None
        } else if contains(text, b" TREND ") {
            Some(Self::Trend)
        } else {
            contains(text, b" CRC:").then_some(Self::Model)
        }
    }

    fn columns(text: &[u8]) -> Option<Self> {
        const NAMES: [&[u8]; 4] = [b"TIME", b"%SPO2", b"BPM", b"PA"];
        let mut words = text
            .split(|&byte| byte == b' ')
            .filter(|word| !word.is_empty());
        let named = NAMES.iter().all(|name| {
            words
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case(name))
        });
        match (named, words.next(), words.next()) {
            (true, None, _) => Some(Self::TrendColumns),
            (true, Some(b"Status"), None) => Some(Self::Columns),
            _ => None,
        }
    }

    /// Appends the line and its end, as an NPB-290 and an N-595 send it.
    pub fn emit(self, line: &mut Vec<u8>) {
        let text: &[u8] = match self {
            Self::Model => {
                b"N-595    VERSION 1.0.0.1    CRC: XXXX  SpO2 Limit: 85-100%    PR Limit: 50-140BPM"
            }
            Self::Mode => b"    ADULT       0SAT-S      SPO2 RESP MODE: NORMAL",
            Self::Columns => b"TIME            %SPO2   BPM    PA     Status",
            Self::Trend => {
                b"N-595    VERSION 1.0.0.1    TREND  SpO2 Limit: 85-100%    PR Limit: 50-140BPM"
            }
            Self::TrendColumns => b"TIME            %SPO2   BPM    PA",
            Self::End => b"Output Complete",
            Self::Menu => b"    0) Exit Interactive Mode",
        };
        line.extend_from_slice(text);
        line.extend_from_slice(b"\r\n");
    }
}

/// Tells whether the text begins with one of these words.
fn starts(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| {
        text.strip_prefix(*word)
            .is_some_and(|rest| rest.first().is_none_or(|&next| next == b' '))
    })
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
