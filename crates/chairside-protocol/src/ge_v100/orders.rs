//! A person's order on its way: sent once or never, and then watched until the monitor does it.

use chairside_model::{CuffAnswer, CuffOrder, CuffRefusal, MonoTime};

use super::message::{Command, CuffCommandReply, NibpStatus, Reply};

/// The order that is under way, and what became of those that are not any more.
#[derive(Debug, Default)]
pub(super) struct Orders {
    under_way: Option<UnderWay>,
    told: Vec<Told>,
}

/// An order and what became of it.
pub(super) type Told = (CuffOrder, CuffAnswer);

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    order: CuffOrder,
    stage: Stage,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// A reply is on its way, and the order goes out when it has come. When it does not come, the
    /// order does not go out: a monitor that is silent now must not inflate a cuff later.
    Waiting,
    /// It went out.
    Sent {
        until: MonoTime,
        /// The monitor answered it, and did not do it yet.
        heard: bool,
        /// The cuff's status was asked for since: what it says is younger than the order.
        asked_since: bool,
    },
}

impl Orders {
    /// Tells whether an order would be taken while the cuff is as `measuring` says.
    pub(super) const fn check(&self, order: CuffOrder, measuring: bool) -> Result<(), CuffRefusal> {
        match order {
            CuffOrder::Start if self.under_way.is_some() => Err(CuffRefusal::UnderWay),
            CuffOrder::Start if measuring => Err(CuffRefusal::Measuring),
            // Whoever wants it to stop waits for nothing.
            CuffOrder::Start | CuffOrder::Stop => Ok(()),
        }
    }

    /// Takes an order; one to stop takes the place of the one before it.
    pub(super) fn take(&mut self, order: CuffOrder) {
        if let Some(before) = self.under_way {
            self.end(match before.stage {
                Stage::Waiting => CuffAnswer::Withdrawn,
                Stage::Sent { .. } => CuffAnswer::Overtaken,
            });
        }
        let stage = Stage::Waiting;
        self.under_way = Some(UnderWay { order, stage });
    }

    /// Returns the command of the order that waits, which goes out now and never again.
    pub(super) fn send(&mut self, now: MonoTime) -> Option<Command> {
        let under_way = self.under_way.as_mut()?;
        match under_way.stage {
            Stage::Sent { .. } => return None,
            Stage::Waiting => {
                under_way.stage = Stage::Sent {
                    until: now + CuffAnswer::ANSWER_WITHIN,
                    heard: false,
                    asked_since: false,
                };
            }
        }
        Some(match under_way.order {
            CuffOrder::Start => Command::StartNibp,
            CuffOrder::Stop => Command::CancelNibp,
        })
    }

    /// The reply that the order waited for did not come, or came damaged.
    pub(super) fn give_up_waiting(&mut self) {
        if let Some(UnderWay {
            stage: Stage::Waiting,
            ..
        }) = self.under_way
        {
            self.end(CuffAnswer::NotSent);
        }
    }

    /// The cuff's status is asked for.
    pub(super) const fn asked_for_status(&mut self) {
        if let Some(UnderWay {
            stage: Stage::Sent { asked_since, .. },
            ..
        }) = &mut self.under_way
        {
            *asked_since = true;
        }
    }

    /// Takes a reply and sees whether the order is carried out.
    pub(super) fn heard(&mut self, reply: &Reply) {
        let Some(UnderWay {
            order,
            stage: Stage::Sent {
                heard, asked_since, ..
            },
        }) = &mut self.under_way
        else {
            return;
        };
        let status = match (reply, *order) {
            (Reply::CuffCommand(CuffCommandReply::Start(status)), CuffOrder::Start)
            | (Reply::CuffCommand(CuffCommandReply::Cancel(status)), CuffOrder::Stop) => {
                *heard = true;
                *status
            }
            (Reply::Nibp(reply), _) if *asked_since => reply.status,
            _ => return,
        };
        let done = match (*order, status) {
            (CuffOrder::Start, status) => status == NibpStatus::Busy,
            (CuffOrder::Stop, NibpStatus::Busy | NibpStatus::Unknown) => false,
            (CuffOrder::Stop, _) => true,
        };
        if done {
            self.end(CuffAnswer::Done);
        }
    }

    /// The line was lost or opened anew.
    pub(super) fn line_lost(&mut self) {
        self.give_up_waiting();
        if self.under_way.is_some() {
            self.end(CuffAnswer::LineLost);
        }
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, now: MonoTime) {
        if let Some(UnderWay {
            stage: Stage::Sent { until, heard, .. },
            ..
        }) = self.under_way
            && until <= now
        {
            self.end(if heard {
                CuffAnswer::NotDone
            } else {
                CuffAnswer::NoAnswer
            });
        }
    }

    /// Returns when [`tick`](Self::tick) is due.
    pub(super) fn next_deadline(&self) -> Option<MonoTime> {
        match self.under_way?.stage {
            Stage::Waiting => None,
            Stage::Sent { until, .. } => Some(until),
        }
    }

    /// Tells whether something became of an order.
    pub(super) const fn has_told(&self) -> bool {
        !self.told.is_empty()
    }

    /// Returns what became of orders since this was last called.
    pub(super) fn told(&mut self) -> impl Iterator<Item = Told> {
        self.told.drain(..)
    }

    fn end(&mut self, answer: CuffAnswer) {
        let ended = self.under_way.take();
        self.told.extend(ended.map(|ended| (ended.order, answer)));
    }
}
