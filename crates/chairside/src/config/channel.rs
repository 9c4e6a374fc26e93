//! A channel of the configuration: what it is, and what it needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chairside_notify::gateway::{GatewayBody, GatewayChannel, GatewayCredentials, GatewaySettings};
use chairside_notify::http::Http;
use chairside_notify::mail::{MailChannel, MailProtection, MailSettings};
use chairside_notify::ntfy::{NtfyChannel, NtfySettings};
use chairside_notify::push::{PushChannel, PushSettings};
use chairside_notify::webhook::{WebhookChannel, WebhookSettings};
use chairside_notify::{ATTEMPT_MAX, Channel, Secret, SettingsError};
use serde_json::Value;

use super::file::Section;
use super::mistake::Mistakes;

/// The kinds, as they are written.
const KINDS: [&str; 5] = ["ntfy", "webhook", "gateway", "mail", "push"];

/// What a channel is, and what it needs.
#[derive(Clone, Debug)]
pub enum ChannelSettings {
    /// Telephones that run the ntfy app.
    Ntfy(NtfySettings),
    /// Another program.
    Webhook(WebhookSettings),
    /// SMS and voice, by somebody else's gateway.
    Gateway(GatewaySettings),
    /// E-mail.
    Mail(MailSettings),
    /// A browser that has subscribed.
    Push(PushSettings),
}

impl ChannelSettings {
    /// Returns the name used in the configuration and in JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ntfy(_) => "ntfy",
            Self::Webhook(_) => "webhook",
            Self::Gateway(_) => "gateway",
            Self::Mail(_) => "mail",
            Self::Push(_) => "push",
        }
    }

    /// Looks whether the channel can be made; makes nothing that stays.
    ///
    /// # Errors
    ///
    /// Which setting cannot be used, and why.
    pub fn check(&self, http: &Http) -> Result<(), SettingsError> {
        match self {
            // Its key is made with the channel, once.
            Self::Push(settings) if !settings.key_file.exists() => Ok(()),
            _ => self.build(http).map(drop),
        }
    }

    /// Makes the channel. Reads the files that it names.
    ///
    /// # Errors
    ///
    /// Which setting cannot be used, and why.
    pub fn build(&self, http: &Http) -> Result<Arc<dyn Channel>, SettingsError> {
        let http = http.clone();
        Ok(match self {
            Self::Ntfy(settings) => Arc::new(NtfyChannel::new(settings, http)?),
            Self::Webhook(settings) => Arc::new(WebhookChannel::new(settings, http)?),
            Self::Gateway(settings) => Arc::new(GatewayChannel::new(settings, http)?),
            Self::Mail(settings) => Arc::new(MailChannel::new(settings.clone())?),
            Self::Push(settings) => Arc::new(PushChannel::new(settings, http)?),
        })
    }
}

