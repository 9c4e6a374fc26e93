// @ts-check
// The curves that there are, in the order in which they lie below each other, as on a bedside
// monitor: heart, pulse, breath.

import { in_english, t } from "./language.js";

/** @typedef {import("./model.js").BedState} BedState */

const LABELS = in_english({
  EcgI: "ECG I",
  EcgII: "ECG II",
  EcgV: "ECG V",
  Pleth: "Pleth",
  Co2: "CO₂",
  Resp: "Resp",
});

const ECG = { colour: "--rate", number: "HeartRate" };
const BREATH = { colour: "--breath", number: null };

/**
 * The colour of each, and the number whose sensor it comes from: a sensor that is not on the
 * patient draws something all the same.
 * @type {Map<string, {colour: string, number: string | null}>}
 */
const CURVES = new Map(Object.entries({
  EcgI: ECG,
  EcgII: ECG,
  EcgV: ECG,
  Pleth: { colour: "--spo2", number: "SpO2" },
  Co2: BREATH,
  Resp: BREATH,
}));

/** What a tile has room for: the two curves that show first that somebody does not breathe. */
export const ON_TILE = ["Pleth", "Co2"];

/** All of them. */
export const EVERY = [...CURVES.keys()];

/**
 * @typedef {object} Curve
 * @property {string} metric
 * @property {string} label
 */

/** @param {string} metric */
export function is_curve(metric) {
  return CURVES.has(metric);
}

/** @param {string} metric */
export function curve_label(metric) {
  return t(LABELS[/** @type {keyof typeof LABELS} */ (metric)]);
}

/**
 * The name of the colour in which a curve is drawn.
 * @param {string} metric
 */
export function curve_colour(metric) {
  return CURVES.get(metric)?.colour ?? "--text";
}

/**
 * The curves that this bed has; one that has never come has no place, for some devices of a kind
 * send one and others do not.
 * @param {BedState} bed
 * @param {readonly string[]} wanted
 * @returns {Curve[]}
 */
export function curves_of(bed, wanted) {
  return EVERY.filter((metric) => wanted.includes(metric) && metric in bed.sources && bed.traces.get(metric)?.has_begun()).map((metric) => ({
    metric,
    label: curve_label(metric),
  }));
}

/**
 * Tells whether a curve is of the patient: its sensor is on.
 * @param {BedState} bed
 * @param {string} metric
 */
export function is_credible(bed, metric) {
  const number = CURVES.get(metric)?.number;
  const reason = number ? bed.readings.get(number)?.reason : null;
  return reason !== "SensorOff" && reason !== "NoSensor";
}
