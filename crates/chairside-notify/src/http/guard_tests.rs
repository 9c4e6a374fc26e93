//! Security goal S12: what is of the clinic's own network is called only when its host is listed.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, TcpListener};
use std::sync::{Mutex, PoisonError};

use super::*;
use crate::Retry;
use crate::receiver::{Manner, Receiver, SHORT, Seen, noon};

/// Addresses that nobody is to be sent to. `PORT` is that of a listener on every address of this
/// machine.
const HOSTILE: [&str; 104] = [
    // This machine, in each way to write it.
    "https://127.0.0.1:PORT/",
    "https://127.0.0.1.:PORT/",
    "https://127.1:PORT/",
    "https://127.0.1:PORT/",
    "https://127.255.255.254:PORT/",
    "https://2130706433:PORT/",
    "https://0x7f000001:PORT/",
    "https://0X7F000001:PORT/",
    "https://0x7f.0.0.1:PORT/",
    "https://0x7f.1:PORT/",
    "https://017700000001:PORT/",
    "https://0177.0.0.1:PORT/",
    "https://0177.0x0.0.1:PORT/",
    "https://0000000177.0.0.1:PORT/",
    "https://0.0.0.0:PORT/",
    "https://0:PORT/",
    "https://0.0.0.1:PORT/",
    "https://１２７.０.０.１:PORT/",
    "https://①②⑦.0.0.1:PORT/",
    "https://127。0。0。1:PORT/",
    "https://%31%32%37.0.0.1:PORT/",
    "https://127.0.0.1%00.example:PORT/",
    "https://localhost:PORT/",
    "https://LOCALHOST:PORT/",
    "HTTPS://LocalHost.:PORT/",
    "https://a.localhost:PORT/",
    "https://localhost.localdomain:PORT/",
    "https://ip6-loopback:PORT/",
    "https://[::1]:PORT/",
    "https://[0:0:0:0:0:0:0:1]:PORT/",
    "https://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/",
    "https://[::]:PORT/",
    "https://[::ffff:127.0.0.1]:PORT/",
    "https://[::FFFF:7F00:1]:PORT/",
    "https://[::127.0.0.1]:PORT/",
    "https://[::ffff:0:127.0.0.1]:PORT/",
    "https://[64:ff9b::127.0.0.1]:PORT/",
    "https://[64:ff9b:1::1]:PORT/",
    "https://[2002:7f00:1::]:PORT/",
    "https://[2001:0:7f00:1::]:PORT/",
    // Other machines nearby.
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://167772161/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://192.168.1.254:8443/",
    "https://0xc0a80001/",
    "https://0300.0250.0.1/",
    "https://192.168.257/",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://169.254.1.1/",
    "https://[fe80::1]/",
    "https://[fe80::1%25lo]:PORT/",
    "https://[fe80::1%lo]:PORT/",
    "https://[fe80::1%1]:PORT/",
    "https://[fc00::1]/",
    "https://[fdff:ffff::1]/",
    "https://[fec0::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:c0a8:1]/",
    // Where clouds keep a machine's keys.
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://0xA9FEA9FE/",
    "https://0251.0376.0251.0376/",
    "https://[::ffff:169.254.169.254]/",
    "https://[fd00:ec2::254]/",
    "https://100.100.100.200/",
    "https://192.0.0.192/",
    "https://168.63.129.16/",
    "https://metadata.google.internal/",
    // Nobody, and everybody.
    "https://224.0.0.1/",
    "https://239.255.255.250:1900/",
    "https://255.255.255.255/",
    "https://240.0.0.1/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://203.0.113.1/",
    "https://[ff02::1]/",
    "https://[100::1]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[5f00::1]/",
    // Without TLS, and what is no address of the web.
    "http://public.test/",
    "http://127.0.0.1:PORT/",
    "HTTP://[::1]:PORT/",
    "ftp://127.0.0.1:PORT/",
    "gopher://127.0.0.1:PORT/_GET",
    "file:///etc/passwd",
    "//127.0.0.1:PORT/",
    "127.0.0.1:PORT",
    // One that looks like another.
    "https://public.test@127.0.0.1:PORT/",
    "https://public.test:443@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT@public.test/",
    "https://public.test\\@127.0.0.1:PORT/",
    "https:\\\\127.0.0.1:PORT/",
    "https:127.0.0.1:PORT/",
    "https://\n127.0.0.1:PORT/",
    "https://127.0.0.1\t:PORT/",
    // Names that lead there.
    "https://127.0.0.1.nip.test:PORT/",
    "https://router.test/",
    "https://mixed.test:PORT/",
    "https://mapped.test:PORT/",
];

