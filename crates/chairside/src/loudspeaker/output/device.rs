//! A sound device of the machine, over ALSA; what PipeWire and PulseAudio offer is among its names.

use std::io;

use alsa::pcm::{Access, Format, HwParams, PCM};
use alsa::{Direction, ValueOr};

use super::{Output, SAMPLE_RATE, Sink};

/// What is taken ahead of what is heard, microseconds: a new alarm waits for it.
const AHEAD_US: u32 = 100_000;

/// A device, by its name.
pub(super) struct Device(pub(super) String);

struct Opened(PCM);

impl Output for Device {
    fn open(&self) -> Result<Box<dyn Sink>, String> {
        let pcm = opened(&self.0);
        let pcm = pcm.map_err(|error| format!("it cannot be opened: {}", reason(error)))?;
        Ok(Box::new(Opened(pcm)))
    }
}

fn opened(name: &str) -> alsa::Result<PCM> {
    let pcm = PCM::new(name, Direction::Playback, false)?;
    {
        let wanted = HwParams::any(&pcm)?;
        wanted.set_access(Access::RWInterleaved)?;
        wanted.set_format(Format::s16())?;
        wanted.set_channels(1)?;
        wanted.set_rate(SAMPLE_RATE, ValueOr::Nearest)?;
        wanted.set_buffer_time_near(AHEAD_US, ValueOr::Nearest)?;
        pcm.hw_params(&wanted)?;
    }
    Ok(pcm)
}

impl Sink for Opened {
    fn write(&mut self, samples: &[i16]) -> Result<(), String> {
        let mut left = samples;
        while !left.is_empty() {
            let written = self.0.io_i16().and_then(|io| io.writei(left));
            match written {
                Ok(frames) => left = left.get(frames..).unwrap_or_default(),
                // It had played all that it had: it goes on.
                Err(error) => {
                    let again = self.0.try_recover(error, true);
                    again.map_err(|error| format!("it takes no sound: {}", reason(error)))?;
                }
            }
        }
        Ok(())
    }
}

fn reason(error: alsa::Error) -> String {
    io::Error::from_raw_os_error(error.errno())
        .kind()
        .to_string()
}
