// @ts-check
// Blocks that flash: all of a priority together, half of their time bright and half dark. An
// animation of a colour would keep the browser at it in every frame.

import { set_attribute } from "./dom.js";

/** How long a turn takes, milliseconds: 2 Hz and 0.6 Hz. */
export const TURN_MS = { high: 500, medium: 1_667 };

/**
 * Tells whether blocks are in their dark half.
 * @param {keyof typeof TURN_MS} priority
 * @param {number} now page time, milliseconds
 */
export function is_dark(priority, now) {
  return now % TURN_MS[priority] >= TURN_MS[priority] / 2;
}

/**
 * Lets the blocks of the page flash, unless they stand still and bright.
 * @param {number} now
 * @param {boolean} still
 */
export function flash(now, still) {
  const root = document.documentElement;
  set_attribute(root, "data-dark-high", !still && is_dark("high", now));
  set_attribute(root, "data-dark-medium", !still && is_dark("medium", now));
}