/// A resolver of which the owner of a hostile name has control.
#[derive(Debug, Default)]
struct Hostile {
    /// What it says next, for every name; said once each.
    next: Mutex<VecDeque<Vec<IpAddr>>>,
}

impl Lookup for Hostile {
    fn lookup(&self, name: &str) -> LookingUp {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let addresses = next.pop_front().unwrap_or_else(|| {
            let texts: &[&str] = match name.trim_end_matches('.') {
                "router.test" => &["192.168.1.1"],
                "metadata.google.internal" => &["169.254.169.254"],
                "mixed.test" => &["93.184.215.14", "2606:4700::1", "127.0.0.1"],
                "mapped.test" => &["::ffff:127.0.0.1"],
                "nowhere.test" => &[],
                _ => &["127.0.0.1", "::1"],
            };
            texts.iter().map(|text| text.parse().unwrap()).collect()
        });
        Box::pin(async { Ok(addresses) })
    }
}

/// Listens on every address of this machine, and takes nothing by itself: what connects can be
/// counted afterwards, also by who is late.
fn listener() -> (TcpListener, u16) {
    let everywhere = TcpListener::bind("[::]:0").or_else(|_no_ipv6| TcpListener::bind("0.0.0.0:0"));
    let listener = everywhere.unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn connections(listener: &TcpListener) -> usize {
    std::iter::from_fn(|| match listener.accept() {
        Ok(connection) => Some(connection),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
        Err(error) => panic!("{error}"),
    })
    .count()
}

fn http(listed: &[&str]) -> Http {
    let listed = listed.iter().map(|host| ListedHost::parse(host).unwrap());
    let settings = HttpSettings {
        listed: listed.collect(),
        ca_file: None,
    };
    let lookup: Arc<dyn Lookup> = Arc::new(Hostile::default());
    let http = Http::with_lookup(&settings, noon(), &lookup).unwrap();
    http.with_attempt_max(SHORT)
}

/// Sends once, if the address is not refused before.
async fn send(http: &Http, url: &str) -> Result<Answer, Failure> {
    let target = http.target(url);
    let target = target.map_err(|error| Failure::lasting(error.to_string()))?;
    http.post(&target, HeaderMap::new(), Vec::new()).await
}

#[tokio::test]
async fn no_hostile_address_is_called() {
    let (listener, port) = listener();
    // A host of the clinic's is listed: that must not open the others.
    let http = http(&["pager.clinic", "10.9.9.9", "127.0.0.1:1"]);
    for url in HOSTILE {
        let url = url.replace("PORT", &port.to_string());
        let failure = send(&http, &url).await.expect_err(&url);
        assert_eq!(failure.retry, Retry::Never, "{url}: {failure}");
        assert_eq!(connections(&listener), 0, "{url}: {failure}");
    }
}

#[tokio::test]
async fn the_same_addresses_are_called_when_their_host_is_listed() {
    let (listener, port) = listener();
    let mut called = 0;
    for (listed, url) in [
        ("127.0.0.1", "https://2130706433:PORT/"),
        ("127.0.0.1", "http://127.0.0.1.:PORT/"),
        ("0x7f.1", "https://127.0.0.1:PORT/"),
        ("127.0.0.1:PORT", "https://0177.0.0.1:PORT/"),
        ("LOCALHOST", "https://localhost.:PORT/"),
        ("localhost.:PORT", "http://LOCALHOST:PORT/"),
        ("mapped.test", "https://mapped.test:PORT/"),
    ] {
        let [listed, url] = [listed, url].map(|text| text.replace("PORT", &port.to_string()));
        let http = http(&[&listed]);
        // It says nothing, so the attempt fails; it was called.
        let failure = send(&http, &url).await.expect_err(&url);
        assert_eq!(failure.retry, Retry::After(None), "{url}: {failure}");
        called = connections(&listener);
        assert!(called > 0, "{url}: {failure}");
    }
    assert!(called > 0);
}

#[tokio::test]
async fn a_listed_port_opens_no_other() {
    let (listener, port) = listener();
    let other = port.wrapping_add(1).to_string();
    for listed in [format!("127.0.0.1:{other}"), format!("router.test:{port}")] {
        let http = http(&[&listed]);
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://127.0.0.1:{port}/");
            assert!(send(&http, &url).await.is_err());
        }
    }
    assert_eq!(connections(&listener), 0);
}

/// For the test of rebinding, 127.0.0.2 is of the internet.
fn two_is_public(address: IpAddr) -> Option<&'static str> {
    let two: IpAddr = [127, 0, 0, 2].into();
    (address != two).then_some("of this machine")
}

