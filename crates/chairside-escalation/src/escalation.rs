//! The two machines together.

use std::collections::BTreeMap;

use chairside_alarm::{Occurrence, Transition};
use chairside_model::{BedId, MonoTime};

use crate::climb::{Climbed, Climbing, Way, Wish};
use crate::delivery::{Attempt, CalledAs, Delivery, DeliveryId, Ended, Outcome, Part, Purpose};
use crate::outbox::Outbox;
use crate::plan::{Channel, Moment, Person, Plan};

/// Who is called when nobody answers: the ladders of all beds and the outbox behind them.
#[derive(Debug)]
pub struct Escalation {
    plan: Plan,
    beds: BTreeMap<BedId, Climbing>,
    outbox: Outbox,
    heard: bool,
}

/// What can happen.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// An alarm of a bed, or its signal, changed; and whether the alarm is of what is simulated.
    Alarm(BedId, &'a Transition, bool),
    /// A person comes to a bed, and has seen its calls up to this one.
    Accepted(BedId, u64, Option<Person>),
    /// What a bed shows is a patient's from now on, and was simulated before.
    Patients(BedId),
    /// A treatment session opened or closed at a bed: nobody comes any more who was to come before.
    Session(BedId),
    /// A person does not come for that alarm.
    Declined(BedId, Occurrence, Person),
    /// Some display is heard, or none is.
    Heard(bool),
    /// What became of an attempt.
    Tried(DeliveryId, Outcome),
    /// A test of a way to a person is wanted.
    Test(Person, Channel),
    /// The calendar wants one ([`Drills`](crate::Drills)).
    Drill(Person, Channel),
    /// Time passed.
    Tick,
}

/// What follows. The caller owns it, empties it and uses it again.
#[derive(Debug, Default)]
pub struct Output {
    /// Rungs that were climbed, for the record.
    pub climbed: Vec<(BedId, Climbed)>,
    /// Messages that were made: each is put on record before it is first tried.
    pub deliveries: Vec<Delivery>,
    /// What is to be tried now, the most urgent first. Each is answered by [`Input::Tried`].
    pub attempts: Vec<Attempt>,
    /// Deliveries that ended, for the record.
    pub ended: Vec<(DeliveryId, Ended)>,
}

/// What an earlier run of the service left, in its order.
#[derive(Clone, Debug, Default)]
pub struct Left {
    /// The rungs that were climbed.
    pub climbed: Vec<(MonoTime, BedId, Climbed)>,
    /// The messages that were made, how often each was tried, and how it ended, if it did. Their
    /// numbers mean nothing any more.
    pub deliveries: Vec<(Delivery, u32, Option<Ended>)>,
}

impl Left {
    fn has_sent(&self, bed: BedId, climbed: &Climbed, way: (Person, Channel)) -> bool {
        let as_this = CalledAs {
            bed,
            first_call: climbed.first_call,
            rung: climbed.rung,
            round: climbed.round,
        };
        let mut made = self.deliveries.iter().map(|(delivery, ..)| delivery);
        made.any(|made| (made.person, made.channel) == way && made.called_as.contains(&as_this))
    }
}

