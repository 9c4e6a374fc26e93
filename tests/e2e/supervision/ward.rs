//! Two beds, the driver of the first of which may panic.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{Act, OperatorAction, Refusal, Transition};
use chairside_e2e::clinic::profile;
use chairside_model::{BedId, DeviceId, Measured, Metric, MonoTime, Reading, Value};
use chairside_protocol::{
    Begins, Driver, DriverInfo, DriverOutput, Finding, LineInput, LineSettings, Maturity,
};
use chairside_station::{
    BedPlan, DevicePlan, Entry, LinkState, Record, Station, StationInput, StationOutput,
};

pub(super) const PERIOD: Duration = Duration::from_secs(1);

/// `F` a frame, a digit a saturation above 90, `a` and `b` identities, `!` a panic.
#[derive(Debug)]
pub(super) struct Touchy {
    /// Whether opening the line is enough.
    pub(super) at_opening: bool,
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

pub(super) const TOUCHY: DriverInfo = DriverInfo {
    name: "touchy",
    family: "test",
    gives: &[Metric::SpO2],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: false,
    maturity: Maturity::Experimental,
    nominal_period: PERIOD,
    pace: None,
    build: || Box::new(Touchy { at_opening: false }),
};

/// Beds 1 and 2, with devices 1 and 2.
#[derive(Debug)]
pub(super) struct Ward {
    pub(super) station: Station,
    pub(super) out: StationOutput,
    pub(super) now: MonoTime,
    pub(super) records: Vec<Record>,
}

impl Ward {
    pub(super) fn open(first: &'static DriverInfo) -> Self {
        Self::open_at(MonoTime::ZERO, first)
    }

    pub(super) fn open_at(now: MonoTime, first: &'static DriverInfo) -> Self {
        let plan = [(1, first), (2, &TOUCHY)].map(|(number, driver)| {
            let plan = BedPlan {
                protocols: Vec::new(),
                devices: vec![DevicePlan::on_line(DeviceId(number), driver)],
                profile: profile(),
            };
            (BedId(number), plan)
        });
        let station = Station::new(BTreeMap::from(plan), now);
        let mut ward = Self {
            station: station.expect("each device is planned once"),
            out: StationOutput::default(),
            now,
            records: Vec::new(),
        };
        for device in [1, 2] {
            ward.tell(StationInput::Line(DeviceId(device), LineInput::Opened));
        }
        ward
    }

    pub(super) fn tell(&mut self, input: StationInput<'_>) {
        self.station.handle(self.now, input, &mut self.out);
        self.records.append(&mut self.out.records);
    }

    /// A person does something at the first bed.
    pub(super) fn act(&mut self, action: OperatorAction) -> Result<(), Refusal> {
        let act = Act {
            action,
            by: "mn",
            station: Some("desk"),
            reason: Some("as agreed"),
            call: None,
        };
        let done = self.station.act(self.now, BedId(1), &act, &mut self.out);
        self.records.append(&mut self.out.records);
        done
    }

    pub(super) fn say(&mut self, device: u16, bytes: &str) {
        let bytes = LineInput::Received(bytes.as_bytes());
        self.tell(StationInput::Line(DeviceId(device), bytes));
    }

    /// One second passes; then each device says this.
    pub(super) fn second(&mut self, first: &str, second: &str) {
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

    pub(super) fn seconds(&mut self, count: u32, first: &str, second: &str) {
        for _ in 0..count {
            self.second(first, second);
        }
    }

    /// What was told of the alarms of a bed, in words.
    pub(super) fn alarms(&self, bed: u16) -> Vec<String> {
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
    pub(super) fn entries(&self, bed: u16) -> Vec<(MonoTime, Entry)> {
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

    pub(super) fn links(&self, bed: u16) -> Vec<LinkState> {
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
