// @ts-check
// The panels of the page's dialogs, which stand beside the numbers and never over them.

import { by_id, focus_still } from "./dom.js";
import { Panel } from "./panel.js";

/**
 * Makes the panel of a dialog.
 * @param {string} id
 * @param {number} [untouched_ms] after so long without a touch it closes
 */
export function dialog_panel(id, untouched_ms) {
  const dialog = /** @type {HTMLDialogElement} */ (by_id(id));
  /** @type {HTMLElement | null} */
  let before = null;
  // Opened by its attribute: `show` gives the focus away itself, and scrolls the page for it.
  return new Panel(
    dialog,
    () => {
      before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      dialog.open = true;
      focus_still(dialog.querySelector("button, input"));
    },
    () => {
      const has_focus = dialog.contains(document.activeElement);
      dialog.open = false;
      if (has_focus) focus_still(before);
    },
    untouched_ms,
  );
}

/** @param {Panel} panel */
export function toggle(panel) {
  if (panel.is_open) panel.close();
  else panel.open();
}
