// @ts-check
// How old a value may be before it is dimmed, and before it is no value any more.
//
// The service decides when a value expires. This page counts along with its own monotonic clock,
// and says so with `expired` even if nothing comes any more.

/** @typedef {"fresh" | "ageing" | "expired"} Freshness */

/**
 * How a metric ages, milliseconds: fresh up to the first, shown up to the second.
 * Source: docs/dashboard.md, *How old is that number*.
 * @type {Record<string, {fresh: number, shown: number}>}
 */
const TABLE = {
  SpO2: { fresh: 3_000, shown: 10_000 },
  PulseRate: { fresh: 3_000, shown: 10_000 },
  HeartRate: { fresh: 3_000, shown: 10_000 },
  PerfusionIndex: { fresh: 3_000, shown: 10_000 },
  EffortRate: { fresh: 3_000, shown: 10_000 },
  RespirationRate: { fresh: 10_000, shown: 30_000 },
  EtCO2: { fresh: 10_000, shown: 30_000 },
  FiCO2: { fresh: 10_000, shown: 30_000 },
  Temperature: { fresh: 600_000, shown: 1_800_000 },
};

/** A cuff reading may be this much older than its schedule and still be fresh. */
const CUFF_GRACE_MS = 60_000;

/**
 * Tells whether a metric comes from the cuff, whose readings are minutes apart.
 * @param {string} metric
 */
function isCuff(metric) {
  return metric.startsWith("Nibp");
}

/**
 * @param {string} metric
 * @param {number} age_ms since it was measured
 * @param {number} left_ms until the service's own expiry, as this page counts
 * @param {number} cuff_interval_ms how often the cuff is expected to measure
 * @returns {Freshness}
 */
export function freshness(metric, age_ms, left_ms, cuff_interval_ms) {
  if (left_ms <= 0) return "expired";
  if (isCuff(metric)) {
    if (age_ms > cuff_interval_ms * 1.5) return "expired";
    return age_ms <= cuff_interval_ms + CUFF_GRACE_MS ? "fresh" : "ageing";
  }
  const limits = TABLE[metric] ?? { fresh: 3_000, shown: 10_000 };
  // A slow device is given longer by the service, three of its periods; "fresh" stretches along.
  const lifetime_ms = age_ms + left_ms;
  const stretch = Math.max(1, lifetime_ms / limits.shown);
  return age_ms <= limits.fresh * stretch ? "fresh" : "ageing";
}
