//! Alarms to an alarm manager, against one on loopback.

mod mllp;

use std::time::Duration;

use chairside_alarm::{AlarmId, Priority, SignalPresence};
use chairside_notify::hl7::{Hl7Sender, Hl7Settings, Hl7Status};
use chairside_notify::{AlarmState, WallClock};
use chrono::DateTime;
use mllp::{Act, Heard, Sink};
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(20);

fn state(occurrence: u64, priority: Priority) -> AlarmState {
    AlarmState {
        bed: "3".into(),
        bed_name: "Room 3".into(),
        simulated: false,
        id: AlarmId::Spo2Low,
        occurrence,
        priority,
        present: true,
        signal: SignalPresence::On,
        since: DateTime::UNIX_EPOCH,
        at: DateTime::UNIX_EPOCH,
        reading: None,
        evidence: "SpO2 86 %".into(),
    }
}

fn acknowledged(occurrence: u64) -> AlarmState {
    AlarmState {
        signal: SignalPresence::Acknowledged,
        ..state(occurrence, Priority::High)
    }
}

fn over(occurrence: u64) -> AlarmState {
    AlarmState {
        present: false,
        signal: SignalPresence::Off,
        ..state(occurrence, Priority::High)
    }
}

/// A sender, its connection running beside the test.
struct Running {
    sender: Hl7Sender,
    port: u16,
    connection: tokio::task::JoinHandle<()>,
}

/// Listens where no other test does, so that a port can be left and taken again.
async fn listen(port: u16) -> TcpListener {
    let listener = TcpListener::bind(("127.0.0.77", port)).await;
    listener.expect("loopback")
}

fn run(port: u16, change: impl FnOnce(&mut Hl7Settings)) -> Running {
    let mut settings = Hl7Settings::of("127.0.0.77", port, "clinic-a");
    settings.answer_max = PATIENCE;
    settings.continue_every = Duration::from_mins(1);
    settings.back_off_first = Duration::from_millis(5);
    settings.back_off_max = Duration::from_millis(20);
    change(&mut settings);
    let at = DateTime::from_timestamp_millis(1_795_428_903_120).expect("a moment");
    let clock = WallClock::new(move || at);
    let (sender, connection) = Hl7Sender::new(settings, clock).expect("the settings are good");
    let connection = tokio::spawn(async move {
        connection.run().await;
    });
    Running {
        sender,
        port,
        connection,
    }
}

impl Running {
    async fn new(
        change: impl FnOnce(&mut Hl7Settings),
        act: impl FnMut(usize, &Heard) -> Act + Send + 'static,
    ) -> (Self, Sink) {
        let listener = listen(0).await;
        let port = listener.local_addr().expect("it is bound").port();
        (run(port, change), Sink::start(listener, act))
    }

