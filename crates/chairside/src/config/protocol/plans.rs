//! The cuff, the gate and the discharge of a protocol.

use chairside_care::{AldreteVariant, CuffPlan, DischargePlan, GatePlan, MinimumTimes};

use super::keys::{CIRCULATIONS, DISCHARGE_ITEMS, Keys, word};
use crate::config::file::Section;
use crate::config::mistake::Mistakes;

pub(super) fn read_cuff(section: &mut Section, plan: &mut CuffPlan, mistakes: &mut Mistakes) {
    let mut keys = Keys::of(section, mistakes);
    keys.seconds("baseline_s", &mut plan.baseline);
    keys.seconds("dosing_s", &mut plan.dosing);
    keys.seconds("recovery_s", &mut plan.recovery);
    keys.seconds("late_s", &mut plan.late);
    keys.seconds("late_after_s", &mut plan.late_after);
    keys.seconds("close_s", &mut plan.close);
    keys.whole("close_moaas", &mut plan.close_moaas);
    keys.seconds("close_after_alarm_s", &mut plan.close_after_alarm);
}

pub(super) fn read_gate(section: &mut Section, plan: &mut GatePlan, mistakes: &mut Mistakes) {
    let mut keys = Keys::of(section, mistakes);
    keys.seconds("readings_apart_s", &mut plan.readings_apart);
    keys.number("systolic_note", &mut plan.systolic_note);
    keys.number("diastolic_note", &mut plan.diastolic_note);
    keys.number("systolic_block", &mut plan.systolic_block);
    keys.number("diastolic_block", &mut plan.diastolic_block);
    keys.bounds("heart_rate", &mut plan.heart_rate);
    keys.number("spo2_least", &mut plan.spo2_least);
    keys.bounds("respiration_rate", &mut plan.respiration_rate);
    keys.seconds("probe_valid_s", &mut plan.probe_valid);
}

pub(super) fn read_discharge(
    section: &mut Section,
    plan: &mut DischargePlan,
    mistakes: &mut Mistakes,
) {
    if let Some(mut inner) = section.optional_section("aldrete", mistakes) {
        read_aldrete(&mut inner, &mut plan.aldrete, mistakes);
        inner.finish(mistakes);
    }
    if let Some(mut inner) = section.optional_section("minimum", mistakes) {
        read_minimum(&mut inner, &mut plan.minimum, mistakes);
        inner.finish(mistakes);
    }
    if section.has("answers") {
        plan.answers = DISCHARGE_ITEMS.list(section, "answers", mistakes);
    }
    let mut keys = Keys::of(section, mistakes);
    keys.whole("moaas_least", &mut plan.moaas_least);
    keys.whole("cadss6_above", &mut plan.cadss6_above);
    keys.whole("nausea_most", &mut plan.nausea_most);
    keys.number("vitals_within", &mut plan.vitals_within);
    keys.number("systolic_below", &mut plan.systolic_below);
    keys.number("diastolic_below", &mut plan.diastolic_below);
    keys.number("rise_most", &mut plan.rise_most);
    keys.number("spo2_least", &mut plan.spo2_least);
    keys.seconds("on_air_s", &mut plan.on_air);
    keys.seconds("quiet_s", &mut plan.quiet);
    keys.seconds("rating_counts_s", &mut plan.rating_counts);
    keys.truth("suicide_risk", &mut plan.suicide_risk);
}

fn read_aldrete(section: &mut Section, plan: &mut AldreteVariant, mistakes: &mut Mistakes) {
    if let Some(circulation) = word(section, "circulation", &CIRCULATIONS, mistakes) {
        plan.circulation = circulation;
    }
    let mut keys = Keys::of(section, mistakes);
    keys.whole("spo2_above", &mut plan.spo2_above);
    keys.whole("pass", &mut plan.pass);
}

fn read_minimum(section: &mut Section, plan: &mut MinimumTimes, mistakes: &mut Mistakes) {
    let mut keys = Keys::of(section, mistakes);
    keys.seconds("intravenous_s", &mut plan.intravenous);
    keys.seconds("intramuscular_s", &mut plan.intramuscular);
    keys.seconds("intranasal_s", &mut plan.intranasal);
    keys.seconds("oral_s", &mut plan.oral);
    keys.seconds("sublingual_s", &mut plan.sublingual);
    keys.seconds("esketamine_s", &mut plan.esketamine);
}
