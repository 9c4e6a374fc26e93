// @ts-check
// The page as an app: the browser is given the worker that makes it one.

const WORKER = "/dashboard/service-worker.js";

/** Registers the worker where the browser allows it: over https, or on this machine. */
export async function make_installable() {
  if (!globalThis.isSecureContext || !("serviceWorker" in navigator)) return;
  /** @type {any} */
  const { trustedTypes } = globalThis;
  const policy = trustedTypes?.createPolicy("chairside-install", { createScriptURL: () => WORKER });
  try {
    await navigator.serviceWorker.register(policy ? policy.createScriptURL(WORKER) : WORKER, { scope: "/", updateViaCache: "none" });
  } catch {
    // A browser that refuses shows the page all the same.
  }
}
