//! Descriptors: what ports, screens and the record need to be open at all.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::warn;

/// What a full clinic needs: connections, followers, ports and the record.
const NEEDED: u64 = 1024;

/// Takes as many descriptors as the machine allows, for the usual 1024 is a limit for programs
/// that use `select`. What cannot be had is said, and the service runs.
pub(super) fn take_all() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let raised = setrlimit(Resource::Nofile, wanted);
    // None is no limit.
    let left = getrlimit(Resource::Nofile).current;
    if let Some(few) = left.filter(|left| *left < NEEDED) {
        warn!(
            descriptors = few,
            needed = NEEDED,
            ?raised,
            "A full clinic needs more descriptors than this process may have."
        );
    }
}
