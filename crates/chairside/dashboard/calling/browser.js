// @ts-check
// A browser that is to be called while no page is open subscribes, and shows what the owner puts
// into clinic.toml. It has no words of its own: the service writes them.

import { make_installable } from "../install.js";
import { contact } from "./contact.js";

const ways = /** @type {HTMLElement} */ (document.querySelector("#ways"));

/** @type {Record<string, string>} */
const words = JSON.parse(ways.dataset.words ?? "{}");

/** Why no browser like this one can subscribe here, if so. */
function hindrance() {
  if (!globalThis.isSecureContext) return words.insecure;
  return "serviceWorker" in navigator && "PushManager" in globalThis ? "" : words.unable;
}

/**
 * @param {string} key the service's public key
 * @returns {Promise<PushSubscription>}
 */
async function subscribe(key) {
  await make_installable();
  const { pushManager } = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await pushManager.subscribe(wanted);
  } catch (error) {
    // It has one with another key, of which the service knows nothing any more.
    const old = error instanceof DOMException && error.name === "InvalidStateError" ? await pushManager.getSubscription() : null;
    if (!old) throw error;
    await old.unsubscribe();
    return pushManager.subscribe(wanted);
  }
}

/** @param {HTMLElement} part of one channel */
function offer(part) {
  const { channel = "", key = "" } = part.dataset;
  const button = /** @type {HTMLButtonElement} */ (part.querySelector("button"));
  const status = /** @type {HTMLElement} */ (part.querySelector('[role="status"]'));
  const lines = /** @type {HTMLTextAreaElement} */ (part.querySelector("textarea"));
  status.textContent = hindrance();
  button.disabled = status.textContent !== "";
  button.addEventListener("click", async () => {
    button.disabled = true;
    lines.hidden = true;
    try {
      lines.value = contact(channel, JSON.stringify(await subscribe(key)));
      lines.hidden = false;
      lines.select();
      status.textContent = words.subscribed;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      status.textContent = Notification.permission === "denied" ? words.denied : `${words.failed} ${why}`;
    }
    button.disabled = false;
  });
}

for (const part of ways.querySelectorAll("section")) offer(part);
