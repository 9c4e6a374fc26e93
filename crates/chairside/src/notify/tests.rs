use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, OperatorAction, Priority};
use chairside_escalation::{
    Attempt, CalledAs, Channel, Climbed, ClimbedFor, Delivery, DeliveryId, Ended, Part, Person,
    Purpose,
};
use chairside_station::Entry;
use chairside_store::{AttemptRow, Outbox, OutboxRow, Reader, RungRow, Sent as SentRow, StorePlan};

use super::*;
use crate::web::wire::Time;

const BED: BedId = BedId(1);

fn config(folder: &Path) -> Config {
    let text = r#"
        site = "clinic-a"
        [service]
        listen = "127.0.0.1:0"
        data = "data"
        [notify]
        answer_url = "https://chairside.clinic.example"
        [[channel]]
        name = "mail"
        kind = "mail"
        host = "127.0.0.1"
        port = 9
        protection = "none"
        unprotected_hosts = ["127.0.0.1"]
        from = "chairside@clinic.example"
        [[staff]]
        id = "mn"
        name = "M. N."
        role = "nurse"
        [[staff.contact]]
        channel = "mail"
        address = "mn@clinic.example"
        [[ladder]]
        name = "standard"
        repeat_s = 60
        [[ladder.rung]]
        high_after_s = 0
        call = ["mn"]
        [[bed]]
        id = "left"
        name = "Room 1"
        profile = "adult-ketamine"
        [[bed.device]]
        driver = "nonin"
        port = "/dev/ttyS0"
    "#;
    let file = folder.join("clinic.toml");
    std::fs::write(&file, text).unwrap();
    Config::load(&file).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn beds() -> BTreeMap<String, BedId> {
    BTreeMap::from([("left".to_owned(), BED)])
}

fn names() -> Names {
    let folder = tempfile::tempdir().unwrap();
    Names::of(&config(folder.path()), &beds())
}

fn delivery() -> Delivery {
    Delivery {
        id: DeliveryId(0),
        at: MonoTime::from_secs(90),
        person: Person(0),
        channel: Channel(0),
        purpose: Purpose::Call,
        priority: Priority::High,
        parts: vec![Part {
            bed: BED,
            alarm: AlarmId::Spo2VeryLow,
            occurrence: Occurrence(7),
            priority: Priority::High,
            call: 12,
            since: MonoTime::from_secs(60),
            simulated: true,
        }],
        called_as: vec![CalledAs {
            bed: BED,
            first_call: 12,
            rung: 1,
            round: 0,
        }],
    }
}

fn rung() -> Climbed {
    Climbed {
        first_call: 12,
        rung: 1,
        priority: Priority::High,
        round: 0,
        why: ClimbedFor::Time,
        ways: vec![(Person(0), Channel(0))],
    }
}

/// An attempt at the message, a second after the one before it.
fn tried(number: u32, outcome: &str) -> AttemptRow {
    AttemptRow {
        at: MonoTime::from_secs(93 + u64::from(number)),
        key: "a-1".to_owned(),
        number,
        outcome: outcome.to_owned(),
        why: (outcome != "taken").then(|| outcome.to_owned()),
    }
}

/// What the record has of both.
fn kept(names: &Names) -> (RungRow, SentRow) {
    let rung = names.rung_row(MonoTime::from_secs(90), BED, &rung());
    let sent = SentRow {
        delivery: names.delivery_row(&delivery(), "a-1".to_owned()),
        attempts: vec![tried(1, "failed"), tried(2, "refused")],
        ended: Some((MonoTime::from_secs(95), "refused".to_owned())),
        received: None,
    };
    (rung, sent)
}

#[test]
fn what_is_put_on_record_is_found_again_as_it_was() {
    let names = names();
    let (rung_row, sent) = kept(&names);
    assert_eq!(rung_row.rung.bed, "left");
    let outbox = Outbox {
        rungs: vec![rung_row],
        deliveries: vec![sent],
    };
    let (left, keys) = names.left(&outbox);
    assert_eq!(left.climbed, [(MonoTime::from_secs(90), BED, rung())]);
    assert_eq!(left.deliveries, [(delivery(), 2, Some(Ended::Refused))]);
    assert_eq!(keys, ["a-1"]);
}

#[test]
fn whoever_is_not_configured_any_more_is_called_no_more() {
    let names = names();
    let (mut rung_row, mut sent) = kept(&names);
    rung_row.rung.bed = "gone".to_owned();
    sent.delivery.person = "gone".to_owned();
    let outbox = Outbox {
        rungs: vec![rung_row],
        deliveries: vec![sent],
    };
    let (left, keys) = names.left(&outbox);
    assert!(left.climbed.is_empty() && left.deliveries.is_empty() && keys.is_empty());
    assert_eq!(names.nobodys(&outbox).count(), 0, "it has ended");
    let mut waits = outbox;
    waits.deliveries[0].ended = None;
    assert_eq!(names.nobodys(&waits).count(), 1);
}

#[tokio::test]
async fn a_message_to_whoever_is_not_configured_any_more_ends_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::start();
    let (mut notify, recorder) = run(folder.path(), clock, "b");
    let (_, mut sent) = kept(&notify.names);
    sent.delivery.person = "gone".to_owned();
    sent.ended = None;
    let outbox = Outbox {
        rungs: Vec::new(),
        deliveries: vec![sent],
    };
    let told = (&[][..], &BTreeSet::new());
    notify.resume(clock.now(), told, &outbox, &recorder);
    recorder.close();
    let rows = steps(folder.path());
    let [OutboxRow::Attempt(tried), OutboxRow::End(end)] = &rows[..] else {
        panic!("{rows:?}");
    };
    assert_eq!((&*tried.key, tried.number), ("a-1", 3));
    assert!(tried.why.as_ref().unwrap().contains("not configured"));
    assert_eq!((&*end.key, &*end.ended), ("a-1", "refused"));
}

