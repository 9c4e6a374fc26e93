//! Another device than the session knows answers on a bed's line: maybe another patient's.

use chairside_model::MonoTime;

use crate::inputs::{Event, Inputs, Told};
use crate::rules::Rule;
use crate::{AlarmId, Priority, TechnicalRules, Transition};

/// One condition for the bed, from the first line with another device until every line's first
/// device is back or was confirmed by a person.
#[derive(Debug)]
pub(crate) struct Swapped {
    priority: Priority,
    lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Line {
    swapped: bool,
    /// Turns over with each change of the device: the third one calls people again.
    turn: bool,
}

impl Swapped {
    pub(crate) fn new(rules: &TechnicalRules, inputs: &Inputs) -> Option<Self> {
        let priority = rules.device_swapped?;
        (!inputs.devices.is_empty()).then(|| Self {
            priority,
            lines: vec![Line::default(); inputs.devices.len()],
        })
    }
}

impl Rule for Swapped {
    fn id(&self) -> AlarmId {
        AlarmId::DeviceSwapped
    }

    fn take(&mut self, _now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        let is_news = matches!(
            event,
            Event::Identity(_) | Event::Told(Told::Session(_) | Told::Confirmed)
        );
        if !is_news {
            return;
        }
        for (line, device) in self.lines.iter_mut().zip(&inputs.devices) {
            let identity = &device.identity;
            line.turn = identity.turn;
            line.swapped = identity.other.is_some();
        }
    }

    fn causes(&self) -> u64 {
        let swapped = (0_u32..).zip(&self.lines).filter(|(_, line)| line.swapped);
        swapped.fold(0, |causes, (place, line)| {
            causes | 1 << (2 * place + u32::from(line.turn)).min(63)
        })
    }

    fn priority(&self) -> Priority {
        self.priority
    }

    /// Which devices they were is known from who they say they are; it was told in words only.
    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        for line in &mut self.lines {
            line.swapped = told.is_some();
        }
    }

    fn evidence(&self, _now: MonoTime, inputs: &Inputs) -> Option<String> {
        let swapped = inputs.devices.iter().filter_map(|device| {
            let identity = &device.identity;
            let (known, other) = identity.known.as_ref().zip(identity.other.as_ref())?;
            Some(format!(
                "{} says it is {other}, and was {known} in this session",
                device.id
            ))
        });
        let swapped: Vec<String> = swapped.collect();
        (!swapped.is_empty()).then(|| swapped.join("; "))
    }
}
