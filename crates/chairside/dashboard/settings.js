// @ts-check
// How this browser shows the page: kept here and nowhere else. No DOM.

import { keep, recall } from "./kept.js";
import { t } from "./language.js";
import { figure } from "./words.js";

/**
 * @typedef {object} Settings
 * @property {"system" | "dark" | "light"} theme
 * @property {"system" | "less"} motion
 * @property {number} text size of the words around the beds, per cent
 * @property {number | null} diagonal_in of the screen, inches
 * @property {number | null} distance_m from which it is read
 * @property {"fixed" | "urgent"} order of the beds
 */

/** @type {Settings} */
export const DEFAULTS = { theme: "system", motion: "system", text: 100, diagonal_in: null, distance_m: null, order: "fixed" };

/** The sizes of text that can be chosen, per cent. */
export const TEXT_SIZES = [100, 115, 130, 150];

const KEPT_AS = "chairside.settings";

/** Screens and rooms that there are. */
const DIAGONAL_IN = { least: 4, most: 120 };
const DISTANCE_M = { least: 0.3, most: 15 };

/** A character must be seen under this angle, radians: 22 arc-minutes, of 20 to 22 in ISO 9241-3. */
const ANGLE = 0.0064;

/** A digit is this high, of the size of its type. */
const DIGIT_HEIGHT = 0.72;

const INCH_MM = 25.4;

/**
 * Reads settings; what is missing or cannot be meant is as it is without any.
 * @param {string | null} text
 * @returns {Settings}
 */
export function read_settings(text) {
  /** @type {Record<string, unknown>} */
  let kept = {};
  try {
    const parsed = JSON.parse(text ?? "{}");
    if (parsed !== null && typeof parsed === "object") kept = parsed;
  } catch {
    // Written by another program, or cut off: as if nothing were kept.
  }
  const { theme, motion, order, text: size } = kept;
  return {
    theme: theme === "dark" || theme === "light" ? theme : DEFAULTS.theme,
    motion: motion === "less" ? motion : DEFAULTS.motion,
    text: typeof size === "number" && TEXT_SIZES.includes(size) ? size : DEFAULTS.text,
    diagonal_in: within(kept.diagonal_in, DIAGONAL_IN),
    distance_m: within(kept.distance_m, DISTANCE_M),
    order: order === "urgent" ? order : DEFAULTS.order,
  };
}

/**
 * Reads a length that somebody typed, with a comma or a point; null when it cannot be meant.
 * @param {string} text
 * @param {"diagonal_in" | "distance_m"} what
 */
export function read_length(text, what) {
  const number = text.trim() === "" ? NaN : Number(text.trim().replace(",", "."));
  return within(number, what === "diagonal_in" ? DIAGONAL_IN : DISTANCE_M);
}

/**
 * @param {unknown} value
 * @param {{least: number, most: number}} range
 */
function within(value, { least, most }) {
  return typeof value === "number" && value >= least && value <= most ? value : null;
}

/** Returns what this browser keeps. */
export function kept_settings() {
  return read_settings(recall(KEPT_AS));
}

/**
 * Keeps settings, and tells whether this browser does.
 * @param {Settings} settings
 */
export function keep_settings(settings) {
  return keep(KEPT_AS, JSON.stringify(settings));
}

/**
 * Returns the size of type, CSS pixels, whose digits can be read from that far; null when the
 * screen or the distance is not known.
 * @param {Settings} settings
 * @param {{width: number, height: number}} screen CSS pixels
 */
export function digit_px({ diagonal_in, distance_m }, screen) {
  const pixels = Math.hypot(screen.width, screen.height);
  if (diagonal_in === null || distance_m === null || !(pixels > 0)) return null;
  const pitch_mm = (diagonal_in * INCH_MM) / pixels;
  return (distance_m * 1000 * ANGLE) / pitch_mm / DIGIT_HEIGHT;
}

/**
 * Returns from how far digits of that size can be read, metres.
 * @param {number} px
 * @param {number} diagonal_in
 * @param {{width: number, height: number}} screen CSS pixels
 */
export function reach_m(px, diagonal_in, screen) {
  const pitch_mm = (diagonal_in * INCH_MM) / Math.hypot(screen.width, screen.height);
  return (px * DIGIT_HEIGHT * pitch_mm) / ANGLE / 1000;
}

/**
 * Tells whether the beds stand by urgency: never where the page hangs on a wall, for there people
 * know each bed by its place.
 * @param {Settings} settings
 * @param {boolean} kiosk
 */
export function by_urgency({ order }, kiosk) {
  return order === "urgent" && !kiosk;
}

/**
 * Says whether the numbers of the beds can be read from where people stand.
 * @param {Settings} settings
 * @param {{width: number, height: number}} screen
 * @param {{px: number, rooms: number} | null} digits as they are
 * @returns {{text: string, small: boolean}}
 */
export function legible_words(settings, screen, digits) {
  const needed = digit_px(settings, screen);
  if (needed === null || settings.diagonal_in === null) {
    return { text: t("Say how large the screen is (its diagonal) and from how far it is read."), small: false };
  }
  const need = Math.ceil(needed);
  if (digits === null) return { text: t("Digits must be {need} px high type for that.", { need }), small: false };
  const px = Math.floor(digits.px);
  const reach = figure(reach_m(digits.px, settings.diagonal_in, screen).toFixed(1));
  const blanks = { need, px, rooms: digits.rooms, reach };
  const small = px < need;
  const text = small
    ? t("TOO SMALL: {need} px are needed, and with {rooms} rooms the large numbers have {px} px. They can be read from {reach} m.", blanks)
    : t("Yes: {need} px are needed, and with {rooms} rooms the large numbers have {px} px: enough for {reach} m.", blanks);
  return { text, small };
}
