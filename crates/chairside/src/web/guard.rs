//! Who may talk to the service at all, before anybody has an account.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::Web;

/// Headers of every answer (after the OWASP secure headers project).
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=()",
    ),
];

/// A request is read and answered in this time, or refused. A commit takes two seconds at most,
/// and a body that trickles must not hold its connection for ever.
const REQUEST_MAX: Duration = Duration::from_secs(10);

/// What the service demands of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Only names of this very machine, so that no foreign name can be made to point here.
    LoopbackNames,
    /// Any name: the owner said `--allow-unprotected`.
    AnyName,
}

/// Refuses foreign names and foreign pages, and puts the headers on every answer.
pub(super) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = match objection(web.guard, request.method(), request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
        None => timeout(REQUEST_MAX, next.run(request))
            .await
            .unwrap_or_else(|_elapsed| {
                (StatusCode::REQUEST_TIMEOUT, "the request took too long\n").into_response()
            }),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Returns why a request is refused, if it is.
///
/// A page of another origin can open a websocket here and send a form; it cannot hide where it
/// comes from. A program that is not a browser sends no `Origin`.
fn objection(guard: Guard, method: &Method, headers: &HeaderMap) -> Option<String> {
    let Some(host) = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
    else {
        return Some("the request has no Host".to_owned());
    };
    if guard == Guard::LoopbackNames && !is_loopback(host) {
        return Some(format!("{host:?} is not a name of this machine"));
    }
    let acts = method != Method::GET && method != Method::HEAD;
    let upgrades = headers.contains_key(header::UPGRADE);
    let origin = headers.get(header::ORIGIN)?;
    let own = format!("http://{host}");
    if (acts || upgrades) && !origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()) {
        return Some(format!(
            "a page of {origin:?} may not use the service at {own}"
        ));
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(guard: Guard, method: &Method, headers: &[(HeaderName, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        objection(guard, method, &headers).is_some()
    }

    #[test]
    fn the_machines_own_names_are_welcome() {
        for host in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:80",
            "[::1]:9",
            "LOCALHOST",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "clinic.example",
            "127.0.0.1.example:80",
            "10.0.0.1",
            "localhost.evil",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_websocket_of_a_foreign_page_is_refused_before_the_upgrade() {
        let upgrade = (header::UPGRADE, "websocket");
        let host = (header::HOST, "127.0.0.1:8080");
        let get = Method::GET;
        for guard in [Guard::LoopbackNames, Guard::AnyName] {
            let own = (header::ORIGIN, "http://127.0.0.1:8080");
            assert!(!refused(guard, &get, &[host.clone(), upgrade.clone(), own]));
            for foreign in ["http://evil.example", "null", "https://127.0.0.1:8080", ""] {
                let origin = (header::ORIGIN, foreign);
                assert!(
                    refused(guard, &get, &[host.clone(), upgrade.clone(), origin]),
                    "{foreign}"
                );
            }
            assert!(
                !refused(guard, &get, &[host.clone(), upgrade.clone()]),
                "not a browser"
            );
        }
    }

    #[test]
    fn an_action_of_a_foreign_page_is_refused() {
        let host = (header::HOST, "localhost:8080");
        let foreign = (header::ORIGIN, "http://evil.example");
        assert!(refused(
            Guard::LoopbackNames,
            &Method::POST,
            &[host.clone(), foreign]
        ));
        let own = (header::ORIGIN, "http://localhost:8080");
        assert!(!refused(Guard::LoopbackNames, &Method::POST, &[host, own]));
    }

    #[test]
    fn a_foreign_name_that_points_here_is_refused() {
        let host = (header::HOST, "evil.example:8080");
        assert!(refused(
            Guard::LoopbackNames,
            &Method::GET,
            std::slice::from_ref(&host)
        ));
        assert!(!refused(Guard::AnyName, &Method::GET, &[host]));
        assert!(refused(Guard::AnyName, &Method::GET, &[]), "no Host at all");
    }
}
