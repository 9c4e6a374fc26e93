//! Who may talk to the service at all, before anybody has an account.

use std::net::IpAddr;
use std::sync::Arc;
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
        // The one script that stands in the page itself is named by its hash.
        "default-src 'none'; script-src 'self' 'sha256-2nfkxOU0YuENmor4atwq4LSs1W7429WNIVqbdd3IlSI='; \
         style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; \
         base-uri 'none'; \
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

/// Where what is below carries its own right, a token.
const ANSWERS: &str = "/answer/";

/// The names under which the service may be asked for. A page can make a name of its own point
/// to this machine, and would then be of the same origin; it cannot do that with an address, nor
/// with a name that it does not own.
#[derive(Clone, Debug)]
pub struct Guard {
    reach: Reach,
    /// Lower-case names of the configuration.
    names: Arc<[String]>,
}

/// From where the service can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From this very machine.
    Loopback,
    /// From others too: the owner said `--allow-unprotected`.
    Network,
}

impl Guard {
    /// Makes a guard that lets in requests to `localhost`, to an address of `reach`, and to one
    /// of the names.
    #[must_use]
    pub fn new(reach: Reach, names: &[String]) -> Self {
        let names = names.iter().map(|name| name.to_ascii_lowercase());
        Self {
            reach,
            names: names.collect(),
        }
    }

    fn knows(&self, host: &str) -> bool {
        let name = name_in(host);
        name.eq_ignore_ascii_case("localhost")
            || self.lists(host)
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| self.reach == Reach::Network || address.is_loopback())
    }

    /// Tells whether the owner has listed the name, which may then be that of a proxy with TLS.
    fn lists(&self, host: &str) -> bool {
        let name = name_in(host);
        self.names
            .iter()
            .any(|listed| name.eq_ignore_ascii_case(listed))
    }
}

