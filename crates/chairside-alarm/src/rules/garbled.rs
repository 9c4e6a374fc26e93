//! Bytes arrive and no frame is valid: the wrong speed, or another device's protocol.

use std::fmt::Write as _;

use chairside_model::{DeviceId, MonoTime};

use super::link::LOST_PERIODS;
use crate::evidence::Span;
use crate::inputs::{Event, Inputs};
use crate::rules::Rule;
use crate::timer::Horizon;
use crate::{AlarmId, Priority, TechnicalRule, TechnicalRules, Transition};

/// One condition for the bed, from the first line that is garbled to the last that is not.
#[derive(Debug)]
pub(crate) struct Garbled {
    rule: TechnicalRule,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    device: DeviceId,
    garbled: bool,
    /// Since when bytes come without a frame, and when they last did.
    bytes: Option<(MonoTime, MonoTime)>,
    last_frame: Option<MonoTime>,
    /// While garbled: since when frames come.
    frames_since: Option<MonoTime>,
}

impl Garbled {
    pub(crate) fn new(rules: &TechnicalRules, inputs: &Inputs) -> Option<Self> {
        let rule = rules.line_garbled?;
        let lines = inputs.devices.iter().map(|device| Line {
            device: device.id,
            garbled: false,
            bytes: None,
            last_frame: None,
            frames_since: None,
        });
        let lines: Vec<Line> = lines.collect();
        (!lines.is_empty()).then_some(Self { rule, lines })
    }

    fn due(&self, place: usize, inputs: &Inputs) -> Option<MonoTime> {
        let device = &inputs.devices[place];
        let line = &self.lines[place];
        if line.garbled {
            let ripe = line.frames_since? + self.rule.clear_hold;
            return inputs.link(device).due(ripe);
        }
        let (first, last) = line.bytes?;
        // Three frames make a new line trusted, and a slow device takes that many periods.
        let delay = self.rule.delay.max(device.period * (LOST_PERIODS + 1));
        let ripe = first + delay;
        // Judged when bytes come: a line that has fallen silent is lost, not garbled.
        (last >= ripe).then_some(last)
    }

    fn bytes(&mut self, now: MonoTime, device: DeviceId) {
        let delay = self.rule.delay;
        for line in self.lines.iter_mut().filter(|line| line.device == device) {
            let first = line
                .bytes
                .filter(|(_, last)| now.saturating_since(*last) <= delay)
                .map_or(now, |(first, _)| first);
            line.bytes = Some((first, now));
        }
    }

    fn frame(&mut self, now: MonoTime, device: DeviceId, inputs: &Inputs) {
        let known = inputs.devices.iter().zip(&mut self.lines);
        for (state, line) in known.filter(|(_, line)| line.device == device) {
            line.bytes = None;
            let broken = line
                .last_frame
                .is_none_or(|last| now.saturating_since(last) > inputs.link(state).spacing_max);
            if broken || line.frames_since.is_none() {
                line.frames_since = Some(now);
            }
            line.last_frame = Some(now);
        }
    }
}

impl Rule for Garbled {
    fn id(&self) -> AlarmId {
        AlarmId::LineGarbled
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        match event {
            Event::Heard(device) => self.bytes(now, *device),
            Event::Frame(device) => self.frame(now, *device, inputs),
            Event::Sample(_)
            | Event::Cuff(_)
            | Event::Told(_)
            | Event::Identity(_)
            | Event::Dosing
            | Event::Second => {}
        }
    }

    fn settle(&mut self, horizon: Horizon, inputs: &Inputs) {
        for place in 0..self.lines.len() {
            let due = self.due(place, inputs);
            if due.is_some_and(|due| horizon.reaches(due)) {
                let line = &mut self.lines[place];
                line.garbled = !line.garbled;
                line.frames_since = None;
            }
        }
    }

    fn next_deadline(&self, inputs: &Inputs) -> Option<MonoTime> {
        (0..self.lines.len())
            .filter_map(|place| self.due(place, inputs))
            .min()
    }

    fn causes(&self) -> u64 {
        let garbled = self.lines.iter().enumerate();
        garbled
            .filter(|(_, line)| line.garbled)
            .fold(0, |causes, (place, _)| causes | 1 << place.min(63))
    }

    fn priority(&self) -> Priority {
        self.rule.priority
    }

    fn judges_frames(&self) -> bool {
        true
    }

    fn nobody_listened(&mut self, _now: MonoTime) {
        for line in self.lines.iter_mut().filter(|line| !line.garbled) {
            line.bytes = None;
        }
    }

    /// Which lines they were was told in words only: those on which bytes came last, or on which
    /// nothing is known to have come.
    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        let heard = self.lines.iter().any(|line| line.bytes.is_some());
        for line in &mut self.lines {
            line.frames_since = None;
            line.garbled = told.is_some() && (!heard || line.bytes.is_some());
            if told.is_none() {
                line.bytes = None;
            }
        }
    }

    fn evidence(&self, now: MonoTime, _inputs: &Inputs) -> Option<String> {
        let mut text = String::from("bytes arrive and no frame is valid:");
        let mut garbled = self.lines.iter().filter(|line| line.garbled).peekable();
        while let Some(line) = garbled.next() {
            let since = line.bytes.map_or(now, |(first, _)| first);
            let lasted = Span(now.saturating_since(since));
            let comma = if garbled.peek().is_some() { "," } else { "" };
            write!(text, " {} for {lasted}{comma}", line.device).expect("text takes everything");
        }
        text.push_str("; wrong speed or protocol");
        Some(text)
    }
}
