//! Orders that were given to a cuff, and who waits for what becomes of them
//! (`docs/adr/0021-cuff-orders.md`).

use std::collections::VecDeque;
use std::time::Duration;

use chairside_model::{BedId, CuffAnswer, CuffOrder, MonoTime};
use chairside_station::{Entry, Record};
use tokio::sync::oneshot;

use super::Outcome;

/// A cuff's answer is waited for no longer than this: its order takes its turn within a second, and
/// has an answer of some kind when [`CuffAnswer::ANSWER_WITHIN`] is over. Longer it takes only where
/// the bed's part of the program failed meanwhile.
const WAIT: Duration = Duration::from_secs(CuffAnswer::ANSWER_WITHIN.as_secs() + 3);

/// Those who wait, in the order of their orders.
#[derive(Debug, Default)]
pub(super) struct Orders {
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    bed: BedId,
    order: CuffOrder,
    give_up: MonoTime,
    /// What is said when it is done.
    done: Outcome,
    reply: oneshot::Sender<Outcome>,
}

impl Orders {
    /// Has somebody wait for what becomes of an order; `done` is what is said when it is done.
    pub(super) fn wait(
        &mut self,
        now: MonoTime,
        (bed, order): (BedId, CuffOrder),
        done: Outcome,
        reply: oneshot::Sender<Outcome>,
    ) {
        self.waiting.push_back(Waiting {
            bed,
            order,
            give_up: now + WAIT,
            done,
            reply,
        });
    }

    /// Tells those who wait of the answers that are among these records.
    pub(super) fn take(&mut self, records: &[Record]) {
        for record in records {
            if let Entry::Ordered {
                bed, order, answer, ..
            } = record.entry
            {
                self.answered(bed, order, answer);
            }
        }
    }

    /// Answers come in the order of the orders.
    fn answered(&mut self, bed: BedId, order: CuffOrder, answer: CuffAnswer) {
        let mut waiting = self.waiting.iter();
        let place = waiting.position(|one| one.bed == bed && one.order == order);
        if let Some(waiting) = place.and_then(|place| self.waiting.remove(place)) {
            waiting.end(answer);
        }
    }

    /// Tells those who have waited too long that nobody knows.
    pub(super) fn give_up(&mut self, now: MonoTime) {
        while let Some(waiting) = self.waiting.pop_front_if(|one| one.give_up <= now) {
            waiting.end(CuffAnswer::NoAnswer);
        }
    }

    /// Returns when [`give_up`](Self::give_up) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        self.waiting.front().map(|waiting| waiting.give_up)
    }
}

impl Waiting {
    fn end(self, answer: CuffAnswer) {
        let outcome = match answer {
            CuffAnswer::Done => self.done,
            answer => Outcome::Answered(answer),
        };
        // Whoever asked may have gone.
        let _ = self.reply.send(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BED: BedId = BedId(1);

    fn waiting(
        orders: &mut Orders,
        at: u64,
        bed: BedId,
        order: CuffOrder,
    ) -> oneshot::Receiver<Outcome> {
        let (reply, answer) = oneshot::channel();
        orders.wait(MonoTime::from_secs(at), (bed, order), Outcome::Done, reply);
        answer
    }

    fn ordered(bed: BedId, order: CuffOrder, answer: CuffAnswer) -> Record {
        Record {
            sequence: 1,
            at: MonoTime::from_secs(1),
            entry: Entry::Ordered {
                bed,
                device: chairside_model::DeviceId(1),
                order,
                answer,
            },
        }
    }

    #[test]
    fn each_who_waits_is_told_of_the_own_order() {
        let mut orders = Orders::default();
        let mut other = waiting(&mut orders, 0, BedId(2), CuffOrder::Stop);
        let mut start = waiting(&mut orders, 0, BED, CuffOrder::Start);
        let mut first = waiting(&mut orders, 0, BED, CuffOrder::Stop);
        let mut second = waiting(&mut orders, 0, BED, CuffOrder::Stop);
        orders.take(&[
            ordered(BED, CuffOrder::Start, CuffAnswer::Overtaken),
            ordered(BED, CuffOrder::Stop, CuffAnswer::Overtaken),
            ordered(BED, CuffOrder::Stop, CuffAnswer::Done),
        ]);
        let overtaken = Ok(Outcome::Answered(CuffAnswer::Overtaken));
        assert_eq!(start.try_recv(), overtaken);
        assert_eq!(first.try_recv(), overtaken);
        assert_eq!(second.try_recv(), Ok(Outcome::Done));
        assert!(other.try_recv().is_err());
    }

    #[test]
    fn an_order_of_which_nobody_speaks_any_more_is_told_as_not_answered() {
        let mut orders = Orders::default();
        let mut start = waiting(&mut orders, 10, BED, CuffOrder::Start);
        assert_eq!(orders.next_deadline(), Some(MonoTime::from_secs(18)));
        orders.give_up(MonoTime::from_millis(17_999));
        assert!(start.try_recv().is_err());
        orders.give_up(MonoTime::from_secs(18));
        let no_answer = Ok(Outcome::Answered(CuffAnswer::NoAnswer));
        assert_eq!(start.try_recv(), no_answer);
        assert_eq!(orders.next_deadline(), None);
        orders.take(&[ordered(BED, CuffOrder::Start, CuffAnswer::Done)]);
    }
}