    /// Waits until it stands so.
    async fn until(&self, stands: impl FnMut(&Hl7Status) -> bool) -> Hl7Status {
        let mut status = self.sender.status();
        let reached = tokio::time::timeout(PATIENCE, status.wait_for(stands)).await;
        reached
            .expect("it comes to stand so")
            .expect("it runs")
            .clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

fn all_taken(_: usize, _: &Heard) -> Act {
    Act::Answer("AA")
}

#[tokio::test]
async fn an_alarm_manager_follows_an_alarm_from_its_start_to_its_end() {
    let (running, mut sink) = Running::new(|_| {}, all_taken).await;
    let mut told = Vec::new();
    for state in [state(7, Priority::High), acknowledged(7), over(7)] {
        running.sender.tell(state);
        let heard = sink.hear().await;
        assert_eq!(heard.episode, "clinic-a-3-7^Chairside");
        assert_eq!(heard.text, "SpO2 86 %");
        assert_eq!(heard.connection, 1);
        told.push([heard.number, heard.phase, heard.state, heard.inactivation]);
    }
    let expected = [
        ["1795428903120", "start", "active", "enabled"],
        ["1795428903121", "update", "active", "alert-acknowledged"],
        ["1795428903122", "end", "inactive", "enabled"],
    ];
    assert_eq!(told, expected);
    let status = running.until(|status| status.delivered == 3).await;
    let expected = Hl7Status {
        connected: true,
        delivered: 3,
        ..Hl7Status::default()
    };
    assert_eq!(status, expected);
}

#[tokio::test]
async fn what_cannot_be_read_is_put_aside_and_told_and_the_next_one_goes_out() {
    for code in ["AE", "CE"] {
        let first = move |before, _: &Heard| Act::Answer(if before == 0 { code } else { "AA" });
        let (running, mut sink) = Running::new(|_| {}, first).await;
        running.sender.tell(state(1, Priority::High));
        assert_eq!(sink.hear().await.number, "1795428903120");
        let status = running.until(|status| status.parked == 1).await;
        let words = "message 1795428903120: SPO2_LOW at 3";
        assert_eq!(status.last_parked.as_deref(), Some(words));
        running.sender.tell(state(2, Priority::Low));
        assert_eq!(sink.hear().await.number, "1795428903121");
        let status = running.until(|status| status.delivered == 1).await;
        assert_eq!((status.waiting, status.failed, sink.unheard()), (0, 0, 0));
    }
}

#[tokio::test]
async fn what_is_refused_for_now_comes_again_with_its_number_and_holds_up_nothing() {
    for code in ["AR", "CR"] {
        // The high one is refused until the low one is there.
        let mut low_seen = false;
        let act = move |_, heard: &Heard| {
            low_seen |= heard.episode.contains("-2^");
            Act::Answer(if low_seen { "AA" } else { code })
        };
        let (running, mut sink) = Running::new(|_| {}, act).await;
        running.sender.tell(state(1, Priority::High));
        for _ in 0..5 {
            let heard = sink.hear().await;
            assert_eq!(
                (heard.number.as_str(), heard.connection),
                ("1795428903120", 1)
            );
        }
        running.sender.tell(state(2, Priority::Low));
        let status = running.until(|status| status.delivered == 2).await;
        assert_eq!((status.waiting, status.parked), (0, 0));
        assert!(status.failed >= 5, "{status:?}");
        let mut numbers = Vec::new();
        while sink.unheard() > 0 {
            numbers.push(sink.hear().await.number);
        }
        numbers.dedup();
        let end = &numbers[numbers.len() - 2..];
        assert_eq!(end, ["1795428903121", "1795428903120"], "{numbers:?}");
    }
}

#[tokio::test]
async fn a_message_that_is_not_answered_comes_again_over_a_new_connection() {
    for act in [
        Act::Silence,
        // Half an answer, the answer to another message, no answer, and not even HL7.
        Act::Bytes("\u{b}MSH|^~\\&|A||||||ACK|1|P|2.6\rMSA|AA|{}\r"),
        Act::Bytes("\u{b}MSH|^~\\&|A||||||ACK|1|P|2.6\rMSA|AA|{}0\r\u{1c}\r"),
        Act::Bytes("\u{b}MSH|^~\\&|A||||||ACK|1|P|2.6\r\u{1c}\r"),
        Act::Bytes("\u{b}MSH|^~\\&|A||||||ACK|1|P|2.6\rMSA|CA|{}\r\u{1c}\r"),
        Act::Bytes("login: \r\n"),
    ] {
        let first = move |before, _: &Heard| match before {
            0 => act.clone(),
            _ => Act::Answer("AA"),
        };
        let impatient = |to: &mut Hl7Settings| to.answer_max = Duration::from_millis(200);
        let (running, mut sink) = Running::new(impatient, first).await;
        running.sender.tell(state(1, Priority::High));
        let status = running.until(|status| status.delivered == 1).await;
        assert!(status.failed >= 1);
        let (first, second) = (sink.hear().await, sink.hear().await);
        assert_eq!(first.number, second.number);
        assert!(first.connection < second.connection);
    }
}

#[tokio::test]
async fn an_answer_may_come_in_pieces_and_after_the_word_of_arrival() {
    let act = |_, _: &Heard| {
        Act::Bytes(
            "noise\u{b}MSH|^~\\&|A||||||ACK|1|P|2.6\rMSA|CA|{}\r\u{1c}\r\
             \u{b}MSH|^~\\&|A||||||ACK|2|P|2.6\rMSA|AA|{}|fine\r\u{1c}\r",
        )
    };
    let (running, _sink) = Running::new(|_| {}, act).await;
    running.sender.tell(state(1, Priority::High));
    let status = running.until(|status| status.delivered == 1).await;
    assert_eq!((status.failed, status.connected), (0, true));
}

#[tokio::test]
async fn a_receiver_that_hangs_up_half_way_gets_it_again() {
    let act = |before, _: &Heard| {
        if before < 3 {
            Act::HangUp
        } else {
            Act::Answer("AA")
        }
    };
    let (running, mut sink) = Running::new(|_| {}, act).await;
    running.sender.tell(state(1, Priority::High));
    for connection in 1..=4 {
        let heard = sink.hear().await;
        assert_eq!(
            (heard.number.as_str(), heard.connection),
            ("1795428903120", connection)
        );
    }
    let status = running.until(|status| status.delivered == 1).await;
    assert_eq!(status.failed, 3);
}

#[tokio::test]
async fn a_receiver_that_comes_back_is_told_how_things_stand_now() {
    let listener = listen(0).await;
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let running = run(port, |_| {});
    let status = running.until(|status| status.away.is_some()).await;
    assert!(
        status
            .away
            .is_some_and(|why| why.contains("cannot be reached: connection refused"))
    );
    running.sender.tell(state(1, Priority::Low));
    running.sender.tell(state(2, Priority::Medium));
    for _ in 0..100 {
        running.sender.tell(state(3, Priority::High));
        running.sender.tell(acknowledged(3));
    }
    assert_eq!(running.until(|_| true).await.waiting, 3);
    let mut sink = Sink::start(listen(running.port).await, all_taken);
    let mut told = Vec::new();
    for _ in 0..3 {
        let heard = sink.hear().await;
        told.push([heard.episode, heard.phase, heard.inactivation]);
    }
    let expected = [
        ["clinic-a-3-3^Chairside", "start", "alert-acknowledged"],
        ["clinic-a-3-2^Chairside", "start", "enabled"],
        ["clinic-a-3-1^Chairside", "start", "enabled"],
    ];
    assert_eq!(told, expected);
    let status = running.until(|status| status.delivered == 3).await;
    assert_eq!(
        (status.connected, status.waiting, sink.unheard()),
        (true, 0, 0)
    );
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_missed_before_there_is_something_to_tell() {
    // It accepts and closes at once.
    let listener = listen(0).await;
    let port = listener.local_addr().expect("it is bound").port();
    let running = run(port, |_| {});
    for _ in 0..3 {
        let accepted = tokio::time::timeout(PATIENCE, listener.accept()).await;
        drop(accepted.expect("it connects again").expect("loopback"));
    }
    let status = running.until(|status| status.away.is_some()).await;
    assert!(status.away.is_some_and(|why| why.contains("hung up")));
}

#[tokio::test]
async fn telling_waits_for_nothing_and_a_full_queue_is_counted() {
    // It accepts and never reads.
    let listener = listen(0).await;
    let running = run(listener.local_addr().expect("it is bound").port(), |_| {});
    let (_stream, _) = listener.accept().await.expect("loopback");
    for occurrence in 0..10_000 {
        running.sender.tell(state(occurrence, Priority::Medium));
    }
    let status = running.until(|_| true).await;
    assert_eq!((status.waiting, status.dropped), (1024, 10_000 - 1024));
}

#[tokio::test]
async fn an_alarm_that_stands_is_told_again_until_it_is_over() {
    let often = |to: &mut Hl7Settings| to.continue_every = Duration::from_millis(20);
    let (running, mut sink) = Running::new(often, all_taken).await;
    running.sender.tell(state(1, Priority::High));
    let first = sink.hear().await;
    assert_eq!(first.phase, "start");
    for _ in 0..3 {
        let again = sink.hear().await;
        assert_eq!(
            (again.phase.as_str(), again.state.as_str()),
            ("continue", "active")
        );
        assert_eq!(again.episode, first.episode);
    }
    running.sender.tell(over(1));
    while sink.hear().await.phase == "continue" {}
    // Rounds go on, and nothing is said of it any more until the next one begins.
    running.sender.tell(state(2, Priority::High));
    let mut next = sink.hear().await;
    assert_eq!(next.phase, "start");
    for _ in 0..3 {
        next = sink.hear().await;
        assert_eq!(next.episode, "clinic-a-3-2^Chairside");
    }
}

#[test]
fn settings_that_cannot_be_used_are_told_by_field() {
    fn told(change: impl FnOnce(&mut Hl7Settings)) -> String {
        let mut settings = Hl7Settings::of("localhost", 2575, "clinic-a");
        change(&mut settings);
        let clock = WallClock::new(|| DateTime::UNIX_EPOCH);
        let error = Hl7Sender::new(settings, clock).expect_err("it cannot be used");
        error.to_string()
    }
    let long = Duration::from_secs(100);
    assert_eq!(
        told(|to| to.host = "a b".into()),
        "host: is no name of a server"
    );
    assert_eq!(told(|to| to.port = 0), "port: 0 is no port");
    assert_eq!(
        told(|to| to.site = String::new()),
        "site: must not be empty"
    );
    assert_eq!(
        told(|to| to.application = String::new()),
        "application: must not be empty"
    );
    for wrong in ["", "0200", "020000FFFE00000g"] {
        let told = told(|to| to.eui64 = Some(wrong.into()));
        assert_eq!(told, "eui64: is not 16 hexadecimal digits");
    }
    for wrong in [Duration::ZERO, long] {
        let told = told(|to| to.answer_max = wrong);
        assert_eq!(told, "answer_max: must be more than 0 s and at most 30s");
    }
    assert!(told(|to| to.continue_every = long).starts_with("continue_every: "));
    assert!(told(|to| to.back_off_max = long).starts_with("back_off_max: "));
    assert!(told(|to| to.back_off_first = Duration::ZERO).starts_with("back_off_first: "));
    assert_eq!(
        told(|to| to.back_off_first = Duration::from_secs(31)),
        "back_off_first: is more than back_off_max"
    );
}
