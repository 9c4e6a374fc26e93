//! Nothing comes from a device.

use std::fmt::Write as _;
use std::time::Duration;

use chairside_model::{DeviceId, MonoTime};

use crate::evidence::Span;
use crate::inputs::{Device, Dose, Event, Inputs};
use crate::rules::Rule;
use crate::timer::Horizon;
use crate::{AlarmId, LinkLostRule, Priority, TechnicalRules, Transition};

/// Missing periods of a slow device after which it counts as lost (`docs/alarms.md`, semantics 12).
pub(super) const LOST_PERIODS: u32 = 3;

/// A shorter silence is not worth a word.
const SILENCE_SAID_MIN: Duration = Duration::from_secs(1);

/// Bytes that are no older than this, or than three periods of a slow device, make a lost device
/// one that speaks and is not understood.
const HEARD_LATELY: Duration = Duration::from_secs(3);

/// One condition for the bed, from the first device that is lost to the last that is back.
#[derive(Debug)]
pub(crate) struct LinkLost {
    rule: LinkLostRule,
    links: Vec<Link>,
    /// The dose that was last begun, for as long as it acts: then a lost link is more urgent.
    dose: Option<Dose>,
    /// While nobody listened no frame could be missed: silence counts from here.
    counts_from: MonoTime,
}

#[derive(Debug)]
struct Link {
    device: DeviceId,
    lost: bool,
    last_frame: Option<MonoTime>,
    /// When bytes of any kind last came.
    heard: Option<MonoTime>,
    /// While lost: since when frames come again.
    back_since: Option<MonoTime>,
}

impl LinkLost {
    pub(crate) fn new(rules: &TechnicalRules, inputs: &Inputs) -> Option<Self> {
        let links: Vec<Link> = inputs
            .devices
            .iter()
            .map(|device| Link {
                device: device.id,
                lost: false,
                last_frame: None,
                heard: None,
                back_since: None,
            })
            .collect();
        (!links.is_empty()).then_some(Self {
            rule: rules.device_link_lost,
            links,
            dose: None,
            counts_from: inputs.started,
        })
    }

    fn due(&self, place: usize, inputs: &Inputs) -> Option<MonoTime> {
        let device = &inputs.devices[place];
        let link = &self.links[place];
        if link.lost {
            let ripe = link.back_since? + self.rule.clear_hold;
            return inputs.link(device).due(ripe);
        }
        let delay: Duration = self.rule.delay.max(device.period * LOST_PERIODS);
        let silent_from = link.last_frame.unwrap_or(inputs.started);
        Some(silent_from.max(self.counts_from) + delay)
    }

    fn frame(&mut self, now: MonoTime, device: DeviceId, inputs: &Inputs) {
        let known = inputs.devices.iter().zip(&mut self.links);
        for (state, link) in known.filter(|(_, link)| link.device == device) {
            let broken = link
                .last_frame
                .is_none_or(|last| now.saturating_since(last) > inputs.link(state).spacing_max);
            if broken || link.back_since.is_none() {
                link.back_since = Some(now);
            }
            link.last_frame = Some(now);
        }
    }

    /// Returns when the dose no longer acts.
    fn tail_end(&self) -> Option<MonoTime> {
        match self.dose {
            Some(Dose::Ended(at)) => Some(at + self.rule.dosing_tail),
            Some(Dose::Running(_)) | None => None,
        }
    }
}

impl Rule for LinkLost {
    fn id(&self) -> AlarmId {
        AlarmId::DeviceLinkLost
    }

    fn take(&mut self, now: MonoTime, event: &Event<'_>, inputs: &Inputs) {
        match event {
            Event::Frame(device) => self.frame(now, *device, inputs),
            Event::Heard(device) => {
                for link in self.links.iter_mut().filter(|link| link.device == *device) {
                    link.heard = Some(now);
                }
            }
            Event::Dosing => self.dose = inputs.dose,
            Event::Sample(_)
            | Event::Cuff(_)
            | Event::Told(_)
            | Event::Identity(_)
            | Event::Second => {}
        }
    }

