//! A clinic for the tests of the ladder: three people, two channels, virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chairside_alarm::{AlarmId, Occurrence, Priority, SignalPresence, Transition};
use chairside_escalation::{
    Attempt, Channel, Climbed, ClimbedFor, Contact, Delivery, DeliveryId, Duty, Ended, Escalation,
    Input, Ladder, Moment, Outcome, Output, Person, Plan, Purpose, Rung, WeekMinute, Who,
};
use chairside_model::{BedId, MonoTime};

pub(crate) const ANNA: Person = Person(0);
pub(crate) const BEN: Person = Person(1);
pub(crate) const CARL: Person = Person(2);
pub(crate) const PUSH: Channel = Channel(0);
pub(crate) const SMS: Channel = Channel(1);
pub(crate) const BED: BedId = BedId(1);

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The nurse on duty after 15 s (60 s), Ben after 30 s (120 s), everyone by SMS too after 60 s.
pub(crate) fn ladder() -> Ladder {
    let rung = |high, medium: Option<u64>, who, by: Option<Channel>| Rung {
        high_after: seconds(high),
        medium_after: medium.map(seconds),
        who: vec![who],
        by: by.map(|by| BTreeSet::from([by])),
    };
    Ladder {
        rungs: vec![
            rung(15, Some(60), Who::Duty(0), Some(PUSH)),
            rung(30, Some(120), Who::Person(BEN), Some(PUSH)),
            rung(60, None, Who::Everyone, None),
        ],
        repeat_after: seconds(120),
    }
}

pub(crate) fn plan(beds: u16) -> Plan {
    let contact = |channel, address: &str| Contact {
        channel,
        address: address.into(),
    };
    Plan {
        people: vec![
            vec![contact(PUSH, "anna")],
            vec![contact(PUSH, "ben"), contact(SMS, "+1")],
            vec![contact(SMS, "+2")],
        ],
        duties: vec![Duty {
            shifts: Vec::new(),
            otherwise: vec![ANNA],
        }],
        ladders: (1..=beds).map(|bed| (BedId(bed), ladder())).collect(),
    }
}

/// What happened, in a line each, by the time in seconds.
pub(crate) struct World {
    pub(crate) escalation: Escalation,
    pub(crate) now: MonoTime,
    pub(crate) out: Output,
    pub(crate) climbed: Vec<(Duration, BedId, Climbed)>,
    pub(crate) made: Vec<Delivery>,
    pub(crate) tried: Vec<(Duration, Attempt)>,
    pub(crate) ended: BTreeMap<DeliveryId, Ended>,
    calls: BTreeMap<BedId, u64>,
    /// What each channel does with an attempt: takes it when nothing is said; nothing for one
    /// that hangs.
    pub(crate) outcomes: BTreeMap<Channel, Option<Outcome>>,
}

impl World {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            escalation: Escalation::new(plan),
            now: MonoTime::from_secs(1000),
            out: Output::default(),
            climbed: Vec::new(),
            made: Vec::new(),
            tried: Vec::new(),
            ended: BTreeMap::new(),
            calls: BTreeMap::new(),
            outcomes: BTreeMap::new(),
        }
    }

    fn since_start(&self) -> Duration {
        self.now.saturating_since(MonoTime::from_secs(1000))
    }

    pub(crate) fn handle(&mut self, input: Input<'_>) {
        self.handle_all([input]);
    }

    /// Several things happen at once.
    pub(crate) fn handle_all<'a>(&mut self, inputs: impl IntoIterator<Item = Input<'a>>) {
        let at = Moment {
            now: self.now,
            week: WeekMinute::new(0),
        };
        self.escalation.handle(at, inputs, &mut self.out);
        let since = self.since_start();
        let climbed = self.out.climbed.drain(..);
        self.climbed
            .extend(climbed.map(|(bed, climbed)| (since, bed, climbed)));
        self.made.append(&mut self.out.deliveries);
        self.ended.extend(self.out.ended.drain(..));
        let attempts: Vec<_> = self.out.attempts.drain(..).collect();
        for attempt in attempts {
            self.tried.push((since, attempt));
            let channel = self.delivery(attempt.delivery).channel;
            let outcome = self.outcomes.get(&channel);
            if let Some(outcome) = outcome.copied().unwrap_or(Some(Outcome::Taken)) {
                self.handle(Input::Tried(attempt.delivery, outcome));
            }
        }
    }

    pub(crate) fn delivery(&self, id: DeliveryId) -> Delivery {
        let mut made = self.made.iter();
        made.find(|delivery| delivery.id == id)
            .expect("a delivery is made before it is tried")
            .clone()
    }

    /// Lets time pass, from deadline to deadline.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        let mut turns = 0;
        while let Some(due) = self.escalation.next_deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.handle(Input::Tick);
            turns += 1;
            assert!(turns < 100_000, "it wants to be woken for nothing");
        }
        self.now = until;
    }

    /// An alarm calls, for the first time or again.
    pub(crate) fn call(&mut self, bed: BedId, id: AlarmId, priority: Priority) -> u64 {
        let call = self.calls.entry(bed).or_default();
        *call += 1;
        let call = *call;
        self.tell(bed, id, priority, SignalPresence::On, call);
        call
    }

    /// An alarm that called is acknowledged, over, …
    pub(crate) fn quiet(&mut self, bed: BedId, id: AlarmId, signal: SignalPresence) {
        let call = self.calls[&bed];
        self.tell(bed, id, Priority::High, signal, call);
    }

    fn tell(
        &mut self,
        bed: BedId,
        id: AlarmId,
        priority: Priority,
        signal: SignalPresence,
        call: u64,
    ) {
        let told = transition(self.now, id, priority, signal, call);
        self.handle(Input::Alarm(bed, &told, false));
    }

    /// Each rung that was climbed: seconds, bed, rung, why.
    pub(crate) fn rungs(&self) -> Vec<(u64, u16, u32, ClimbedFor)> {
        let climbed = self.climbed.iter();
        climbed
            .map(|(at, bed, climbed)| (at.as_secs(), bed.0, climbed.rung, climbed.why))
            .collect()
    }

    /// Each message that was made: seconds, to whom, by what, for what.
    pub(crate) fn messages(&self) -> Vec<(u64, Person, Channel, Purpose)> {
        let start = MonoTime::from_secs(1000);
        let made = self.made.iter();
        made.map(|made| {
            let at = made.at.saturating_since(start).as_secs();
            (at, made.person, made.channel, made.purpose)
        })
        .collect()
    }
}

pub(crate) fn transition(
    at: MonoTime,
    id: AlarmId,
    priority: Priority,
    signal: SignalPresence,
    call: u64,
) -> Transition {
    Transition {
        at,
        id,
        occurrence: Occurrence(call),
        priority,
        present: signal != SignalPresence::Off,
        signal,
        call,
        superseded: false,
        since: at,
        mode: None,
        evidence: "as a test has it".to_owned(),
    }
}
