//! What a configuration says that may be meant, and often is not.
//!
//! A note is no mistake: an adapter may be plugged in later, and a network may be protected.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{Config, Port, Service};
use crate::loudspeaker::LoudspeakerSettings;
use crate::remedy::without_numbers;

/// Something to look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The key as a person finds it in the file: `bed[2].device[1].port`.
    pub key: String,
    /// What may go wrong, with the value, in words.
    pub why: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.why)
    }
}

impl Config {
    /// Compares the configuration with the machine as it is now. Looks at ports and folders and
    /// opens none.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.service.notes();
        notes.extend(self.calling.loudspeaker.as_ref().and_then(unbuilt));
        for (bed_number, bed) in (1_usize..).zip(&self.beds) {
            if bed.scenario.is_some() {
                // The service makes the ports of its simulated devices.
                continue;
            }
            for (number, device) in (1_usize..).zip(&bed.devices) {
                let key = format!("bed[{bed_number}].device[{number}].port");
                let told = port(&device.port).into_iter();
                notes.extend(told.map(|why| Note {
                    key: key.clone(),
                    why: format!("{:?} {why}", device.port.to_string()),
                }));
            }
        }
        notes
    }
}

/// A sound device is of no use to a program that was built without what speaks to it.
fn unbuilt(loudspeaker: &LoudspeakerSettings) -> Option<Note> {
    let is_device = matches!(loudspeaker, LoudspeakerSettings::Device(_));
    (is_device && !cfg!(feature = "loudspeaker")).then(|| Note {
        key: "loudspeaker.device".to_owned(),
        why: "this program was built without the feature `loudspeaker` and plays nothing; that \
              is DELIVERY_FAILED at every bed"
            .to_owned(),
    })
}

impl Service {
    /// Returns the folder of the record by its whole path, as seen from the folder that the
    /// program was started in.
    ///
    /// # Errors
    ///
    /// When that folder is not known.
    pub fn data_absolute(&self) -> io::Result<PathBuf> {
        std::path::absolute(&self.data)
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if !self.listen.ip().is_loopback() {
            notes.push(Note {
                key: "service.listen".to_owned(),
                why: format!(
                    "{} can be reached from other machines: serve refuses it without \
                     --allow-unprotected",
                    self.listen
                ),
            });
        }
        if self.data.is_relative() {
            notes.push(Note {
                key: "service.data".to_owned(),
                why: format!(
                    "{:?} is relative to the folder that the service is started in",
                    self.data.display().to_string()
                ),
            });
        }
        notes
    }
}

fn port(port: &Port) -> Vec<String> {
    match port {
        Port::Serial(path) => serial_port(path),
        // What is behind a network is not asked.
        Port::Tcp { .. } => Vec::new(),
        Port::TcpListen { address, peer } => {
            let open_to_all = peer.is_none() && !address.ip().is_loopback();
            let why = "takes values from whoever connects: name the monitor's address in peer";
            open_to_all.then(|| why.to_owned()).into_iter().collect()
        }
        Port::Program(command) => {
            let program = command.first().map_or("", String::as_str);
            not_a_program(Path::new(program)).into_iter().collect()
        }
    }
}

/// Tells why a file cannot be run, if that can be seen.
pub(crate) fn not_a_program(path: &Path) -> Option<String> {
    match fs::metadata(path) {
        Ok(there) if !there.is_file() => Some("is no file".to_owned()),
        Ok(there) if there.permissions().mode() & 0o111 == 0 => {
            Some("may not be started: chmod +x lets it".to_owned())
        }
        Ok(_runs) => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Some("is not there now: the bed has an alarm until it is".to_owned())
        }
        Err(error) => Some(format!(
            "cannot be looked at: {}",
            without_numbers(&error.to_string())
        )),
    }
}

fn serial_port(path: &Path) -> Vec<String> {
    let mut whys = Vec::new();
    match fs::metadata(path) {
        Ok(there) if there.file_type().is_char_device() => {}
        Ok(_other) => whys.push("is not a serial port: it is no character device".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            whys.push("is not there now: the bed has an alarm until it is".to_owned());
        }
        Err(error) => whys.push(format!(
            "cannot be looked at: {}",
            without_numbers(&error.to_string())
        )),
    }
    let by_order = ["/dev/ttyUSB", "/dev/ttyACM"];
    if by_order.iter().any(|start| {
        path.as_os_str()
            .as_encoded_bytes()
            .starts_with(start.as_bytes())
    }) {
        whys.push(
            "may be another device at the next start: `chairside ports` has a name that stays"
                .to_owned(),
        );
    }
    whys
}
