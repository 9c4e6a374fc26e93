// @ts-check
// What the service found at a device, in the page's language. No DOM.

import { in_english, t } from "./language.js";
import { composed, NUMBER, numbers, phrase } from "./phrases.js";
import { term, spelled } from "./words.js";

/** @typedef {import("./phrases.js").Phrase} Phrase */

/** Numbers by the service's own names. @type {Record<string, string>} */
const METRICS = in_english({
  HeartRate: "HR",
  PulseRate: "pulse",
  SpO2: "SpO₂",
  PerfusionIndex: "perfusion index",
  RespirationRate: "RR",
  EtCO2: "EtCO₂",
  FiCO2: "FiCO₂",
  NibpSystolic: "systolic",
  NibpDiastolic: "diastolic",
  NibpMean: "mean",
  NibpPulseRate: "pulse at the cuff",
  Temperature: "Temp",
  EffortRate: "chest effort",
});

/** What the service finds at a device when a day check is signed. @type {Phrase[]} */
const FOUND = [
  phrase("the device is (disconnected|connecting|connected)", ([link]) => t("the device: {link}", { link: term(link) })),
  phrase("no valid number", () => t("no valid number")),
  phrase("(\\S+) by (\\S+)", ([person, channel]) => t("{person} by {channel}", { person, channel })),
  phrase(`(${Object.keys(METRICS).join("|")}) (${NUMBER}) (%|/min|mmHg|°C)`, ([metric, value, unit]) =>
    `${t(METRICS[metric])} ${numbers(value)}${unit === "/min" ? "" : " "}${unit}`,
  ),
];

/**
 * Says in the page's language what was found at a device.
 * @param {string} text as the service says it
 */
export function found_words(text) {
  return composed(text, FOUND) ?? spelled(text);
}