    fn settle(&mut self, horizon: Horizon, inputs: &Inputs) {
        for place in 0..self.links.len() {
            let due = self.due(place, inputs);
            if due.is_some_and(|due| horizon.reaches(due)) {
                let link = &mut self.links[place];
                link.lost = !link.lost;
                link.back_since = None;
            }
        }
        if self.tail_end().is_some_and(|end| horizon.reaches(end)) {
            self.dose = None;
        }
    }

    fn next_deadline(&self, inputs: &Inputs) -> Option<MonoTime> {
        let links = (0..self.links.len()).filter_map(|place| self.due(place, inputs));
        links.chain(self.tail_end()).min()
    }

    fn causes(&self) -> u64 {
        let lost = self.links.iter().enumerate();
        lost.filter(|(_, link)| link.lost)
            .fold(0, |causes, (place, _)| causes | 1 << place.min(63))
    }

    fn priority(&self) -> Priority {
        if self.dose.is_some() {
            self.rule.priority_dosing
        } else {
            self.rule.priority_other
        }
    }

    fn priority_max(&self) -> Priority {
        self.rule.priority_other.max(self.rule.priority_dosing)
    }

    fn judges_frames(&self) -> bool {
        true
    }

    fn nobody_listened(&mut self, now: MonoTime) {
        self.counts_from = now;
    }

    /// Which devices they were was told in words only: those that are silent now. One that is not
    /// lost is waited for from now on.
    fn adopt(&mut self, now: MonoTime, told: Option<&Transition>, inputs: &Inputs) {
        let Some(told) = told else {
            self.counts_from = now;
            for link in &mut self.links {
                link.lost = false;
                link.back_since = None;
            }
            return;
        };
        let alive = |device: &Device| inputs.link(device).alive_at(now);
        let all_alive = inputs.devices.iter().all(alive);
        for (link, device) in self.links.iter_mut().zip(&inputs.devices) {
            if all_alive || !alive(device) {
                link.lost = true;
                link.back_since = None;
                let silent_from = told.since.saturating_sub(self.rule.delay);
                link.last_frame.get_or_insert(silent_from);
            }
        }
    }

    /// Says what is true now: this is told anew when another device is lost or back for good,
    /// and by then a lost one may already send again.
    fn evidence(&self, now: MonoTime, inputs: &Inputs) -> Option<String> {
        let mut silent = Vec::new();
        let mut unreadable = Vec::new();
        let mut back = Vec::new();
        for (link, device) in self.links.iter().zip(&inputs.devices) {
            if !link.lost {
                continue;
            }
            let silence = now.saturating_since(link.last_frame.unwrap_or(inputs.started));
            let spacing_max = inputs.link(device).spacing_max.max(SILENCE_SAID_MIN);
            if link.back_since.is_some() && silence <= spacing_max {
                back.push(link.device.to_string());
                continue;
            }
            let lately = HEARD_LATELY.max(device.period * LOST_PERIODS);
            let speaks = link
                .heard
                .is_some_and(|heard| now.saturating_since(heard) <= lately);
            let lost = if speaks { &mut unreadable } else { &mut silent };
            lost.push(format!("from {} for {}", link.device, Span(silence)));
        }
        let mut parts = Vec::new();
        for (what, lost) in [("nothing", &silent), ("nothing readable", &unreadable)] {
            if !lost.is_empty() {
                parts.push(format!("{what} {}", lost.join(", ")));
            }
        }
        if let Some((last, others)) = back.split_last() {
            parts.push(match others {
                [] => format!("{last} is back"),
                others => format!("{} and {last} are back", others.join(", ")),
            });
        }
        let mut text = parts.join("; ");
        if silent.is_empty() && unreadable.is_empty() {
            let hold = Span(self.rule.clear_hold);
            write!(text, ", but not yet for {hold}").expect("text takes everything");
        }
        Some(text)
    }
}
