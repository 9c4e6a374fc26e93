//! What stands in for a part of the tree that could not be read, so that the rest is judged all
//! the same and every mistake is told at once. Nobody is ever watched by it: a part that could not
//! be read has left a mistake, and a file with a mistake is refused.

use std::time::Duration;

use chairside_alarm::{Holds, LinkLostRule, NibpRules, Priority, TechnicalRules};
use chairside_model::Value;

use super::technical::{BED_FAILED, RECORDING_STOPPED};

pub(super) const NIBP: NibpRules = NibpRules {
    interval: Duration::from_mins(10),
    overdue_grace: Duration::from_mins(3),
    high: None,
    very_high: None,
    rise: None,
    low: None,
    very_low: None,
    failed: None,
    overdue: None,
};

pub(super) const LINK_LOST: LinkLostRule = LinkLostRule {
    delay: Duration::from_secs(10),
    clear_hold: Duration::ZERO,
    priority_dosing: Priority::High,
    priority_other: Priority::Medium,
    dosing_tail: Duration::ZERO,
};

pub(super) const TECHNICAL: TechnicalRules = TechnicalRules {
    spo2_probe_off: None,
    spo2_no_data: None,
    spo2_low_perfusion: None,
    co2_no_data: None,
    line_garbled: None,
    device_link_lost: LINK_LOST,
    device_swapped: None,
    bed_failed: BED_FAILED,
    recording_stopped: RECORDING_STOPPED,
    no_station: None,
    delivery_failed: None,
};

pub(super) fn holds() -> Holds {
    Holds {
        gap_tolerance: Duration::ZERO,
        cuff_same_limb_max: Duration::ZERO,
        cuff_release: Duration::ZERO,
        step_points: Value::whole(1),
        step_hold: Duration::ZERO,
        after_hold_delay_max: Duration::ZERO,
    }
}
