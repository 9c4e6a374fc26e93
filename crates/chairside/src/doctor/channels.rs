//! The ways by which people are called: whether their files are as they should be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use chairside_notify::http::machine_authorities;
use chairside_notify::mail::MailProtection;

use super::{Check, quoted};
use crate::config::Config;
use crate::config::calling::ChannelPlan;
use crate::config::channel::ChannelSettings;

/// What was understood of a channel's settings was tried when the configuration was read.
pub(super) fn check(config: &Config) -> Vec<Check> {
    let calling = &config.calling;
    if calling.channels.is_empty() {
        let found = "no channel is configured: nobody is called but by the screens";
        return vec![Check::ok("notifications", found)];
    }
    let mut checks: Vec<Check> = calling.channels.iter().flat_map(channel).collect();
    if calling.channels.iter().any(uses_tls) {
        let own = calling.http.ca_file.is_some();
        checks.extend(authorities(machine_authorities(), own));
    }
    if let Some(url) = &calling.answer_url {
        checks.push(answers(url.host(), &config.service.names));
    }
    checks
}

fn channel(plan: &ChannelPlan) -> Vec<Check> {
    let about = format!("channel {}", plan.name);
    let open: Vec<Check> = plan
        .files
        .iter()
        .filter(|file| others_may_read(file))
        .map(|file| {
            let found = format!(
                "everybody on this machine may read the secret {}",
                quoted(file)
            );
            let remedy = format!("chmod o-rwx {}", file.display());
            Check::warning(&*about, found, remedy)
        })
        .collect();
    if open.is_empty() {
        return vec![Check::ok(about, "its settings and its files are in order")];
    }
    open
}

fn others_may_read(file: &Path) -> bool {
    // One that is not there is made at the first start, with a mode of its own.
    fs::metadata(file).is_ok_and(|file| file.permissions().mode() & 0o007 != 0)
}

fn uses_tls(plan: &ChannelPlan) -> bool {
    let https = |url: &str| url.starts_with("https:");
    match &plan.settings {
        ChannelSettings::Ntfy(settings) => https(&settings.url),
        ChannelSettings::Webhook(settings) => https(&settings.url),
        ChannelSettings::Gateway(settings) => https(&settings.url),
        ChannelSettings::Mail(settings) => settings.protection != MailProtection::None,
        ChannelSettings::Push(_) => true,
    }
}

/// Without an authority nobody is believed, and no message goes out.
pub(super) fn authorities(of_the_machine: usize, own: bool) -> Option<Check> {
    (of_the_machine == 0).then(|| {
        let about = "certificates";
        if own {
            let found = "this machine knows no authority; only the clinic's own is believed";
            let remedy = "good, unless a channel leads out of the house: install ca-certificates";
            Check::warning(about, found, remedy)
        } else {
            let found = "this machine knows no authority, so that no message goes out over TLS";
            let remedy = "install ca-certificates, or name the clinic's own in notify.ca_file";
            Check::problem(about, found, remedy)
        }
    })
}

/// The service is asked under the name that is in the address, unless a proxy changes it.
pub(super) fn answers(host: &str, names: &[String]) -> Check {
    let about = "notify.answer_url";
    let is_address = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[');
    let known = names.iter().any(|name| name.eq_ignore_ascii_case(host));
    if is_address || known || host == "localhost" {
        return Check::ok(about, format!("telephones answer at {host}"));
    }
    Check::warning(
        about,
        format!("the service refuses to be asked for by the name {host:?}"),
        "write it into service.names, unless the proxy in front asks for localhost",
    )
}
