// @ts-check
// Every device of the clinic: its port, which bed it belongs to, whether it is read, and how good
// its line is. And every port, where a person can find out what is plugged in.

import { ask, why_not } from "../ask.js";
import { button, by_id, element, hide, keep_only, set_attribute, set_count, set_text } from "../dom.js";
import { t } from "../language.js";
import { line_row, rests_ms } from "../lines.js";
import { found_words, port_words } from "../ports.js";

/** The service is asked this often while somebody looks, milliseconds. */
const AGAIN_MS = 2_000;

/** A search takes up to a minute; an answer that takes longer than this is none, milliseconds. */
const SEARCH_MAX_MS = 120_000;

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class DevicesView {
  root = by_id("devices");
  #model;
  #rows = by_id("devices-rows");
  #problem = by_id("devices-problem");
  /** @type {import("../lines.js").Line[]} */
  #lines = [];
  #ports = by_id("ports");
  #asked_at = -Infinity;
  #people;
  /** What is known of what is plugged in, by port. @type {Map<string, PortView>} */
  #views = new Map();
  #searching = false;

  /**
   * @param {import("../model.js").Model} model
   * @param {import("../people.js").People} people
   */
  constructor(model, people) {
    this.#model = model;
    this.#people = people;
  }

  open() {
    this.#lines = [];
    this.#asked_at = -Infinity;
    set_text(this.#problem, "");
  }

  /** @param {number} now */
  refresh(now) {
    if (now - this.#asked_at >= AGAIN_MS) {
      this.#asked_at = now;
      void this.#ask();
    }
    const now_ms = this.#model.clock.at(now);
    const wanted = this.#lines.map((line) => line_row(line, now_ms, rests_ms(this.#model.beds.get(line.bed), line.device)));
    set_count(this.#rows, wanted.length, row_element);
    wanted.forEach((row, index) => show(this.#rows.children[index], row));
  }

  async #ask() {
    try {
      const [{ devices }, { ports }] = await Promise.all([ask("/api/v1/devices"), ask("/api/v1/ports")]);
      this.#lines = devices;
      this.#show_ports(ports);
      set_text(this.#problem, "");
    } catch (error) {
      // What is not known any more is not shown as if it were.
      this.#lines = [];
      set_text(this.#problem, t("The devices cannot be shown: {why}", { why: why_not(error) }));
    }
  }

  /** @param {import("../ports.js").Port[]} ports */
  #show_ports(ports) {
    keep_only(this.#views, ports.map(({ port }) => port));
    for (const port of ports) {
      let view = this.#views.get(port.port);
      if (!view) {
        view = new PortView(port.port, () => this.#find_out(port.port));
        this.#views.set(port.port, view);
        this.#ports.append(view.root);
      }
      view.update(port, this.#searching);
    }
  }

  /** @param {string} port */
  #find_out(port) {
    this.#people.by(this.#model.staff, t("Who wants to know what is plugged in?"), (by) => void this.#search(port, by));
  }

  /**
   * @param {string} port
   * @param {string} by
   */
  async #search(port, by) {
    const view = this.#views.get(port);
    if (this.#searching || !view) return;
    this.#searching = true;
    view.say(t("The port is being listened to; this takes up to a minute…"));
    try {
      /** @type {import("../ports.js").Identified} */
      const identified = await ask("/api/v1/identify", { port, by }, SEARCH_MAX_MS);
      view.say(found_words(identified), identified.section);
    } catch (error) {
      view.say(t("It could not be found out: {why}", { why: why_not(error) }));
    } finally {
      this.#searching = false;
      this.#asked_at = -Infinity;
    }
  }
}

/** A port, and what was found out there. */
class PortView {
  #name = element("strong");
  #words = element("span");
  #found = element("p", { role: "status" });
  #section = element("pre", { hidden: "" });
  #find;
  root;

  /**
   * @param {string} port
   * @param {() => void} pressed
   */
  constructor(port, pressed) {
    this.#find = button(t("Find out"), "find-out", pressed);
    this.#find.setAttribute("aria-label", t("Find out what is on {port}", { port }));
    set_text(this.#name, port);
    this.root = element("li", { "data-port": port }, this.#name, this.#words, this.#find, this.#found, this.#section);
  }

  /**
   * @param {import("../ports.js").Port} port
   * @param {boolean} searching a search goes on, here or elsewhere
   */
  update(port, searching) {
    set_text(this.#words, port_words(port));
    hide(this.#find, port.connected);
    set_attribute(this.#find, "disabled", searching);
  }

  /**
   * @param {string} words
   * @param {string | null} section
   */
  say(words, section = null) {
    set_text(this.#found, words);
    set_text(this.#section, section ?? "");
    hide(this.#section, section === null);
  }
}

function row_element() {
  const cells = Array.from({ length: 6 }, () => element("td", {}, element("span", "first"), element("span", "second")));
  return element("tr", {}, ...cells);
}

/**
 * @param {Element} target
 * @param {import("../lines.js").LineRow} row
 */
function show(target, row) {
  set_attribute(target, "data-health", row.health);
  const cells = [
    [row.bed],
    [row.device, row.family],
    [row.port],
    [row.link],
    [row.heard],
    [row.quality, row.since_start],
  ];
  cells.forEach(([first, second], index) => {
    const [one, other] = target.children[index].children;
    set_text(one, first);
    set_text(other, second);
  });
}