impl Escalation {
    /// Makes one that knows of no alarm. Until it is told otherwise, it takes it that the stations
    /// are heard.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let beds = plan.ladders.keys();
        let beds = beds.map(|bed| (*bed, Climbing::default())).collect();
        Self {
            plan,
            beds,
            outbox: Outbox::default(),
            heard: true,
        }
    }

    /// Returns the plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Follows what happened at one moment of an earlier run of the service, without calling
    /// anybody. Only alarms, answers and sessions count.
    pub fn follow<'a>(&mut self, at: MonoTime, inputs: impl IntoIterator<Item = Input<'a>>) {
        for input in inputs {
            self.take(at, input);
        }
        for climbing in self.beds.values_mut() {
            climbing.follow();
        }
    }

    /// Goes on from what an earlier run had climbed and sent, after everything was
    /// [followed](Self::follow); returns the numbers of the messages in this run, in their order.
    /// What had not ended goes on at the next [`Input::Tick`], and whom a rung had called without
    /// a message yet is sent one.
    pub fn resume(&mut self, now: MonoTime, left: &Left) -> Vec<DeliveryId> {
        for (at, bed, climbed) in &left.climbed {
            if let Some(climbing) = self.beds.get_mut(bed)
                && climbing.resume(*at, climbed)
            {
                let mut unsent = climbed.clone();
                unsent
                    .ways
                    .retain(|way| !left.has_sent(*bed, climbed, *way));
                self.outbox.call(*bed, &unsent);
            }
        }
        let mut numbers = Vec::new();
        for (delivery, attempts, ended) in &left.deliveries {
            if let Some(ended) = ended {
                self.tell_the_climbs(delivery, *ended);
            }
            let belongs = |called: &CalledAs| {
                let climbing = self.beds.get(&called.bed);
                climbing.is_some_and(|climbing| climbing.has_called(called, delivery))
            };
            if delivery.called_as.iter().any(belongs) {
                self.outbox.tell(delivery);
            }
            numbers.push(
                self.outbox
                    .resume(now, delivery, *attempts, ended.is_some()),
            );
        }
        numbers
    }

    /// Takes what happened at one moment, in its order, and appends what follows from all of it to
    /// `out`: an alarm that takes the place of another is no end of the calling.
    pub fn handle<'a>(
        &mut self,
        at: Moment,
        inputs: impl IntoIterator<Item = Input<'a>>,
        out: &mut Output,
    ) {
        for input in inputs {
            match input {
                Input::Heard(heard) => self.heard = heard,
                Input::Tried(id, outcome) => {
                    if let Some((delivery, ended)) = self.outbox.tried(at.now, id, outcome) {
                        self.tell_the_climbs(&delivery, ended);
                        out.ended.push((id, ended));
                    }
                }
                Input::Test(person, channel) => {
                    let way = (person, channel);
                    let test = self.outbox.test(at.now, way, Purpose::Test);
                    out.deliveries.push(test);
                }
                Input::Drill(person, channel) => {
                    let way = (person, channel);
                    let drill = self.outbox.test(at.now, way, Purpose::Drill);
                    out.deliveries.push(drill);
                }
                Input::Tick => {}
                Input::Alarm(..)
                | Input::Accepted(..)
                | Input::Declined(..)
                | Input::Patients(_)
                | Input::Session(_) => self.take(at.now, input),
            }
        }
        self.settle(at, out);
    }

    /// Takes what is about one bed.
    fn take(&mut self, now: MonoTime, input: Input<'_>) {
        let (Input::Alarm(bed, ..)
        | Input::Accepted(bed, ..)
        | Input::Declined(bed, ..)
        | Input::Patients(bed)
        | Input::Session(bed)) = input
        else {
            return;
        };
        let Some(climbing) = self.beds.get_mut(&bed) else {
            return;
        };
        match input {
            Input::Alarm(_, told, simulated) => climbing.alarm(told, simulated),
            Input::Accepted(_, call, by) => climbing.accept(call, by),
            Input::Declined(_, occurrence, by) => climbing.decline(now, occurrence, by),
            Input::Patients(_) => climbing.patients(now),
            Input::Session(_) => climbing.take_back(now),
            Input::Heard(_)
            | Input::Tried(..)
            | Input::Test(..)
            | Input::Drill(..)
            | Input::Tick => {}
        }
    }

    fn tell_the_climbs(&mut self, delivery: &Delivery, ended: Ended) {
        let way = (delivery.person, delivery.channel);
        let state = match ended {
            Ended::Taken => Some(Way::Taken),
            Ended::Refused => Some(Way::Failed),
            Ended::NotNeeded => None,
        };
        for called in &delivery.called_as {
            if let Some(climbing) = self.beds.get_mut(&called.bed) {
                climbing.reached(called, way, state);
            }
        }
    }

    /// Does everything that is due.
    fn settle(&mut self, at: Moment, out: &mut Output) {
        for (bed, climbing) in &mut self.beds {
            let Some(ladder) = self.plan.ladders.get(bed) else {
                continue;
            };
            for wish in climbing.settle(&self.plan, ladder, at, self.heard) {
                match wish {
                    Wish::Call(climbed) => {
                        self.outbox.call(*bed, &climbed);
                        out.climbed.push((*bed, climbed));
                    }
                    Wish::Over {
                        ways,
                        answered,
                        comes,
                    } => self.outbox.over(*bed, &ways, answered, comes),
                }
            }
        }
        let beds = &self.beds;
        let open = |bed: BedId| open(beds, bed);
        out.deliveries.extend(self.outbox.release(at.now, &open));
        let (attempts, ended) = self.outbox.start(at.now, &open);
        out.attempts.extend(attempts);
        for (delivery, ended) in ended {
            self.tell_the_climbs(&delivery, ended);
            out.ended.push((delivery.id, ended));
        }
    }

    /// Returns when it wants an [`Input::Tick`], if it does.
    #[must_use]
    pub fn next_deadline(&self) -> Option<MonoTime> {
        let climbs = self.beds.iter().filter_map(|(bed, climbing)| {
            let ladder = self.plan.ladders.get(bed)?;
            climbing.next_deadline(ladder, self.heard)
        });
        let open = |bed: BedId| open(&self.beds, bed);
        climbs.chain(self.outbox.next_deadline(&open)).min()
    }

    /// Returns the ways by which somebody was called for a bed and which have not taken the
    /// message.
    pub fn unreached(&self, bed: BedId) -> impl Iterator<Item = (Person, Channel)> {
        self.beds
            .get(&bed)
            .into_iter()
            .flat_map(Climbing::unreached)
    }

    /// Tells whether the last rung of a bed was climbed and nobody was on it.
    #[must_use]
    pub fn calls_nobody(&self, bed: BedId) -> bool {
        let ladder = self.plan.ladders.get(&bed);
        let climbing = self.beds.get(&bed);
        let both = climbing.zip(ladder);
        both.is_some_and(|(climbing, ladder)| climbing.calls_nobody(ladder))
    }

    /// Returns the messages that have not ended, and how often each was tried.
    pub fn under_way(&self) -> impl Iterator<Item = (&Delivery, u32)> {
        self.outbox.under_way()
    }
}

/// The alarms of a bed that call and that nobody has answered.
fn open(beds: &BTreeMap<BedId, Climbing>, bed: BedId) -> Vec<Part> {
    let climbing = beds.get(&bed).into_iter();
    let open = climbing.flat_map(Climbing::open);
    open.map(|(alarm, calling)| Part {
        bed,
        alarm,
        occurrence: calling.occurrence,
        priority: calling.priority,
        call: calling.call,
        since: calling.since,
        simulated: calling.simulated,
    })
    .collect()
}
