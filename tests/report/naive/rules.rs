//! The numbers of the tables of `docs/alarms.md`.

/// A limit of a continuous signal.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) id: &'static str,
    pub(crate) signal: &'static str,
    pub(crate) trips: Trips,
    pub(crate) delay: u64,
    pub(crate) clear: f64,
    pub(crate) hold: u64,
    /// Another limit, and where it is good again, for what comes after a second of the recording.
    pub(crate) later: Option<(usize, Trips, f64)>,
}

/// What violates a limit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trips {
    Above(f64),
    Below(f64),
}

/// What can differ from one evaluation to the next; everything else is as the page has it.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) limits: Vec<Limit>,
    /// APNEA: seconds without a breath.
    pub(crate) apnea: u64,
    /// CO2 at or above this is a breath, mmHg.
    pub(crate) breath: f64,
    /// Limits from the patient's own values, drawn from so many seconds of them.
    pub(crate) personal: Option<usize>,
}

impl Rules {
    /// Returns the tables of the page.
    pub(crate) fn of_the_page() -> Self {
        use Trips::{Above, Below};
        let limit = |id, signal, trips, delay, clear, hold| Limit {
            id,
            signal,
            trips,
            delay,
            clear,
            hold,
            later: None,
        };
        Self {
            limits: vec![
                limit("HR_HIGH", "rate", Above(120.0), 10, 115.0, 10),
                limit("HR_VERY_HIGH", "rate", Above(140.0), 5, 135.0, 10),
                limit("HR_LOW", "rate", Below(50.0), 10, 53.0, 10),
                limit("HR_VERY_LOW", "rate", Below(40.0), 5, 43.0, 10),
                limit("SPO2_LOW", "SpO2", Below(92.0), 10, 94.0, 10),
                limit("SPO2_VERY_LOW", "SpO2", Below(88.0), 5, 90.0, 10),
                limit("RR_LOW", "RR", Below(8.0), 15, 9.0, 15),
                limit("RR_HIGH", "RR", Above(30.0), 15, 28.0, 15),
                limit("ETCO2_HIGH", "EtCO2", Above(50.0), 30, 48.0, 15),
            ],
            apnea: 20,
            breath: 8.0,
            personal: None,
        }
    }
}
