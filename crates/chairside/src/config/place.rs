//! Where things are: addresses and folders.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Reads where the service answers; `localhost` is this machine's own 127.0.0.1.
pub(super) fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let on_localhost = text
        .strip_prefix("localhost:")
        .and_then(|port| port.parse().ok())
        .map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    on_localhost.or_else(|| text.parse().ok()).ok_or_else(|| {
        format!("{text:?} is not an IP address with a port, like \"127.0.0.1:8080\"")
    })
}

/// Reads the folder of the record, which need not be there yet.
pub(super) fn data_folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let there = path.ancestors().find(|above| above.exists());
    if let Some(file) = there.filter(|there| !there.is_dir()) {
        let what = if file == path {
            "is a file".to_owned()
        } else {
            format!("is below {:?}, a file", file.display().to_string())
        };
        return Err(format!("{text:?} {what}; the record needs a folder"));
    }
    Ok(path)
}

/// Tells whether it is a host name (RFC 1123 section 2.1) and not an address.
pub(super) fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    // The last label of a name is never a number: so a browser knows an address.
    let last_is_number = name
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    name.len() <= 253 && !last_is_number && name.split('.').all(label)
}
