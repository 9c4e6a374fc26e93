//! The captures of real devices and the published vectors, which are read where they lie and are
//! no part of the project.

use std::path::{Path, PathBuf};

/// Returns the folder of a device's captures, or nothing where there is none; then the test that
/// asks says so and ends. `CHAIRSIDE_SHARED` names the folder they are under; without it, it is
/// `shared` beside the workspace.
pub(crate) fn captures(device: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("CHAIRSIDE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let captures = shared.join("devices/captures").join(device);
    if !captures.is_dir() {
        eprintln!("there are no captures of {device}: nothing was compared with them");
        return None;
    }
    Some(captures)
}
