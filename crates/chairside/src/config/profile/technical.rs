//! The part of the tree about equipment, signal and link.

use std::time::Duration;

use chairside_alarm::{
    AlarmId, LinkLostRule, LowPerfusionRule, Priority, TechnicalRule, TechnicalRules,
};

use super::rules::{Notes, priority};
use super::stand_in;
use crate::config::file::Section;
use crate::config::mistake::Mistakes;

/// `RECORDING_STOPPED` cannot be off; a file that does not have it gets the default of
/// `docs/alarms.md`.
pub(super) const RECORDING_STOPPED: TechnicalRule = TechnicalRule {
    delay: Duration::from_secs(5),
    clear_hold: Duration::ZERO,
    priority: Priority::Medium,
};

/// `BED_FAILED` cannot be off either.
pub(super) const BED_FAILED: Priority = Priority::High;

/// What could not be read has left a mistake: what is returned is only judged then, not used.
pub(super) fn read_technical(
    mut section: Section,
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> TechnicalRules {
    let spo2_probe_off = rule(AlarmId::Spo2ProbeOff, &mut section, notes, mistakes);
    let spo2_no_data = rule(AlarmId::Spo2NoData, &mut section, notes, mistakes);
    let spo2_low_perfusion = read_low_perfusion(&mut section, notes, mistakes);
    let co2_no_data = rule(AlarmId::Co2NoData, &mut section, notes, mistakes);
    let line_garbled = rule(AlarmId::LineGarbled, &mut section, notes, mistakes);
    let device_swapped = at_once(AlarmId::DeviceSwapped, &mut section, notes, mistakes);
    let bed_failed = at_once(AlarmId::BedFailed, &mut section, notes, mistakes);
    let recording_stopped = rule(AlarmId::RecordingStopped, &mut section, notes, mistakes);
    let no_station = rule(AlarmId::NoStation, &mut section, notes, mistakes);
    let delivery_failed = rule(AlarmId::DeliveryFailed, &mut section, notes, mistakes);
    let link_lost = section
        .section(AlarmId::DeviceLinkLost.name(), mistakes)
        .and_then(|section| read_link_lost(section, mistakes));
    notes.finish(section, mistakes);
    TechnicalRules {
        spo2_probe_off,
        spo2_no_data,
        spo2_low_perfusion,
        co2_no_data,
        line_garbled,
        device_link_lost: link_lost.unwrap_or(stand_in::LINK_LOST),
        device_swapped,
        bed_failed: bed_failed.unwrap_or(BED_FAILED),
        recording_stopped: recording_stopped.unwrap_or(RECORDING_STOPPED),
        no_station,
        delivery_failed,
    }
}

/// Reads a rule that has no times, for it is told at once.
fn at_once(
    id: AlarmId,
    section: &mut Section,
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> Option<Priority> {
    let mut rule = section.optional_section(id.name(), mistakes)?;
    let priority = notes.priority(id, &mut rule, mistakes);
    rule.finish(mistakes);
    priority
}

fn rule(
    id: AlarmId,
    section: &mut Section,
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> Option<TechnicalRule> {
    let mut rule = section.optional_section(id.name(), mistakes)?;
    let delay = rule.seconds("delay_s", mistakes);
    let clear_hold = rule.seconds("clear_hold_s", mistakes);
    let priority = notes.priority(id, &mut rule, mistakes);
    rule.finish(mistakes);
    Some(TechnicalRule {
        delay: delay?,
        clear_hold: clear_hold?,
        priority: priority?,
    })
}

fn read_low_perfusion(
    section: &mut Section,
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> Option<LowPerfusionRule> {
    let id = AlarmId::Spo2LowPerfusion;
    let mut rule = section.optional_section(id.name(), mistakes)?;
    let below = rule.number("pi_lt", mistakes);
    let delay = rule.seconds("delay_s", mistakes);
    let clear_hold = rule.seconds("clear_hold_s", mistakes);
    let priority = notes.priority(id, &mut rule, mistakes);
    rule.finish(mistakes);
    Some(LowPerfusionRule {
        below: below?,
        delay: delay?,
        clear_hold: clear_hold?,
        priority: priority?,
    })
}

fn read_link_lost(mut rule: Section, mistakes: &mut Mistakes) -> Option<LinkLostRule> {
    let delay = rule.seconds("delay_s", mistakes);
    let clear_hold = rule.seconds("clear_hold_s", mistakes);
    let priority_dosing = priority(&mut rule, "priority_dosing", mistakes);
    let priority_other = priority(&mut rule, "priority_other", mistakes);
    let dosing_tail = rule.seconds("dosing_tail_s", mistakes);
    rule.finish(mistakes);
    Some(LinkLostRule {
        delay: delay?,
        clear_hold: clear_hold?,
        priority_dosing: priority_dosing?,
        priority_other: priority_other?,
        dosing_tail: dosing_tail?,
    })
}
