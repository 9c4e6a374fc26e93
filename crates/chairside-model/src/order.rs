//! What a person may have a device do: start the cuff, and stop it
//! (`docs/adr/0021-cuff-orders.md`).

use std::fmt;
use std::time::Duration;

/// What a person orders the cuff to do. The program itself orders nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CuffOrder {
    /// One determination.
    Start,
    /// No determination any more: the air is let out.
    Stop,
}

impl CuffOrder {
    /// Every order.
    pub const ALL: [Self; 2] = [Self::Start, Self::Stop];

    /// Returns the order with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }

    /// Returns the name used in JSON, in SQL and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
        }
    }
}

/// What became of an order that was taken. Each has exactly one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CuffAnswer {
    /// The device does as it was told: it measures, or does no longer.
    Done,
    /// The device answered, and did not do it within [`ANSWER_WITHIN`](Self::ANSWER_WITHIN).
    NotDone,
    /// The order was sent, and no answer came within [`ANSWER_WITHIN`](Self::ANSWER_WITHIN). It
    /// may have been carried out all the same.
    NoAnswer,
    /// The device did not answer just then what it was asked before, and the order was not sent.
    NotSent,
    /// A later order to stop came before this one was sent, and it was not sent.
    Withdrawn,
    /// A later order to stop went out before this one was answered.
    Overtaken,
    /// The line was lost, or opened anew, before the answer. It may have been carried out.
    LineLost,
}

impl CuffAnswer {
    /// How long the device has to show that it does as it was told, from the order's last byte:
    /// public programs wait 3 s for any reply, and its status is asked for once a second.
    pub const ANSWER_WITHIN: Duration = Duration::from_secs(5);

    /// Every answer.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::NotDone,
        Self::NoAnswer,
        Self::NotSent,
        Self::Withdrawn,
        Self::Overtaken,
        Self::LineLost,
    ];

    /// Returns the answer with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.name() == name)
    }

    /// Returns the name used in JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotDone => "not_done",
            Self::NoAnswer => "no_answer",
            Self::NotSent => "not_sent",
            Self::Withdrawn => "withdrawn",
            Self::Overtaken => "overtaken",
            Self::LineLost => "line_lost",
        }
    }

    /// Returns what a person is told of it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Done => "the device does it",
            Self::NotDone => "the device answered, and did not do it within 5 s",
            Self::NoAnswer => {
                "the order was sent and the device gave no answer within 5 s; it may do it all the \
                 same: look at the device"
            }
            Self::NotSent => "the device does not answer just now; nothing was sent",
            Self::Withdrawn => "the order to stop came first; nothing was sent",
            Self::Overtaken => "the order to stop came before the device had answered this one",
            Self::LineLost => {
                "the line was lost before the device answered; it may do it all the same: look at \
                 the device"
            }
        }
    }
}

/// Why an order is not taken. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CuffRefusal {
    /// The bed's cuff belongs to no device that can be told, or there is none.
    Unable,
    /// The line to the device is down, or the device is silent.
    NotConnected,
    /// Another device answered there than before, and nobody has confirmed it: it may be on
    /// another patient's arm.
    OtherDevice,
    /// A determination is under way.
    Measuring,
    /// An order before this one has not been answered.
    UnderWay,
}

impl CuffRefusal {
    /// Every refusal.
    pub const ALL: [Self; 5] = [
        Self::Unable,
        Self::NotConnected,
        Self::OtherDevice,
        Self::Measuring,
        Self::UnderWay,
    ];
}

impl fmt::Display for CuffRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unable => "the cuff at this bed cannot be started or stopped from here",
            Self::NotConnected => "the device is not connected; nothing was sent",
            Self::OtherDevice => {
                "another device answers than before; confirm first that it belongs to this bed; \
                 nothing was sent"
            }
            Self::Measuring => "a determination is under way; nothing was sent",
            Self::UnderWay => "the order before this one is not answered yet; nothing was sent",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_again() {
        for order in CuffOrder::ALL {
            assert_eq!(CuffOrder::from_name(order.name()), Some(order));
        }
        for answer in CuffAnswer::ALL {
            assert_eq!(CuffAnswer::from_name(answer.name()), Some(answer));
            assert!(!answer.words().is_empty());
        }
        assert_eq!(CuffOrder::from_name("measure"), None);
        assert_eq!(CuffAnswer::from_name("start"), None);
    }

    #[test]
    fn what_may_have_been_sent_tells_people_to_look_at_the_device() {
        for answer in [CuffAnswer::NoAnswer, CuffAnswer::LineLost] {
            assert!(answer.words().contains("look at the device"), "{answer:?}");
        }
        let within = format!("within {} s", CuffAnswer::ANSWER_WITHIN.as_secs());
        for answer in [CuffAnswer::NotDone, CuffAnswer::NoAnswer] {
            assert!(answer.words().contains(&within), "{answer:?}");
        }
        for refusal in &CuffRefusal::ALL[1..] {
            assert!(refusal.to_string().ends_with("nothing was sent"));
        }
    }
}
