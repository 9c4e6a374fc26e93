//! An alarm's state as an HL7 v2 message, `ORU^R40` in the shape of IHE PCD-04.
//!
//! ```text
//! MSH|^~\&|Chairside|clinic-a|ALARMMGR||20261123101503.120+0000||ORU^R40^ORU_R40|1795428903120|P|2.6|||NE|AL||UNICODE UTF-8|||IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.4.4^ISO
//! PID|||
//! PV1||O|clinic-a^Room 3^3
//! OBR|1||clinic-a-3-7^Chairside|196616^MDC_EVT_ALARM^MDC|||20261123101503.000+0000||||||||||||||||||||||^clinic-a-3-7&Chairside
//! OBX|1|ST|196672^MDC_EVT_LO_LT_LIM^MDC^SPO2_VERY_LOW^SPO2 VERY LOW^99CHAIRSIDE|1.2.1.1.1|SpO2 86 % below 88 %|||L~PH~SP|||R|||20261123101503.000+0000
//! OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.1.2|86|262688^MDC_DIM_PERCENT^MDC||L|||R|||20261123101503.000+0000
//! OBX|3|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.2.1.1.3|start||||||R
//! OBX|4|ST|68482^MDC_ATTR_ALARM_STATE^MDC|1.2.1.1.4|active||||||R
//! OBX|5|ST|68483^MDC_ATTR_ALARM_INACTIVATION_STATE^MDC|1.2.1.1.5|enabled||||||R
//! OBX|6|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.2.1.1.6|PH||||||R
//! OBX|7|ST|68485^MDC_ATTR_ALERT_TYPE^MDC|1.2.1.1.7|SP||||||R
//! ```
//!
//! - PID is empty: who the patient is stays in the clinic. PV1-3 has the bed.
//! - OBR-3 is the episode and stays the same for as long as there is something of it; OBR-29, the
//!   parent, is the same as the filler's (its second component).
//! - The first observation is what is wrong, the second the reading or else the part of the
//!   equipment, the others how the alarm stands. Priority and type stand in OBX-8 of the first as
//!   well, where newer receivers look for them.
//!
//! Source: HL7 version 2.6, chapters 2 and 7; the shape of IHE PCD-04 and the codes of its
//! attributes as quoted by public messages of alarm gateways.

use chairside_alarm::{AlarmKind, Priority, SignalPresence};
use chairside_protocol::hl7::message::{CARRIAGE_RETURN, code_of};
use chrono::{DateTime, Utc};

use super::code::{Event, OURS, event};
use crate::AlarmState;

/// Characters of a text (ST) at most, in HL7 2.6.
const TEXT_MAX: usize = 199;

/// Where in its life an alarm is, as the receiver has been told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is told for the first time.
    Start,
    /// It stands as it stood.
    Continue,
    /// It changed.
    Update,
    /// The condition is over.
    End,
}

impl Phase {
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Continue => "continue",
            Self::Update => "update",
            Self::End => "end",
        }
    }
}

/// What is said of the sender, the receiver and the message itself.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The sender's name (MSH-3).
    pub application: &'a str,
    /// The sender's number, 16 hexadecimal digits (EUI-64), where it has one.
    pub eui64: Option<&'a str>,
    /// The clinic's name for this installation (MSH-4).
    pub site: &'a str,
    /// The receiver's name (MSH-5).
    pub receiver: &'a str,
    /// Where the receiver is (MSH-6).
    pub receiver_facility: &'a str,
    /// The number of the message (MSH-10): its own, and rising.
    pub number: i64,
    /// When it is sent for the first time (MSH-7).
    pub at: DateTime<Utc>,
}

/// Writes an alarm's state as a message, without the bytes around it.
#[must_use]
pub fn encode(state: &AlarmState, phase: Phase, envelope: &Envelope<'_>) -> Vec<u8> {
    let mut text = String::new();
    for segment in [
        header(envelope),
        // A segment without a field is none to some receivers.
        Segment::new("PID").set(3, ""),
        Segment::new("PV1")
            .set(2, "O")
            .set(3, components(&[envelope.site, &state.bed_name, &state.bed])),
        request(state, envelope),
    ]
    .into_iter()
    .chain(observations(state, phase))
    {
        text.push_str(&segment.fields.join("|"));
        text.push(char::from(CARRIAGE_RETURN));
    }
    text.into_bytes()
}

fn header(envelope: &Envelope<'_>) -> Segment {
    // Its first field is the character behind the name, so that here the others are one less.
    Segment::new("MSH")
        .set(1, "^~\\&")
        .set(2, sender(envelope, "^"))
        .set(3, escaped(envelope.site))
        .set(4, escaped(envelope.receiver))
        .set(5, escaped(envelope.receiver_facility))
        .set(6, time(envelope.at))
        .set(8, "ORU^R40^ORU_R40")
        .set(9, envelope.number.to_string())
        .set(10, "P")
        .set(11, "2.6")
        // No word of its arrival, and always one of what became of it.
        .set(14, "NE")
        .set(15, "AL")
        .set(17, "UNICODE UTF-8")
        .set(20, "IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.4.4^ISO")
}

fn request(state: &AlarmState, envelope: &Envelope<'_>) -> Segment {
    let (bed, occurrence) = (&state.bed, state.occurrence);
    let episode = escaped(&format!("{}-{bed}-{occurrence}", envelope.site));
    Segment::new("OBR")
        .set(1, "1")
        .set(3, format!("{episode}^{}", sender(envelope, "^")))
        .set(4, "196616^MDC_EVT_ALARM^MDC")
        .set(7, time(state.since))
        .set(29, format!("^{episode}&{}", sender(envelope, "&")))
}

