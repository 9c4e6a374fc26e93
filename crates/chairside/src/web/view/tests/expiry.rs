//! Nothing that a client is given, over the feed or as `GET /api/v1/beds`, is past its time, or of
//! the patient who was here before.

use proptest::prelude::*;

use super::*;

/// A rate's time from its measurement, and a pressure's with a cuff that is due every ten minutes.
const RATE_S: u64 = 10;
const PRESSURE_S: u64 = 900;

/// What a monitor says after so many seconds.
#[derive(Clone, Copy, Debug)]
enum Said {
    Rate(Metric),
    /// How long ago it was measured.
    Cuff(u64),
    /// A session opens or closes.
    Session,
    Nothing,
}

fn program() -> impl Strategy<Value = Vec<(u64, Said)>> {
    let said = prop_oneof![
        3 => Just(Said::Rate(Metric::SpO2)),
        3 => Just(Said::Rate(Metric::PulseRate)),
        1 => (0_u64..120).prop_map(Said::Cuff),
        1 => Just(Said::Session),
        3 => Just(Said::Nothing),
    ];
    let gap = prop_oneof![4 => 0_u64..4, 2 => 8_u64..13, 1 => 100_u64..1_000];
    prop::collection::vec((gap, said), 1..60)
}

proptest! {
    #[test]
    fn what_is_given_is_all_that_has_not_expired_and_nothing_else(program in program()) {
        let mut clinic = Clinic::new();
        let mut expires: BTreeMap<&str, u64> = BTreeMap::new();
        let mut now = 200;
        let (mut open, mut turned) = (false, 0);
        for (gap, said) in program {
            now += gap;
            match said {
                Said::Session => {
                    (open, turned) = (!open, now);
                    expires.clear();
                    let told = clinic.tell(now, Entry::Session { bed: BED, open });
                    prop_assert_eq!(told[0]["type"].as_str(), Some("session"));
                }
                Said::Rate(metric) => {
                    let measured = Measured::Valid(Value::whole(70));
                    let taken = MonoTime::from_secs(now);
                    clinic.read(now, MONITOR, Reading::Numeric(Numeric { metric, measured, taken }));
                    expires.insert(metric.name(), now + RATE_S);
                }
                Said::Cuff(ago) => {
                    let told = clinic.read(now, MONITOR, pressures(now - ago, 118, Some(76)));
                    // A determination takes 10 s at the least.
                    if turned > 0 && now - ago < turned + 10 {
                        prop_assert_eq!(told, Vec::<Json>::new(), "at {} s", now);
                        continue;
                    }
                    expires.insert("NibpSystolic", now - ago + PRESSURE_S);
                    expires.insert("NibpDiastolic", now - ago + PRESSURE_S);
                }
                Said::Nothing => {}
            }
            let beds = serde_json::to_value(clinic.view.beds(MonoTime::from_secs(now))).unwrap();
            let given: BTreeMap<&str, u64> = beds[0]["observations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (one["metric"].as_str().unwrap(), one["expires_in_ms"].as_u64().unwrap()))
                .collect();
            let left: BTreeMap<&str, u64> = expires
                .iter()
                .filter(|(_, end)| **end > now)
                .map(|(metric, end)| (*metric, (end - now) * 1_000))
                .collect();
            prop_assert_eq!(given, left, "at {} s", now);
        }
    }
}

#[test]
fn the_pulse_of_an_older_cuff_reading_goes_with_it() {
    let mut clinic = Clinic::new();
    let pulse = |taken_s| {
        Reading::Numeric(Numeric {
            metric: Metric::NibpPulseRate,
            measured: Measured::Valid(Value::whole(71)),
            taken: MonoTime::from_secs(taken_s),
        })
    };
    let pulses = |clinic: &Clinic, now| {
        let beds = serde_json::to_value(clinic.view.beds(MonoTime::from_secs(now))).unwrap();
        let given = beds[0]["observations"].as_array().unwrap().iter();
        given.filter(|one| one["metric"] == "NibpPulseRate").count()
    };
    clinic.read(200, MONITOR, pulse(200));
    clinic.read(201, MONITOR, pressures(200, 118, Some(76)));
    assert_eq!(
        pulses(&clinic, 201),
        1,
        "it is of this reading, whichever came first"
    );
    clinic.read(300, MONITOR, pressures(300, 121, Some(78)));
    assert_eq!(
        pulses(&clinic, 300),
        0,
        "it was not measured with these pressures"
    );
}

#[test]
fn a_session_is_told_with_its_patient_and_its_phase_and_so_is_its_end() {
    let mut clinic = Clinic::new();
    let act = |action| Entry::Operator {
        bed: BED,
        action,
        by: "mn".into(),
        station: None,
        reason: None,
    };
    let patient = Patient::new(Some("M. K."), Some("1042")).unwrap();
    clinic.tell(20, act(OperatorAction::OpenSession(SessionId(7), patient)));
    let told = clinic.tell(
        20,
        Entry::Session {
            bed: BED,
            open: true,
        },
    );
    let opened = serde_json::json!({
        "type": "session",
        "bed": "1",
        "session": {
            "session": "0000000000000007",
            "opened": "2023-11-14T22:13:40.000Z",
            "by": "mn",
            "treatment": false,
            "patient": {"initials": "M. K.", "number": "1042"},
            "phase": "baseline",
            "due": 0,
        },
        "readings_from": "2023-11-14T22:13:40.000Z",
        "simulated": false,
    });
    assert_eq!(told[0], opened);
    let open = |clinic: &Clinic| clinic.view.session_without_protocol(BED);
    assert_eq!(open(&clinic), Some((patient, MonoTime::from_secs(20))));
    let phase = Phase::Dosing;
    clinic.limits.enter(phase);
    let told = clinic.tell(30, Entry::Phase { bed: BED, phase });
    assert_eq!(told[0]["type"], "limits");
    assert_eq!(told[1]["session"]["phase"], "dosing");
    let beds = serde_json::to_value(clinic.view.beds(MonoTime::from_secs(31))).unwrap();
    assert_eq!(beds[0]["session"], told[1]["session"]);
    clinic.limits.end_session();
    let told = clinic.tell(
        40,
        Entry::Session {
            bed: BED,
            open: false,
        },
    );
    assert_eq!(told[0]["session"], Json::Null);
    assert_eq!(told[0]["readings_from"], "2023-11-14T22:14:00.000Z");
    assert_eq!(open(&clinic), None);
}
