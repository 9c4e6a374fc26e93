//! A page that is written piece by piece. What goes in as text cannot become a part of the page.

use chairside_report::escaped;
use serde_json::Value as Json;

/// What has been written of a page.
#[derive(Debug, Default)]
pub(in crate::web) struct Html(String);

/// A name of an attribute and its value; an empty value stands without one.
pub(in crate::web) type Attribute<'a> = (&'a str, &'a str);

/// Elements that have no inside.
const VOID: [&str; 4] = ["img", "input", "link", "meta"];

impl Html {
    /// Returns what was written.
    pub(in crate::web) fn into_string(self) -> String {
        self.0
    }

    /// Puts an element, and what `inside` writes into it.
    pub(in crate::web) fn tag(
        &mut self,
        name: &str,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            if !value.is_empty() {
                self.0.push_str("=\"");
                self.0.push_str(&escaped(value));
                self.0.push('"');
            }
        }
        self.0.push('>');
        if !VOID.contains(&name) {
            inside(self);
            self.0.push_str("</");
            self.0.push_str(name);
            self.0.push('>');
        }
    }

    /// Puts an element that has nothing but text in it.
    pub(in crate::web) fn text(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) {
        self.tag(name, attributes, |h| h.words(text));
    }

    /// Puts text.
    pub(in crate::web) fn words(&mut self, text: &str) {
        self.0.push_str(&escaped(text));
    }

    /// Puts a drawing of `chairside_report`, in which every text is escaped.
    pub(in crate::web) fn drawing(&mut self, svg: &str) {
        self.0.push_str(svg);
    }

    /// Puts an element without an inside.
    pub(in crate::web) fn void(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        debug_assert!(VOID.contains(&name), "{name} has an inside");
        self.tag(name, attributes, |_| {});
    }

    /// Puts a part of the page: what the script puts in anew when it has changed.
    pub(in crate::web) fn part(&mut self, id: &str, class: &str, inside: impl FnOnce(&mut Self)) {
        self.tag("section", &[("id", id), ("class", class)], inside);
    }

    /// Puts what consists of parts, each of which is put in anew by itself.
    pub(in crate::web) fn parts(&mut self, id: &str, inside: impl FnOnce(&mut Self)) {
        self.tag("div", &[("id", id), ("data-parts", "")], inside);
    }

    /// Puts a form that sends an action, of a session where it names one.
    pub(in crate::web) fn form(
        &mut self,
        id: &str,
        session: Option<&str>,
        action: &Json,
        inside: impl FnOnce(&mut Self),
    ) {
        let action = action.to_string();
        let mut attributes = vec![("id", id), ("data-action", &*action)];
        if let Some(session) = session {
            attributes.push(("data-session", session));
        }
        self.tag("form", &attributes, inside);
    }

    /// Puts something that opens at a press.
    pub(in crate::web) fn opens(
        &mut self,
        id: &str,
        summary: &str,
        inside: impl FnOnce(&mut Self),
    ) {
        self.tag("details", &[("id", id)], |h| {
            h.text("summary", &[], summary);
            inside(h);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_text_nor_a_value_can_become_a_part_of_the_page() {
        let mut html = Html::default();
        html.tag("p", &[("title", "\"><script>"), ("hidden", "")], |h| {
            h.words("<b> & 'c'");
            h.void("input", &[("name", "x")]);
        });
        assert_eq!(
            html.into_string(),
            "<p title=\"&quot;&gt;&lt;script&gt;\" hidden>&lt;b&gt; &amp; &#39;c&#39;\
             <input name=\"x\"></p>"
        );
    }
}
