//! What stands around the pages across sessions, and how they write times.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Local, Utc};

use crate::web::Web;
use crate::web::history::{NoAnswer, Words};
use crate::web::page::Page;
use crate::web::treatment::{Html, Lang};

const STYLE: &str = "/dashboard/across/across.css";

/// It takes on the look of the dashboard and prints: without it all of the page stands there too.
const SCRIPT: &str = "/dashboard/across/page.js";

/// A page across sessions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    pub(super) lang: Lang,
    /// The clinic.
    pub(super) site: &'a str,
    /// When it is drawn up.
    pub(super) now: DateTime<Utc>,
    /// The address says the language: so do the addresses of what is led to.
    pub(super) says_language: bool,
}

impl<'a> Frame<'a> {
    /// Frames a page in the language that the address asks for, or else the browser.
    pub(super) fn of(web: &'a Web, words: &Words, headers: &HeaderMap) -> Self {
        let wanted = words.get("lang").map(String::as_str);
        Self {
            lang: Lang::asked_for(wanted, headers),
            site: &web.calling.roster().site,
            now: web.clock.wall(web.clock.now()),
            says_language: wanted.is_some(),
        }
    }

    /// Returns the page: its heading, the ways to the others, and its parts.
    pub(super) fn around(
        &self,
        status: StatusCode,
        heading: &str,
        parts: impl FnOnce(&mut Html),
    ) -> Response {
        let mut h = Html::default();
        self.ways(&mut h);
        parts(&mut h);
        self.foot(&mut h);
        let page = Page {
            lang: self.lang.code(),
            title: heading,
            heading,
            style: STYLE,
            script: Some(SCRIPT),
            body: &h.into_string(),
        };
        let mut answer = page.with(status);
        let headers = answer.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        answer
    }

    /// Returns the page that says why there is nothing to tell now.
    pub(super) fn without(&self, heading: &str, none: &NoAnswer) -> Response {
        let lang = self.lang;
        let why = match none {
            NoAnswer::Busy => {
                lang.t("The record is asked for too much at once: try again in a moment.")
            }
            NoAnswer::TooMuch => lang.t("That takes too long: ask for a shorter time."),
            NoAnswer::NoRecord(_) => lang.t("The record cannot be read now."),
        };
        self.around(StatusCode::SERVICE_UNAVAILABLE, heading, |h| {
            h.text("p", &[("class", "problem"), ("role", "alert")], why);
        })
    }

    /// Returns an address of these pages that keeps the language, if this one's says it.
    pub(super) fn address(&self, path: &str) -> String {
        if !self.says_language {
            return path.to_owned();
        }
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}lang={}", self.lang.code())
    }

    /// Puts what keeps the language when a form is sent.
    pub(super) fn keep_language(&self, h: &mut Html) {
        if self.says_language {
            let value = ("value", self.lang.code());
            h.void("input", &[("type", "hidden"), ("name", "lang"), value]);
        }
    }

    fn ways(&self, h: &mut Html) {
        h.tag("nav", &[], |h| {
            for (path, words) in [
                ("/", "Back to the beds"),
                ("/patients", "Patients' courses"),
                ("/ledger", "Safety ledger"),
            ] {
                // The dashboard has its language from the browser's settings.
                let path = match path {
                    "/" => path.to_owned(),
                    _ => self.address(path),
                };
                h.text("a", &[("href", &*path)], self.lang.t(words));
            }
            let print = [("type", "button"), ("id", "print"), ("hidden", "")];
            h.text("button", &print, self.lang.t("Print"));
        });
    }

    fn foot(&self, h: &mut Html) {
        let lang = self.lang;
        let at = time(self.now);
        let drawn_up = lang.fill("{}, drawn up from the record on {}.", &[self.site, &at]);
        h.tag("footer", &[], |h| {
            h.text("p", &[], &drawn_up);
            let what = lang.t(
                "Research and demonstration software. Not a medical device, not cleared or \
                 approved. Chairside tells what is on record, and judges nobody's treatment by it.",
            );
            h.text("p", &[], what);
        });
    }
}

/// A moment by the clocks of the clinic, with its day.
pub(super) fn time(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&Local);
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// The same without its day.
pub(super) fn hour(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%H:%M").to_string()
}

/// The day alone.
pub(super) fn day(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d").to_string()
}
