use std::convert::Infallible;

use chairside_alarm::AlarmId;
use chairside_model::{Measured, Observation, Reading};
use chairside_protocol::driver_named;
use chairside_simulators::device::simulator_named;
use chairside_simulators::series::Series;
use chairside_station::{DevicePlan, Entry, Feed, LinkState, StationInput};

use super::*;
use crate::conditions::{Conditions, Edge};
use crate::config::profile::adult_ketamine;

const HEADER: &str = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,\
                      rr_per_min,etco2_mmhg";

/// A patient of a minute and a half, whose cable is pulled from 20 to 40 s.
fn patient() -> Rc<dyn Patient> {
    let rows = (0..90).filter(|t_s| !(20..40).contains(t_s));
    let rows = rows.map(|t_s| {
        let cuff = if t_s == 60 { "118,76,92" } else { ",," };
        format!("{t_s},,{},70,{cuff},14,38", 97 - t_s / 40)
    });
    let lines: Vec<String> = std::iter::once(HEADER.to_owned()).chain(rows).collect();
    Rc::new(Series::parse(&lines.join("\n")).unwrap())
}

fn device(name: &str) -> VirtualDevice {
    VirtualDevice {
        driver: driver_named(name).unwrap(),
        simulator: simulator_named(name).unwrap(),
        metrics: None,
    }
}

fn bed(devices: &[&str], handed_in: &[Metric]) -> VirtualBed {
    VirtualBed {
        profile: adult_ketamine(),
        patient: patient(),
        devices: devices.iter().map(|name| device(name)).collect(),
        handed_in: handed_in.to_vec(),
        events: vec![
            (Duration::from_secs(10), Event::Dosing(true)),
            (Duration::from_secs(30), Event::Dosing(false)),
        ],
    }
}

fn records(beds: Vec<VirtualBed>) -> Vec<Record> {
    let mut clinic = VirtualClinic::new(beds).unwrap();
    let mut records = Vec::new();
    let Ok(()) = clinic.run(Duration::from_secs(90), |record| {
        records.push(record.clone());
        Ok::<(), Infallible>(())
    });
    records
}

fn links(records: &[Record], device: DeviceId) -> Vec<(u64, LinkState)> {
    let link = |record: &Record| match &record.entry {
        Entry::Link {
            device: of, state, ..
        } if *of == device => Some((record.at.since_start().as_secs(), *state)),
        _ => None,
    };
    records.iter().filter_map(link).collect()
}

/// Returns the metrics of a bed that had a number, with the first one's value.
fn first_values(records: &[Record], wanted: BedId) -> BTreeMap<&'static str, f64> {
    let mut values = BTreeMap::new();
    for record in records {
        if let Entry::Observed { bed, observation } = &record.entry
            && *bed == wanted
        {
            match &observation.reading {
                Reading::Numeric(numeric) => {
                    if let Some(value) = numeric.measured.valid() {
                        values
                            .entry(numeric.metric.name())
                            .or_insert(value.number());
                    }
                }
                Reading::Cuff(chairside_model::Cuff::Completed(reading)) => {
                    for (metric, value) in reading.numerics() {
                        values.entry(metric.name()).or_insert(value.number());
                    }
                }
                Reading::Cuff(_) | Reading::Waveform(_) => {}
            }
        }
    }
    values
}

#[test]
fn polled_and_streaming_devices_give_what_the_patient_has() {
    let records = records(vec![bed(&["ge-v100", "nonin", "capnostream20"], &[])]);
    let values = first_values(&records, BedId(1));
    for (metric, value) in [
        ("SpO2", 97.0),
        ("PulseRate", 70.0),
        ("RespirationRate", 14.0),
        ("EtCO2", 38.0),
        ("NibpSystolic", 118.0),
        ("NibpDiastolic", 76.0),
        ("NibpMean", 92.0),
    ] {
        assert_eq!(values.get(metric), Some(&value), "{values:?}");
    }
}

#[test]
fn a_pulled_cable_silences_every_line_and_every_line_heals() {
    let records = records(vec![bed(&["ge-v100", "nonin", "capnostream20"], &[])]);
    for device in [1, 2, 3].map(DeviceId) {
        let links = links(&records, device);
        assert_eq!(links.len(), 4, "{device}: {links:?}");
        let [first, second, third, fourth] = links[..] else {
            panic!("{links:?}");
        };
        assert_eq!(first, (0, LinkState::Connecting));
        assert_eq!(second.1, LinkState::Connected);
        assert_eq!(third.1, LinkState::Connecting);
        assert!((20..25).contains(&third.0), "{device}: {third:?}");
        assert_eq!(fourth.1, LinkState::Connected);
        assert!((40..50).contains(&fourth.0), "{device}: {fourth:?}");
    }
}

#[test]
fn channels_that_nobody_carries_are_handed_in_each_second() {
    let records = records(vec![bed(&["nonin"], &[Metric::RespirationRate])]);
    let values = first_values(&records, BedId(1));
    assert_eq!(values.get("RespirationRate"), Some(&14.0));
    let handed_in = records.iter().filter(|record| {
        matches!(&record.entry, Entry::Observed { observation, .. }
            if observation.device == DeviceId(2))
    });
    // One a second, from 0 to 90, without the twenty of the pulled cable.
    assert_eq!(handed_in.count(), 71);
}

