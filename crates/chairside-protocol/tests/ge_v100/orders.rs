//! A person's orders: sent once or never, and what is told of each.

use std::time::Duration;

use chairside_model::{CuffAnswer, CuffOrder, CuffRefusal};
use chairside_protocol::LineInput;
use chairside_protocol::ge_v100::message::{CuffCommandReply, NibpStatus, Reply};

use super::{Bench, CUFF, CUFF_BUSY, CUFF_FAILED, RATE, SATURATION, TEMPERATURE, emitted};

const START: &str = r" NC0!E\r";
const STOP: &str = r" ND!5\r";

impl Bench {
    /// A monitor that has answered a round, and nothing is under way.
    fn resting() -> Self {
        let mut bench = Self::opened();
        for reply in [CUFF, SATURATION, RATE, TEMPERATURE] {
            bench.input(LineInput::Received(reply));
        }
        assert_eq!(bench.asked(), "");
        bench
    }

    fn order(&mut self, order: CuffOrder) {
        self.out.clear();
        self.driver.order(self.now, order, &mut self.out);
    }

    fn start(&mut self) {
        self.order(CuffOrder::Start);
    }

    fn stop(&mut self) {
        self.order(CuffOrder::Stop);
    }

    /// What became of orders, by the last input.
    fn answers(&self) -> Vec<(CuffOrder, CuffAnswer)> {
        self.out.answers.clone()
    }

    fn reply(&mut self, reply: &[u8]) {
        self.input(LineInput::Received(reply));
    }

    /// Answers what is asked with these replies for so long, and returns how often an order was
    /// sent and what became of orders.
    fn go_on(&mut self, seconds: u64, status: &[u8]) -> (usize, Vec<(CuffOrder, CuffAnswer)>) {
        let end = self.now + Duration::from_secs(seconds);
        let (mut sent, mut answers) = (0, self.answers());
        while self.now < end {
            let asked = self.asked();
            sent += asked.matches("NC0").count() + asked.matches("ND").count();
            let reply = [
                ("NA", status),
                ("OA", SATURATION),
                ("RA", RATE),
                ("TC", TEMPERATURE),
            ]
            .into_iter()
            .find_map(|(letters, reply)| asked.contains(letters).then_some(reply));
            match reply {
                Some(reply) => self.reply(reply),
                None => {
                    self.wait();
                }
            }
            answers.extend(self.answers());
        }
        (sent, answers)
    }
}

fn answer(reply: CuffCommandReply) -> Vec<u8> {
    emitted(&Reply::CuffCommand(reply))
}

#[test]
fn an_order_goes_out_at_once_when_nothing_is_asked_and_is_done_when_the_monitor_is_busy() {
    let mut bench = Bench::resting();
    bench.start();
    assert_eq!((bench.asked().as_str(), bench.answers()), (START, vec![]));
    bench.reply(&answer(CuffCommandReply::Start(NibpStatus::Busy)));
    assert_eq!(bench.answers(), [(CuffOrder::Start, CuffAnswer::Done)]);
    assert_eq!(bench.asked(), r" NA!2\r", "what follows is watched at once");
}

#[test]
fn an_order_to_start_takes_its_turn_behind_the_reply_that_is_on_its_way() {
    let mut bench = Bench::opened();
    bench.start();
    assert_eq!(bench.asked(), "");
    bench.reply(SATURATION);
    assert_eq!(bench.asked(), "", "that was not the reply");
    bench.reply(CUFF);
    assert_eq!(bench.asked(), START);
    assert_eq!(bench.go_on(20, CUFF).0, 1, "that one, and no more");
}

#[test]
fn a_monitor_that_is_silent_now_does_not_inflate_a_cuff_later() {
    for damaged in [false, true] {
        let mut bench = Bench::opened();
        bench.start();
        if damaged {
            bench.reply(&CUFF[4..]);
        }
        assert!(bench.wait() <= Duration::from_secs(1));
        assert_eq!(bench.asked(), r"\r NA!2\r");
        assert_eq!(bench.answers(), [(CuffOrder::Start, CuffAnswer::NotSent)]);
        assert_eq!(
            bench.go_on(60, CUFF),
            (0, vec![(CuffOrder::Start, CuffAnswer::NotSent)])
        );
    }
}

#[test]
fn an_answer_that_is_lost_is_seen_in_the_status_and_the_order_is_not_repeated() {
    let mut bench = Bench::resting();
    bench.start();
    assert_eq!(bench.wait(), Duration::from_secs(1));
    assert_eq!(bench.asked(), r"\r NA!2\r");
    bench.reply(CUFF_BUSY);
    assert_eq!(bench.answers(), [(CuffOrder::Start, CuffAnswer::Done)]);
}

#[test]
fn an_order_that_nothing_answers_is_told_after_five_seconds_and_never_sent_again() {
    let mut bench = Bench::resting();
    bench.start();
    let sent = bench.now;
    bench.wait();
    let mut told = None;
    while told.is_none() {
        // The cuff's replies are all lost; the others are not.
        let asked = bench.asked();
        assert!(!asked.contains("NC"), "{asked}");
        if asked.contains("OA") {
            bench.reply(SATURATION);
        } else if asked.contains("RA") {
            bench.reply(RATE);
        } else {
            bench.wait();
        }
        told = bench.answers().pop();
    }
    assert_eq!(told, Some((CuffOrder::Start, CuffAnswer::NoAnswer)));
    assert_eq!(bench.now.saturating_since(sent), CuffAnswer::ANSWER_WITHIN);
    assert_eq!(bench.go_on(60, CUFF).0, 0);
}