#[test]
fn a_message_is_the_same_at_every_attempt_and_has_bed_and_condition() {
    let (names, clock) = (names(), Clock::start());
    let message = names.message(&delivery(), "a-1".to_owned(), &clock);
    assert_eq!(
        message,
        names.message(&delivery(), "a-1".to_owned(), &clock)
    );
    assert_eq!(message.title(), "SIMULATED Room 1: SPO2 VERY LOW");
    assert_eq!(message.at, clock.wall(MonoTime::from_secs(90)));
    assert_eq!(message.parts[0].since, clock.wall(MonoTime::from_secs(60)));
}

#[test]
fn a_bed_for_training_is_simulated_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let simulated = |config: &Config| Names::of(config, &beds()).simulated.beds().count();
    assert_eq!(simulated(&config), 0);
    config.beds[0].training = true;
    assert_eq!(simulated(&config), 1);
}

#[test]
fn whoever_comes_and_whoever_is_there_answers_what_the_bed_had_called() {
    let names = names();
    let says = |action| Record {
        sequence: 1,
        at: MonoTime::ZERO,
        entry: Entry::Operator {
            bed: BED,
            action,
            by: "mn".into(),
            station: None,
            reason: None,
        },
    };
    for answer in [
        OperatorAction::Accept { call: 12 },
        OperatorAction::Arrive { call: 12 },
    ] {
        let record = says(answer);
        let input = names.input(&record);
        assert!(
            matches!(input, Some(Input::Accepted(BED, 12, Some(Person(0))))),
            "{input:?}"
        );
    }
    let help = says(OperatorAction::Help(None));
    assert!(names.input(&help).is_none());
}

/// Begins a run of the service.
fn run(folder: &Path, clock: Clock, epoch: &str) -> (Notify, Recorder) {
    let (recorder, _) = Recorder::open(StorePlan {
        directory: folder.join("data"),
        site: "clinic-a".to_owned(),
        beds: BTreeMap::from([(BED, "left".to_owned())]),
        devices: BTreeMap::new(),
        clock_zero: clock.zero(),
    })
    .unwrap();
    let mut config = config(folder);
    config.service.data = folder.join("data");
    let notify = Notify::new(&config, &beds(), epoch.to_owned(), clock).unwrap();
    (notify, recorder)
}

/// What the record has of the last run.
fn steps(folder: &Path) -> Vec<OutboxRow> {
    let reader = Reader::open(&folder.join("data")).unwrap();
    let run = reader.runs().unwrap().pop().unwrap();
    reader.outbox_rows(&run).unwrap()
}

/// The one way that the ladder calls: when a message last came, and whether it reaches its person.
fn called(notify: &Notify) -> (Option<Time>, bool) {
    let ways = notify.watched().now().called_today;
    let [way] = &ways[..] else {
        panic!("{ways:?}");
    };
    assert_eq!((&*way.person, &*way.channel), ("mn", "mail"));
    (way.received_at, way.reached)
}