#[tokio::test]
async fn a_name_that_is_bound_anew_does_not_win() {
    const CLOSING: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let [one, two]: [IpAddr; 2] = [[127, 0, 0, 1].into(), [127, 0, 0, 2].into()];
    // The name's own receiver, and on the same port of this machine one that is not for it.
    let (private, own) = loop {
        let private = TcpListener::bind((one, 0)).unwrap();
        let port = private.local_addr().unwrap().port();
        // Rarely, somebody else has that port of the other address.
        if let Ok(own) = TcpListener::bind((two, port)) {
            break (private, own);
        }
    };
    for listener in [&private, &own] {
        listener.set_nonblocking(true).unwrap();
    }
    let own = tokio::net::TcpListener::from_std(own).unwrap();
    let mut own = Receiver::listen(own, Manner::BreakOff(CLOSING), None);
    let port = own.address.port();
    let lookup = Hostile::default();
    // Each attempt looks the name up once: if it were judged by one answer and connected to by the
    // next, the second list would be connected to in the first attempt.
    let answers = [
        vec![two],
        vec![one],
        vec![two, one],
        vec![one, two],
        vec![two],
    ];
    *lookup.next.lock().unwrap() = answers.clone().into();
    let lookup: Arc<dyn Lookup> = Arc::new(lookup);
    let settings = HttpSettings::default();
    let http = Http::judged_by(&settings, noon(), &lookup, two_is_public).unwrap();
    let http = http.with_attempt_max(SHORT);
    let url = format!("https://rebinding.test:{port}/");
    for answer in answers {
        let failure = send(&http, &url).await.unwrap_err();
        // The name's own receiver has no TLS: it was connected to, and that is where it ends.
        let refused = failure.retry == Retry::Never;
        assert_eq!(refused, answer != [two], "{answer:?}: {failure}");
        if !refused {
            assert!(matches!(own.next().await, Seen::Connection));
        }
        assert_eq!(connections(&private), 0, "{answer:?}");
    }
    assert_eq!(own.count().0, 0, "no connection beyond those");
}

#[tokio::test]
async fn a_name_without_an_address_may_have_one_later() {
    let http = http(&[]);
    let failure = send(&http, "https://nowhere.test/").await.unwrap_err();
    let why = "nowhere.test is a name without a known address";
    assert_eq!(failure, Failure::passing(why));
}

#[tokio::test]
async fn a_resolver_that_hangs_is_given_up() {
    #[derive(Debug)]
    struct Hanging;
    impl Lookup for Hanging {
        fn lookup(&self, _name: &str) -> LookingUp {
            Box::pin(std::future::pending())
        }
    }
    let settings = HttpSettings::default();
    let lookup: Arc<dyn Lookup> = Arc::new(Hanging);
    let http = Http::with_lookup(&settings, noon(), &lookup).unwrap();
    let http = http.with_attempt_max(SHORT);
    let sending = send(&http, "https://public.test/");
    let failure = timeout(ATTEMPT_MAX, sending).await.unwrap().unwrap_err();
    assert_eq!(failure.retry, Retry::After(None));
}

#[tokio::test]
async fn the_systems_resolver_knows_this_machine() {
    let found = SystemLookup::default().lookup("localhost").await.unwrap();
    assert!(!found.is_empty());
    assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
}

#[test]
fn a_host_that_is_none_cannot_be_listed() {
    for text in [
        "",
        " ",
        "a b",
        "https://pager.clinic",
        "pager.clinic/x",
        "host:",
        "host:x",
    ] {
        assert!(ListedHost::parse(text).is_err(), "{text:?}");
    }
    for text in [
        "host:99999",
        "::1:80:",
        "[::1",
        "user@host",
        "a..b",
        "*.clinic",
        "-.:1:2",
    ] {
        assert!(ListedHost::parse(text).is_err(), "{text:?}");
    }
    for text in [
        "pager",
        "pager.clinic.",
        "PAGER:8443",
        "10.0.0.5",
        "[fd00::5]",
        "[fd00::5]:1",
    ] {
        assert!(ListedHost::parse(text).is_ok(), "{text:?}");
    }
}

#[test]
fn an_address_shows_its_host_alone() {
    let http = http(&[]);
    let target = http
        .target("https://hooks.example/services/T0/secret?key=secret")
        .unwrap();
    assert_eq!(format!("{target:?}"), "Target(\"hooks.example\")");
    assert_eq!(target.host(), "hooks.example");
    assert_eq!(target.origin(), "https://hooks.example");
    for url in [
        "https://user:secret@hooks.example/",
        "ftp://hooks.example/secret",
        "https://10.0.0.1/secret",
        "http://hooks.example/secret",
        "secret",
    ] {
        let error = http.target(url).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}