#[test]
fn a_monitor_that_answers_and_does_not_begin_has_not_done_it() {
    for status in [
        NibpStatus::Done,
        NibpStatus::Failed,
        NibpStatus::Overpressure,
    ] {
        let mut bench = Bench::resting();
        bench.start();
        bench.reply(&answer(CuffCommandReply::Start(status)));
        assert_eq!(bench.answers(), [], "the status may come a little later");
        let not_done = vec![(CuffOrder::Start, CuffAnswer::NotDone)];
        assert_eq!(bench.go_on(20, CUFF_FAILED), (0, not_done), "{status:?}");
    }
}

#[test]
fn a_status_that_was_asked_for_before_the_order_says_nothing_of_it() {
    let mut bench = Bench::opened();
    bench.stop();
    assert_eq!(bench.asked(), r"\r ND!5\r");
    bench.reply(CUFF);
    assert_eq!(bench.answers(), []);
    bench.reply(&answer(CuffCommandReply::Cancel(NibpStatus::Busy)));
    assert_eq!(bench.answers(), [], "it still lets the air out");
    assert_eq!(bench.asked(), r" NA!2\r");
    bench.reply(CUFF);
    assert_eq!(bench.answers(), [(CuffOrder::Stop, CuffAnswer::Done)]);
}

#[test]
fn whoever_stops_waits_for_nothing() {
    let mut bench = Bench::opened();
    bench.reply(CUFF_BUSY);
    assert_eq!(bench.asked(), r" OA!3\r");
    bench.stop();
    assert_eq!(bench.asked(), r"\r ND!5\r");
    bench.stop();
    assert_eq!(bench.asked(), r"\r ND!5\r", "each press is an order");
    assert_eq!(bench.answers(), [(CuffOrder::Stop, CuffAnswer::Overtaken)]);
    bench.reply(&answer(CuffCommandReply::Cancel(NibpStatus::Done)));
    assert_eq!(bench.answers(), [(CuffOrder::Stop, CuffAnswer::Done)]);
}

#[test]
fn an_order_to_start_that_waits_is_withdrawn_by_one_to_stop() {
    let mut bench = Bench::opened();
    bench.start();
    bench.stop();
    assert_eq!(bench.asked(), format!(r"\r{STOP}"));
    assert_eq!(bench.answers(), [(CuffOrder::Start, CuffAnswer::Withdrawn)]);
    let (sent, answers) = bench.go_on(20, CUFF);
    assert_eq!(sent, 1, "that to stop, and nothing after it");
    assert_eq!(answers.last(), Some(&(CuffOrder::Stop, CuffAnswer::Done)));
}

#[test]
fn an_order_to_start_that_is_out_is_overtaken_by_one_to_stop() {
    let mut bench = Bench::resting();
    bench.start();
    assert_eq!(
        bench.driver.check_order(CuffOrder::Start),
        Err(CuffRefusal::UnderWay)
    );
    bench.start();
    assert_eq!(bench.asked(), "", "what is refused does nothing");
    bench.stop();
    assert_eq!(bench.answers(), [(CuffOrder::Start, CuffAnswer::Overtaken)]);
    bench.reply(&answer(CuffCommandReply::Start(NibpStatus::Busy)));
    assert_eq!(bench.answers(), [], "it was the one before");
    bench.reply(&answer(CuffCommandReply::Cancel(NibpStatus::Done)));
    assert_eq!(bench.answers(), [(CuffOrder::Stop, CuffAnswer::Done)]);
}

#[test]
fn nothing_is_started_while_the_cuff_measures_and_it_can_be_stopped() {
    let mut bench = Bench::opened();
    bench.reply(CUFF_BUSY);
    let start = bench.driver.check_order(CuffOrder::Start);
    assert_eq!(start, Err(CuffRefusal::Measuring));
    assert_eq!(bench.driver.check_order(CuffOrder::Stop), Ok(()));
    bench.start();
    assert_eq!(bench.asked(), "");
    for _ in 0..40 {
        bench.wait();
        bench.reply(CUFF);
    }
    assert_eq!(bench.driver.check_order(CuffOrder::Start), Ok(()));
}

#[test]
fn a_line_that_is_lost_takes_its_orders_with_it() {
    for input in [LineInput::Closed, LineInput::Opened] {
        let mut bench = Bench::resting();
        bench.start();
        bench.input(input);
        assert_eq!(bench.answers(), [(CuffOrder::Start, CuffAnswer::LineLost)]);
        let mut bench = Bench::opened();
        bench.start();
        bench.input(input);
        assert_eq!(bench.answers(), [(CuffOrder::Start, CuffAnswer::NotSent)]);
        bench.input(LineInput::Closed);
        for order in CuffOrder::ALL {
            assert_eq!(
                bench.driver.check_order(order),
                Err(CuffRefusal::NotConnected)
            );
            bench.order(order);
            assert_eq!((bench.asked().as_str(), bench.answers()), ("", vec![]));
        }
        bench.input(LineInput::Opened);
        assert_eq!(bench.go_on(60, CUFF).0, 0);
    }
}
