//! Tables in which what is missing is a dash with its reason, and never a number.

use super::frame::Frame;
use crate::web::treatment::Html;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// What was found, each line with its detail, which may be empty.
    Found(Vec<(String, String)>),
    /// Nothing, and why: a text of the page.
    Missing(&'static str),
}

impl Cell {
    /// Returns one thing with its detail.
    pub(super) fn of(words: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Found(vec![(words.into(), detail.into())])
    }

    /// Writes the cell.
    pub(super) fn put(&self, h: &mut Html, frame: &Frame<'_>) {
        match self {
            Self::Found(lines) => h.tag("td", &[], |h| {
                for (words, detail) in lines {
                    h.tag("div", &[], |h| {
                        h.words(words);
                        if !detail.is_empty() {
                            h.words(" ");
                            h.text("span", &[("class", "detail")], detail);
                        }
                    });
                }
            }),
            Self::Missing(why) => h.tag("td", &[("class", "missing")], |h| {
                h.words("– ");
                h.text("span", &[("class", "detail")], frame.lang.t(why));
            }),
        }
    }
}

/// Writes a table that scrolls by itself where it is wider than the page, by keyboard too.
pub(super) fn wide(
    h: &mut Html,
    frame: &Frame<'_>,
    (label, heads): (&str, &[&str]),
    rows: impl FnOnce(&mut Html),
) {
    let region = [
        ("class", "wide"),
        ("role", "region"),
        ("tabindex", "0"),
        ("aria-label", frame.lang.t(label)),
    ];
    h.tag("div", &region, |h| {
        h.tag("table", &[], |h| {
            h.tag("thead", &[], |h| {
                h.tag("tr", &[], |h| {
                    for head in heads {
                        h.text("th", &[("scope", "col")], frame.lang.t(head));
                    }
                });
            });
            rows(h);
        });
    });
}
