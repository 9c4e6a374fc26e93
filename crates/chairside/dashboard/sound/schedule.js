// @ts-check
// Which burst begins when, on the audio clock (seconds). No DOM and no audio: it is told the time
// and what calls, and says what is to be added, dropped and cut.
//
// A burst that has begun is finished, unless something worse begins: then it ends with the pulse
// in progress. There is one stream for the whole station, and never two bursts at once.

import { heard_s, length_s, PATTERNS } from "./patterns.js";

/** @typedef {import("./patterns.js").Tone} Tone */
/** @typedef {{key: string, tone: Tone}} Call something that is to be heard; another key is another call */

/**
 * @typedef {object} Burst
 * @property {number} id
 * @property {Tone} tone
 * @property {boolean} test
 * @property {readonly string[]} keys what it tells of
 * @property {number} start_s
 * @property {number} end_s of its last pulse, as gaps are counted
 * @property {number} quiet_s nothing of it is heard after this
 */

/** Bursts are handed over this long before they begin, seconds. */
export const AHEAD_S = 1;

/** What begins this soon has begun: the audio thread may be there already. */
const BEGUN_S = 0.02;

/** A burst begins no sooner than this from now, so that its first ramp is not in the past. */
const SOONEST_S = 0.02;

/** The least silence between bursts of different kinds where nothing is urgent. */
const BETWEEN_S = 2.5;

/** The silence between the tones of a test. */
const TEST_GAP_S = 1;

/** @type {Record<Tone, number>} */
const RANK = { high: 3, medium: 2, low: 1, reminder: 0 };

/** @type {readonly import("./patterns.js").Priority[]} */
const PRIORITIES = ["high", "medium", "low"];

/** Before anything was heard. */
const NEVER_S = -Infinity;

export class Schedule {
  #next_id = 1;
  /** The burst that began last. @type {Burst | null} */
  #begun = null;
  /** What has not begun, in order. @type {Burst[]} */
  #ahead = [];
  /** When the last burst of each tone ended. @type {Record<Tone, number>} */
  #ended_s = { high: NEVER_S, medium: NEVER_S, low: NEVER_S, reminder: NEVER_S };
  /** What calls and has been heard. @type {Set<string>} */
  #heard = new Set();

