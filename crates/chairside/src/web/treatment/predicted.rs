//! What published models predict from the doses, beside what was measured. It is worked out and no
//! measurement, it is never in a colour of an alarm, and a clinic has to switch it on.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chairside_care::pk::{Concentration, NoPrediction, Point, Prediction, Range};
use chairside_care::{Route, SessionFacts, Treatment};
use chairside_report::{Area, Chart, Mark, Series, svg};

use super::Asked;
use super::html::Html;
use super::lang::Lang;
use super::shown::Shown;
use crate::report::{self, Given, PRESSURE_AND_RATE, pressure_and_rate};
use crate::web::Web;
use crate::web::history::{STEP, names, no_session, not_switched_on, predictions};
use crate::web::routes::refused;

/// The picture has a style of its own and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// How dark the range of the models is, and behind it the spread of absorption.
const MODELS: f32 = 0.3;
const ABSORPTION: f32 = 0.12;

/// The least height of the scale, ng/mL, and its steps.
const SCALE: f32 = 50.0;

/// So long after a push into a vein the scale is not made for what is predicted, minutes. A model
/// that mixes a push into a few litres has it at ten times the rest, and back there within this
/// time: the course of the hours after it would be a line at the bottom.
const SETTLES: f32 = 5.0;

/// The part of the page: what it is in words, and the picture, which the service draws anew each
/// minute.
pub(super) fn part(h: &mut Html, shown: &Shown<'_>, treatment: &Treatment) {
    if !shown.predicts {
        return;
    }
    let lang = shown.lang;
    h.part("predicted", "predicted", |h| {
        h.text("h2", &[], lang.t("Predicted concentration"));
        let what = lang.t(
            "Worked out from the doses on record by published models, and not measured. People \
             differ by more than the range. No alarm knows it, and nothing is to be dosed by it.",
        );
        h.text("p", &[("class", "detail")], what);
        let is_given = !treatment.dose_log().entries().is_empty();
        let none = match treatment.weight() {
            None => Some(NoPrediction::NoWeight),
            Some(_) => (!is_given).then_some(NoPrediction::NoDose),
        };
        if let Some(none) = none {
            h.text("p", &[], &lang.said(&none.to_string()));
            return;
        }
        let session = treatment.session();
        let (entries, code) = (treatment.log().len(), lang.code());
        let minute = shown.now.since_start().as_secs() / STEP.as_secs();
        let address = format!(
            "/api/v1/sessions/{session}/prediction.svg?lang={code}&entries={entries}&at={minute}"
        );
        let words = lang.t("Blood pressure and heart rate, and below them the predicted range");
        h.void(
            "img",
            &[("src", &address), ("alt", words), ("width", "100%")],
        );
    });
}

