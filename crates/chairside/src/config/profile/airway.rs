//! The part of the tree about breathing and the airway.

use chairside_alarm::{
    AirwayRules, AlarmId, ApneaRule, BreathRule, FeatureWindows, ObstructionClear, ObstructionRule,
    PartialRule, Spo2FallRule, Spo2OnlyMode,
};

use super::rules::Notes;
use crate::config::file::Section;
use crate::config::mistake::Mistakes;

/// What could not be read has left a mistake: what is returned is only judged then, not used.
pub(super) fn read_airway(
    mut section: Section,
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> AirwayRules {
    let breath = read_breath(&mut section, mistakes);
    let windows = read_windows(&mut section, mistakes);
    let mut reader = Reader {
        section: &mut section,
        notes,
        mistakes,
    };
    let apnea = reader.apnea();
    let obstruction = reader.obstruction();
    let partial = reader.partial();
    let spo2_fall = reader.spo2_fall();
    notes.finish(section, mistakes);
    let usual = AirwayRules::default();
    AirwayRules {
        breath: breath.unwrap_or(usual.breath),
        windows: windows.unwrap_or(usual.windows),
        apnea,
        obstruction,
        partial,
        spo2_fall,
    }
}

fn read_breath(section: &mut Section, mistakes: &mut Mistakes) -> Option<BreathRule> {
    let co2_min = section.number("no_breath_etco2_lt", mistakes);
    let numerics_held = section.optional_seconds("numerics_held_s", mistakes);
    Some(BreathRule {
        co2_min: co2_min?,
        numerics_held: numerics_held.unwrap_or_default(),
    })
}

fn read_windows(section: &mut Section, mistakes: &mut Mistakes) -> Option<FeatureWindows> {
    let now = section.seconds("spo2_now_window_s", mistakes);
    let slope = section.seconds("spo2_slope_window_s", mistakes);
    let slope_samples_min = section.count("spo2_slope_min_samples", mistakes);
    let baseline = section.pair_of_seconds("baseline_window_s", mistakes);
    let baseline_samples_min = section.count("baseline_min_samples", mistakes);
    let freeze_drop = section.number("freeze_drop", mistakes);
    let unfreeze_drop = section.number("unfreeze_drop", mistakes);
    let freeze_max = section.seconds("freeze_max_s", mistakes);
    let (baseline_from, baseline_to) = baseline?;
    Some(FeatureWindows {
        now: now?,
        slope: slope?,
        slope_samples_min: slope_samples_min?,
        baseline_from,
        baseline_to,
        baseline_samples_min: baseline_samples_min?,
        freeze_drop: freeze_drop?,
        unfreeze_drop: unfreeze_drop?,
        freeze_max: freeze_max?,
    })
}

struct Reader<'a> {
    section: &'a mut Section,
    notes: &'a mut Notes,
    mistakes: &'a mut Mistakes,
}

