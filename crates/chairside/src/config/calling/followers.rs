//! The programs that follow alarms: an alarm manager and an MQTT broker.

use std::path::Path;

use chairside_notify::WallClock;
use chairside_notify::hl7::{Hl7Sender, Hl7Settings};
use chairside_notify::mqtt::{MqttPublisher, MqttSettings};

use super::super::channel;
use super::{Mistakes, Reader, Section};

/// What is registered for HL7 over MLLP.
const HL7_PORT: u16 = 2575;

impl Reader {
    /// Takes which alarm manager is told.
    pub(in crate::config) fn manager(
        &mut self,
        file: &mut Section,
        site: &str,
        mistakes: &mut Mistakes,
    ) {
        let Some(mut section) = file.optional_section("alarm_manager", mistakes) else {
            return;
        };
        let host = section.text("host", mistakes);
        let port = channel::port(&mut section, HL7_PORT, mistakes);
        let mut texts = ["application", "eui64", "receiver", "receiver_facility"].map(|key| {
            let given = section.has(key);
            given.then(|| section.text(key, mistakes)).flatten()
        });
        if let (Some(host), Some(port)) = (host, port) {
            let usual = Hl7Settings::of(host, port, site);
            let settings = Hl7Settings {
                application: texts[0].take().unwrap_or(usual.application),
                eui64: texts[1].take(),
                receiver: texts[2].take().unwrap_or(usual.receiver),
                receiver_facility: texts[3].take().unwrap_or(usual.receiver_facility),
                ..Hl7Settings::of(usual.host, port, site)
            };
            // Whatever is wrong with it is told now, and not at the first alarm.
            let epoch = WallClock::new(|| chrono::DateTime::UNIX_EPOCH);
            if let Err(error) = Hl7Sender::new(settings.clone(), epoch) {
                mistakes.add(section.key(error.field), error.why);
            }
            self.calling.manager = Some(settings);
        }
        section.finish(mistakes);
    }

    /// Takes which MQTT broker is told.
    pub(in crate::config) fn broker(
        &mut self,
        file: &mut Section,
        (site, folder): (&str, &Path),
        mistakes: &mut Mistakes,
    ) {
        let Some(mut section) = file.optional_section("mqtt", mistakes) else {
            return;
        };
        let before = mistakes.count();
        let host = section.text("host", mistakes);
        let tls = section.optional_truth("tls", mistakes).unwrap_or(true);
        let port = channel::port(&mut section, if tls { 8883 } else { 1883 }, mistakes);
        let unprotected_hosts = if section.has("unprotected_hosts") {
            section
                .texts("unprotected_hosts", mistakes)
                .unwrap_or_default()
        } else {
            Vec::new()
        };
        let (user, password) = channel::login(&mut section, folder, mistakes);
        let ca_file = channel::file(&mut section, "ca_file", folder, mistakes);
        if let (Some(host), Some(port)) = (host, port)
            && mistakes.count() == before
        {
            let settings = MqttSettings {
                tls,
                unprotected_hosts,
                ca_file,
                user,
                password,
                ..MqttSettings::of(host, port, site)
            };
            let epoch = WallClock::new(|| chrono::DateTime::UNIX_EPOCH);
            if let Err(error) = MqttPublisher::new(settings.clone(), epoch) {
                mistakes.add(section.key(error.field), error.why);
            }
            self.calling.broker = Some(settings);
        }
        section.finish(mistakes);
    }
}
