// @ts-check
// Which rate of a bed is shown: the one that is judged (docs/alarms.md, semantics 15). No DOM.

/**
 * The ECG's where it gives one, else the oximeter's pulse, else the cuff's.
 * @param {Record<string, string>} sources of the bed
 * @param {(metric: string) => boolean} gives whether a metric has a number now
 */
export function rate_metric(sources, gives) {
  if ("HeartRate" in sources && (gives("HeartRate") || !("PulseRate" in sources && gives("PulseRate")))) return "HeartRate";
  return "PulseRate" in sources || !("NibpPulseRate" in sources) ? "PulseRate" : "NibpPulseRate";
}

/**
 * The rate of a bed that its trend shows: the one that was counted last. The pulse of the cuff has
 * none.
 * @param {Record<string, string>} sources of the bed
 * @param {import("./trend.js").Trend} trend
 */
export function trend_rate(sources, trend) {
  const newest = Math.max(trend.newest("HeartRate"), trend.newest("PulseRate"));
  // The last step may not have its value yet.
  const rate = rate_metric(sources, (metric) => trend.newest(metric) >= newest - 1);
  return rate === "HeartRate" ? rate : "PulseRate";
}
