//! The languages of the page. The English text is its own key.

use std::time::Duration;

use axum::http::HeaderMap;
use chairside_alarm::AlarmId;
use chairside_care::{
    Check, DischargeItem, DischargeNeed, Drug, EventKind, Route, Said, ScoreId, Stage, Standing,
};

use super::alarm_words::{self, ALARMS};
use super::german::PAGE;
use super::german_across::ACROSS;
use super::german_core::CORE;
use super::german_refusals::REFUSALS;
use crate::web::page::Language;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Lang {
    English,
    German,
}

impl Lang {
    /// Returns the language that the address asks for, or else the browser.
    pub(in crate::web) fn asked_for(wanted: Option<&str>, headers: &HeaderMap) -> Self {
        match (wanted, Language::asked_for(headers)) {
            (Some("en"), _) => Self::English,
            (Some("de"), _) | (_, Language::German) => Self::German,
            (_, Language::English) => Self::English,
        }
    }

    /// Returns the language of that code; English where there is none.
    pub(in crate::web) fn named(code: Option<&str>) -> Self {
        match code {
            Some("de") => Self::German,
            _ => Self::English,
        }
    }

    /// Returns its code.
    pub(in crate::web) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Returns a text of the page in this language. One that has no German stays English, whole.
    pub(in crate::web) fn t(self, english: &str) -> &str {
        match self {
            Self::English => english,
            Self::German => german(english).unwrap_or(english),
        }
    }

    /// Returns a text of the page with what stands for `{}` in it, in order.
    pub(in crate::web) fn fill(self, english: &str, blanks: &[&str]) -> String {
        with_blanks(self.t(english), blanks)
    }

    /// Returns what the core says in this language where all of it is known, else in English.
    pub(in crate::web) fn said(self, english: &str) -> String {
        if self == Self::English {
            return english.to_owned();
        }
        let known = german(english).map(str::to_owned);
        known
            .or_else(|| {
                let mut core = CORE.iter().chain(REFUSALS);
                core.find_map(|pair| matched(*pair, english))
            })
            .unwrap_or_else(|| english.to_owned())
    }

    /// Returns a number as people of the language write it.
    pub(in crate::web) fn number(self, number: f64) -> String {
        let text = format!("{number:.3}");
        self.with_point(text.trim_end_matches('0').trim_end_matches('.'))
    }

    /// Returns a number with every digit that it has: who sends it again sends the same.
    pub(super) fn to_the_last_digit(self, number: f64) -> String {
        self.with_point(&number.to_string())
    }

    fn with_point(self, text: &str) -> String {
        match self {
            Self::English => text.to_owned(),
            Self::German => text.replace('.', ","),
        }
    }

    /// Returns for how long, in whole minutes: what stands still for a minute can be read.
    pub(in crate::web) fn minutes(self, time: Duration) -> String {
        let minutes = time.as_secs() / 60;
        let (hours, minutes) = (minutes / 60, minutes % 60);
        if hours == 0 {
            self.fill("{} min", &[&minutes.to_string()])
        } else {
            let blanks = [&*hours.to_string(), &format!("{minutes:02}")];
            self.fill("{} h {} min", &blanks)
        }
    }

    pub(in crate::web) fn stage(self, stage: Stage) -> &'static str {
        self.t(stage.name())
    }

    pub(in crate::web) fn drug(self, drug: Drug) -> &'static str {
        self.t(drug.name())
    }

    pub(in crate::web) fn route(self, route: Route) -> &'static str {
        self.t(match route {
            Route::Intravenous => "into the vein",
            Route::Intramuscular => "into the muscle",
            Route::Intranasal => "as a spray",
            Route::Oral => "swallowed",
            Route::Sublingual => "under the tongue",
        })
    }

    pub(super) fn answer(self, said: Said) -> &'static str {
        self.t(said.name())
    }

    pub(super) fn standing(self, standing: Standing) -> &'static str {
        self.t(match standing {
            Standing::Met => "met",
            Standing::Note => "clinician's note needed",
            Standing::Missing => "missing",
            Standing::NotMet => "not met",
        })
    }

    pub(in crate::web) fn event(self, kind: EventKind) -> &'static str {
        self.t(match kind {
            EventKind::OxygenOn => "Oxygen on",
            EventKind::OxygenOff => "Oxygen off",
            EventKind::Vomiting => "Vomiting",
            EventKind::DrugGiven => "Drug given",
            EventKind::Position => "Turned or sat up",
            EventKind::Stridor => "Stridor heard",
            EventKind::Airway => "Airway opened",
            EventKind::Intervention => "Intervention",
            EventKind::Note => "Note",
        })
    }

    /// Returns what an alarm is called on screen.
    pub(in crate::web) fn alarm(self, id: AlarmId) -> &'static str {
        self.t(alarm_words::title(id))
    }

    pub(super) fn item(self, item: DischargeItem) -> &'static str {
        self.t(DischargeNeed::Answer(item).label())
    }

    pub(in crate::web) fn score(self, id: ScoreId) -> &'static str {
        self.t(id.title())
    }

    pub(super) fn check(self, check: Check) -> &'static str {
        match check {
            Check::Score(id) => self.score(id),
            Check::Look => self.t("Look at the patient"),
            Check::IvSite => self.t("Look at the IV site"),
            Check::CallPrescriber => self.t("Call the prescriber"),
        }
    }
}

