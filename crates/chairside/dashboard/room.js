// @ts-check
// The patient's own screen: when a button that is held calls somebody, and what it says of that.
// It never says that somebody is called or comes without having heard it. No DOM and no clock.

import { in_english, t } from "./language.js";

/** The button is held for this long, milliseconds: nobody calls who only brushes against it. */
export const HOLD_MS = 1_000;

/** A call of which nothing is heard for this long was not made, as far as anybody knows, milliseconds. */
export const ANSWER_MAX_MS = 5_000;

/** What became of a call stays on the screen for this long, milliseconds. */
export const COMING_MS = 60_000;

/** How long it says that the button was let go too early, milliseconds. */
export const EARLY_MS = 4_000;

/** A button that is held. */
export class Hold {
  /** @type {number | null} */
  #since = null;

  /** It is pressed; a key that repeats presses it once. @param {number} now */
  press(now) {
    this.#since ??= now;
  }

  /**
   * Returns how much of the time has passed, 0 to 1.
   * @param {number} now
   */
  progress(now) {
    return this.#since === null ? 0 : Math.min(1, Math.max(0, now - this.#since) / HOLD_MS);
  }

  /**
   * Tells once that it was held for long enough.
   * @param {number} now
   */
  is_done(now) {
    if (this.progress(now) < 1) return false;
    this.#since = null;
    return true;
  }

  /** It is let go, or can be held no more; tells whether it was held at all. */
  let_go() {
    const held = this.#since !== null;
    this.#since = null;
    return held;
  }
}

/**
 * What is known of the bed.
 * @typedef {object} Here
 * @property {boolean} live whether the service is heard
 * @property {boolean} known whether there is such a bed; nobody knows before the service is heard
 * @property {string | null} epoch of the service
 * @property {string | null} call the episode of the patient's call that stands
 */

/**
 * How the screen is.
 * @typedef {"waiting" | "unknown" | "no_connection" | "calm" | "early" | "sending" | "not_made" | "called" | "coming" | "ended"} State
 */

export class Room {
  /** @type {Here} */
  #here = { live: false, known: false, epoch: null, call: null };
  #heard = false;
  /** A call that is on its way. @type {number | null} */
  #sent_at = null;
  /** What was last said of a call or of the button. @type {{state: State, until: number}} */
  #said = { state: "calm", until: -Infinity };

  /**
   * Takes what is known now. While the service is not heard, what was known stays as it was.
   * @param {Here} here
   * @param {number} now
   */
  follow(here, now) {
    if (!here.live) {
      this.#here = { ...this.#here, live: false };
    } else {
      this.#follow_call(here, now);
      this.#here = here;
      this.#heard = true;
    }
    if (this.#sent_at !== null && now - this.#sent_at >= ANSWER_MAX_MS) this.refused(now);
  }

  /** The button was held, and the call is on its way. @param {number} now */
  sent(now) {
    this.#sent_at = now;
    this.#say("calm", now, 0);
  }

  /** The call was not made, or nobody can say that it was. @param {number} now */
  refused(now) {
    this.#sent_at = null;
    this.#say("not_made", now, COMING_MS);
  }

  /** The button was let go too early. @param {number} now */
  let_go_early(now) {
    this.#say("early", now, EARLY_MS);
  }

  /**
   * Tells how the screen is.
   * @param {number} now
   * @returns {State}
   */
  state(now) {
    if (!this.#here.live) return this.#heard ? "no_connection" : "waiting";
    if (!this.#here.known) return "unknown";
    if (this.#here.call !== null) return "called";
    if (this.#sent_at !== null) return "sending";
    return now < this.#said.until ? this.#said.state : "calm";
  }

  /**
   * @param {Here} here
   * @param {number} now
   */
  #follow_call({ epoch, call }, now) {
    if (call !== null) {
      this.#sent_at = null;
      this.#say("calm", now, 0);
    } else if (this.#here.call !== null) {
      // Only an answer ends a call; but of one before a restart nobody knows whether it was kept.
      this.#say(epoch === this.#here.epoch ? "coming" : "ended", now, COMING_MS);
    }
  }

  /**
   * @param {State} state
   * @param {number} now
   * @param {number} for_ms
   */
  #say(state, now, for_ms) {
    this.#said = { state, until: now + for_ms };
  }
}

/**
 * Tells whether somebody can be called.
 * @param {State} state
 */
export function can_call(state) {
  return ["calm", "early", "not_made", "coming", "ended"].includes(state);
}

/** @type {Record<State, string>} */
const WORDS = in_english({
  unknown: "This screen belongs to no bed. Please tell the staff.",
  waiting: "No connection – call out loud.",
  no_connection: "No connection – call out loud.",
  early: "Hold the button a little longer, for one second.",
  sending: "Calling…",
  not_made: "The call could not be made – call out loud.",
  called: "Somebody is being called.",
  coming: "Somebody is coming.",
  ended: "Nobody is being called now. Hold the button if you still need somebody.",
  calm: "A nurse looks after you. Hold the button if you need one.",
});

/**
 * Says in words how it is.
 * @param {State} state
 * @param {string} [comes] who comes to the bed, in words
 */
export function room_words(state, comes = "") {
  return state === "called" && comes !== "" ? `${comes}.` : t(WORDS[state]);
}
