// @ts-check
// A row or a list of alarm cards that never changes under a pointer.

import { Highest, Places, StripOrder } from "./alarms.js";
import { Card } from "./card.js";
import { keep_only } from "./dom.js";

/** A pointer that has not moved for this long does not hold the cards any more, milliseconds. */
const HOLD_MS = 5_000;

export class Cards {
  #root;
  #order = new StripOrder();
  #places = new Places();
  #highest = new Highest();
  /** @type {Map<string, Card>} */
  #cards = new Map();
  #pressed;
  #pointer_at = -Infinity;

  /**
   * @param {HTMLElement} root
   * @param {import("./card.js").Pressed} pressed
   */
  constructor(root, pressed) {
    this.#root = root;
    this.#pressed = pressed;
    const here = () => {
      this.#pointer_at = performance.now();
    };
    for (const name of ["pointerenter", "pointermove", "pointerdown"]) root.addEventListener(name, here);
    root.addEventListener("pointerleave", () => {
      this.#pointer_at = -Infinity;
    });
  }

  /**
   * @param {import("./alarms.js").Standing[]} wanted
   * @param {{columns: number, room: number, most?: number}} room
   * @param {object} state
   * @param {import("./model.js").Model} state.model
   * @param {number} state.now
   * @param {string | null} state.selected
   * @param {Set<string>} state.sending
   * @param {string | undefined} state.by who is at this station
   * @param {(entry: import("./alarms.js").Standing) => import("./quiet.js").Quiet | null} state.sound whether it is not heard here
   * @param {boolean} state.live
   * @param {boolean} [state.whole] whether there is room for all of a reason
   * @returns {{shown: number, hidden: number}} how many cards there are, and how many alarms have none
   */
  update(wanted, room, { selected, sound, ...state }) {
    const { now } = state;
    const held = now - this.#pointer_at < HOLD_MS;
    const slots = this.#order.arrange(wanted, now, held, { ...room, selected });
    this.#root.style.setProperty("--columns", String(this.#order.columns));
    const visible = slots.filter(({ shown }) => shown);
    keep_only(this.#cards, visible.map(({ entry }) => entry.key));
    visible.forEach((slot, index) => {
      const { key } = slot.entry;
      const card = this.#card(key);
      if (this.#root.children[index] !== card.root) {
        this.#root.insertBefore(card.root, this.#root.children[index] ?? null);
      }
      card.update(slot, {
        ...state,
        selected: key === selected,
        settled: this.#places.has_settled(key, now) && this.#order.read(key, now) !== null,
        sound: sound(slot.entry),
      });
    });
    return { shown: visible.length, hidden: slots.length - visible.length };
  }

  /** How high the highest card has been that was shown here, pixels of the window; nothing while there is none. */
  get height() {
    const px = Math.max(0, ...[...this.#cards.values()].map(({ root }) => root.getBoundingClientRect().height));
    return this.#highest.see(px, [innerWidth, innerHeight, this.#order.columns].join());
  }

  /**
   * Looks where the cards lie, when all of the page is as it will be painted.
   * @param {number} now
   */
  look(now) {
    const places = [...this.#cards].map(([key, { root }]) => {
      const { left, top, width } = root.getBoundingClientRect();
      return /** @type {[string, string]} */ ([key, [left, top, width].map(Math.round).join()]);
    });
    this.#places.look(places, now);
  }

  /**
   * Returns the alarm as it stands on its card if a press on that is meant for it.
   * @param {string} key
   * @param {number} now
   */
  read(key, now) {
    this.look(now);
    return this.#places.has_settled(key, now) ? this.#order.read(key, now) : null;
  }

  /**
   * Tells whether an alarm's card is on the screen.
   * @param {string | null} key
   */
  has(key) {
    return Boolean(this.#cards.get(key ?? "")?.root.getClientRects().length);
  }

  /** @param {string} key */
  #card(key) {
    let card = this.#cards.get(key);
    if (!card) {
      card = new Card(key, this.#pressed);
      this.#cards.set(key, card);
    }
    return card;
  }
}
