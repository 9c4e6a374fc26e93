// @ts-check
// The patient's own screen in a quiet room: one line, and one button that calls somebody. It shows
// no number and no alarm, and makes no sound.

import { responsible_words } from "../answers.js";
import { by_id, set_attribute, set_text } from "../dom.js";
import { Kiosk } from "../kiosk.js";
import { can_call, Hold, Room, room_words } from "../room.js";

/** The keys that hold a button. */
const KEYS = ["Enter", " "];

/**
 * What the view needs of the page.
 * @typedef {object} Page
 * @property {import("../model.js").Model} model
 * @property {(bed: string, refused: () => void) => boolean} call sends the call; false when it cannot be sent
 * @property {() => void} changed something that is shown is another now
 */

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class RoomView {
  root = by_id("room");
  #page;
  #words = by_id("room-words");
  #fill = by_id("room-fill");
  #button = by_id("room-call");
  #note = by_id("room-note");
  #kiosk;
  #hold = new Hold();
  #room = new Room();
  #bed = "";

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#kiosk = new Kiosk(true, page.changed);
    this.#listen();
  }

  /** @param {string} bed */
  open(bed) {
    this.#bed = bed;
    this.#room = new Room();
  }

  close() {
    this.#hold.let_go();
  }

  /** @param {number} now */
  refresh(now) {
    const { model } = this.#page;
    const bed = model.beds.get(this.#bed);
    const call = bed?.alarms.active.find(({ id }) => id === "PATIENT_CALL");
    const connection = model.connection(now);
    // A socket that is gone is no connection, however young its last word is.
    const live = connection === "live" || (connection === "delayed" && model.complete);
    this.#room.follow({ live, known: bed !== undefined, epoch: model.epoch, call: call?.occurrence ?? null }, now);
    const state = this.#room.state(now);
    const able = can_call(state);
    if (!able) this.#hold.let_go();
    set_text(this.#words, room_words(state, bed ? responsible_words(bed.alarms, model.staff) : ""));
    set_attribute(this.root, "data-state", state);
    set_attribute(this.#button, "aria-disabled", able ? null : "true");
    set_text(this.#note, this.#kiosk.banners().join(" "));
    this.#follow_hold(now);
  }

  /** @param {number} now */
  draw(now) {
    this.#follow_hold(now);
  }

  #listen() {
    const press = () => {
      if (can_call(this.#room.state(performance.now()))) this.#hold.press(performance.now());
    };
    const let_go = () => this.#let_go();
    const { root } = this;
    const button = this.#button;
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      button.setPointerCapture(event.pointerId);
      press();
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) button.addEventListener(end, let_go);
    for (const [name, then] of /** @type {const} */ ([["keydown", press], ["keyup", let_go]])) {
      button.addEventListener(name, (event) => {
        if (!KEYS.includes(event.key)) return;
        event.preventDefault();
        then();
      });
    }
    button.addEventListener("click", ({ detail }) => {
      // Without a pointer: whoever has the page read out, or a switch, presses and cannot hold.
      if (detail === 0 && can_call(this.#room.state(performance.now()))) this.#call(performance.now());
    });
    // A finger that stays is no wish for a menu.
    root.addEventListener("contextmenu", (event) => event.preventDefault());
    document.addEventListener("visibilitychange", let_go);
  }

  #let_go() {
    const now = performance.now();
    this.#follow_hold(now);
    if (this.#hold.let_go()) this.#room.let_go_early(now);
    this.#page.changed();
  }

  /**
   * Shows how long it has been held, and calls when that is long enough.
   * @param {number} now
   */
  #follow_hold(now) {
    this.#fill.style.setProperty("--held", String(this.#hold.progress(now)));
    if (this.#hold.is_done(now)) this.#call(now);
  }

  /** @param {number} now */
  #call(now) {
    const room = this.#room;
    const sent = this.#page.call(this.#bed, () => {
      room.refused(performance.now());
      this.#page.changed();
    });
    if (sent) room.sent(now);
    else room.refused(now);
    this.#page.changed();
  }
}