/// Takes what the kind of channel needs.
pub(super) fn read(
    section: &mut Section,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<ChannelSettings> {
    let before = mistakes.count();
    let kind = section.text("kind", mistakes)?;
    let settings = match kind.as_str() {
        "ntfy" => ChannelSettings::Ntfy(NtfySettings {
            url: section.text("url", mistakes)?,
            token: secret(section, "token_file", folder, mistakes),
        }),
        "webhook" => ChannelSettings::Webhook(WebhookSettings {
            url: section.text("url", mistakes)?,
            secrets: secrets(section, "secret_files", folder, mistakes)?,
        }),
        "gateway" => ChannelSettings::Gateway(gateway(section, folder, mistakes)?),
        "mail" => ChannelSettings::Mail(mail(section, folder, mistakes)?),
        "push" => ChannelSettings::Push(PushSettings {
            subject: section.text("subject", mistakes)?,
            key_file: folder.join(section.text("key_file", mistakes)?),
        }),
        _ => {
            let meant = crate::near::did_you_mean(&kind, KINDS);
            let why = format!(
                "{kind:?} is no kind of channel; there are: {}{meant}",
                KINDS.join(", ")
            );
            mistakes.add(section.key("kind"), why);
            return None;
        }
    };
    // What is wrong already would be told again when it is made.
    (mistakes.count() == before).then_some(settings)
}

fn gateway(
    section: &mut Section,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<GatewaySettings> {
    let url = section.text("url", mistakes);
    let body = if section.has("json") {
        section.take("json").map(GatewayBody::Json)
    } else {
        let form = section.required("form", mistakes)?;
        let fields = form.as_object().map(|fields| {
            let text =
                |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
            fields.iter().map(text).collect::<Option<Vec<_>>>()
        });
        let Some(Some(fields)) = fields else {
            mistakes.add(section.key("form"), "is not a table of texts");
            return None;
        };
        Some(GatewayBody::Form(fields))
    };
    let user = section.optional_text("user", mistakes);
    let password = secret(section, "password_file", folder, mistakes);
    let token = secret(section, "token_file", folder, mistakes);
    let header = section.optional_text("header", mistakes);
    let credentials = match (user, password, token, header) {
        (None, None, None, None) => None,
        (Some(user), Some(password), None, None) => {
            Some(GatewayCredentials::Basic { user, password })
        }
        (None, None, Some(token), None) => Some(GatewayCredentials::Bearer(token)),
        (None, None, Some(value), Some(name)) => Some(GatewayCredentials::Header { name, value }),
        _ => {
            let why = "credentials are user and password_file, or token_file, or token_file with \
                       the header it goes into";
            mistakes.add(section.key("user"), why);
            return None;
        }
    };
    Some(GatewaySettings {
        url: url?,
        body: body?,
        credentials,
    })
}

fn mail(section: &mut Section, folder: &Path, mistakes: &mut Mistakes) -> Option<MailSettings> {
    let host = section.text("host", mistakes);
    let protection = section.optional_text("protection", mistakes);
    let protection = match protection.as_deref() {
        None | Some("starttls") => MailProtection::StartTls,
        Some("tls") => MailProtection::Tls,
        Some("none") => MailProtection::None,
        Some(other) => {
            let why = format!("{other:?} is none of: starttls, tls, none");
            mistakes.add(section.key("protection"), why);
            return None;
        }
    };
    let usual = match protection {
        MailProtection::StartTls => 587,
        MailProtection::Tls => 465,
        MailProtection::None => 25,
    };
    let port = port(section, usual, mistakes);
    let unprotected_hosts = if section.has("unprotected_hosts") {
        section.texts("unprotected_hosts", mistakes)?
    } else {
        Vec::new()
    };
    let (user, password) = login(section, folder, mistakes);
    let from = section.text("from", mistakes);
    Some(MailSettings {
        host: host?,
        port: port?,
        protection,
        unprotected_hosts,
        ca_file: file(section, "ca_file", folder, mistakes),
        user,
        password,
        from: from?,
        attempt_max: ATTEMPT_MAX,
    })
}

/// Takes a port that may be absent.
pub(super) fn port(section: &mut Section, usual: u16, mistakes: &mut Mistakes) -> Option<u16> {
    if !section.has("port") {
        return Some(usual);
    }
    let port = section.count("port", mistakes)?;
    let fits = u16::try_from(port).ok().filter(|port| *port > 0);
    if fits.is_none() {
        mistakes.add(section.key("port"), format!("{port} is no port"));
    }
    fits
}

/// Takes who we are, which may be absent.
pub(super) fn login(
    section: &mut Section,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> (Option<String>, Option<Secret>) {
    let user = section.optional_text("user", mistakes);
    (user, secret(section, "password_file", folder, mistakes))
}

/// Takes the path of a file that may be absent; a relative one is beside the configuration.
pub(super) fn file(
    section: &mut Section,
    key: &'static str,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<PathBuf> {
    section
        .optional_text(key, mistakes)
        .map(|path| folder.join(path))
}

/// Takes the path of a file that holds a secret and may be absent, and the secret.
fn secret(
    section: &mut Section,
    key: &'static str,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<Secret> {
    let path = file(section, key, folder, mistakes)?;
    secret_in(&path, &section.key(key), mistakes)
}

/// Takes the paths of files that hold secrets, and these.
fn secrets(
    section: &mut Section,
    key: &'static str,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<Vec<Secret>> {
    let paths = section.texts(key, mistakes)?;
    let key = section.key(key);
    let secrets = paths
        .iter()
        .map(|path| secret_in(&folder.join(path), &key, mistakes));
    // Each is read, so that each tells its mistake.
    let secrets: Vec<_> = secrets.collect();
    secrets.into_iter().collect()
}

fn secret_in(path: &Path, key: &str, mistakes: &mut Mistakes) -> Option<Secret> {
    let shown = path.display();
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            mistakes.add(key, format!("{shown} is empty"));
            None
        }
        Ok(text) => Some(Secret::new(text.trim())),
        Err(error) => {
            mistakes.add(key, format!("{shown} cannot be read: {error}"));
            None
        }
    }
}