#[tokio::test]
async fn a_way_reaches_its_person_for_a_day_from_a_test_that_came_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::start();
    let (mut notify, recorder) = run(folder.path(), clock, "a");
    let now = clock.now();
    // Of a run that told nothing at all a later one looks at nothing.
    recorder.append(Arc::from([Record {
        sequence: 1,
        at: now,
        entry: Entry::Simulated {
            bed: BED,
            simulated: true,
        },
    }]));
    notify.look(now);
    assert_eq!(called(&notify), (None, false));
    notify.handle(now, Input::Test(Person(0), Channel(0)), &recorder);
    notify.look(now);
    assert_eq!(called(&notify), (None, false), "sent is not received");
    assert!(!notify.received(now, "a-2", None, &recorder), "no such");
    assert!(notify.received(now, "a-1", Some("mn"), &recorder));
    let came = Some(Time(clock.wall(now)));
    assert_eq!(called(&notify), (came, true));
    let (day, second) = (Duration::from_hours(24), Duration::from_secs(1));
    for (later, reached) in [(day, true), (day + second, false)] {
        notify.look(now + later);
        assert_eq!(called(&notify), (came, reached));
    }
    // The same again is no news.
    assert!(notify.received(now + day, "a-1", None, &recorder));
    assert_eq!(called(&notify).0, came);
    drop(notify);
    recorder.close();

    let (mut notify, recorder) = run(folder.path(), clock, "b");
    let outbox = recorder.earlier_outbox(now).unwrap();
    notify.resume(now, (&[], &BTreeSet::new()), &outbox, &recorder);
    assert_eq!(called(&notify), (came, true));
    recorder.close();
}

#[tokio::test]
async fn a_way_that_failed_before_a_restart_fails_until_something_is_taken_by_it() {
    let clock = Clock::start();
    for (last, failing) in [("refused", true), ("taken", false)] {
        let folder = tempfile::tempdir().unwrap();
        let (mut notify, recorder) = run(folder.path(), clock, "b");
        let (_, mut sent) = kept(&notify.names);
        sent.attempts = vec![tried(1, "failed"), tried(2, last)];
        let mut nobodys = sent.clone();
        nobodys.delivery.person = "gone".to_owned();
        let outbox = Outbox {
            rungs: Vec::new(),
            deliveries: vec![sent, nobodys],
        };
        notify.resume(clock.now(), (&[], &BTreeSet::new()), &outbox, &recorder);
        let state = notify.watched().now();
        assert_eq!(state.ways.len(), 1, "{:?}", state.ways);
        let health = &state.channels[0].health;
        let since = Some(Time(clock.wall(MonoTime::from_secs(94))));
        assert_eq!(health.failing_since, since.filter(|_| failing));
        let why = Some("mn: refused".to_owned());
        assert_eq!(health.failing, why.filter(|_| failing));

        let now = clock.wall(clock.now());
        notify.watched.tried(("mn", "mail"), now, None);
        assert_eq!(notify.watched().now().channels[0].health.failing, None);
        recorder.close();
    }
}

#[tokio::test]
async fn a_call_that_is_answered_from_the_telephone_came_and_one_at_a_screen_is_no_test() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::start();
    let (mut notify, recorder) = run(folder.path(), clock, "a");
    let now = clock.now();
    notify.message(
        now,
        &Delivery {
            at: now,
            ..delivery()
        },
        "a-1".to_owned(),
    );
    assert!(!notify.received(now, "a-1", Some("mn"), &recorder));
    notify.look(now);
    assert_eq!(called(&notify), (None, false));
    assert!(notify.received(now, "a-1", None, &recorder));
    assert_eq!(called(&notify), (Some(Time(clock.wall(now))), true));
    recorder.close();
}

#[tokio::test]
async fn a_message_that_is_lost_is_refused_and_not_waited_for_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::start();
    let (mut notify, recorder) = run(folder.path(), clock, "a");
    let now = clock.now();
    notify.handle(now, Input::Test(Person(0), Channel(0)), &recorder);
    assert_eq!(notify.escalation.under_way().count(), 1);
    notify.sent.clear();
    let again = Attempt {
        delivery: DeliveryId(1),
        number: 2,
    };
    notify.attempt(now, [again].into_iter(), &recorder);
    assert_eq!(notify.escalation.under_way().count(), 0);
    recorder.close();

    // On record it has ended, and with a reason.
    let rows = steps(folder.path());
    let [.., OutboxRow::Attempt(tried), OutboxRow::End(end)] = &rows[..] else {
        panic!("{rows:?}");
    };
    assert_eq!((&*tried.key, tried.number), ("a-1", 2));
    assert_eq!(tried.why.as_deref(), Some("the service has lost it"));
    assert_eq!((&*end.key, &*end.ended), ("a-1", "refused"));
}
