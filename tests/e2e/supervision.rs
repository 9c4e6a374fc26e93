//! A bed whose driver panics, and the beds beside it.
//!
//! The driver is brought by these tests: every byte is something, and `!` makes it panic.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{
    Act, AlarmId, LimitKey, Occurrence, OperatorAction, Priority, SignalPresence, Transition,
};
use chairside_e2e::clinic::profile;
use chairside_model::{BedId, DeviceId, Measured, Metric, MonoTime, Reading, Value};
use chairside_protocol::{
    Driver, DriverInfo, DriverOutput, Finding, LineInput, LineSettings, Maturity,
};
use chairside_station::{
    BedPlan, DevicePlan, Entry, LinkState, Record, Station, StationInput, StationOutput,
};

use LinkState::{Connected, Connecting, Disconnected};

const PERIOD: Duration = Duration::from_secs(1);

/// `F` a frame, a digit a saturation above 90, `a` and `b` identities, `!` a panic.
#[derive(Debug)]
struct Touchy {
    /// Whether opening the line is enough.
    at_opening: bool,
}

impl Driver for Touchy {
    fn handle(&mut self, now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Opened if self.at_opening => panic!("the driver fails when it is opened"),
            LineInput::Opened => out.transmit.push(b'?'),
            LineInput::Received(bytes) => {
                for byte in bytes {
                    match byte {
                        b'F' => out.push(0, Finding::Frame),
                        b'a' | b'b' => {
                            let text = char::from(*byte).to_string();
                            out.push(0, Finding::Identity(text.into()));
                        }
                        b'0'..=b'9' => {
                            let value = Value::whole(90 + i32::from(byte - b'0'));
                            let measured = Measured::Valid(value);
                            let reading = Reading::numeric(Metric::SpO2, measured, now);
                            out.push(0, Finding::Reading(reading));
                        }
                        _ => panic!("the driver fails"),
                    }
                }
            }
            LineInput::Closed | LineInput::Tick => {}
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}

const TOUCHY: DriverInfo = DriverInfo {
    name: "touchy",
    family: "test",
    gives: &[Metric::SpO2],
    line: LineSettings { baud: 9600 },
    maturity: Maturity::Experimental,
    nominal_period: PERIOD,
    build: || Box::new(Touchy { at_opening: false }),
};

const NEVER_OPENS: DriverInfo = DriverInfo {
    build: || Box::new(Touchy { at_opening: true }),
    ..TOUCHY
};

/// Beds 1 and 2, with devices 1 and 2.
#[derive(Debug)]
struct Ward {
    station: Station,
    out: StationOutput,
    now: MonoTime,
    records: Vec<Record>,
}

impl Ward {
    fn open(first: &'static DriverInfo) -> Self {
        let plan = [(1, first), (2, &TOUCHY)].map(|(number, driver)| {
            let plan = BedPlan {
                devices: vec![DevicePlan::on_line(DeviceId(number), driver)],
                profile: profile(),
            };
            (BedId(number), plan)
        });
        let station = Station::new(BTreeMap::from(plan), MonoTime::ZERO);
        let mut ward = Self {
            station: station.expect("each device is planned once"),
            out: StationOutput::default(),
            now: MonoTime::ZERO,
            records: Vec::new(),
        };
        for device in [1, 2] {
            ward.tell(StationInput::Line(DeviceId(device), LineInput::Opened));
        }
        ward
    }

    fn tell(&mut self, input: StationInput<'_>) {
        self.station.handle(self.now, input, &mut self.out);
        self.records.append(&mut self.out.records);
    }

    fn act(&mut self, action: OperatorAction) {
        let act = Act {
            action,
            by: "mn",
            station: None,
            reason: Some("as agreed"),
            call: None,
        };
        self.tell(StationInput::Operator { bed: BedId(1), act });
    }

    fn say(&mut self, device: u16, bytes: &str) {
        let bytes = LineInput::Received(bytes.as_bytes());
        self.tell(StationInput::Line(DeviceId(device), bytes));
    }

    /// One second passes; then each device says this.
    fn second(&mut self, first: &str, second: &str) {
        let until = self.now + PERIOD;
        while let Some(due) = self.station.next_deadline().filter(|due| *due < until) {
            self.now = self.now.max(due);
            self.tell(StationInput::Tick);
        }
        self.now = until;
        for (device, bytes) in [(1, first), (2, second)] {
            if !bytes.is_empty() {
                self.say(device, bytes);
            }
        }
        while self.station.next_deadline().is_some_and(|due| due <= until) {
            self.tell(StationInput::Tick);
        }
    }

    fn seconds(&mut self, count: u32, first: &str, second: &str) {
        for _ in 0..count {
            self.second(first, second);
        }
    }

    /// What was told of the alarms of a bed, in words.
    fn alarms(&self, bed: u16) -> Vec<String> {
        let told = self
            .records
            .iter()
            .filter_map(|record| match &record.entry {
                Entry::Alarm {
                    bed: of,
                    transition,
                } if *of == BedId(bed) => Some(in_words(transition)),
                _ => None,
            });
        told.collect()
    }

