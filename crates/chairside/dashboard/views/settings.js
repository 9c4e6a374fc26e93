// @ts-check
// How this browser shows the page.

import { why_not } from "../ask.js";
import { by_id, element, on_press, set_attribute, set_text } from "../dom.js";
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
  #kept = by_id("settings-kept");
  #digits = by_id("settings-digits");
  #station = input("settings-station");
  #diagonal = input("settings-diagonal");
  #distance = input("settings-distance");
  /** What the warning was made of last. */
  #shown = "";

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    const system = t("as the system wants");
    this.#choices("theme", { system, dark: t("dark"), light: t("light") });
    this.#choices("motion", { system, less: t("never flashing: a thick edge instead") });
    this.#choices("text", Object.fromEntries(TEXT_SIZES.map((size) => [size, `${size} %`])));
    this.#choices("order", { fixed: t("each in its fixed place"), urgent: t("most urgent first") });
    for (const [code, { name }] of Object.entries(LANGUAGES)) {
      choice("language", code, name, code === language(), () => {
        keep_language(code);
        location.reload();
      });
    }
    on_press("settings-rename", () => void this.#rename());
    this.#diagonal.addEventListener("change", () => this.#change({ diagonal_in: read_length(this.#diagonal.value, "diagonal_in") }));
    this.#distance.addEventListener("change", () => this.#change({ distance_m: read_length(this.#distance.value, "distance_m") }));
  }

  open() {
    this.#shown = "";
    const { station, settings } = this.#page;
    this.#station.value = station;
    this.#diagonal.value = figure(settings.diagonal_in ?? "");
    this.#distance.value = figure(settings.distance_m ?? "");
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

  async #rename() {
    const save = input("settings-rename");
    const name = this.#station.value.trim();
    if (name === "" || name === this.#page.station) return;
    save.disabled = true;
    const why = await why_no_name(name);
    save.disabled = false;
    set_text(by_id("settings-problem"), why);
    if (why !== "") return;
    const kept = keep_station(name);
    this.#said(kept);
    // The name is part of what is under way: the page begins anew with it.
    if (kept) location.reload();
  }

  /**
   * @param {"theme" | "motion" | "text" | "order"} key
   * @param {Record<string, string>} choices words by value
   */
  #choices(key, choices) {
    const current = this.#page.settings[key];
    for (const [value, words] of Object.entries(choices)) {
      // What is chosen is kept and read as any other setting.
      choice(key, value, words, value === String(current), () => this.#change({ [key]: typeof current === "number" ? Number(value) : value }));
    }
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

/** @param {string} id */
function input(id) {
  return /** @type {HTMLInputElement} */ (by_id(id));
}

/**
 * Adds a choice to those that the page has a place for, before what is said of them.
 * @param {string} name
 * @param {string} value
 * @param {string} words
 * @param {boolean} checked
 * @param {() => void} chosen
 */
function choice(name, value, words, checked, chosen) {
  const radio = element("input", { type: "radio", name: `settings-${name}`, value });
  radio.checked = checked;
  radio.addEventListener("change", chosen);
  by_id(`settings-${name}`).append(element("label", "choice", radio, words));
}
