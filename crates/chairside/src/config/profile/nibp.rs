//! The cuff's part of the tree.

use chairside_alarm::{AlarmId, NibpHighRule, NibpLowRule, NibpRules, Priority};

use super::rules::Notes;
use super::stand_in;
use crate::config::file::Section;
use crate::config::mistake::Mistakes;

/// The limits' keys of a rule that is too high.
struct HighKeys {
    systolic: &'static str,
    diastolic: &'static str,
    clear_systolic: &'static str,
    clear_diastolic: &'static str,
}

/// In mmHg.
const ABSOLUTE: HighKeys = HighKeys {
    systolic: "sys_ge",
    diastolic: "dia_ge",
    clear_systolic: "clear_sys_lt",
    clear_diastolic: "clear_dia_lt",
};

/// In mmHg above the patient's baseline.
const ABOVE_BASELINE: HighKeys = HighKeys {
    systolic: "d_sys_ge",
    diastolic: "d_dia_ge",
    clear_systolic: "clear_d_sys_lt",
    clear_diastolic: "clear_d_dia_lt",
};

/// What could not be read has left a mistake: what is returned is only judged then, not used.
pub(super) fn read_nibp(
    mut section: Section,
    notes: &mut Notes,
    mistakes: &mut Mistakes,
) -> NibpRules {
    let interval = section.seconds("interval_s", mistakes);
    let overdue_grace = section.seconds("overdue_grace_s", mistakes);
    let mut reader = Reader {
        section: &mut section,
        notes,
        mistakes,
    };
    let rules = NibpRules {
        interval: interval.unwrap_or(stand_in::NIBP.interval),
        overdue_grace: overdue_grace.unwrap_or(stand_in::NIBP.overdue_grace),
        high: reader.high(AlarmId::NibpHigh, &ABSOLUTE),
        very_high: reader.high(AlarmId::NibpVeryHigh, &ABSOLUTE),
        rise: reader.high(AlarmId::NibpRise, &ABOVE_BASELINE),
        low: reader.low(AlarmId::NibpLow),
        very_low: reader.low(AlarmId::NibpVeryLow),
        failed: reader.event(AlarmId::NibpFailed),
        overdue: reader.event(AlarmId::NibpOverdue),
    };
    notes.finish(section, mistakes);
    rules
}

struct Reader<'a> {
    section: &'a mut Section,
    notes: &'a mut Notes,
    mistakes: &'a mut Mistakes,
}

impl Reader<'_> {
    fn high(&mut self, id: AlarmId, keys: &HighKeys) -> Option<NibpHighRule> {
        let mut rule = self.section.optional_section(id.name(), self.mistakes)?;
        let systolic = rule.number(keys.systolic, self.mistakes);
        let diastolic = rule.number(keys.diastolic, self.mistakes);
        let clear_systolic = rule.number(keys.clear_systolic, self.mistakes);
        let clear_diastolic = rule.number(keys.clear_diastolic, self.mistakes);
        let priority = self.notes.priority(id, &mut rule, self.mistakes);
        rule.finish(self.mistakes);
        Some(NibpHighRule {
            systolic: systolic?,
            diastolic: diastolic?,
            clear_systolic: clear_systolic?,
            clear_diastolic: clear_diastolic?,
            priority: priority?,
        })
    }

    fn low(&mut self, id: AlarmId) -> Option<NibpLowRule> {
        let mut rule = self.section.optional_section(id.name(), self.mistakes)?;
        let systolic = rule.number("sys_lt", self.mistakes);
        let mean = rule.number("map_lt", self.mistakes);
        let clear_systolic = rule.number("clear_sys_ge", self.mistakes);
        let clear_mean = rule.number("clear_map_ge", self.mistakes);
        let priority = self.notes.priority(id, &mut rule, self.mistakes);
        rule.finish(self.mistakes);
        Some(NibpLowRule {
            systolic: systolic?,
            mean: mean?,
            clear_systolic: clear_systolic?,
            clear_mean: clear_mean?,
            priority: priority?,
        })
    }

    /// Reads a rule that has nothing but its priority.
    fn event(&mut self, id: AlarmId) -> Option<Priority> {
        let mut rule = self.section.optional_section(id.name(), self.mistakes)?;
        let priority = self.notes.priority(id, &mut rule, self.mistakes);
        rule.finish(self.mistakes);
        priority
    }
}
