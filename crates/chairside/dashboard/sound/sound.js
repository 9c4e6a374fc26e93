// @ts-check
// The sound of this station: what calls is scheduled, whether anybody can hear it is shown, and the
// service is told.

import { store } from "../kept.js";
import { Arming, sound_state } from "./arming.js";
import { Calls } from "./calls.js";
import { Speaker } from "./speaker.js";
import { start_ticker } from "./ticker.js";

/** The service is told at least this often, milliseconds (docs/websocket.md, *display*). */
const TELL_MS = 2_000;

/** That alarms are on the screen is told at once, but no more often than this, milliseconds. */
const CONFIRM_MS = 250;

/** What the service refused of it counts for so long, milliseconds. */
const REFUSED_MS = 6_000;

/** Names what is said of this display, so that a refusal of it is known. */
export const DISPLAY_REQUEST = "display";

/** Curves come many times a second; what calls is looked at no more often than this for them. */
const CURVES_MS = 100;

/** How a telephone shakes for a new burst, milliseconds on and off. */
const SHAKES = { high: [250, 100, 250, 100, 250], medium: [250, 150, 250], low: [150], reminder: [] };

/**
 * What it needs of the page.
 * @typedef {object} Page
 * @property {import("../model.js").Model} model
 * @property {string} station
 * @property {() => {address: string, silent: boolean}} view what is shown, and whether that makes no sound by its kind
 * @property {(message: object) => boolean} send
 * @property {() => void} changed something that is shown is another now
 */

export class Sound {
  #page;
  #calls;
  #arming;
  speaker = new Speaker(() => this.look(performance.now()));
  #looked_at = -Infinity;
  #told_at = -Infinity;
  #told = "";
  /** What the service would not take of it last. @type {{why: string, at: number} | null} */
  #refused = null;
  /** @type {number | null} */
  #painted_at = null;
  /** The last message of the stream of which all is on the screen. */
  #painted_seq = 0;
  /** The number of the last message with alarms, until the service is told that they are on the screen. */
  #owed = 0;
  /** @type {import("./speaker.js").Said | undefined} */
  #shaken;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#calls = new Calls(page.station);
    this.#arming = new Arming(store());
    this.speaker.open();
    const wake = () => this.speaker.wake(performance.now());
    for (const gesture of ["pointerdown", "pointerup", "keydown"]) addEventListener(gesture, wake, { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => this.look(performance.now()));
    start_ticker(() => this.look(performance.now()));
  }

  /** A connection is new: the service behind it has not been told anything. */
  connected() {
    this.#told_at = -Infinity;
    // The numbers of another start of the service are others.
    this.#painted_seq = 0;
    this.#owed = 0;
  }

  /**
   * The service does not take what this display says of itself, and so does not count it as heard.
   * @param {string} why
   * @param {number} now
   */
  refused(why, now) {
    this.#refused = { why, at: now };
    this.#page.changed();
  }

  /**
   * Returns why it does not, if it does not.
   * @param {number} now
   */
  refusal(now) {
    return this.#refused !== null && now - this.#refused.at < REFUSED_MS ? this.#refused.why : null;
  }

  /**
   * The page has drawn all that it knew when it had this message.
   * @param {number} now
   * @param {number} seq
   */
  painted(now, seq) {
    this.#painted_at = now;
    this.#painted_seq = seq;
    if (this.#confirms(now)) this.#tell(now);
  }

  /**
   * Tells whether the service is to be told now that alarms are on the screen.
   * @param {number} now
   */
  #confirms(now) {
    return this.#owed > 0 && this.#painted_seq >= this.#owed && now - this.#told_at >= CONFIRM_MS;
  }

  /**
   * A message has come.
   * @param {import("../wire.js").ServerMessage} message
   * @param {number} now
   */
  received(message, now) {
    if (message.type === "alarms" || message.type === "snapshot") this.#owed = message.seq;
    if (message.type !== "waveform" || now - this.#looked_at >= CURVES_MS) this.look(now);
  }

  /**
   * Schedules what calls, and tells the service how it stands if that is due.
   * @param {number} now
   */
  look(now) {
    this.#looked_at = now;
    const { silent } = this.#page.view();
    this.speaker.refill(silent ? [] : this.#calls.now(this.#page.model, now), now);
    this.#shake(now);
    this.#tell(now);
  }

  /**
   * Returns whether this station can be heard, and by whose word.
   * @param {number} now
   */
  state(now) {
    const wall_ms = Date.now();
    const confirmed = this.#arming.confirmed(wall_ms);
    const { silent } = this.#page.view();
    const running = this.speaker.is_running(now);
    return { sound: sound_state({ running, silent, confirmed }), confirmed, expired: this.#arming.expired(wall_ms) };
  }

  /**
   * Tells whether something is to be heard now.
   * @param {number} now
   */
  calls(now) {
    return this.#calls.now(this.#page.model, now).length > 0;
  }

  /** @param {string} by */
  confirm(by) {
    this.#arming.confirm(by, Date.now());
    this.look(performance.now());
    this.#page.changed();
  }

  /** Nobody heard the test tones. */
  deny() {
    this.#arming.deny();
    this.look(performance.now());
    this.#page.changed();
  }

  /** Pauses what sounds while the service is not heard. */
  hush() {
    const now = performance.now();
    this.#calls.hush(this.#page.model, now);
    this.look(now);
    this.#page.changed();
  }

  /**
   * Returns what is left of that pause, milliseconds.
   * @param {number} now
   */
  hushed_ms(now) {
    return this.#calls.hushed_ms(now);
  }

  /** @param {number} now */
  #tell(now) {
    const { sound, confirmed } = this.state(now);
    const message = {
      type: "display",
      request: DISPLAY_REQUEST,
      station: this.#page.station,
      view: this.#page.view().address,
      sound,
      confirmed: confirmed && { by: confirmed.by, at: new Date(confirmed.at).toISOString() },
      visible: document.visibilityState === "visible",
    };
    const text = JSON.stringify(message);
    if (text === this.#told && now - this.#told_at < TELL_MS && !this.#confirms(now)) return;
    const painted_ms_ago = this.#painted_at === null ? null : Math.max(0, Math.round(now - this.#painted_at));
    if (!this.#page.send({ ...message, seq: this.#painted_seq, painted_ms_ago })) return;
    this.#told = text;
    this.#told_at = now;
    if (this.#painted_seq >= this.#owed) this.#owed = 0;
  }

  /**
   * A second channel where there is one; a browser that nobody has touched refuses it loudly.
   * @param {number} now
   */
  #shake(now) {
    const newest = this.speaker.log.findLast(({ starts_ms, test, fate }) => starts_ms <= now && !test && fate !== "dropped");
    if (newest === undefined || newest === this.#shaken) return;
    this.#shaken = newest;
    if (navigator.userActivation?.hasBeenActive && SHAKES[newest.tone].length > 0) navigator.vibrate?.(SHAKES[newest.tone]);
  }
}
