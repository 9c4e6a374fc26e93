//! What every page of this kind has around its parts: its head, who is on duty, and the line that
//! says when the service does not answer. One script works all of them.

use serde_json::json;

use super::html::Html;
use super::lang::Lang;
use crate::web::wire::Person;

/// What a page is framed by.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Frame<'a> {
    pub(in crate::web) lang: Lang,
    /// What its tab is called.
    pub(in crate::web) title: &'a str,
    /// The bed that it is about, as the configuration calls it.
    pub(in crate::web) bed: &'a str,
    /// Where its forms are sent to, of the addresses of that bed.
    pub(in crate::web) to: &'a str,
    /// A style of its own beside the one that all have, of those of the dashboard.
    pub(in crate::web) style: Option<&'a str>,
    pub(in crate::web) staff: &'a [Person],
}

impl Frame<'_> {
    /// Returns the page: what stands on top, who is on duty, and its parts.
    pub(in crate::web) fn around(
        &self,
        top: impl FnOnce(&mut Html),
        parts: impl FnOnce(&mut Html),
    ) -> String {
        let mut h = Html::default();
        h.tag("html", &[("lang", self.lang.code())], |h| {
            h.tag("head", &[], |h| self.head(h));
            h.tag("body", &[], |h| self.body(h, top, parts));
        });
        format!("<!doctype html>\n{}\n", h.into_string())
    }

    fn head(&self, h: &mut Html) {
        h.void("meta", &[("charset", "utf-8")]);
        let viewport = "width=device-width, initial-scale=1";
        h.void("meta", &[("name", "viewport"), ("content", viewport)]);
        h.void(
            "meta",
            &[("name", "color-scheme"), ("content", "light dark")],
        );
        h.void("meta", &[("name", "robots"), ("content", "noindex")]);
        h.text("title", &[], self.title);
        let icon = "/dashboard/icon.svg";
        h.void("link", &[("rel", "icon"), ("href", icon)]);
        let style = "/dashboard/treatment/session.css";
        for style in [Some(style), self.style].into_iter().flatten() {
            h.void("link", &[("rel", "stylesheet"), ("href", style)]);
        }
        let script = "/dashboard/treatment/page.js";
        h.tag("script", &[("type", "module"), ("src", script)], |_| {});
    }

    fn body(&self, h: &mut Html, top: impl FnOnce(&mut Html), parts: impl FnOnce(&mut Html)) {
        let t = |english| self.lang.t(english);
        // The script has no words of its own.
        let words = json!({
            "who": t("Who are you?"),
            "on_duty": t("On duty: {}"),
            "nobody": t("Nobody has said who is on duty: press here"),
            "sending": t("Being sent…"),
            "done": t("Done"),
            "unanswered": t("The service did not answer. Whether it was taken stands in the log below; pressed again within two minutes it is not entered twice."),
            "repeated": t("This was entered the first time, and is not entered again. If it is another one, press once more."),
            "no_number": t("{} is no number"),
            "reason": t("Reason"),
            "again": t("Type the figure a second time"),
            "right": t("It is right: enter it"),
            "pass_over": t("Pass over, as a clinician"),
            "cancel": t("Cancel"),
        });
        let staff: Vec<_> = self
            .staff
            .iter()
            .map(|person| {
                let role = t(&person.role);
                json!({ "id": person.id, "name": person.name, "role": role })
            })
            .collect();
        let (words, staff) = (words.to_string(), json!(staff).to_string());
        let attributes = [
            ("data-bed", self.bed),
            ("data-to", self.to),
            ("data-words", &*words),
            ("data-staff", &*staff),
        ];
        h.tag("main", &attributes, |h| {
            let lost = [("id", "lost"), ("role", "alert"), ("hidden", "")];
            h.text(
                "p",
                &lost,
                t(
                    "The service does not answer. What stands here may be old, and nothing can be \
                 entered: write it down, and look at the monitor.",
                ),
            );
            top(h);
            self.who(h);
            let told = [("id", "told"), ("role", "status"), ("tabindex", "-1")];
            h.tag("p", &told, |_| {});
            parts(h);
        });
    }

    fn who(&self, h: &mut Html) {
        h.tag("p", &[("id", "who")], |h| {
            let attributes = [("type", "button"), ("id", "who-now"), ("class", "who")];
            h.text("button", &attributes, self.lang.t("Who are you?"));
        });
        h.tag(
            "div",
            &[("id", "who-choices"), ("role", "group"), ("hidden", "")],
            |_| {},
        );
    }
}