fn german(english: &str) -> Option<&'static str> {
    let pages = PAGE.iter().chain(ACROSS).chain(ALARMS);
    let mut pairs = pages.chain(CORE).chain(REFUSALS);
    pairs
        .find(|(known, _)| *known == english)
        .map(|(_, german)| *german)
}

/// Puts what stands for each `{}` of a known text into the German one, if the text is that one.
fn matched((known, german): (&str, &str), english: &str) -> Option<String> {
    let (first, mut rest) = known.split_once("{}")?;
    let mut left = english.strip_prefix(first)?;
    let mut blanks = Vec::new();
    loop {
        let (middle, more) = rest
            .split_once("{}")
            .map_or((rest, None), |(middle, more)| (middle, Some(more)));
        let blank = match more {
            None => left.strip_suffix(middle)?,
            Some(_) => left.split_once(middle)?.0,
        };
        blanks.push(figure_or_known(blank)?);
        let Some(more) = more else {
            break;
        };
        left = left.split_once(middle)?.1;
        rest = more;
    }
    Some(with_blanks(german, &blanks))
}

/// What stands for a `{}` is a figure, which has a decimal comma then, or is in German too: anything
/// else is another text.
fn figure_or_known(blank: &str) -> Option<String> {
    let is_figure = !blank.contains(char::is_alphabetic);
    if is_figure {
        Some(blank.replace('.', ","))
    } else {
        german(blank).map(str::to_owned)
    }
}

fn with_blanks(text: &str, blanks: &[impl AsRef<str>]) -> String {
    let mut parts = text.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (part, blank) in parts.zip(blanks) {
        filled.push_str(blank.as_ref());
        filled.push_str(part);
    }
    filled
}

#[cfg(test)]
mod tests {
    use chairside_station::CareDenied;

    use super::*;

    #[test]
    fn what_the_core_says_is_put_into_german_whole_or_not_at_all() {
        let said = |english| Lang::German.said(english);
        assert_eq!(
            said("two cuff readings, 6 min apart"),
            "zwei Manschettenmessungen, 6 min auseinander"
        );
        assert_eq!(
            said("two cuff readings, 6 hours away"),
            "two cuff readings, 6 hours away"
        );
        assert_eq!(said("no heart rate now"), "jetzt keine Herzfrequenz");
        assert_eq!(
            said("120 min after esketamine, intranasal"),
            "120 min nach Esketamin, als Spray"
        );
        assert_eq!(
            said("60 min after snow, intranasal"),
            "60 min after snow, intranasal"
        );
        assert_eq!(Lang::English.said("no heart rate now"), "no heart rate now");
    }

    #[test]
    fn a_question_about_a_dose_and_a_refusal_are_put_into_german_whole() {
        let said = |english| Lang::German.said(english);
        assert_eq!(
            said(
                "350 mg: more than the protocol's most, 100 mg; type it a second time: the amount"
            ),
            "350 mg: mehr als das Höchste des Protokolls, 100 mg; ein zweites Mal eintippen: die \
             Menge"
        );
        assert_eq!(
            said(
                "with this the session has 1.2 mg/kg: more than the protocol's most, 1 mg/kg; \
                type it a second time: the planned amount"
            ),
            "mit diesem hat die Behandlung 1,2 mg/kg: mehr als das Höchste des Protokolls, 1 mg/kg; \
             ein zweites Mal eintippen: die geplante Menge"
        );
        assert_eq!(
            said("1.125 mg/min: less than the protocol's least, 2.5 mg/min"),
            "1,125 mg/min: weniger als das Mindeste des Protokolls, 2,5 mg/min",
            "1.125 would be over a thousand in German"
        );
        assert_eq!(
            said(
                "that makes 48.125 mg of 35 mg planned: if it ended earlier, say how many minutes \
                 ago"
            ),
            "das macht 48,125 mg von 35 mg geplant: wenn sie früher zu Ende war, sagen, vor wie \
             vielen Minuten"
        );
        assert_eq!(
            Lang::German.said(&CareDenied::Simulated.to_string()),
            "ein simuliertes Gerät speist dieses Bett, das nicht der Übung dient; darauf beginnt \
             keine Behandlung eines Patienten"
        );
        assert_eq!(
            said("logging a dose is nothing for screening"),
            "eine Gabe eintragen gehört nicht zu: Aufnahme"
        );
        assert_eq!(
            said("snowing is nothing for screening"),
            "snowing is nothing for screening"
        );
    }

    #[test]
    fn the_address_says_the_language_and_else_the_browser() {
        let mut headers = HeaderMap::new();
        assert_eq!(Lang::asked_for(None, &headers), Lang::English);
        headers.insert("accept-language", "de-AT,en;q=0.5".parse().unwrap());
        assert_eq!(Lang::asked_for(None, &headers), Lang::German);
        assert_eq!(Lang::asked_for(Some("en"), &headers), Lang::English);
        assert_eq!(Lang::asked_for(Some("fr"), &headers), Lang::German);
    }
}
