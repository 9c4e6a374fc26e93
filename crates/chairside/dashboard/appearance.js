// @ts-check
// Theme, motion and size of text, on the document.

import { set_attribute } from "./dom.js";
import { digit_px } from "./settings.js";

const LIGHT = matchMedia("(prefers-color-scheme: light)");
const LESS_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

/** Who needs type of this size stands so far off that the smaller numbers must grow, CSS pixels. */
const FAR_PX = 64;

/**
 * Shows the page as it is set, and where that is left to the system as the system wants it.
 * @param {import("./settings.js").Settings} settings
 */
export function appear(settings) {
  const { theme, motion, text } = settings;
  const root = document.documentElement;
  set_attribute(root, "data-far", (digit_px(settings, screen) ?? 0) >= FAR_PX);
  set_attribute(root, "data-theme", theme === "system" ? (LIGHT.matches ? "light" : "dark") : theme);
  set_attribute(root, "data-motion", motion === "less" || LESS_MOTION.matches ? "less" : null);
  root.style.setProperty("--text-scale", String(text / 100));
}

/**
 * Calls back when the system wants the page otherwise.
 * @param {() => void} changed
 */
export function on_system_change(changed) {
  for (const query of [LIGHT, LESS_MOTION]) query.addEventListener("change", changed);
}
