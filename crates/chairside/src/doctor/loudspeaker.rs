//! The host's own loudspeaker: whether it can be opened.

use super::Check;
use crate::config::Config;
use crate::loudspeaker::LoudspeakerSettings;

/// Opens it and closes it again, without a sound; nothing where none is configured.
pub(super) fn check(config: &Config) -> Option<Check> {
    let loudspeaker = config.calling.loudspeaker.as_ref()?;
    let about = "loudspeaker";
    Some(match loudspeaker.try_to_open() {
        Ok(()) => Check::ok(
            about,
            "it can be opened; whether it is loud, nobody can tell",
        ),
        Err(why) if is_busy(&why) => Check::warning(
            about,
            why,
            "good when that is the running service: see loudspeaker of /api/v1/calling",
        ),
        Err(why) => Check::problem(
            about,
            format!("{why}: the alarms are not heard here when no station is heard"),
            remedy(loudspeaker),
        ),
    })
}

/// One program at a time has a device that nothing shares out.
fn is_busy(why: &str) -> bool {
    why.ends_with("resource busy")
}

fn remedy(loudspeaker: &LoudspeakerSettings) -> &'static str {
    match loudspeaker {
        LoudspeakerSettings::Device(_) if !cfg!(feature = "loudspeaker") => {
            "build it with --features loudspeaker, which takes the headers of ALSA (docs/install.md)"
        }
        LoudspeakerSettings::Device(_) => {
            "name one that `aplay -L` shows, and let the service's user use it: group audio"
        }
        LoudspeakerSettings::File(_) => "name a file in a folder that the service may write to",
    }
}
