// @ts-check
// What the axes of trends show. No DOM.

const RATE = { colour: "--rate", axis: { low: 40, high: 160, step: 20 } };

/**
 * The numbers of which lines are drawn, in the order in which they stand: what each is called, its
 * colour, what its axis shows at least, and by what that grows.
 * @type {Record<string, {label: string, colour: string, axis: {low: number, high: number, step: number}}>}
 */
export const LINES = {
  SpO2: { label: "SpO₂", colour: "--spo2", axis: { low: 80, high: 100, step: 5 } },
  HeartRate: { label: "HR", ...RATE },
  PulseRate: { label: "PR", ...RATE },
  RespirationRate: { label: "RR", colour: "--breath", axis: { low: 0, high: 50, step: 10 } },
  EtCO2: { label: "EtCO₂", colour: "--temperature", axis: { low: 0, high: 50, step: 10 } },
};

/**
 * Widens an axis until everything is on it.
 * @param {{low: number, high: number, step: number}} least
 * @param {readonly {value: number, low: number, high: number}[]} series
 * @param {readonly import("./trend.js").Cuff[]} cuffs
 */
export function axis({ low, high, step }, series, cuffs) {
  const all = [];
  for (const point of series) if (!Number.isNaN(point.value)) all.push(point.low, point.high);
  for (const { systolic, diastolic } of cuffs) all.push(systolic, diastolic ?? systolic);
  for (const value of all) {
    low = Math.min(low, Math.floor(value / step) * step);
    high = Math.max(high, Math.ceil(value / step) * step);
  }
  return { low, high };
}

/** How far apart the values of an axis may stand. */
const STEPS = [1, 2, 5, 10, 20, 25, 50, 100];

/**
 * Returns the values that stand beside an axis.
 * @param {number} low
 * @param {number} high
 * @param {number} room how many there is room for
 */
export function ticks(low, high, room) {
  const step = STEPS.find((one) => (high - low) / one <= room) ?? high - low;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, index) => first + index * step);
}

/** How far apart times may stand, minutes. */
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240];

/**
 * Returns the full minutes or hours of the day that stand below a time line.
 * @param {number} from_ms
 * @param {number} to_ms
 * @param {number} room how many there is room for
 */
export function time_ticks(from_ms, to_ms, room) {
  const minutes = MINUTES.find((one) => (to_ms - from_ms) / (one * 60_000) <= room) ?? 480;
  const step_ms = minutes * 60_000;
  // Of the zones that there are, each is off by full quarters of an hour.
  const zone_ms = new Date(to_ms).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from_ms - zone_ms) / step_ms) * step_ms + zone_ms;
  return Array.from({ length: Math.max(0, Math.floor((to_ms - first) / step_ms) + 1) }, (_, index) => first + index * step_ms);
}
