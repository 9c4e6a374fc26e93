//! The bytes that both decoders are given.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use chairside_e2e::capture;
use chairside_e2e::conversation::From;
use sha2::{Digest, Sha256};

use crate::file::PeerFile;

/// Returns the bytes of a peer's capture, which must be those that the peer was given.
pub(crate) fn bytes(peer: &PeerFile) -> Result<Vec<u8>, String> {
    let path = find(&peer.capture).ok_or_else(|| format!("there is no {:?}", peer.capture))?;
    let bytes = read(&path)?;
    let computed = hex(&Sha256::digest(&bytes));
    if computed == peer.sha256 {
        Ok(bytes)
    } else {
        Err(format!(
            "{:?} is not what the peer was given: sha256 {computed} here",
            peer.capture
        ))
    }
}

/// Looks among the captures that may not be published, and among the project's recordings.
fn find(name: &str) -> Option<PathBuf> {
    let shared = chairside_shared_files::folder().map(|folder| folder.join("devices/captures"));
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings");
    let folders = shared.into_iter().chain([recordings]);
    folders
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// A recording of the project is text, and both sides are in it; any other capture is the bytes
/// of the device.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    if path.extension().is_none_or(|end| end != "capture") {
        return Ok(bytes);
    }
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let said = capture::read(&text)?;
    let from_device = said.into_iter().filter(|said| said.from == From::Device);
    Ok(from_device.flat_map(|said| said.bytes).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
