//! The letters: `DejaVu` Sans Condensed, which has those of the languages of Europe and more.

use ttf_parser::Face;

/// A size of letters, points, and whether they are bold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) bold: bool,
}

impl Style {
    pub(crate) const fn plain(size: f32) -> Self {
        Self { size, bold: false }
    }

    pub(crate) const fn bold(size: f32) -> Self {
        Self { size, bold: true }
    }

    /// Returns the height of a line, points.
    pub(crate) fn line(self) -> f32 {
        self.size * 1.3
    }
}

/// Measures text.
pub(crate) struct Fonts {
    regular: Face<'static>,
    bold: Face<'static>,
}

impl Fonts {
    pub(crate) fn new() -> Self {
        let parsed = |bytes| Face::parse(bytes, 0).expect("the fonts that we ship are fonts");
        Self {
            regular: parsed(regular()),
            bold: parsed(bold()),
        }
    }

    /// Returns how wide a text is, points. What the font has no letter for is as wide as the box
    /// that stands for it.
    pub(crate) fn width(&self, text: &str, style: Style) -> f32 {
        let face = if style.bold {
            &self.bold
        } else {
            &self.regular
        };
        let advance = |letter| {
            let glyph = face.glyph_index(letter).unwrap_or_default();
            f32::from(face.glyph_hor_advance(glyph).unwrap_or_default())
        };
        let units: f32 = text.chars().map(advance).sum();
        units * style.size / f32::from(face.units_per_em())
    }

    /// Breaks a text into lines that are no wider than that: between words, and within a word that
    /// is wider than a line. There is at least one line.
    pub(crate) fn broken(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let line = lines.last_mut().expect("there is always one");
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if self.width(&longer, style) <= width {
                *line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(String::new());
            }
            self.break_word(word, style, width, &mut lines);
        }
        lines
    }

    fn break_word(&self, word: &str, style: Style, width: f32, lines: &mut Vec<String>) {
        for letter in word.chars() {
            let line = lines.last_mut().expect("there is always one");
            let mut longer = line.clone();
            longer.push(letter);
            if line.is_empty() || self.width(&longer, style) <= width {
                *line = longer;
            } else {
                lines.push(letter.to_string());
            }
        }
    }
}

pub(crate) fn regular() -> &'static [u8] {
    dejavu::sans_condensed::regular()
}

pub(crate) fn bold() -> &'static [u8] {
    dejavu::sans_condensed::bold()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_between_words_and_loses_none() {
        let fonts = Fonts::new();
        let style = Style::plain(9.0);
        let text =
            "SpO2 87 % below 88 % for 5 s; Geschwindigkeitsbegrenzungsüberschreitung at 14:02";
        for width in [20.0, 60.0, 200.0, 900.0] {
            let lines = fonts.broken(text, style, width);
            let letters =
                |text: &str| -> String { text.chars().filter(|letter| *letter != ' ').collect() };
            assert_eq!(letters(&lines.concat()), letters(text));
            for line in &lines {
                assert!(fonts.width(line, style) <= width, "{line:?} at {width}");
            }
        }
        assert_eq!(fonts.broken("", style, 50.0), [""]);
    }

    #[test]
    fn bold_letters_are_wider_and_twice_the_size_is_twice_as_wide() {
        let fonts = Fonts::new();
        let plain = fonts.width("Äpfel 120/80", Style::plain(9.0));
        assert!(plain > 0.0 && fonts.width("Äpfel 120/80", Style::bold(9.0)) > plain);
        let twice = fonts.width("Äpfel 120/80", Style::plain(18.0));
        assert!((twice - 2.0 * plain).abs() < 1e-3);
    }
}
