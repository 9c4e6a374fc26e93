//! What a page is made of, and what its parts ask of it.

use std::time::Duration;

use chairside_care::{Care, Treatment};
use chairside_model::{MonoTime, Patient};
use chrono::{DateTime, Local, SecondsFormat, Utc};

use super::lang::Lang;
use crate::clock;
use crate::config::Patients;
use crate::web::wire::Person;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    /// The bed, as the configuration calls it.
    pub(super) bed: &'a str,
    /// The bed, as people call it.
    pub(super) bed_name: &'a str,
    /// What the bed shows is nobody's.
    pub(super) simulated: bool,
    /// A trainer can steer the patient.
    pub(super) is_steered: bool,
    pub(super) care: &'a Care,
    /// For whom a session without a protocol is open at the bed, and since when: it is led on the
    /// page of the bed, and none can be begun here beside it.
    pub(super) without_protocol: Option<(Patient, MonoTime)>,
    pub(super) staff: &'a [Person],
    /// The wall-clock time of [`MonoTime::ZERO`].
    pub(super) zero: DateTime<Utc>,
    pub(super) now: MonoTime,
    /// The clinic wants concentrations predicted.
    pub(super) predicts: bool,
    /// How patients are known in the clinic.
    pub(super) patients: Patients,
    pub(super) lang: Lang,
}

impl Shown<'_> {
    /// Returns the session that is led here: the one that is open, else the last one.
    pub(super) fn treatment(&self) -> Option<&Treatment> {
        self.care.treatment().or_else(|| self.care.ended())
    }

    /// Returns what stands on a clock of the clinic.
    pub(super) fn time(&self, at: MonoTime) -> String {
        let at = clock::wall(self.zero, at).with_timezone(&Local);
        at.format("%H:%M").to_string()
    }

    /// Returns the moment as the service reads it.
    pub(super) fn instant(&self, at: MonoTime) -> String {
        let at = clock::wall(self.zero, at);
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Returns for how long, in whole minutes: what stands still for a minute can be read.
    pub(super) fn minutes(&self, time: Duration) -> String {
        self.lang.minutes(time)
    }

    /// Returns how long ago something was.
    pub(super) fn ago(&self, at: MonoTime) -> String {
        let ago = self.now.saturating_since(at);
        self.lang.fill("{} ago", &[&self.minutes(ago)])
    }

    /// Returns what a person of the staff is called; one who has left by their id.
    pub(super) fn person<'b>(&'b self, id: &'b str) -> &'b str {
        let known = self.staff.iter().find(|person| person.id == id);
        known.map_or(id, |person| &person.name)
    }

    /// Returns what the patient of a session is called here.
    pub(super) fn patient(&self, one: &Treatment) -> String {
        let known = self.known_as(one.patient());
        let name = one.patient_name().filter(|_| self.patients.names);
        match name {
            Some(name) => format!("{} · {known}", name.as_str()),
            None => known,
        }
    }

    /// Returns a patient's initials and number.
    pub(super) fn known_as(&self, patient: &Patient) -> String {
        let said = [patient.initials(), patient.number()];
        let said: Vec<_> = said.into_iter().flatten().collect();
        if said.is_empty() {
            self.lang.t("no initials").to_owned()
        } else {
            said.join(" ")
        }
    }
}
