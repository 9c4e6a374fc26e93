//! Somebody calls people to the bed: the patient, or a member of the staff who needs help there
//! (`docs/adr/0020-calls.md`).

use chairside_model::MonoTime;

use crate::inputs::{Event, Inputs, Told};
use crate::rules::{Rule, cause};
use crate::{AlarmId, Priority, Transition};

/// The rules about calls. No profile has a number of theirs: how urgent a call is, no clinic sets.
pub(crate) fn build() -> impl Iterator<Item = Box<dyn Rule>> {
    [
        (AlarmId::PatientCall, Priority::Medium),
        (AlarmId::HelpWanted, Priority::High),
    ]
    .into_iter()
    .map(|(id, priority)| {
        Box::new(Called {
            id,
            priority,
            stands: false,
            words: None,
        }) as Box<dyn Rule>
    })
}

/// A call that stands from when it is made until a person has acknowledged it, and of which there
/// is one at a time: another one while it stands changes nothing.
#[derive(Debug)]
struct Called {
    id: AlarmId,
    priority: Priority,
    stands: bool,
    /// Who asks for what; not known of a call that was taken up after a restart.
    words: Option<String>,
}

impl Rule for Called {
    fn id(&self) -> AlarmId {
        self.id
    }

    fn take(&mut self, _now: MonoTime, event: &Event<'_>, _inputs: &Inputs) {
        match event {
            Event::Told(Told::Called { id, by, about }) if *id == self.id && !self.stands => {
                self.stands = true;
                self.words = Some(words(*id, by, *about));
            }
            Event::Told(Told::Answered(id)) if *id == self.id => {
                self.stands = false;
                self.words = None;
            }
            _ => {}
        }
    }

    fn causes(&self) -> u64 {
        cause(self.stands)
    }

    fn priority(&self) -> Priority {
        self.priority
    }

    fn adopt(&mut self, _now: MonoTime, told: Option<&Transition>, _inputs: &Inputs) {
        self.stands = told.is_some();
        self.words = None;
    }

    fn evidence(&self, _now: MonoTime, _inputs: &Inputs) -> Option<String> {
        self.words.clone()
    }
}

fn words(id: AlarmId, by: &str, about: Option<AlarmId>) -> String {
    match about {
        _ if id == AlarmId::PatientCall => "the patient asks for somebody".to_owned(),
        Some(about) => format!("{by} asks for help: {about}"),
        None => format!("{by} asks for help"),
    }
}