  /**
   * Takes in the time and what calls, and returns what is to be done.
   * @param {number} now_s
   * @param {readonly Call[]} calls
   * @returns {{add: Burst[], drop: Burst[], cut: {burst: Burst, at_s: number} | null}}
   */
  plan(now_s, calls) {
    this.#pass(now_s, calls);
    const top = PRIORITIES.find((priority) => calls.some(({ tone }) => tone === priority)) ?? null;
    const keys = calls.filter(({ tone }) => tone === top).map(({ key }) => key);
    const unheard = keys.some((key) => !this.#heard.has(key));
    if (top === null && this.#ahead.some(({ test }) => test)) return { add: [], drop: [], cut: null };
    const cut = top !== null && unheard ? this.#cut(now_s, top) : null;

    const from_s = now_s + SOONEST_S;
    const wanted = [];
    const start_s = top === null ? null : Math.max(from_s, this.#due_s(top, unheard));
    if (top !== null && start_s !== null) wanted.push(this.#burst(top, keys, start_s));
    const reminder = calls.find(({ key, tone }) => tone === "reminder" && !this.#heard.has(key));
    if (reminder) wanted.push(this.#burst("reminder", [reminder.key], this.#gap_for_reminder(from_s, wanted[0])));
    wanted.sort((a, b) => a.start_s - b.start_s);
    return { ...this.#change(now_s, wanted), cut };
  }

  /**
   * Puts the tones of a test ahead, one after the other; what calls takes their place.
   * @param {number} now_s
   * @returns {Burst[]} to be added
   */
  test(now_s) {
    if (this.is_busy(now_s)) return [];
    let start_s = now_s + SOONEST_S;
    for (const tone of PRIORITIES) {
      const burst = { ...this.#burst(tone, [], start_s), test: true };
      this.#ahead.push(burst);
      start_s = burst.end_s + TEST_GAP_S;
    }
    return [...this.#ahead];
  }

  /**
   * Tells whether something is being heard or is about to be.
   * @param {number} now_s
   */
  is_busy(now_s) {
    return this.#ahead.length > 0 || this.#sounding(now_s) !== null;
  }

  /**
   * Returns the burst that is being heard.
   * @param {number} now_s
   */
  sounding(now_s) {
    const begun = this.#ahead.findLast(({ start_s }) => start_s <= now_s) ?? this.#begun;
    return begun !== null && begun.start_s <= now_s && now_s < begun.quiet_s ? begun : null;
  }

  /** @param {number} now_s */
  #sounding(now_s) {
    return this.#begun !== null && this.#begun.quiet_s > now_s ? this.#begun : null;
  }

  /**
   * What has begun by now cannot be taken back.
   * @param {number} now_s
   * @param {readonly Call[]} calls
   */
  #pass(now_s, calls) {
    for (let first = this.#ahead[0]; first && first.start_s <= now_s + BEGUN_S; first = this.#ahead[0]) {
      this.#ahead.shift();
      this.#begun = first;
      if (!first.test) this.#ended_s[first.tone] = first.end_s;
      for (const key of first.keys) this.#heard.add(key);
      // What calls by now is told by a burst whose first pulse is still to come.
      if (first.start_s >= now_s && !first.test) {
        for (const { key, tone } of calls) if (tone === first.tone && tone !== "reminder") this.#heard.add(key);
      }
    }
    const current = new Set(calls.map(({ key }) => key));
    for (const key of this.#heard) if (!current.has(key)) this.#heard.delete(key);
  }

  /**
   * Ends a burst in progress for something worse, with the pulse in progress.
   * @param {number} now_s
   * @param {Tone} top
   */
  #cut(now_s, top) {
    const burst = this.#sounding(now_s);
    if (!burst || (!burst.test && RANK[burst.tone] >= RANK[top])) return null;
    const { starts_s, pulse_s } = PATTERNS[burst.tone];
    const last_s = starts_s.findLast((start_s) => burst.start_s + start_s <= now_s + BEGUN_S) ?? 0;
    const quiet_s = burst.start_s + last_s + heard_s(burst.tone);
    const at_s = Math.max(now_s, quiet_s);
    if (at_s >= burst.quiet_s) return null;
    this.#begun = { ...burst, end_s: burst.start_s + last_s + pulse_s, quiet_s: at_s };
    if (!burst.test) this.#ended_s[burst.tone] = this.#begun.end_s;
    return { burst, at_s };
  }

  /**
   * When the next burst of a priority is due.
   * @param {Tone} tone
   * @param {boolean} unheard whether it tells of something new
   */
  #due_s(tone, unheard) {
    const { gap_s, least_gap_s } = PATTERNS[tone];
    const others = PRIORITIES.filter((other) => other !== tone && (!unheard || RANK[other] > RANK[tone]));
    return Math.max(
      this.#begun?.quiet_s ?? NEVER_S,
      this.#ended_s[tone] + (unheard ? least_gap_s : gap_s),
      ...others.map((other) => this.#ended_s[other] + BETWEEN_S),
    );
  }

  /**
   * When there is room for a reminder.
   * @param {number} from_s
   * @param {Burst | undefined} next the burst that must not wait
   */
  #gap_for_reminder(from_s, next) {
    const { gap_s } = PATTERNS.reminder;
    const last_s = Math.max(...Object.values(this.#ended_s), this.#begun?.quiet_s ?? NEVER_S);
    const start_s = Math.max(from_s, last_s + gap_s);
    return next && start_s + heard_s("reminder") + gap_s > next.start_s ? next.quiet_s + gap_s : start_s;
  }

  /**
   * Brings what is ahead to what is wanted, as far as it is due.
   * @param {number} now_s
   * @param {readonly Burst[]} wanted
   */
  #change(now_s, wanted) {
    /** @type {Burst[]} */
    const kept = [];
    const add = [];
    for (const burst of wanted) {
      // What is ahead stays where it is when it is as early: it was due a moment ago.
      const same = this.#ahead.find(
        ({ tone, test, start_s }) => !test && tone === burst.tone && Math.abs(start_s - burst.start_s) < BEGUN_S + SOONEST_S,
      );
      if (same) kept.push({ ...same, keys: burst.keys });
      else if (burst.start_s <= now_s + AHEAD_S) add.push(burst);
    }
    const drop = this.#ahead.filter(({ id }) => kept.every((one) => one.id !== id));
    this.#ahead = [...kept, ...add].sort((a, b) => a.start_s - b.start_s);
    return { add, drop };
  }

  /**
   * @param {Tone} tone
   * @param {readonly string[]} keys
   * @param {number} start_s
   * @returns {Burst}
   */
  #burst(tone, keys, start_s) {
    const { starts_s } = PATTERNS[tone];
    const quiet_s = start_s + starts_s[starts_s.length - 1] + heard_s(tone);
    const id = this.#next_id;
    this.#next_id += 1;
    return { id, tone, test: false, keys, start_s, end_s: start_s + length_s(tone), quiet_s };
  }
}
