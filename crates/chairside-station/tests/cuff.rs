//! A person's orders to a cuff: when they are given to the device, and what the record says of them.

use std::collections::BTreeMap;
use std::time::Duration;

use chairside_alarm::{Act, AlarmProfile, Occurrence, OperatorAction, Priority, Refusal, Role};
use chairside_model::{BedId, CuffAnswer, CuffOrder, CuffRefusal, DeviceId, Metric, MonoTime};
use chairside_protocol::{
    Begins, Driver, DriverInfo, DriverOutput, Finding, LineInput, LineSettings, Maturity,
};
use chairside_station::{BedPlan, DevicePlan, Entry, Feed, Station, StationInput, StationOutput};

mod support;

use support::parts;

const BED: BedId = BedId(1);
const MONITOR: DeviceId = DeviceId(1);

/// Each byte is a frame; a capital is an identity, `y` says that the order was carried out. It is
/// told to start with `S` and to stop with `P`.
#[derive(Debug, Default)]
struct Obedient {
    order: Option<CuffOrder>,
}

impl Driver for Obedient {
    fn handle(&mut self, _now: MonoTime, input: LineInput<'_>, out: &mut DriverOutput) {
        match input {
            LineInput::Received(bytes) => {
                for byte in bytes {
                    assert_ne!(*byte, b'!', "a mistake of the driver");
                    out.push(1, Finding::Frame);
                    if byte.is_ascii_uppercase() {
                        out.push(1, Finding::Identity(char::from(*byte).to_string().into()));
                    }
                    if *byte == b'y' {
                        let done = self.order.take().map(|order| (order, CuffAnswer::Done));
                        out.answers.extend(done);
                    }
                }
            }
            LineInput::Closed => {
                let lost = self.order.take().map(|order| (order, CuffAnswer::LineLost));
                out.answers.extend(lost);
            }
            LineInput::Opened | LineInput::Tick => {}
        }
    }

    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }

    fn check_order(&self, order: CuffOrder) -> Result<(), CuffRefusal> {
        match (order, self.order) {
            (CuffOrder::Start, Some(_)) => Err(CuffRefusal::UnderWay),
            _ => Ok(()),
        }
    }

    fn order(&mut self, _now: MonoTime, order: CuffOrder, out: &mut DriverOutput) {
        out.transmit.push(match order {
            CuffOrder::Start => b'S',
            CuffOrder::Stop => b'P',
        });
        let before = self.order.replace(order);
        let overtaken = before.map(|before| (before, CuffAnswer::Overtaken));
        out.answers.extend(overtaken);
    }
}

const OBEDIENT: DriverInfo = DriverInfo {
    name: "obedient",
    family: "test",
    gives: &[Metric::NibpSystolic],
    line: LineSettings::plain(9600),
    other_lines: &[],
    begins: Begins::Device,
    can_start_cuff: true,
    maturity: Maturity::Experimental,
    nominal_period: Duration::from_secs(1),
    pace: None,
    build: || Box::new(Obedient::default()),
};

/// The same, of which the catalogue says that it cannot.
const DEAF: DriverInfo = DriverInfo {
    can_start_cuff: false,
    ..OBEDIENT
};

/// A bed with a monitor, and all that it told.
struct Clinic {
    station: Station,
    out: StationOutput,
    now: MonoTime,
}

impl Clinic {
    fn with(feed: Feed) -> Self {
        let monitor = DevicePlan {
            id: MONITOR,
            feed,
            metrics: None,
        };
        let mut parts = parts();
        parts.technical.device_swapped = Some(Priority::High);
        let plan = BedPlan {
            protocols: Vec::new(),
            devices: vec![monitor],
            profile: AlarmProfile::new(parts).expect("limits do not contradict each other"),
        };
        Self {
            station: Station::new(BTreeMap::from([(BED, plan)]), MonoTime::ZERO)
                .expect("each device is planned once"),
            out: StationOutput::default(),
            now: MonoTime::from_secs(1),
        }
    }

    /// A monitor that is trusted.
    fn connected() -> Self {
        let mut clinic = Self::with(Feed::Line(&OBEDIENT));
        clinic.line(LineInput::Opened);
        clinic.line(LineInput::Received(b"A..."));
        clinic
    }

    fn line(&mut self, input: LineInput<'_>) {
        let input = StationInput::Line(MONITOR, input);
        self.station.handle(self.now, input, &mut self.out);
    }

    /// Checks and gives an order as the service does.
    fn order(&mut self, order: CuffOrder) -> Result<(), Refusal> {
        let act = by_mn(OperatorAction::Cuff(order));
        self.station.check(BED, &act, Role::Nurse)?;
        self.station.act(self.now, BED, &act, &mut self.out)
    }

    /// Returns what was sent since this was last asked.
    fn sent(&mut self) -> String {
        let sent = self.out.transmit.drain(..);
        let sent: Vec<u8> = sent.flat_map(|(_, bytes)| bytes).collect();
        String::from_utf8(sent).expect("the orders are letters")
    }

    /// Returns what the record says of orders.
    fn told(&self) -> Vec<String> {
        let told = self.out.records.iter();
        told.filter_map(|record| match &record.entry {
            Entry::Operator { action, by, .. } => Some(format!("{by} {}", action.name())),
            Entry::Ordered { order, answer, .. } => {
                Some(format!("{} {}", order.name(), answer.name()))
            }
            _ => None,
        })
        .collect()
    }
}

