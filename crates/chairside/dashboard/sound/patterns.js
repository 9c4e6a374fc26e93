// @ts-check
// What each priority sounds like: pulses, gaps and the shape of one pulse. Seconds and hertz.
//
// The bounds are those of docs/alarms.md, *Sound*; a unit test holds every one of them.

/** @typedef {import("../wire.js").Priority} Priority */
/** @typedef {Priority | "reminder"} Tone */

/** The fundamental of an alarm's pulse, and what its harmonics 1 to 5 have of its level. */
export const FUNDAMENTAL_HZ = 440;
export const HARMONICS = [1, 0.7, 0.6, 0.5, 0.4];

/** A reminder is no alarm: one soft pulse, a fifth higher. */
const REMINDER_HZ = 660;

/** The rise of a pulse, from 10 % to 90 % of its level, as a part of its length. */
export const RISE = 0.15;

/**
 * @typedef {object} Pattern
 * @property {number} hertz
 * @property {number} level 0 to 1
 * @property {number} pulse_s length of a pulse between its 90 % points
 * @property {readonly number[]} starts_s of the pulses, from the start of the burst
 * @property {number} gap_s from the end of a burst to the next one
 * @property {number} least_gap_s a new alarm brings the next one forward to no less than this
 */

/** @type {Record<Tone, Pattern>} */
export const PATTERNS = {
  high: {
    hertz: FUNDAMENTAL_HZ,
    level: 1,
    pulse_s: 0.15,
    starts_s: [0, 0.25, 0.5, 1, 1.25, 1.9, 2.15, 2.4, 2.9, 3.15],
    gap_s: 5,
    least_gap_s: 2.5,
  },
  medium: { hertz: FUNDAMENTAL_HZ, level: 1, pulse_s: 0.2, starts_s: [0, 0.4, 0.8], gap_s: 10, least_gap_s: 2.5 },
  low: { hertz: FUNDAMENTAL_HZ, level: 1, pulse_s: 0.2, starts_s: [0, 0.4], gap_s: 20, least_gap_s: 16 },
  reminder: { hertz: REMINDER_HZ, level: 0.5, pulse_s: 0.15, starts_s: [0], gap_s: 0.5, least_gap_s: 0.5 },
};

/** From nothing to the full level, seconds: the 80 % of it in the middle are the rise. */
function ramp_s(/** @type {Pattern} */ pattern) {
  return (RISE * pattern.pulse_s) / 0.8;
}

/**
 * Returns how long a burst is, from the 90 % point of its first pulse to that of its last.
 * @param {Tone} tone
 */
export function length_s(tone) {
  const { starts_s, pulse_s } = PATTERNS[tone];
  return starts_s[starts_s.length - 1] + pulse_s;
}

/**
 * Returns how long a pulse is heard at all, from nothing to nothing.
 * @param {Tone} tone
 */
export function heard_s(tone) {
  const pattern = PATTERNS[tone];
  return pattern.pulse_s + 1.8 * ramp_s(pattern);
}

/**
 * Returns the shape of one pulse: times from its start, with the level that is gone to in a
 * straight line.
 * @param {Tone} tone
 * @returns {{at_s: number, level: number}[]}
 */
export function shape(tone) {
  const pattern = PATTERNS[tone];
  const { level, pulse_s } = pattern;
  const ramp = ramp_s(pattern);
  const falls_s = pulse_s + 0.8 * ramp;
  return [
    { at_s: 0, level: 0 },
    { at_s: ramp, level },
    { at_s: falls_s, level },
    { at_s: falls_s + ramp, level: 0 },
  ];
}
