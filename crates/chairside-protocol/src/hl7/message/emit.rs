//! Writing a message of observations, as a monitor does.

use chairside_model::Metric;

use super::{CARRIAGE_RETURN, emit_block};

/// A message of observations, to be written.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// Who sends (MSH-3): `Monitor`, or `Monitor^00A0^EUI-64`.
    pub sender: &'a str,
    /// When it is sent (MSH-7).
    pub time: &'a str,
    /// Its number (MSH-10).
    pub number: u64,
    /// Which answers it wants (MSH-15 and MSH-16); `None` is the original mode.
    pub wanted: Option<[&'a str; 2]>,
    /// What was observed.
    pub observations: &'a [Observed<'a>],
}

/// One observation, to be written in the metric's own unit.
#[derive(Clone, Debug)]
pub struct Observed<'a> {
    /// What.
    pub metric: Metric,
    /// The value, or what the monitor writes for none.
    pub value: String,
    /// Whether there is a result (OBX-11): `F`, `R`, `X`, or empty.
    pub status: &'a str,
    /// When it was observed (OBX-14).
    pub time: &'a str,
}

impl Report<'_> {
    /// Appends the message with its start and its end.
    pub fn emit(&self, line: &mut Vec<u8>) {
        emit_block(|line| self.emit_segments(line), line);
    }

    fn emit_segments(&self, line: &mut Vec<u8>) {
        let Self {
            sender,
            time,
            number,
            ..
        } = self;
        segment(
            line,
            format_args!(
                "MSH|^~\\&|{sender}||||{time}||ORU^R01^ORU_R01|{number}|P|2.6{}",
                self.wanted
                    .map_or_else(String::new, |[arrival, application]| format!(
                        "|||{arrival}|{application}||UNICODE UTF-8"
                    ))
            ),
        );
        segment(line, format_args!("PID|||"));
        segment(line, format_args!("PV1||I|^^"));
        segment(
            line,
            format_args!("OBR|1|||182777000^monitoring of patient^SCT|||{time}"),
        );
        for (place, observed) in (1..).zip(self.observations) {
            let Some((code, name, unit)) = code_of(observed.metric) else {
                continue;
            };
            segment(
                line,
                format_args!(
                    "OBX|{place}|NM|{code}^{name}^MDC|1.1.1.{code}|{}|{unit}|||||{}|||{}",
                    observed.value, observed.status, observed.time
                ),
            );
        }
    }
}

fn segment(line: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    line.extend_from_slice(text.to_string().as_bytes());
    line.push(CARRIAGE_RETURN);
}

/// Returns the code, its name and the unit with which a metric is sent; nothing of a curve.
///
/// Source: IEEE 11073-10101, as [`metric_of`](super::metric_of) reads it.
#[must_use]
pub fn code_of(metric: Metric) -> Option<(u32, &'static str, &'static str)> {
    const BEATS: &str = "264864^MDC_DIM_BEAT_PER_MIN^MDC";
    const BREATHS: &str = "264928^MDC_DIM_RESP_PER_MIN^MDC";
    const PERCENT: &str = "262688^MDC_DIM_PERCENT^MDC";
    const MMHG: &str = "266016^MDC_DIM_MMHG^MDC";
    Some(match metric {
        Metric::HeartRate => (147_842, "MDC_ECG_HEART_RATE", BEATS),
        Metric::PulseRate => (149_530, "MDC_PULS_OXIM_PULS_RATE", BEATS),
        Metric::NibpPulseRate => (149_546, "MDC_PULS_RATE_NON_INV", BEATS),
        Metric::NibpSystolic => (150_021, "MDC_PRESS_BLD_NONINV_SYS", MMHG),
        Metric::NibpDiastolic => (150_022, "MDC_PRESS_BLD_NONINV_DIA", MMHG),
        Metric::NibpMean => (150_023, "MDC_PRESS_BLD_NONINV_MEAN", MMHG),
        Metric::Temperature => (150_344, "MDC_TEMP", "268192^MDC_DIM_DEGC^MDC"),
        Metric::PerfusionIndex => (150_448, "MDC_PULS_OXIM_PERF_REL", PERCENT),
        Metric::SpO2 => (150_456, "MDC_PULS_OXIM_SAT_O2", PERCENT),
        Metric::RespirationRate => (151_594, "MDC_CO2_RESP_RATE", BREATHS),
        Metric::EffortRate => (151_578, "MDC_TTHOR_RESP_RATE", BREATHS),
        Metric::EtCO2 => (151_708, "MDC_CONC_AWAY_CO2_ET", MMHG),
        Metric::FiCO2 => (151_716, "MDC_CONC_AWAY_CO2_INSP", MMHG),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Message, Observation, Unit, metric_of};
    use super::*;
    use crate::hl7::INFO;

    #[test]
    fn what_was_written_is_read_as_what_it_was() {
        for metric in INFO.gives {
            let observations = [Observed {
                metric: *metric,
                value: "20".to_owned(),
                status: "F",
                time: "20260105080000",
            }];
            let report = Report {
                sender: "Monitor",
                time: "20260105080001",
                number: 1,
                wanted: None,
                observations: &observations,
            };
            let mut line = Vec::new();
            report.emit(&mut line);
            let message = Message::parse(&line[1..line.len() - 2]).unwrap();
            let read: Vec<_> = message.segments().filter_map(Observation::parse).collect();
            assert_eq!(read.len(), 1);
            assert_eq!(metric_of(&read[0].code), Some(*metric));
            let unit = Unit::of(&read[0].unit).unwrap();
            assert_eq!(unit.convert(*metric, 20.0), Some(20.0), "{metric}");
            assert_eq!(
                read[0].code,
                Code::parse(
                    format!(
                        "{}^{}^MDC",
                        code_of(*metric).unwrap().0,
                        code_of(*metric).unwrap().1
                    )
                    .as_bytes(),
                    b'^'
                )
            );
        }
    }
}
