// @ts-check
// How this browser shows the page.

import { why_not } from "../ask.js";
import { button, by_id, element, set_attribute, set_text } from "../dom.js";
import { keep_language, language, LANGUAGES, t } from "../language.js";
import { is_taken } from "../same-name.js";
import { keep_settings, legible_words, read_length, TEXT_SIZES } from "../settings.js";
import { is_short_enough, keep_station, NAME_MAX } from "../station.js";
import { figure } from "../words.js";

/** @typedef {import("../settings.js").Settings} Settings */

/**
 * What the view needs of the page.
 * @typedef {object} Page
 * @property {string} station what this station calls itself
 * @property {boolean} kiosk
 * @property {Settings} settings
 * @property {(settings: Settings) => void} set
 * @property {() => {px: number, rooms: number} | null} digits how large the digits of the beds are, once they have been shown
 */

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class SettingsView {
  root = by_id("settings");
  #page;
  #kept = element("p", { class: "kept", role: "status" });
  #digits = element("p", "digits");
  /** What the warning was made of last. */
  #shown = "";

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }

  open() {
    this.#shown = "";
    this.root.replaceChildren(
      element("header", {}, element("h2", {}, t("Settings of this browser")), link_back()),
      element("p", "hint", t("They are kept in this browser and hold for nobody else.")),
      this.#kept,
      element("div", "groups",
        this.#station(),
        this.#language(),
        this.#choices("theme", t("Colours"), [
          ["system", t("as the system wants")],
          ["dark", t("dark")],
          ["light", t("light")],
        ]),
        this.#choices("motion", t("Motion"), [
          ["system", t("as the system wants")],
          ["less", t("never flashing: a thick edge instead")],
        ]),
        this.#choices("text", t("Size of the words"), TEXT_SIZES.map((size) => [size, `${size} %`]),
          t("Bars, alarms and panels; the numbers of the beds fill their place.")),
        this.#legible(),
        this.#choices("order", t("Order of the beds"), [
          ["fixed", t("each in its fixed place")],
          ["urgent", t("most urgent first")],
        ], this.#page.kiosk
          ? t("This page is in kiosk mode: on a wall the places are always fixed.")
          : t("On a wall, in kiosk mode, the places are always fixed: people know them.")),
        on_a_wall(this.#page.kiosk),
      ),
    );
    this.root.scrollTop = 0;
    set_text(this.#kept, "");
  }

  refresh() {
    const now = JSON.stringify([this.#page.digits(), this.#page.settings]);
    if (now === this.#shown) return;
    this.#shown = now;
    const { text, small } = legible_words(this.#page.settings, globalThis.screen, this.#page.digits());
    set_text(this.#digits, text);
    set_attribute(this.#digits, "data-small", small);
  }

  /** @param {Partial<Settings>} change */
  #change(change) {
    const settings = { ...this.#page.settings, ...change };
    this.#page.settings = settings;
    this.#said(keep_settings(settings));
    this.#page.set(settings);
  }

  /** @param {boolean} kept */
  #said(kept) {
    set_text(this.#kept, kept ? t("Kept.") : t("This browser keeps nothing: it holds until the page is left."));
  }

  #station() {
    const input = field("settings-station", t("Name of this station"), this.#page.station);
    const problem = element("p", { class: "problem", role: "alert" });
    const save = button(t("Rename"), "rename", async () => {
      const name = input.value.trim();
      if (name === "" || name === this.#page.station) return;
      save.disabled = true;
      const why = await why_no_name(name);
      save.disabled = false;
      set_text(problem, why);
      if (why !== "") return;
      const kept = keep_station(name);
      this.#said(kept);
      // The name is part of what is under way: the page begins anew with it.
      if (kept) location.reload();
    });
    const hint = t("A station is a browser. Pauses of the sound that were made under the old name stay with that.");
    return group(t("Station"), label("settings-station", t("Name of this station")), input, save, problem, element("p", "hint", hint));
  }

  #language() {
    const choices = Object.entries(LANGUAGES).map(([code, { name }]) =>
      radio("language", code, name, code === language(), () => {
        keep_language(/** @type {import("../language.js").Language} */ (code));
        location.reload();
      }),
    );
    const hint = t("What the service itself does not say in this language stays in English, whole.");
    return group(t("Language"), ...choices, element("p", "hint", hint));
  }

  /**
   * @template {"theme" | "motion" | "text" | "order"} Key
   * @param {Key} key
   * @param {string} legend
   * @param {readonly (readonly [Settings[Key], string])[]} choices
   * @param {string} [hint]
   */
  #choices(key, legend, choices, hint) {
    const current = this.#page.settings[key];
    const radios = choices.map(([value, words]) =>
      radio(key, String(value), words, value === current, () => this.#change({ [key]: value })),
    );
    return group(legend, ...radios, ...(hint ? [element("p", "hint", hint)] : []));
  }

  #legible() {
    const { diagonal_in, distance_m } = this.#page.settings;
    const diagonal = field("settings-diagonal", "", diagonal_in === null ? "" : figure(diagonal_in));
    const distance = field("settings-distance", "", distance_m === null ? "" : figure(distance_m));
    for (const input of [diagonal, distance]) input.inputMode = "decimal";
    diagonal.addEventListener("change", () => this.#change({ diagonal_in: read_length(diagonal.value, "diagonal_in") }));
    distance.addEventListener("change", () => this.#change({ distance_m: read_length(distance.value, "distance_m") }));
    return group(t("Can the numbers be read from there?"),
      label("settings-diagonal", t("Screen, inches")), diagonal,
      label("settings-distance", t("Read from, metres")), distance,
      this.#digits,
    );
  }
}

/**
 * Says why a station cannot be called so; nothing when it can.
 * @param {string} name
 */
async function why_no_name(name) {
  if (!is_short_enough(name)) return t("That is too long: at most {most} bytes, and ä, é or ß take two.", { most: NAME_MAX });
  try {
    return (await is_taken(name)) ? t("Another display is called so. A pause of the sound at one would hold at both.") : "";
  } catch (error) {
    return t("Not renamed: whether another display is called so is not known: {why}", { why: why_not(error) });
  }
}

function link_back() {
  return element("a", { class: "back", href: "#/" }, t("Back to the beds"));
}

/** @param {boolean} kiosk whether it is opened so already */
function on_a_wall(kiosk) {
  return group(t("On a wall"),
    element("p", {}, t("Open the page with ?kiosk behind its address: it then keeps the screen bright, asks for the whole screen, and says when the browser refuses.")),
    kiosk
      ? element("a", { class: "back", href: "/" }, t("Leave kiosk mode"))
      : element("a", { class: "back", href: "/?kiosk" }, t("Open it so now")),
  );
}

/**
 * @param {string} legend
 * @param {...Node} children
 */
function group(legend, ...children) {
  return element("fieldset", {}, element("legend", {}, legend), ...children);
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} words
 * @param {boolean} checked
 * @param {() => void} chosen
 */
function radio(name, value, words, checked, chosen) {
  const input = element("input", { type: "radio", name: `settings-${name}`, value });
  input.checked = checked;
  input.addEventListener("change", chosen);
  return element("label", "choice", input, words);
}

/**
 * @param {string} id
 * @param {string} words
 */
function label(id, words) {
  return element("label", { for: id }, words);
}

/**
 * @param {string} id
 * @param {string} placeholder
 * @param {string} value
 */
function field(id, placeholder, value) {
  const input = element("input", { id, autocomplete: "off" });
  if (placeholder !== "") input.placeholder = placeholder;
  input.value = value;
  return input;
}
