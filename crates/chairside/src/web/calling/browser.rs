//! `GET /calling/browser`: the page on which a browser subscribes to be called by Web Push.
//!
//! What a browser says of its subscription is the address of a person's way, and goes into the
//! configuration by the owner's hand: nobody is called whom the owner did not write down.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::words::Words;
use crate::notify::ChannelState;
use crate::web::Web;
use crate::web::page::{Language, Page, text};

/// The page.
pub(in crate::web) async fn page(State(web): State<Web>, headers: HeaderMap) -> Response {
    let words = Words::of(Language::asked_for(&headers));
    let body = body(words, &web.calling.now().channels);
    let page = Page {
        lang: words.lang,
        title: words.browser,
        heading: &format!("{}: {}", web.calling.roster().site, words.browser),
        style: "/dashboard/calling.css",
        script: Some("/dashboard/calling/browser.js"),
        body: &body,
    };
    page.with(StatusCode::OK)
}

/// A part for each channel by which browsers are called. The script has no words of its own.
fn body(words: &Words, channels: &[ChannelState]) -> String {
    let parts: Vec<String> = channels
        .iter()
        .filter_map(|state| Some((state, state.public_key.as_deref()?)))
        .map(|(state, key)| {
            let channel = text(&state.channel);
            format!(
                "<section data-channel=\"{channel}\" data-key=\"{}\"><h2>{channel}</h2>\
                 <p><button disabled>{}</button></p><p role=\"status\"></p>\
                 <textarea rows=\"8\" readonly hidden aria-label=\"clinic.toml\"></textarea>\
                 </section>",
                text(key),
                words.subscribe,
            )
        })
        .collect();
    let parts = if parts.is_empty() {
        format!("<p>{}</p>", words.no_push)
    } else {
        parts.concat()
    };
    let said = json!({
        "insecure": words.insecure,
        "unable": words.unable,
        "denied": words.denied,
        "failed": words.failed,
        "subscribed": words.subscribed,
    });
    format!(
        "<p><a href=\"/calling\">{}</a></p><p>{}</p><div id=\"ways\" data-words=\"{}\">{parts}</div>",
        words.title,
        words.about_push,
        text(&said.to_string())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::Health;

    fn channel(kind: &'static str, public_key: Option<&str>) -> ChannelState {
        ChannelState {
            channel: format!("<{kind}>"),
            kind,
            public_key: public_key.map(str::to_owned),
            health: Health::default(),
        }
    }

    #[test]
    fn a_browser_subscribes_to_the_channels_that_have_a_key_and_to_no_other() {
        for language in [Language::English, Language::German] {
            let words = Words::of(language);
            let channels = [channel("ntfy", None), channel("push", Some("BKey_-"))];
            let body = body(words, &channels);
            assert!(body.contains("data-channel=\"&lt;push&gt;\" data-key=\"BKey_-\""));
            assert_eq!(body.matches("<section").count(), 1);
            assert!(super::body(words, &channels[..1]).contains(words.no_push));
        }
    }
}
