// @ts-check
// The page as an app: the browser is given the worker that makes it one.

const WORKER = "/dashboard/service-worker.js";

/** Made once: a page may have only one of a name. @type {any} */
let policy;

/**
 * Registers the worker where the browser allows it: over https, or on this machine. Fails where the
 * browser refuses all the same.
 */
export async function make_installable() {
  if (!globalThis.isSecureContext || !("serviceWorker" in navigator)) return;
  /** @type {any} */
  const { trustedTypes } = globalThis;
  policy ??= trustedTypes?.createPolicy("chairside-install", { createScriptURL: () => WORKER });
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(WORKER) : WORKER, { scope: "/", updateViaCache: "none" });
}