impl Reader<'_> {
    fn apnea(&mut self) -> Option<ApneaRule> {
        let id = AlarmId::Apnea;
        let mut rule = self.section.optional_section(id.name(), self.mistakes)?;
        let no_breath = rule.seconds("no_breath_s", self.mistakes);
        let clear_breathing = rule.seconds("clear_breathing_s", self.mistakes);
        let priority = self.notes.priority(id, &mut rule, self.mistakes);
        rule.finish(self.mistakes);
        Some(ApneaRule {
            no_breath: no_breath?,
            clear_breathing: clear_breathing?,
            priority: priority?,
        })
    }

    fn obstruction(&mut self) -> Option<ObstructionRule> {
        let id = AlarmId::AirwayObstruction;
        let mut rule = self.section.optional_section(id.name(), self.mistakes)?;
        let effort_min = rule.number("effort_rr_ge", self.mistakes);
        let co2_effort_no_breath = rule.seconds("co2_effort_no_breath_s", self.mistakes);
        let corroborating_drop = rule.number("corroborate_spo2_drop", self.mistakes);
        let corroborating_rate = rule.number("corroborate_hr_change", self.mistakes);
        let co2_effort_max = rule.seconds("co2_effort_max_s", self.mistakes);
        let co2_no_breath = rule.seconds("co2_no_effort_channel_no_breath_s", self.mistakes);
        let co2_drop = rule.number("co2_no_effort_channel_spo2_drop", self.mistakes);
        let spo2_only = rule.section("spo2_only", self.mistakes);
        let spo2_only = spo2_only.and_then(|section| spo2_only_mode(section, self.mistakes));
        let clear = rule.section("clear", self.mistakes);
        let clear = clear.and_then(|section| obstruction_clear(section, self.mistakes));
        let priority = self.notes.priority(id, &mut rule, self.mistakes);
        rule.finish(self.mistakes);
        Some(ObstructionRule {
            effort_min: effort_min?,
            co2_effort_no_breath: co2_effort_no_breath?,
            corroborating_drop: corroborating_drop?,
            corroborating_rate: corroborating_rate?,
            co2_effort_max: co2_effort_max?,
            co2_no_breath: co2_no_breath?,
            co2_drop: co2_drop?,
            spo2_only: spo2_only?,
            clear: clear?,
            priority: priority?,
        })
    }

    fn partial(&mut self) -> Option<PartialRule> {
        let id = AlarmId::AirwayPartial;
        let mut rule = self.section.optional_section(id.name(), self.mistakes)?;
        let etco2_ratio = rule.number("etco2_ratio_le", self.mistakes);
        let etco2_min = rule.number("etco2_ge", self.mistakes);
        let drop = rule.number("spo2_drop_ge", self.mistakes);
        let rate_rise = rule.number("or_rr_rise_ge", self.mistakes);
        let delay = rule.seconds("sustain_s", self.mistakes);
        let clear_etco2_ratio = rule.number("clear_ratio_gt", self.mistakes);
        let clear_drop = rule.number("clear_drop_lt", self.mistakes);
        let clear_hold = rule.seconds("clear_hold_s", self.mistakes);
        let priority = self.notes.priority(id, &mut rule, self.mistakes);
        rule.finish(self.mistakes);
        Some(PartialRule {
            etco2_ratio: etco2_ratio?,
            etco2_min: etco2_min?,
            drop: drop?,
            rate_rise: rate_rise?,
            delay: delay?,
            clear_etco2_ratio: clear_etco2_ratio?,
            clear_drop: clear_drop?,
            clear_hold: clear_hold?,
            priority: priority?,
        })
    }

    fn spo2_fall(&mut self) -> Option<Spo2FallRule> {
        let id = AlarmId::Spo2Fall;
        let mut rule = self.section.optional_section(id.name(), self.mistakes)?;
        let drop = rule.number("drop_ge", self.mistakes);
        let slope = rule.number("slope_le", self.mistakes);
        let spo2_max = rule.number("s_le", self.mistakes);
        let delay = rule.seconds("sustain_s", self.mistakes);
        let clear_slope = rule.number("clear_slope_ge", self.mistakes);
        let clear_hold = rule.seconds("clear_hold_s", self.mistakes);
        let priority = self.notes.priority(id, &mut rule, self.mistakes);
        rule.finish(self.mistakes);
        Some(Spo2FallRule {
            drop: drop?,
            slope: slope?,
            spo2_max: spo2_max?,
            delay: delay?,
            clear_slope: clear_slope?,
            clear_hold: clear_hold?,
            priority: priority?,
        })
    }
}

fn spo2_only_mode(mut section: Section, mistakes: &mut Mistakes) -> Option<Spo2OnlyMode> {
    let spo2_max = section.number("s_le", mistakes);
    let drop = section.number("drop_ge", mistakes);
    let slope = section.number("slope_le", mistakes);
    let delay = section.seconds("sustain_s", mistakes);
    section.finish(mistakes);
    Some(Spo2OnlyMode {
        spo2_max: spo2_max?,
        drop: drop?,
        slope: slope?,
        delay: delay?,
    })
}

fn obstruction_clear(mut section: Section, mistakes: &mut Mistakes) -> Option<ObstructionClear> {
    let breathing = section.seconds("breathing_s", mistakes);
    let spo2_min = section.number("spo2_ge", mistakes);
    let within_of_baseline = section.number("or_within_of_baseline", mistakes);
    let hold = section.seconds("hold_s", mistakes);
    section.finish(mistakes);
    Some(ObstructionClear {
        breathing: breathing?,
        spo2_min: spo2_min?,
        within_of_baseline: within_of_baseline?,
        hold: hold?,
    })
}