/// `GET /api/v1/sessions/{session}/prediction.svg`
pub(in crate::web) async fn picture(
    State(web): State<Web>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    if let Some(refused) = not_switched_on(&web) {
        return refused;
    }
    let lang = Lang::asked_for(asked.lang.as_deref(), &headers);
    let (now, names, session) = (web.clock.wall(web.clock.now()), names(&web), id.clone());
    let drawn = web.questions.ask(move |history| {
        let Some(session) = history.session(&session)? else {
            return Ok(None);
        };
        let given = Given::read(history, &session, now)?;
        let facts = report::facts(history, &session, &names, (now, true))?;
        Ok(Some(charts(&given, facts.as_ref(), lang)))
    });
    match drawn.await {
        Ok(Some(Ok(charts))) => {
            let headers = [
                (header::CONTENT_TYPE, "image/svg+xml"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
            ];
            (headers, svg(&charts)).into_response()
        }
        Ok(Some(Err(why))) => refused(&why.to_string(), StatusCode::NOT_FOUND),
        Ok(None) => no_session(&id),
        Err(none) => none.into_response(),
    }
}

/// Returns what was measured, and below it what is predicted of each drug, on the same minutes.
fn charts(
    given: &Given,
    facts: Option<&SessionFacts>,
    lang: Lang,
) -> Result<Vec<Chart>, NoPrediction> {
    let predictions = predictions(given)?;
    let minutes = (0.0, given.minute(given.until).max(1.0));
    let mut charts: Vec<Chart> = facts
        .and_then(|facts| measured(facts, lang))
        .into_iter()
        .collect();
    for prediction in predictions {
        charts.extend(of_drug(given, prediction, lang));
    }
    for (place, chart) in charts.iter_mut().enumerate() {
        chart.minutes = minutes;
        let doses = given.doses.iter();
        let doses = doses.map(|(at, words)| Mark {
            minute: given.minute_of(*at),
            // The names of the doses stand once, above all of the charts.
            label: if place == 0 {
                words.clone()
            } else {
                String::new()
            },
        });
        chart.marks = doses.collect();
    }
    Ok(charts)
}

/// Returns the pressures and the rate of the session; nothing where none was measured.
fn measured(facts: &SessionFacts, lang: Lang) -> Option<Chart> {
    let series = pressure_and_rate(facts);
    let is_measured = series.iter().any(|series| !series.pieces.is_empty());
    is_measured.then(|| Chart {
        title: lang
            .t("Measured: blood pressure (cuff), mmHg, and heart or pulse rate, /min; minutes since the session was opened")
            .to_owned(),
        values: report::scale(PRESSURE_AND_RATE, &series),
        series: series
            .into_iter()
            .map(|one| Series { name: lang.t(&one.name).to_owned(), ..one })
            .collect(),
        ..Chart::default()
    })
}

/// Returns the concentrations of a drug in plasma, and at the effect site.
fn of_drug(given: &Given, mut prediction: Prediction, lang: Lang) -> [Chart; 2] {
    let mut points = Vec::new();
    let mut at = prediction.start();
    while at <= given.until {
        points.push((given.minute(at), prediction.advance(at)));
        at = at + STEP;
    }
    let pushes = given.log.boluses(given.until).into_iter();
    let pushes =
        pushes.filter(|one| one.drug == prediction.drug() && one.route == Route::Intravenous);
    let pushes: Vec<_> = pushes.map(|push| given.minute(push.at)).collect();
    let course = (&*points, &*pushes);
    let plasma = |of: Concentration| of.plasma;
    let effect = |of: Concentration| of.effect;
    [
        chart(&prediction, course, ("{} in plasma, ng/mL", plasma), lang),
        chart(
            &prediction,
            course,
            ("{} at the effect site, assumed, ng/mL", effect),
            lang,
        ),
    ]
}

fn chart(
    prediction: &Prediction,
    (points, pushes): (&[(f32, Point)], &[f32]),
    (where_to, of): (&str, impl Fn(Concentration) -> f64),
    lang: Lang,
) -> Chart {
    let drug = lang.drug(prediction.drug());
    let mut title = lang.fill(where_to, &[drug]);
    let labels = [Some(prediction.label()), prediction.spread_label()];
    for label in labels.into_iter().flatten() {
        title.push_str("; ");
        title.push_str(&lang.said(label));
    }
    if let Some(why) = prediction.outside() {
        title.push_str("; ");
        title.push_str(&lang.said(why));
    }
    let area = |shade: f32, range: fn(&Point) -> Option<Range>| {
        let points = points.iter().filter_map(|(minute, point)| {
            let range = range(point)?;
            Some((*minute, drawn(of(range.low)), drawn(of(range.high))))
        });
        Area {
            points: points.collect(),
            shade,
        }
    };
    let areas = vec![
        area(ABSORPTION, |point| point.absorption),
        area(MODELS, |point| point.models),
    ];
    let line = points
        .iter()
        .map(|(minute, point)| (*minute, drawn(of(point.line))));
    let line: Vec<_> = line.collect();
    let greatest = areas.iter().flat_map(|area| &area.points);
    let greatest = greatest.map(|(minute, _, high)| (*minute, *high));
    let greatest: Vec<_> = greatest.chain(line.iter().copied()).collect();
    let top = top(&greatest, pushes);
    let highest = greatest.iter().map(|(_, value)| *value).fold(0.0, f32::max);
    if highest > top {
        let highest = lang.number(f64::from(highest.round()));
        title.push_str("; ");
        title.push_str(&lang.fill("cut at the top: after a push up to {} ng/mL", &[&highest]));
    }
    Chart {
        title,
        values: (0.0, top),
        series: vec![Series {
            name: String::new(),
            pieces: below(&line, top),
            is_dashed: true,
        }],
        areas,
        is_faint: prediction.outside().is_some(),
        ..Chart::default()
    }
}

/// Returns how high the scale goes: above everything, but for what is soon after a push, unless
/// there is nothing else.
fn top(greatest: &[(f32, f32)], pushes: &[f32]) -> f32 {
    let is_soon = |minute: f32| {
        let mut after = pushes.iter().map(|push| minute - push);
        after.any(|after| (0.0..SETTLES).contains(&after))
    };
    let highest = |soon_as_well: bool| {
        let counted = greatest
            .iter()
            .filter(|(minute, _)| soon_as_well || !is_soon(*minute));
        counted.map(|(_, value)| *value).reduce(f32::max)
    };
    let settled = highest(false).filter(|highest| *highest > 0.0);
    let highest = settled.or_else(|| highest(true)).unwrap_or(SCALE);
    (highest / SCALE).ceil().max(1.0) * SCALE
}

/// Returns the pieces of a line that are not above a value: cut where it goes through that.
fn below(line: &[(f32, f32)], top: f32) -> Vec<Vec<(f32, f32)>> {
    let mut pieces = vec![Vec::new()];
    let mut before: Option<(f32, f32)> = None;
    for point in line.iter().copied() {
        let crosses = before.filter(|before| (before.1 > top) != (point.1 > top));
        if let Some(before) = crosses {
            let share = (top - before.1) / (point.1 - before.1);
            let minute = before.0 + share * (point.0 - before.0);
            if point.1 <= top {
                pieces.push(Vec::new());
            }
            pieces.last_mut().expect("one is there").push((minute, top));
        }
        if point.1 <= top {
            pieces.last_mut().expect("one is there").push(point);
        }
        before = Some(point);
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place in a drawing needs no more"
)]
fn drawn(concentration: f64) -> f32 {
    concentration as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_soon_after_a_push_does_not_make_the_scale_unless_there_is_nothing_else() {
        let course = [
            (0.0, 0.0),
            (1.0, 1900.0),
            (4.0, 420.0),
            (5.0, 240.0),
            (60.0, 35.0),
        ];
        assert!((top(&course, &[0.0]) - 250.0).abs() < 0.1);
        assert!((top(&course, &[]) - 1900.0).abs() < 0.1, "an infusion");
        assert!(
            (top(&course[..3], &[0.0]) - 1900.0).abs() < 0.1,
            "just given"
        );
        // A second push is soon after neither the first nor itself alone.
        assert!((top(&course, &[0.0, 3.0]) - 50.0).abs() < 0.1);
        assert!((top(&[], &[]) - SCALE).abs() < 0.1);
    }

    #[test]
    fn a_line_is_cut_where_it_goes_through_the_top() {
        let line = [
            (0.0, 0.0),
            (1.0, 200.0),
            (2.0, 150.0),
            (3.0, 50.0),
            (4.0, 40.0),
        ];
        let pieces = below(&line, 100.0);
        let expected = vec![
            vec![(0.0, 0.0), (0.5, 100.0)],
            vec![(2.5, 100.0), (3.0, 50.0), (4.0, 40.0)],
        ];
        assert_eq!(pieces, expected);
        assert_eq!(below(&line, 200.0), vec![line.to_vec()]);
    }
}