    /// Everything that was said of a bed.
    fn entries(&self, bed: u16) -> Vec<(MonoTime, Entry)> {
        let of_bed = self.records.iter().filter(|record| match &record.entry {
            Entry::Observed { bed: of, .. }
            | Entry::Alarm { bed: of, .. }
            | Entry::Link { bed: of, .. } => *of == BedId(bed),
            _ => false,
        });
        of_bed
            .map(|record| (record.at, record.entry.clone()))
            .collect()
    }

    fn links(&self, bed: u16) -> Vec<LinkState> {
        let told = self
            .records
            .iter()
            .filter_map(|record| match &record.entry {
                Entry::Link { bed: of, state, .. } if *of == BedId(bed) => Some(*state),
                _ => None,
            });
        told.collect()
    }
}

fn in_words(told: &Transition) -> String {
    let present = if told.present { "present" } else { "absent" };
    let at = told.at.since_start().as_secs();
    let (id, occurrence) = (told.id, told.occurrence.0);
    format!("{at}s {id} {present}/{} #{occurrence}", told.signal.name())
}

#[test]
fn a_bed_that_panics_is_told_at_once_and_until_its_device_is_heard_again() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(5, "F7", "F7");
    ward.second("F7!F7", "F7");
    assert_eq!(ward.alarms(1), ["6s BED_FAILED present/on #1"]);
    // Its line is not trusted before the third good frame.
    ward.seconds(5, "F7", "F7");
    assert_eq!(
        ward.alarms(1),
        ["6s BED_FAILED present/on #1", "9s BED_FAILED absent/off #1"]
    );
    assert_eq!(
        ward.links(1),
        [Connecting, Connected, Connecting, Connected]
    );
}

#[test]
fn the_driver_begins_its_conversation_again() {
    let mut ward = Ward::open(&TOUCHY);
    ward.out.transmit.clear();
    ward.second("F7!", "F7");
    assert_eq!(ward.out.transmit, [(DeviceId(1), b"?".to_vec())]);
}

#[test]
fn the_other_beds_lose_no_record_and_the_numbers_have_no_gap() {
    let play = |first: &str| {
        let mut ward = Ward::open(&TOUCHY);
        for second in 0..200 {
            let first = if second % 7 == 3 { first } else { "F7" };
            ward.second(first, if second < 60 { "F7" } else { "F1" });
        }
        ward
    };
    let quiet = play("F7");
    let failing = play("F7!");
    assert_eq!(failing.entries(2), quiet.entries(2));
    assert!(failing.entries(2).len() > 200);
    let numbers = failing.records.iter().map(|record| record.sequence);
    assert!(numbers.eq(1..=failing.records.len() as u64));
}

#[test]
fn what_was_said_before_the_panic_stays_in_the_record() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(3, "F7", "F7");
    let before = ward.records.len();
    // The driver panics with the last byte of a piece, and a piece is taken as a whole.
    ward.second("F8", "");
    ward.say(1, "!");
    let observed = ward.records[before..]
        .iter()
        .filter(|record| matches!(record.entry, Entry::Observed { .. }));
    assert_eq!(observed.count(), 1);
}

#[test]
fn standing_alarms_outlive_the_machine_as_people_know_them() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(20, "F1", "F7");
    assert_eq!(ward.alarms(1), ["13s SPO2_LOW present/on #1"]);
    ward.act(OperatorAction::Acknowledge(Occurrence(1)));
    ward.second("!", "F7");
    ward.seconds(10, "F1", "F7");
    // Still the same episode, still acknowledged, and over when values are good for its hold.
    ward.seconds(11, "F7", "F7");
    assert_eq!(
        ward.alarms(1),
        [
            "13s SPO2_LOW present/on #1",
            "20s SPO2_LOW present/acknowledged #1",
            "21s BED_FAILED present/on #2",
            "24s BED_FAILED absent/off #2",
            "42s SPO2_LOW absent/off #1",
        ]
    );
}

#[test]
fn what_was_said_of_the_bed_outlives_the_machine() {
    let mut ward = Ward::open(&TOUCHY);
    ward.tell(StationInput::Dosing(BedId(1), true));
    ward.tell(StationInput::Recording(false));
    ward.seconds(5, "F7a", "F7");
    ward.second("F7b", "F7");
    ward.second("!", "F7");
    ward.seconds(5, "F7", "F7");
    ward.second("F7a", "F7");
    ward.seconds(15, "", "F7");
    let told = ward.alarms(1);
    assert_eq!(
        told,
        [
            "5s RECORDING_STOPPED present/on #1",
            "6s DEVICE_SWAPPED present/on #2",
            "7s BED_FAILED present/on #3",
            "10s BED_FAILED absent/off #3",
            "13s DEVICE_SWAPPED absent/off #2",
            "23s DEVICE_LINK_LOST present/on #4",
        ]
    );
    let lost = ward.records.iter().find_map(|record| match &record.entry {
        Entry::Alarm { transition, .. } if transition.id == AlarmId::DeviceLinkLost => {
            Some(transition.priority)
        }
        _ => None,
    });
    assert_eq!(lost, Some(Priority::High), "a dose runs");
}