const fn by_mn(action: OperatorAction) -> Act<'static> {
    Act {
        action,
        by: "mn",
        station: Some("desk"),
        reason: None,
        call: None,
    }
}

#[test]
fn an_order_is_on_record_with_the_person_before_what_became_of_it() {
    let mut clinic = Clinic::connected();
    assert_eq!(clinic.order(CuffOrder::Start), Ok(()));
    assert_eq!(clinic.sent(), "S");
    assert_eq!(clinic.told(), ["mn start_cuff"]);
    clinic.line(LineInput::Received(b"y"));
    assert_eq!(clinic.told(), ["mn start_cuff", "start done"]);
    assert_eq!(clinic.order(CuffOrder::Stop), Ok(()));
    assert_eq!(clinic.sent(), "P");
    clinic.line(LineInput::Closed);
    assert_eq!(clinic.told()[2..], ["mn stop_cuff", "stop line_lost"]);
}

#[test]
fn a_cuff_that_cannot_be_told_is_not() {
    let handed_in = Feed::HandedIn {
        gives: vec![Metric::NibpSystolic],
        nominal_period: Duration::from_secs(1),
    };
    let elsewhere = Feed::HandedIn {
        gives: vec![Metric::SpO2],
        nominal_period: Duration::from_secs(1),
    };
    for feed in [Feed::Line(&DEAF), handed_in, elsewhere] {
        let mut clinic = Clinic::with(feed);
        clinic.line(LineInput::Opened);
        clinic.line(LineInput::Received(b"...."));
        for order in CuffOrder::ALL {
            let unable = Err(Refusal::Cuff(CuffRefusal::Unable));
            assert_eq!(clinic.order(order), unable);
        }
        assert_eq!(clinic.sent(), "");
        assert_eq!(clinic.told(), Vec::<String>::new());
    }
}

#[test]
fn nothing_is_started_on_a_line_that_is_not_trusted_and_an_open_one_can_be_told_to_stop() {
    let not_connected = Err(Refusal::Cuff(CuffRefusal::NotConnected));
    let mut clinic = Clinic::with(Feed::Line(&OBEDIENT));
    for order in CuffOrder::ALL {
        assert_eq!(clinic.order(order), not_connected);
    }
    clinic.line(LineInput::Opened);
    clinic.line(LineInput::Received(b".."));
    assert_eq!(clinic.order(CuffOrder::Start), not_connected);
    assert_eq!(clinic.order(CuffOrder::Stop), Ok(()));
    assert_eq!(clinic.sent(), "P");
    // A device that fell silent.
    let mut clinic = Clinic::connected();
    clinic.now = clinic.now + Duration::from_secs(4);
    assert_eq!(clinic.order(CuffOrder::Start), Ok(()), "nobody has noticed");
    let tick = StationInput::Tick;
    clinic.station.handle(clinic.now, tick, &mut clinic.out);
    assert_eq!(clinic.order(CuffOrder::Start), not_connected);
    assert_eq!(clinic.order(CuffOrder::Stop), Ok(()));
}

#[test]
fn nothing_is_started_on_a_device_that_nobody_has_confirmed() {
    let mut clinic = Clinic::connected();
    let session = StationInput::Session(BED, true);
    clinic.station.handle(clinic.now, session, &mut clinic.out);
    clinic.line(LineInput::Received(b"B"));
    let other = Err(Refusal::Cuff(CuffRefusal::OtherDevice));
    assert_eq!(clinic.order(CuffOrder::Start), other);
    assert_eq!(clinic.sent(), "");
    assert_eq!(clinic.order(CuffOrder::Stop), Ok(()), "whoever it is");
    assert_eq!(clinic.sent(), "P");
    clinic.line(LineInput::Received(b"y"));
    let swapped = clinic
        .station
        .standing()
        .next()
        .map(|(_, told)| told.occurrence);
    let swapped: Occurrence = swapped.expect("DEVICE_SWAPPED stands");
    let confirm = by_mn(OperatorAction::ConfirmDevice(swapped));
    clinic
        .station
        .act(clinic.now, BED, &confirm, &mut clinic.out)
        .expect("it can be confirmed");
    assert_eq!(clinic.order(CuffOrder::Start), Ok(()));
    assert_eq!(clinic.sent(), "S");
}

#[test]
fn what_the_driver_refuses_is_refused_and_on_no_record() {
    let mut clinic = Clinic::connected();
    clinic.order(CuffOrder::Start).expect("it is connected");
    let under_way = Err(Refusal::Cuff(CuffRefusal::UnderWay));
    assert_eq!(clinic.order(CuffOrder::Start), under_way);
    assert_eq!(clinic.sent(), "S");
    assert_eq!(clinic.told(), ["mn start_cuff"]);
    clinic.order(CuffOrder::Stop).expect("always");
    assert_eq!(
        clinic.told()[1..],
        ["mn stop_cuff", "start overtaken"],
        "each order has its answer"
    );
}

#[test]
fn a_bed_that_is_made_anew_sends_no_order_again() {
    let mut clinic = Clinic::connected();
    clinic.order(CuffOrder::Start).expect("it is connected");
    assert_eq!(clinic.sent(), "S");
    clinic.line(LineInput::Received(b"!"));
    clinic.line(LineInput::Received(b"...y"));
    assert_eq!(clinic.sent(), "");
    assert_eq!(clinic.told(), ["mn start_cuff"]);
    assert_eq!(clinic.order(CuffOrder::Start), Ok(()));
    assert_eq!(clinic.sent(), "S");
}