/// Refuses foreign names and foreign pages, and puts the headers on every answer.
pub(super) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = match objection(
        &web.guard,
        request.method(),
        request.uri().path(),
        request.headers(),
    ) {
        Some(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
        None => timeout(REQUEST_MAX, next.run(request))
            .await
            .unwrap_or_else(|_elapsed| {
                (StatusCode::REQUEST_TIMEOUT, "the request took too long\n").into_response()
            }),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A page may have a narrower policy of its own.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Returns why a request is refused, if it is.
///
/// A page of another origin can open a websocket here and send a form; it cannot hide where it
/// comes from. A program that is not a browser sends no `Origin`. Our own page may come over HTTPS
/// under a listed name: then a proxy has the certificate.
///
/// Answers from a telephone come from wherever its app lives, and from our own page without an
/// origin, for it sends no referrer. What lets them in is the token in their address: a foreign
/// page that has it needs no browser of ours to use it, and one that has it not can do nothing. The
/// name by which the service is asked for is looked at all the same.
fn objection(guard: &Guard, method: &Method, path: &str, headers: &HeaderMap) -> Option<String> {
    let Some(host) = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
    else {
        return Some("the request has no Host".to_owned());
    };
    if !guard.knows(host) {
        return Some(format!(
            "{host:?} is not a name of this service; its own are listed under service.names of \
             the configuration"
        ));
    }
    let acts = method != Method::GET && method != Method::HEAD && !path.starts_with(ANSWERS);
    let upgrades = headers.contains_key(header::UPGRADE);
    let origin = headers.get(header::ORIGIN)?;
    let own = format!("http://{host}");
    let secure = guard.lists(host).then(|| format!("https://{host}"));
    let is_own = [Some(&own), secure.as_ref()]
        .into_iter()
        .flatten()
        .any(|own| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()));
    if (acts || upgrades) && !is_own {
        return Some(format!(
            "a page of {origin:?} may not use the service at {own}"
        ));
    }
    None
}

/// Returns a `Host` without its port and brackets.
fn name_in(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(reach: Reach) -> Guard {
        Guard::new(reach, &["Chairside.clinic.lan".to_owned()])
    }

    fn refused(reach: Reach, method: &Method, headers: &[(HeaderName, &str)]) -> bool {
        refused_at("/api/v1/beds/1/accept", reach, method, headers)
    }

    fn refused_at(
        path: &str,
        reach: Reach,
        method: &Method,
        headers: &[(HeaderName, &str)],
    ) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        objection(&guard(reach), method, path, &headers).is_some()
    }

    #[test]
    fn the_machines_own_names_are_welcome() {
        for reach in [Reach::Loopback, Reach::Network] {
            for host in [
                "localhost",
                "localhost:8080",
                "127.0.0.1:80",
                "[::1]:9",
                "LOCALHOST",
                "[::1]",
                "chairside.clinic.lan",
                "CHAIRSIDE.clinic.lan:8080",
            ] {
                assert!(guard(reach).knows(host), "{host}");
            }
        }
    }

    #[test]
    fn a_foreign_name_that_points_here_is_refused_also_when_others_may_reach_the_service() {
        for reach in [Reach::Loopback, Reach::Network] {
            for host in [
                "evil.example",
                "evil.example:8080",
                "127.0.0.1.example:80",
                "chairside.clinic.lan.evil.example",
                "localhost.evil",
                "",
            ] {
                let header = (header::HOST, host);
                assert!(refused(reach, &Method::GET, &[header]), "{reach:?} {host}");
            }
            assert!(refused(reach, &Method::GET, &[]), "no Host at all");
        }
    }

    #[test]
    fn an_address_of_the_network_is_welcome_only_where_the_network_may_come() {
        for host in ["10.0.0.1", "10.0.0.1:8080", "[2001:db8::7]:8080"] {
            let header = (header::HOST, host);
            assert!(refused(
                Reach::Loopback,
                &Method::GET,
                std::slice::from_ref(&header)
            ));
            assert!(!refused(Reach::Network, &Method::GET, &[header]), "{host}");
        }
    }

    #[test]
    fn a_websocket_of_a_foreign_page_is_refused_before_the_upgrade() {
        let upgrade = (header::UPGRADE, "websocket");
        let host = (header::HOST, "127.0.0.1:8080");
        let get = Method::GET;
        for reach in [Reach::Loopback, Reach::Network] {
            let own = (header::ORIGIN, "http://127.0.0.1:8080");
            assert!(!refused(reach, &get, &[host.clone(), upgrade.clone(), own]));
            for foreign in ["http://evil.example", "null", "https://127.0.0.1:8080", ""] {
                let origin = (header::ORIGIN, foreign);
                assert!(
                    refused(reach, &get, &[host.clone(), upgrade.clone(), origin]),
                    "{foreign}"
                );
            }
            assert!(
                !refused(reach, &get, &[host.clone(), upgrade.clone()]),
                "not a browser"
            );
        }
    }

    #[test]
    fn an_action_of_a_foreign_page_is_refused() {
        let host = (header::HOST, "localhost:8080");
        let foreign = (header::ORIGIN, "http://evil.example");
        let post = Method::POST;
        assert!(refused(Reach::Loopback, &post, &[host.clone(), foreign]));
        let own = (header::ORIGIN, "http://localhost:8080");
        assert!(!refused(Reach::Loopback, &post, &[host, own]));
    }

    #[test]
    fn our_own_page_comes_over_https_under_a_listed_name_alone() {
        let refused = |host, origin| {
            let headers = [(header::HOST, host), (header::ORIGIN, origin)];
            refused(Reach::Network, &Method::POST, &headers)
        };
        let listed = "chairside.clinic.lan";
        for origin in [
            "https://chairside.clinic.lan",
            "http://chairside.clinic.lan",
        ] {
            assert!(!refused(listed, origin), "{origin}");
        }
        assert!(!refused(
            "chairside.clinic.lan:8443",
            "https://Chairside.clinic.lan:8443"
        ));
        assert!(refused(
            "chairside.clinic.lan:8443",
            "https://chairside.clinic.lan"
        ));
        assert!(refused(listed, "https://evil.example"));
        assert!(
            refused("localhost", "https://localhost"),
            "no proxy is called so"
        );
        assert!(refused("10.0.0.1", "https://10.0.0.1"));
    }

    #[test]
    fn an_answer_from_elsewhere_is_let_in_but_not_by_a_foreign_name() {
        let host = (header::HOST, "localhost:8080");
        let post = Method::POST;
        for origin in ["http://evil.example", "null", "https://ntfy.example"] {
            let origin = (header::ORIGIN, origin);
            let headers = [host.clone(), origin.clone()];
            let at = |path| refused_at(path, Reach::Loopback, &post, &headers);
            assert!(!at("/answer/token/accept"));
            assert!(at("/answers/token/accept") && at("/api/v1/answer/"));
            let foreign = [(header::HOST, "evil.example"), origin];
            let at = |path| refused_at(path, Reach::Loopback, &post, &foreign);
            assert!(at("/answer/token/accept"), "a foreign name");
        }
    }
}