fn observations(state: &AlarmState, phase: Phase) -> impl Iterator<Item = Segment> {
    let event = event(state.id);
    let (priority, kind) = (priority(state.priority), kind(state));
    let ours = [state.id.name(), &state.id.name().replace('_', " "), OURS];
    let code = match event.mdc {
        Some((code, name)) => format!("{code}^{name}^MDC^{}", components(&ours)),
        None => components(&ours),
    };
    let flags = event.side.into_iter().chain([priority, kind]);
    // As training (MSH-11) a receiver may not show it at all, and whoever trains wants to see it.
    let mark = if state.simulated { "SIMULATED: " } else { "" };
    let evidence = mark.chars().chain(state.evidence.chars());
    let evidence: String = evidence.take(TEXT_MAX).collect();
    let what = Segment::new("OBX")
        .set(2, "ST")
        .set(3, code)
        .set(5, escaped(&evidence))
        .set(8, flags.collect::<Vec<_>>().join("~"))
        .set(14, time(state.at));
    let attribute = |code: &str, value: &str| {
        let code = format!("{code}^MDC");
        Segment::new("OBX").set(2, "ST").set(3, code).set(5, value)
    };
    let place = event.source.code().2;
    let facets = [
        what,
        about(state, event),
        attribute("68481^MDC_ATTR_EVENT_PHASE", phase.name()),
        attribute("68482^MDC_ATTR_ALARM_STATE", alarm_state(state)),
        attribute(
            "68483^MDC_ATTR_ALARM_INACTIVATION_STATE",
            inactivation(state.signal),
        ),
        attribute("68484^MDC_ATTR_ALARM_PRIORITY", priority),
        attribute("68485^MDC_ATTR_ALERT_TYPE", kind),
    ];
    (1..).zip(facets).map(move |(facet, segment)| {
        segment
            .set(1, facet.to_string())
            .set(4, format!("1.{place}.1.1.{facet}"))
            // As a device gave it; no person has looked at it.
            .set(11, "R")
    })
}

/// The reading that the alarm is about, or else the part of the equipment.
fn about(state: &AlarmState, event: Event) -> Segment {
    let reading = state
        .reading
        .and_then(|(metric, value)| Some((code_of(metric)?, value)));
    let segment = Segment::new("OBX");
    if let Some(((code, name, unit), value)) = reading {
        return segment
            .set(2, "NM")
            .set(3, format!("{code}^{name}^MDC"))
            .set(5, value.to_string())
            .set(6, unit)
            .set(8, event.side.unwrap_or_default())
            .set(14, time(state.at));
    }
    let (code, name, _) = event.source.code();
    segment
        .set(2, "ST")
        .set(3, "68480^MDC_ATTR_ALERT_SOURCE^MDC")
        .set(5, escaped(&format!("{code}^{name}^MDC")))
}

const fn alarm_state(state: &AlarmState) -> &'static str {
    match (state.present, state.signal) {
        (true, _) => "active",
        (false, SignalPresence::Latched) => "latched",
        (false, _) => "inactive",
    }
}

const fn inactivation(signal: SignalPresence) -> &'static str {
    match signal {
        SignalPresence::Acknowledged => "alert-acknowledged",
        SignalPresence::Paused => "alarm-paused",
        SignalPresence::On | SignalPresence::Off | SignalPresence::Latched => "enabled",
    }
}

const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "PH",
        Priority::Medium => "PM",
        Priority::Low => "PL",
    }
}

/// A person's call is about neither the patient's signals nor the equipment.
const fn kind(state: &AlarmState) -> &'static str {
    match state.id.kind() {
        AlarmKind::Physiological => "SP",
        AlarmKind::Technical if state.id.is_call() => "SA",
        AlarmKind::Technical => "ST",
    }
}

fn sender(envelope: &Envelope<'_>, between: &str) -> String {
    let name = escaped(envelope.application);
    match envelope.eui64 {
        Some(number) => [&name, number, "EUI-64"].join(between),
        None => name,
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y%m%d%H%M%S%.3f+0000").to_string()
}

fn components(parts: &[&str]) -> String {
    let parts: Vec<_> = parts.iter().map(|part| escaped(part)).collect();
    parts.join("^")
}

/// Writes the characters that part a message, and those that end a line or a block, as HL7 has
/// them in a text (chapter 2, "use of escape sequences").
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' => escaped.push_str("\\F\\"),
            '^' => escaped.push_str("\\S\\"),
            '&' => escaped.push_str("\\T\\"),
            '~' => escaped.push_str("\\R\\"),
            '\\' => escaped.push_str("\\E\\"),
            '\r' => escaped.push_str("\\X0D\\"),
            '\n' => escaped.push_str("\\X0A\\"),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A line of a message: its name, and its fields by their numbers.
struct Segment {
    fields: Vec<String>,
}

impl Segment {
    fn new(name: &str) -> Self {
        Self {
            fields: vec![name.to_owned()],
        }
    }

    fn set(mut self, number: usize, value: impl Into<String>) -> Self {
        if self.fields.len() <= number {
            self.fields.resize(number + 1, String::new());
        }
        self.fields[number] = value.into();
        self
    }
}

#[cfg(test)]
mod tests;
