import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

const DASHBOARD = "../../../crates/chairside/dashboard/";
const BEFORE = ["isSecureContext", "navigator", "document", "trustedTypes", "PushManager", "Notification"].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);

/** A browser that registers the page's worker, or refuses, and has one policy of a name. */
function browser(register) {
  const made = new Set();
  const createPolicy = (name, policy) => {
    if (made.has(name)) throw new TypeError(`the policy ${name} was there already`);
    made.add(name);
    return policy;
  };
  const pushManager = { subscribe: async () => ({ endpoint: "https://push.example/1" }) };
  /** As the browser has it: without a registration it never comes. */
  let registered;
  const ready = new Promise((resolve) => {
    registered = () => resolve({ pushManager });
  });
  const serviceWorker = { register: async () => register() || registered(), ready };
  stand_in({ isSecureContext: true, navigator: { serviceWorker }, trustedTypes: { createPolicy }, PushManager: class {}, Notification: { permission: "default" } });
}

function stand_in(all) {
  for (const [name, value] of Object.entries(all)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

afterEach(() => {
  for (const [name, was] of BEFORE) {
    if (was) Object.defineProperty(globalThis, name, was);
    else delete globalThis[name];
  }
});

/** The modules as a page has them that was just loaded. */
let page = 0;
beforeEach(() => {
  page += 1;
});
const load = (name) => import(`${DASHBOARD}${name}?${page}`);

/** The page of one channel with the texts that the service writes; returns what its parts show, and its button's press. */
async function calling_page() {
  let press;
  const parts = {
    button: { disabled: false, addEventListener: (_, pressed) => (press = pressed) },
    '[role="status"]': { textContent: "" },
    textarea: { value: "", hidden: true, select() {} },
  };
  const part = { dataset: { channel: "browser", key: "k" }, querySelector: (what) => parts[what] };
  const words = { insecure: "insecure", unable: "unable", subscribed: "subscribed", denied: "denied", failed: "It failed:" };
  stand_in({ document: { querySelector: () => ({ dataset: { words: JSON.stringify(words) }, querySelectorAll: () => [part] }) } });
  await load("calling/browser.js");
  return { button: parts.button, status: parts['[role="status"]'], lines: parts.textarea, press: () => press() };
}

test("a browser that refuses the worker says why, at the button that asked, which can be pressed again", async () => {
  let refuses = true;
  browser(() => {
    if (refuses) throw new Error("no room on the disk");
  });
  const shown = await calling_page();
  await shown.press();
  assert.deepEqual([shown.status.textContent, shown.button.disabled, shown.lines.hidden], ["It failed: no room on the disk", false, true]);
  refuses = false;
  await shown.press();
  assert.deepEqual([shown.status.textContent, shown.button.disabled, shown.lines.hidden], ["subscribed", false, false]);
  assert.match(shown.lines.value, /^\[\[staff\.contact\]\]\nchannel = "browser"\n/);
});

test("where the browser knows no worker, or gives none to such a page, nothing is asked of it", async () => {
  const { make_installable } = await load("install.js");
  browser(() => assert.fail("it was asked"));
  for (const without of [{ isSecureContext: false }, { navigator: {} }]) {
    stand_in({ isSecureContext: true, ...without });
    await make_installable();
  }
});
