//! Faults as a person writes them: `drop=0.001,stall=2s/60s`.

use std::fmt;
use std::time::Duration;

use super::{Faults, Garbage, Stall};

/// Bytes of garbage in one burst at most; a line of a wrong speed gives about so many at once.
const GARBAGE_MAX: usize = 1024;

/// A shorter period would be a line that does nothing else.
const PERIOD_MIN: Duration = Duration::from_millis(100);

/// Why a list of faults is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fault {part:?}: {why}")]
pub struct FaultError {
    /// The part of the list at fault.
    pub part: String,
    /// What is wrong with it.
    pub why: String,
}

/// How a good line is written.
const NONE: &str = "none";

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NONE {
            return f.write_str(NONE);
        }
        let probabilities = [
            ("drop", self.drop),
            ("flip", self.flip),
            ("duplicate", self.duplicate),
            ("split", self.split),
        ];
        let mut parts: Vec<String> = probabilities
            .into_iter()
            .filter(|(_, probability)| *probability > 0.0)
            .map(|(name, probability)| format!("{name}={probability}"))
            .collect();
        if let Some(Stall { length, period }) = self.stall {
            let (length, period) = (length.as_secs_f64(), period.as_secs_f64());
            parts.push(format!("stall={length}s/{period}s"));
        }
        if let Some(Garbage { bytes, period }) = self.garbage {
            parts.push(format!("garbage={bytes}/{}s", period.as_secs_f64()));
        }
        f.write_str(&parts.join(","))
    }
}

pub(super) fn parse(text: &str) -> Result<Faults, FaultError> {
    let mut faults = Faults::NONE;
    if text == NONE {
        return Ok(faults);
    }
    let mut named: Vec<&str> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let refuse = |why: String| FaultError {
            part: part.to_owned(),
            why,
        };
        let (name, value) = part
            .split_once('=')
            .ok_or_else(|| refuse("has no =".to_owned()))?;
        if named.contains(&name) {
            return Err(refuse(format!("{name} stands twice")));
        }
        named.push(name);
        match name {
            "drop" => faults.drop = probability(value).map_err(refuse)?,
            "flip" => faults.flip = probability(value).map_err(refuse)?,
            "duplicate" => faults.duplicate = probability(value).map_err(refuse)?,
            "split" => faults.split = probability(value).map_err(refuse)?,
            "stall" => faults.stall = Some(stall(value).map_err(refuse)?),
            "garbage" => faults.garbage = Some(garbage(value).map_err(refuse)?),
            _ => {
                let why = "is none of drop, flip, duplicate, split, stall, garbage";
                return Err(refuse(why.to_owned()));
            }
        }
    }
    Ok(faults)
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        Ok(_) | Err(_) => Err(format!("{text:?} is not a probability from 0 to 1")),
    }
}

fn stall(text: &str) -> Result<Stall, String> {
    let (length, period) = per(text)?;
    let length = time(length)?;
    if length.is_zero() || length >= period {
        return Err("a stall is longer than 0 and shorter than its period".to_owned());
    }
    Ok(Stall { length, period })
}

fn garbage(text: &str) -> Result<Garbage, String> {
    let (count, period) = per(text)?;
    match count.parse() {
        Ok(bytes) if (1..=GARBAGE_MAX).contains(&bytes) => Ok(Garbage { bytes, period }),
        Ok(_) | Err(_) => Err(format!("{count:?} is not a number from 1 to {GARBAGE_MAX}")),
    }
}

fn per(text: &str) -> Result<(&str, Duration), String> {
    let (what, period) = text
        .split_once('/')
        .ok_or_else(|| format!("{text:?} has no period, as in 2s/60s"))?;
    let period = time(period)?;
    if period < PERIOD_MIN {
        return Err(format!("a period is at least {PERIOD_MIN:?}"));
    }
    Ok((what, period))
}

fn time(text: &str) -> Result<Duration, String> {
    // "ms" before "s": both end in it.
    let units = [("ms", 1.0e-3), ("s", 1.0), ("m", 60.0)];
    let parsed = units.into_iter().find_map(|(unit, seconds)| {
        let number: f64 = text.strip_suffix(unit)?.parse().ok()?;
        Duration::try_from_secs_f64(number * seconds).ok()
    });
    parsed
        .filter(|time| *time <= Duration::from_hours(24))
        .ok_or_else(|| format!("{text:?} is not a time up to a day, as in 500ms, 2s or 1m"))
}
