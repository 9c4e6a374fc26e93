//! Where the samples go.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::LoudspeakerSettings;
use super::pattern::{SAMPLE_RATE, SAMPLES_PER_MS};

#[cfg(feature = "loudspeaker")]
mod device;

/// Something that plays can be opened: at the start, and again when it failed.
pub trait Output: Send {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// Why not, in words.
    fn open(&self) -> Result<Box<dyn Sink>, String>;
}

/// Takes samples as fast as they are heard: 48 000 in a second, one channel.
pub trait Sink {
    /// Takes the next samples, and returns when there is room for more.
    ///
    /// # Errors
    ///
    /// Why it takes none any more, in words.
    fn write(&mut self, samples: &[i16]) -> Result<(), String>;
}

/// Returns what a configuration names.
pub(super) fn of(settings: &LoudspeakerSettings) -> Box<dyn Output> {
    match settings {
        LoudspeakerSettings::Device(name) => device_named(name),
        LoudspeakerSettings::File(path) => Box::new(WavFile(path.clone())),
    }
}

impl LoudspeakerSettings {
    /// Opens it and closes it again, without a sound.
    ///
    /// # Errors
    ///
    /// Why it cannot be opened, in words.
    pub fn try_to_open(&self) -> Result<(), String> {
        match self {
            Self::Device(name) => device_named(name).open().map(drop),
            // What was heard before stays, and no file is made.
            Self::File(path) if path.exists() => {
                let file = File::options().append(true).open(path);
                file.map(drop).map_err(|error| unopened(&error))
            }
            Self::File(path) => {
                let folder = path
                    .parent()
                    .map_or(Ok(()), |folder| folder.metadata().map(drop));
                folder.map_err(|error| unopened(&error))
            }
        }
    }
}

#[cfg(feature = "loudspeaker")]
fn device_named(name: &str) -> Box<dyn Output> {
    Box::new(device::Device(name.to_owned()))
}

#[cfg(not(feature = "loudspeaker"))]
fn device_named(_name: &str) -> Box<dyn Output> {
    Box::new(NotBuilt)
}

/// The program was built without what speaks to sound devices.
#[cfg(not(feature = "loudspeaker"))]
struct NotBuilt;

#[cfg(not(feature = "loudspeaker"))]
impl Output for NotBuilt {
    fn open(&self) -> Result<Box<dyn Sink>, String> {
        Err("this program was built without it".to_owned())
    }
}

/// A file that is written as it would be heard.
struct WavFile(PathBuf);

/// After so much it begins anew: ten minutes.
const BYTES_MAX: usize = 10 * 60 * 1000 * SAMPLES_PER_MS * 2;

/// The lengths in a header whose end is not known yet.
const UNKNOWN: u32 = u32::MAX;

struct WavSink {
    file: File,
    written: usize,
}

impl Output for WavFile {
    fn open(&self) -> Result<Box<dyn Sink>, String> {
        let file = File::create(&self.0);
        let mut file = file.map_err(|error| unopened(&error))?;
        let started = file.write_all(&header());
        started.map_err(|error| unopened(&error))?;
        Ok(Box::new(WavSink { file, written: 0 }))
    }
}

impl Sink for WavSink {
    fn write(&mut self, samples: &[i16]) -> Result<(), String> {
        let bytes: Vec<u8> = samples.iter().flat_map(|one| one.to_le_bytes()).collect();
        let mut put = || {
            if self.written + bytes.len() > BYTES_MAX {
                let header = self.file.seek(SeekFrom::Start(HEADER_BYTES))?;
                self.file.set_len(header)?;
                self.written = 0;
            }
            self.written += bytes.len();
            self.file.write_all(&bytes)
        };
        put().map_err(|error: io::Error| format!("it takes no sound: {}", error.kind()))?;
        // A file takes all at once; a loudspeaker does not.
        let heard = samples.len() / SAMPLES_PER_MS;
        thread::sleep(Duration::from_millis(u64::try_from(heard).unwrap_or(0)));
        Ok(())
    }
}

const HEADER_BYTES: u64 = 44;

/// The header of a WAV file: 16 bits, one channel.
fn header() -> Vec<u8> {
    let mut header = Vec::from(*b"RIFF");
    header.extend(UNKNOWN.to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend(16_u32.to_le_bytes());
    header.extend(1_u16.to_le_bytes());
    header.extend(1_u16.to_le_bytes());
    header.extend(SAMPLE_RATE.to_le_bytes());
    header.extend((SAMPLE_RATE * 2).to_le_bytes());
    header.extend(2_u16.to_le_bytes());
    header.extend(16_u16.to_le_bytes());
    header.extend(b"data");
    header.extend(UNKNOWN.to_le_bytes());
    header
}

fn unopened(error: &io::Error) -> String {
    format!("it cannot be opened: {}", error.kind())
}
