// @ts-check
// The bar at the top, the banners below it, and the page that says there is no connection.

import { BANNER_MS } from "./model.js";
import { by_id, set_attribute, set_text } from "./dom.js";
import { age, time_of_day } from "./words.js";

/** @typedef {import("./model.js").Model} Model */

/**
 * What the dot says.
 * @param {import("./model.js").Connection} connection
 * @param {number} age_ms
 */
export function connection_words(connection, age_ms) {
  const seconds = Math.floor(age_ms / 1000);
  switch (connection) {
    case "connecting":
      return "CONNECTING";
    case "live":
      return `LIVE ${(age_ms / 1000).toFixed(1)} s`;
    case "delayed":
      return age_ms < 3_000 ? "RECONNECTING" : `DELAYED ${seconds} s`;
    default:
      return `${age_ms < 10_000 ? "DELAYED" : "LOST"} ${seconds} s`;
  }
}

/**
 * What stands across the page, the worst first.
 * @param {Model} model
 * @param {import("./model.js").Connection} connection
 * @param {number} age_ms
 * @returns {string[]}
 */
export function banners(model, connection, age_ms) {
  const all = [];
  if (model.refusal !== null) all.push(`This page cannot be used: ${model.refusal}`);
  if (connection === "banner" && model.stopped) {
    all.push("THE SERVICE HAS STOPPED – what is shown is old. Go to the rooms");
  } else if (connection === "banner" || connection === "lost") {
    all.push(`No word from the service for ${Math.floor(Math.max(age_ms, BANNER_MS) / 1000)} s – what is shown is old`);
  }
  if (!model.recorder.running) {
    all.push(`NOT RECORDING – ${model.recorder.text ?? "no reason given"}. Alarms go on.`);
  }
  return all;
}

export class Status {
  #site = by_id("site");
  #clock = by_id("clock");
  #connection = by_id("connection");
  #recorder = by_id("recorder");
  #rooms = by_id("rooms");
  #person = by_id("person-now");
  #banners = by_id("banners");
  #lost = by_id("lost");
  #lost_words = by_id("lost-words");

  /**
   * @param {Model} model
   * @param {import("./wire.js").Person | null} person
   * @param {number} now
   * @param {number} wall this machine's wall clock, for a page that has never heard the service's
   * @param {string[]} off what stands across the page of sound that is off here
   */
  update(model, person, now, wall, off = []) {
    const connection = model.connection(now);
    const age_ms = model.age_ms(now);
    const service_ms = model.clock.at(now);
    set_attribute(document.body, "data-connection", connection);
    set_attribute(document.body, "data-stopped", model.stopped ? "" : null);
    set_text(this.#site, model.site);
    set_text(this.#clock, time_of_day(Number.isNaN(service_ms) ? wall : service_ms));
    set_text(this.#connection, model.stopped ? "STOPPED" : connection_words(connection, age_ms));
    set_attribute(this.#recorder, "data-running", String(model.recorder.running));
    set_text(this.#recorder, recorder_words(model, connection));
    const connected = [...model.beds.values()].filter(has_device).length;
    const count = connection === "lost" ? "?" : String(connected);
    set_text(this.#rooms, `${model.beds.size} ${model.beds.size === 1 ? "room" : "rooms"}, ${count} with signal`);
    set_text(this.#person, person ? person.name : "Who is here?");
    const wrong = banners(model, connection, age_ms);
    const texts = [...wrong, ...off];
    while (this.#banners.children.length > texts.length) this.#banners.lastElementChild?.remove();
    while (this.#banners.children.length < texts.length) this.#banners.append(document.createElement("p"));
    texts.forEach((text, index) => {
      set_text(this.#banners.children[index], text);
      set_attribute(this.#banners.children[index], "data-chosen", index < wrong.length ? null : "");
    });
    set_attribute(this.#lost, "hidden", connection === "lost" ? null : "");
    if (connection === "lost") {
      const last = time_of_day(service_ms - age_ms);
      set_text(
        this.#lost_words,
        `No word from the service for ${age(age_ms)}.${last ? ` The last came at ${last}.` : ""} This page keeps trying.`,
      );
    }
  }
}

/**
 * @param {Model} model
 * @param {import("./model.js").Connection} connection
 */
function recorder_words(model, connection) {
  if (model.epoch === null || connection === "lost" || connection === "banner") return "RECORD ?";
  return model.recorder.running ? "RECORDING" : "NOT RECORDING";
}

/** @param {import("./model.js").BedState} bed */
function has_device(bed) {
  return [...bed.devices.values()].some((device) => device.link === "connected");
}
