//! Pages that the service writes itself, hardly ever with a script: for a telephone at night, and
//! for what is looked at now and then. The dashboard is none of them.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
pub(super) use chairside_report::escaped as text;

/// Such a page has no script and asks for nothing but its style; its forms lead back here.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);

/// The same with a script of ours, which registers the dashboard's worker.
const SCRIPT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types chairside-install",
);

/// What stands in such a page.
#[derive(Debug)]
pub(super) struct Page<'p> {
    /// The code of its language.
    pub(super) lang: &'static str,
    /// What its tab is called.
    pub(super) title: &'p str,
    /// What stands on top.
    pub(super) heading: &'p str,
    /// The address of its style, of those of the dashboard.
    pub(super) style: &'static str,
    /// The address of its script, of those of the dashboard, if it has one.
    pub(super) script: Option<&'static str>,
    /// The rest, as HTML.
    pub(super) body: &'p str,
}

impl Page<'_> {
    /// Returns the page as an answer.
    pub(super) fn with(&self, status: StatusCode) -> Response {
        let Self {
            lang, style, body, ..
        } = self;
        let (title, heading) = (text(self.title), text(self.heading));
        let (policy, script) = match self.script {
            None => (POLICY, String::new()),
            Some(script) => (
                SCRIPT_POLICY,
                format!("<script type=\"module\" src=\"{script}\"></script>"),
            ),
        };
        let page = format!(
            "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
             <link rel=\"stylesheet\" href=\"{style}\">{script}</head>\
             <body><main><h1>{heading}</h1>{body}</main></body></html>\n"
        );
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::VARY, HeaderValue::from_static("accept-language")),
        ];
        (status, headers, Html(page)).into_response()
    }
}

/// A language in which there are such pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// The one of those who ask for none that there is.
    English,
    /// German.
    German,
}

impl Language {
    /// Returns the language that is asked for first of those that there are (RFC 9110, section
    /// 12.5.4).
    pub(super) fn asked_for(headers: &HeaderMap) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE);
        let asked = asked.and_then(|value| value.to_str().ok());
        let mut wanted: Vec<_> = asked.into_iter().flat_map(wishes).collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let known = wanted.into_iter().find_map(|(_, language)| match language {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            _ => None,
        });
        known.unwrap_or(Self::English)
    }
}

/// The languages of a list, each with its weight in thousandths; what is weighed as 0, or as
/// nothing that can be read, is not wanted.
fn wishes(list: &str) -> impl Iterator<Item = (u16, &str)> {
    list.split(',').filter_map(|wish| {
        let (tag, weight) = wish.split_once(";q=").unwrap_or((wish, "1"));
        let language = tag.trim().split('-').next()?;
        let weight: f32 = weight.trim().parse().ok()?;
        // At most three digits are written.
        let thousandths = (1..=1000)
            .rev()
            .find(|part| f32::from(*part) <= weight * 1000.0)?;
        Some((thousandths, language))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_a_part_of_the_page() {
        assert_eq!(
            text("<b onclick=\"x\">Room 1 & 'two'</b>"),
            "&lt;b onclick=&quot;x&quot;&gt;Room 1 &amp; &#39;two&#39;&lt;/b&gt;"
        );
    }

    #[test]
    fn a_telephone_gets_the_language_that_it_wants_most_of_those_there_are() {
        let language = |asked: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(asked) = asked {
                headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(asked));
            }
            Language::asked_for(&headers)
        };
        for (asked, expected) in [
            (None, Language::English),
            (Some("de-AT,de;q=0.9,en;q=0.8"), Language::German),
            (Some("en-GB,en;q=0.9,de;q=0.8"), Language::English),
            (Some("fr-FR,fr;q=0.9,de;q=0.7,en;q=0.5"), Language::German),
            (Some("en;q=0.3, de;q=0.31, fr"), Language::German),
            (Some("de;q=0"), Language::English),
            (Some("de;q=x"), Language::English),
            (Some("fr"), Language::English),
            (Some(""), Language::English),
        ] {
            assert_eq!(language(asked), expected, "{asked:?}");
        }
    }
}