#[test]
fn a_bed_that_fails_five_times_within_a_minute_rests_and_is_tried_every_thirty_seconds() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(3, "F7", "F7");
    ward.seconds(4, "!", "F7");
    assert_eq!(ward.alarms(1), ["4s BED_FAILED present/on #1"]);
    ward.second("!", "F7");
    // That it rests calls people once more.
    let told = ["4s BED_FAILED present/on #1", "8s BED_FAILED present/on #1"];
    assert_eq!(ward.alarms(1), told);
    // While it rests nothing of its line is read, and nothing panics.
    let before = ward.entries(1).len();
    ward.seconds(9, "!", "F7");
    assert_eq!(ward.entries(1).len(), before);
    ward.seconds(20, "F7", "F7");
    assert_eq!(
        ward.alarms(1)[2..],
        ["18s DEVICE_LINK_LOST present/on #2"],
        "its engine goes on"
    );
    // At 38 s it is tried again, fails, and rests again without a call.
    ward.second("F7", "F7");
    ward.second("!", "F7");
    assert_eq!(ward.alarms(1).len(), 3);
    ward.seconds(29, "F7", "F7");
    // Then it is tried again, and is well.
    ward.seconds(10, "F7", "F7");
    assert_eq!(
        ward.alarms(1)[3..],
        [
            "72s BED_FAILED absent/off #1",
            "75s DEVICE_LINK_LOST absent/off #2",
        ]
    );
}

#[test]
fn failures_that_are_far_apart_do_not_add_up() {
    let mut ward = Ward::open(&TOUCHY);
    for _ in 0..12 {
        ward.seconds(15, "F7", "F7");
        ward.second("!", "F7");
    }
    let failed = ward
        .alarms(1)
        .iter()
        .filter(|told| told.contains("present"))
        .count();
    assert_eq!(failed, 12, "{:?}", ward.alarms(1));
}

#[test]
fn a_driver_that_cannot_even_be_opened_does_not_end_the_others() {
    let mut ward = Ward::open(&NEVER_OPENS);
    ward.seconds(100, "F7", "F7");
    let told = ward.alarms(1);
    assert_eq!(
        told,
        [
            "0s BED_FAILED present/on #1",
            "0s BED_FAILED present/on #1",
            "10s DEVICE_LINK_LOST present/on #2"
        ]
    );
    assert_eq!(ward.alarms(2), [""; 0]);
    assert!(ward.entries(2).len() > 99);
    let last = ward
        .records
        .iter()
        .rev()
        .find_map(|record| match &record.entry {
            Entry::Alarm { transition, .. } => Some(transition.signal),
            _ => None,
        });
    assert_eq!(last, Some(SignalPresence::On));
}

#[test]
fn a_line_that_closes_while_its_bed_rests_is_told_and_stays_closed() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(3, "F7", "F7");
    for _ in 0..5 {
        ward.say(1, "!");
    }
    ward.tell(StationInput::Line(DeviceId(1), LineInput::Closed));
    assert_eq!(
        ward.links(1),
        [Connecting, Connected, Connecting, Disconnected]
    );
    ward.out.transmit.clear();
    ward.seconds(40, "", "F7");
    assert_eq!(ward.out.transmit, [], "a closed port is not spoken to");
    ward.tell(StationInput::Line(DeviceId(1), LineInput::Opened));
    ward.seconds(4, "F7", "F7");
    assert_eq!(ward.links(1)[4..], [Connecting, Connected]);
}

#[test]
fn a_device_that_a_person_confirmed_is_known_to_the_next_machine() {
    let mut ward = Ward::open(&TOUCHY);
    ward.seconds(5, "F7a", "F7");
    ward.second("F7b", "F7");
    ward.act(OperatorAction::ConfirmDevice(Occurrence(1)));
    ward.second("!", "F7");
    ward.seconds(5, "F7b", "F7");
    assert_eq!(
        ward.alarms(1),
        [
            "6s DEVICE_SWAPPED present/on #1",
            "6s DEVICE_SWAPPED absent/off #1",
            "7s BED_FAILED present/on #2",
            "10s BED_FAILED absent/off #2",
        ]
    );
}

#[test]
fn a_limit_that_was_set_for_the_session_holds_in_the_next_machine() {
    let mut ward = Ward::open(&TOUCHY);
    ward.act(OperatorAction::SetLimit {
        key: LimitKey::Trip(AlarmId::Spo2Low),
        expected: Value::whole(92),
        new: Value::whole(90),
    });
    let limit = |ward: &Ward| {
        let limits = ward.station.limits(BedId(1)).expect("the bed is there");
        limits.value(LimitKey::Trip(AlarmId::Spo2Low))
    };
    assert_eq!(limit(&ward), Some(Value::whole(90)));
    ward.second("!", "F7");
    assert_eq!(limit(&ward), Some(Value::whole(90)));
    ward.seconds(30, "F1", "F1");
    assert_eq!(
        ward.alarms(1),
        ["1s BED_FAILED present/on #1", "4s BED_FAILED absent/off #1"]
    );
    assert_eq!(
        ward.alarms(2).len(),
        1,
        "91 % is below the other bed's limit"
    );
}
