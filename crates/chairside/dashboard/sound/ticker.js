// @ts-check
// The page's side of its worker.

import { t } from "../language.js";

const WORKER = "/dashboard/worker.js";

/**
 * Starts the worker, which calls back several times a second also while the page is hidden, and
 * says so to people when the page hangs. Without workers nothing does: the page's own timer goes on.
 * @param {() => void} look
 */
export function start_ticker(look) {
  try {
    const worker = new Worker(/** @type {string} */ (trusted()), { type: "module" });
    worker.addEventListener("message", () => {
      worker.postMessage(null);
      look();
    });
    worker.postMessage({ title: t("Chairside does not answer"), body: t("The page at the station hangs. Go to the rooms.") });
  } catch {
    // An old browser. What the worker gives, the page's own timer gives while the page is in front.
  }
}

/** The one address from which this page may start a worker, where the browser wants that said. */
function trusted() {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  if (!trustedTypes) return WORKER;
  return trustedTypes.createPolicy("chairside-worker", { createScriptURL: () => WORKER }).createScriptURL(WORKER);
}
