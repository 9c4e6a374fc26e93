//! Texts with places in them.

use std::fmt;

/// What is put into the places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a> {
    pub(super) to: &'a str,
    pub(super) text: &'a str,
    pub(super) key: &'a str,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    To,
    Text,
    TextXml,
    Key,
}

/// A text with places.
pub(super) struct Template(Vec<Piece>);

enum Piece {
    Text(String),
    Place(Place),
}

impl Place {
    const ALL: [(Self, &'static str); 4] = [
        (Self::To, "to"),
        (Self::Text, "text"),
        (Self::TextXml, "text_xml"),
        (Self::Key, "key"),
    ];
}

impl Template {
    /// Parses a text: `{to}` is a place, `{{` and `}}` are braces. In words why it cannot.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = brace.strip_prefix("{{") {
                plain.push('{');
                rest = after;
            } else if let Some(after) = brace.strip_prefix("}}") {
                plain.push('}');
                rest = after;
            } else if let Some((name, after)) =
                brace.strip_prefix('{').and_then(|b| b.split_once('}'))
            {
                let known = Place::ALL.iter().find(|(_, known)| *known == name);
                let (place, _) = known.ok_or_else(|| format!("{{{name}}} is no place"))?;
                pieces.extend([
                    Piece::Text(std::mem::take(&mut plain)),
                    Piece::Place(*place),
                ]);
                rest = after;
            } else {
                return Err(
                    "has a brace that belongs to none; `{{` and `}}` stand for braces".into(),
                );
            }
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Place(place) => Some(*place),
            Piece::Text(_) => None,
        })
    }

    /// Returns the text with its places filled. What is filled in is not looked through again.
    pub(super) fn fill(&self, values: &Values<'_>) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Place(Place::To) => filled.push_str(values.to),
                Piece::Place(Place::Text) => filled.push_str(values.text),
                Piece::Place(Place::TextXml) => filled.push_str(&xml(values.text)),
                Piece::Place(Place::Key) => filled.push_str(values.key),
            }
        }
        filled
    }
}

/// Shows the places alone: a gateway's key may stand between them.
impl fmt::Debug for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.places()).finish()
    }
}

fn xml(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> = Values {
        to: "+4366012345",
        text: "Room {to} & <3>",
        key: "k-1",
    };

    #[test]
    fn places_are_filled_once() {
        for (text, filled) in [
            ("", ""),
            ("plain", "plain"),
            ("{to}", "+4366012345"),
            ("{text}{text}", "Room {to} & <3>Room {to} & <3>"),
            (
                "<Say>{text_xml}</Say>",
                "<Say>Room {to} &amp; &lt;3&gt;</Say>",
            ),
            ("a{{to}}b{key}", "a{to}bk-1"),
            ("{{{key}}}", "{k-1}"),
        ] {
            assert_eq!(
                Template::parse(text).unwrap().fill(&VALUES),
                filled,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_place_is_said() {
        for text in [
            "{",
            "}",
            "{to",
            "to}",
            "{}",
            "{ to }",
            "{TO}",
            "{patient}",
            "{to}}",
            "a}b",
        ] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
