// @ts-check
// How old a value may be before it is dimmed, and before it is no value any more.
//
// The service decides when a value expires. This page counts along with its own monotonic clock,
// and says so with `expired` even if nothing comes any more.

/** @typedef {"fresh" | "ageing" | "expired"} Freshness */

/**
 * How metrics age, milliseconds: fresh up to the first, shown up to the second.
 * Source: docs/dashboard.md, *How old is that number*.
 */
const OF_THE_HEART = { fresh: 3_000, shown: 10_000 };
const OF_BREATH = { fresh: 10_000, shown: 30_000 };

/** Those that age more slowly than what comes with each beat. @type {Record<string, typeof OF_BREATH>} */
const TABLE = {
  RespirationRate: OF_BREATH,
  EtCO2: OF_BREATH,
  FiCO2: OF_BREATH,
  Temperature: { fresh: 600_000, shown: 1_800_000 },
};

/** A cuff reading may be this much older than its schedule and still be fresh. */
const CUFF_GRACE_MS = 60_000;

/**
 * @param {string} metric
 * @param {number} age_ms since it was measured
 * @param {number} left_ms until the service's own expiry, as this page counts
 * @param {number} cuff_interval_ms how often the cuff is expected to measure
 * @returns {Freshness}
 */
export function freshness(metric, age_ms, left_ms, cuff_interval_ms) {
  if (left_ms <= 0) return "expired";
  // Readings of the cuff are minutes apart.
  if (metric.startsWith("Nibp")) {
    if (age_ms > cuff_interval_ms * 1.5) return "expired";
    return age_ms <= cuff_interval_ms + CUFF_GRACE_MS ? "fresh" : "ageing";
  }
  const limits = TABLE[metric] ?? OF_THE_HEART;
  // A slow device is given longer by the service, three of its periods; "fresh" stretches along.
  const lifetime_ms = age_ms + left_ms;
  const stretch = Math.max(1, lifetime_ms / limits.shown);
  return age_ms <= limits.fresh * stretch ? "fresh" : "ageing";
}