#[test]
fn what_happens_besides_happens_at_its_second() {
    let records = records(vec![bed(&["nonin"], &[])]);
    let dosing: Vec<(u64, bool)> = records
        .iter()
        .filter_map(|record| match record.entry {
            Entry::Dosing { running, .. } => Some((record.at.since_start().as_secs(), running)),
            _ => None,
        })
        .collect();
    assert_eq!(dosing, [(10, true), (30, false)]);
}

#[test]
fn the_same_clinic_gives_the_same_records() {
    let clinic = || {
        vec![
            bed(&["ge-v100", "nonin"], &[Metric::EffortRate]),
            bed(&["capnostream20"], &[]),
        ]
    };
    let (one, other) = (records(clinic()), records(clinic()));
    assert!(one.len() > 1000, "{}", one.len());
    assert_eq!(one, other);
    let time_falls = one.windows(2).any(|pair| pair[1].at < pair[0].at);
    assert!(!time_falls);
}

/// The line of another bed can make the station late; what is due at the moment of a reading must
/// still wait for that reading.
#[test]
fn a_late_station_lets_the_reading_of_a_moment_contradict_what_is_due_at_it() {
    let (oximeter, ecg) = (DeviceId(1), DeviceId(2));
    let device = |id, metric| DevicePlan {
        id,
        feed: Feed::HandedIn {
            gives: vec![metric],
            nominal_period: Duration::from_secs(1),
        },
        metrics: None,
    };
    let plan = BedPlan {
        protocols: Vec::new(),
        devices: vec![
            device(oximeter, Metric::SpO2),
            device(ecg, Metric::HeartRate),
        ],
        profile: adult_ketamine(),
    };
    let plan = BTreeMap::from([(BedId(1), plan)]);
    let mut station = Station::new(plan, MonoTime::ZERO).unwrap();
    let mut out = StationOutput::default();
    let mut read = |millis, device, metric, number| {
        let received = MonoTime::from_millis(millis);
        let measured = Measured::plausible(metric, number);
        let observation = Observation {
            device,
            received,
            reading: Reading::numeric(metric, measured, received),
        };
        let input = StationInput::Observed(BedId(1), &observation);
        station.handle(received, input, &mut out);
    };
    // Far too fast from 1 s on, until the very moment at which 5 s are over.
    let rates = [
        (1000, 150.0),
        (2000, 150.0),
        (3000, 150.0),
        (4100, 150.0),
        (5200, 150.0),
    ];
    for (millis, rate) in rates {
        read(millis - 500, oximeter, Metric::SpO2, 87.0);
        read(millis, ecg, Metric::HeartRate, rate);
    }
    read(5400, oximeter, Metric::SpO2, 87.0);
    read(6000, ecg, Metric::HeartRate, 100.0);
    let told = out.records.iter().filter_map(|record| match &record.entry {
        Entry::Alarm { transition, .. } => Some(transition.id),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [AlarmId::Spo2VeryLow]);
}

/// Returns the second of each onset.
fn onsets(records: &[Record]) -> Vec<(u64, AlarmId)> {
    let mut conditions = Conditions::default();
    let onset = |record: &Record| match &record.entry {
        Entry::Alarm { transition, .. } => conditions
            .edge(transition)
            .filter(|edge| *edge == Edge::Onset)
            .map(|_| (record.at.since_start().as_secs(), transition.id)),
        _ => None,
    };
    records.iter().filter_map(onset).collect()
}

#[test]
fn a_pause_of_breathing_is_seen_on_the_capnogram_while_the_numbers_show_a_breath() {
    let rows = (0..90).map(|t_s| {
        let rate = if t_s < 40 { 14 } else { 0 };
        format!("{t_s},,97,70,,,,{rate},38")
    });
    let lines: Vec<String> = std::iter::once(HEADER.to_owned()).chain(rows).collect();
    let patient: Rc<dyn Patient> = Rc::new(Series::parse(&lines.join("\n")).unwrap());
    let with = |metrics: Option<Vec<Metric>>| {
        let capnograph = VirtualDevice {
            metrics,
            ..device("capnostream20")
        };
        let bed = VirtualBed {
            patient: Rc::clone(&patient),
            devices: vec![capnograph],
            events: Vec::new(),
            ..bed(&[], &[])
        };
        onsets(&records(vec![bed]))
    };
    // The last breath ended within the four seconds before.
    let seen = with(None);
    assert_eq!(seen.len(), 1, "{seen:?}");
    let (at, id) = seen[0];
    assert_eq!(id, AlarmId::Apnea);
    assert!((57..=60).contains(&at), "{at}");
    // A rate of nought beside an EtCO2 of a breath is a capnograph that counts anew.
    let numbers = vec![Metric::EtCO2, Metric::RespirationRate, Metric::SpO2];
    assert_eq!(with(Some(numbers)), []);
}

#[test]
fn a_line_that_speaks_another_protocol_is_garbled_and_not_only_lost() {
    let swapped = VirtualDevice {
        simulator: simulator_named("nonin").unwrap(),
        ..device("ge-v100")
    };
    let rows = (0..90).map(|t_s| format!("{t_s},,97,70,,,,,"));
    let lines: Vec<String> = std::iter::once(HEADER.to_owned()).chain(rows).collect();
    let bed = VirtualBed {
        patient: Rc::new(Series::parse(&lines.join("\n")).unwrap()),
        devices: vec![swapped],
        events: Vec::new(),
        ..bed(&[], &[])
    };
    let seen = onsets(&records(vec![bed]));
    assert_eq!(
        seen,
        [(10, AlarmId::DeviceLinkLost), (10, AlarmId::LineGarbled)]
    );
}
