//! What an alarm is called in messages.

use chairside_alarm::AlarmId;

/// The name of our own codes' system (HL7 table 0396: local ones begin with `99`).
pub(super) const OURS: &str = "99CHAIRSIDE";

/// What an alarm is, in the words of IEEE 11073-10101.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    /// Its code and the code's name, where there is one.
    pub(super) mdc: Option<(u32, &'static str)>,
    /// Beyond which limit something is: `L` or `H` (OBX-8).
    pub(super) side: Option<&'static str>,
    /// Which part of the equipment it comes from.
    pub(super) source: Source,
}

/// A part of the equipment.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// The whole: what is drawn from several signals, or from one of several. Also what a
    /// capnograph says, for whose code we have one source only.
    Whole,
    Oximeter,
    Cuff,
}

impl Source {
    /// Returns its code, the code's name, and its place among the parts (OBX-4).
    pub(super) const fn code(self) -> (u32, &'static str, u8) {
        match self {
            Self::Whole => (69_965, "MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS", 0),
            Self::Cuff => (70_686, "MDC_DEV_PRESS_BLD_NONINV_VMD", 1),
            Self::Oximeter => (69_642, "MDC_DEV_ANALY_SAT_O2_VMD", 2),
        }
    }
}

const HIGH: Option<(u32, &str)> = Some((196_650, "MDC_EVT_HI_GT_LIM"));
const LOW: Option<(u32, &str)> = Some((196_672, "MDC_EVT_LO_LT_LIM"));

/// Returns what an alarm is. Where the nomenclature has nothing that says it, or nothing that two
/// sources agree on, only our own code is sent: a receiver shows the words.
pub(super) const fn event(id: AlarmId) -> Event {
    let (mdc, side, source) = match id {
        AlarmId::HrHigh | AlarmId::HrVeryHigh | AlarmId::RrHigh | AlarmId::Etco2High => {
            (HIGH, Some("H"), Source::Whole)
        }
        AlarmId::HrLow | AlarmId::HrVeryLow | AlarmId::RrLow => (LOW, Some("L"), Source::Whole),
        AlarmId::Spo2Low | AlarmId::Spo2VeryLow => (LOW, Some("L"), Source::Oximeter),
        AlarmId::Spo2Fall => (Some((199_854, "MDC_EVT_DESAT")), None, Source::Oximeter),
        AlarmId::NibpHigh | AlarmId::NibpVeryHigh => (HIGH, Some("H"), Source::Cuff),
        AlarmId::NibpLow | AlarmId::NibpVeryLow => (LOW, Some("L"), Source::Cuff),
        AlarmId::NibpRise | AlarmId::NibpFailed | AlarmId::NibpOverdue => {
            (None, None, Source::Cuff)
        }
        AlarmId::Apnea => (Some((199_680, "MDC_EVT_APNEA")), None, Source::Whole),
        AlarmId::DeviceLinkLost => (Some((196_630, "MDC_EVT_DISCONN")), None, Source::Whole),
        AlarmId::Spo2ProbeOff
        | AlarmId::Spo2NoData
        | AlarmId::Spo2LowPerfusion
        | AlarmId::Spo2CuffSameLimb => (None, None, Source::Oximeter),
        AlarmId::AirwayObstruction
        | AlarmId::AirwayPartial
        | AlarmId::Co2NoData
        | AlarmId::LineGarbled
        | AlarmId::DeviceSwapped
        | AlarmId::BedFailed
        | AlarmId::RecordingStopped
        | AlarmId::NoStation
        | AlarmId::DeliveryFailed
        | AlarmId::PatientCall
        | AlarmId::HelpWanted => (None, None, Source::Whole),
    };
    Event { mdc, side, source }
}
