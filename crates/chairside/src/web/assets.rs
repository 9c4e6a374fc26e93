//! The dashboard's files, inside the binary.

use std::borrow::Cow;
use std::fmt::Write;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "dashboard/"]
struct Dashboard;

/// It lies among the other files, and may look after the page above them.
const SERVICE_WORKER: &str = "service-worker.js";

/// Up to where a service worker may reach (W3C, Service Workers, "Service-Worker-Allowed").
const WORKER_ALLOWED: HeaderName = HeaderName::from_static("service-worker-allowed");

/// `GET /`
pub(super) async fn index(headers: HeaderMap) -> Response {
    serve("index.html", &headers)
}

/// `GET /dashboard/{file}`, which may lie in a folder
pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    serve(&name, &headers)
}

fn serve(name: &str, headers: &HeaderMap) -> Response {
    let (Some(file), Some(kind)) = (Dashboard::get(name), content_type(name)) else {
        return (
            StatusCode::NOT_FOUND,
            format!("there is no file {name:?}\n"),
        )
            .into_response();
    };
    let tag = etag(&file);
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    // Asked for again each time, so that a page is never older than its service.
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag),
    ];
    let data = match std::str::from_utf8(&file.data) {
        Ok(script) if kind.starts_with("text/javascript") => Cow::Owned(bare(script).into_bytes()),
        Ok(_) | Err(_) => file.data,
    };
    let mut answer = (headers, data).into_response();
    if name == SERVICE_WORKER {
        let whole_page = HeaderValue::from_static("/");
        answer.headers_mut().insert(WORKER_ALLOWED, whole_page);
    }
    answer
}

/// Leaves out the lines of a script that are empty or nothing but comment, the types within the
/// others, and their indentation: a third of it, which no browser needs.
fn bare(script: &str) -> String {
    let mut sent = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines() {
        let words = line.trim();
        let opens = words.starts_with("/*");
        let closes = words.ends_with("*/");
        let is_comment = inside
            || words.starts_with("//")
            // What goes on behind the comment is code: a cast.
            || opens && (closes || !words.contains("*/"));
        inside = (inside || opens && !words.contains("*/")) && !closes;
        if !is_comment && !words.is_empty() {
            push_untyped(&mut sent, words);
            sent.push('\n');
        }
    }
    sent
}

/// Adds a line of a script without the types that it says in comments.
fn push_untyped(sent: &mut String, mut words: &str) {
    while let Some((before, typed)) = words.split_once("/** @")
        && let Some((_, after)) = typed.split_once("*/")
    {
        sent.push_str(before);
        words = after.trim_start();
    }
    sent.push_str(words);
}

fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let mut tag = String::from("\"");
    for byte in &hash[..8] {
        // Writing to a string does not fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "webmanifest" => Some("application/manifest+json"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_and_it_alone_may_look_after_the_whole_page() {
        let reach = |name| {
            serve(name, &HeaderMap::new())
                .headers()
                .get(WORKER_ALLOWED)
                .cloned()
        };
        assert_eq!(reach(SERVICE_WORKER), Some(HeaderValue::from_static("/")));
        assert_eq!(reach("app.js"), None);
        assert_eq!(reach("index.html"), None);
    }

    #[test]
    fn every_file_of_the_dashboard_has_a_type_and_is_asked_for_again_each_time() {
        for name in Dashboard::iter().filter(|name| !name.ends_with("package.json")) {
            let answer = serve(&name, &HeaderMap::new());
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
            assert_eq!(
                answer.headers()[header::CACHE_CONTROL],
                "no-cache",
                "{name}"
            );
        }
        let manifest = serve("manifest.webmanifest", &HeaderMap::new());
        assert_eq!(
            manifest.headers()[header::CONTENT_TYPE],
            "application/manifest+json"
        );
    }

    #[test]
    fn a_script_is_sent_without_comments_and_indentation() {
        let script = "// one\n/**\n * two\n */\n\nlet a = 1; // stays\n  /** three */\n  /** @type {any} */ (b).c(/** @type {T[]} */ (e), /* stays */ f);\n  d(\"// no\");\n";
        let sent = "let a = 1; // stays\n(b).c((e), /* stays */ f);\nd(\"// no\");\n";
        assert_eq!(bare(script), sent);
    }
}
