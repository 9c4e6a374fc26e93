// The only display that can be heard is closed, muted, hidden, stopped or cut off while a session
// is open: the service tells it in time and with its reason, calls the first telephone of the
// clinic's ladder, and tells that it is over when the display is heard again. Each has a service, a
// telephone and a page of its own, side by side, for all of it is about fifteen real seconds; what
// is told is asked for over HTTP, for no display is there to show it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Telephone } from "../feed/telephone.js";
import { Way } from "../feed/way.js";
import { bare_page } from "./bare.js";
import { at_end, clinic_config, end_all, folder, launch, open, SOON_MS, start, until } from "./harness.js";

/** NO_STATION is told so long after the display was last heard. */
const WITHIN_MS = 15_000;

/** What the display said last was on its way to the service for so long at most, on a busy machine. */
const WAY_MS = 500;

/** The first rung of the clinic's ladder is climbed so long after an alarm called. */
const FIRST_DELAY_S = 2;

/** What was last heard of a display may be so old: it says it every two seconds, and what it drew a moment before. */
const SAID_MS = 3_000;

const KIOSK = "--autoplay-policy=no-user-gesture-required";

/** In a page before it starts: it is called "desk", and somebody heard its tones this morning. */
function arm() {
  localStorage.setItem("chairside.station", "desk");
  localStorage.setItem("chairside.sound", JSON.stringify({ by: "mn", at: Date.now() }));
  globalThis.outputs = [];
  globalThis.AudioContext = class extends AudioContext {
    constructor(...options) {
      super(...options);
      globalThis.outputs.push(this);
    }
  };
}

let browser;
/** Another one: its process is stopped. */
let stopped;

/** A service with a bed, and a telephone that is called. */
async function clinic() {
  const telephone = await Telephone.open();
  at_end(() => telephone.close());
  const inside = folder();
  const service = await start("serve", "--config", clinic_config(inside, ["1"], { more: telephone.called_after(FIRST_DELAY_S) }));
  service.telephone = telephone;
  return service;
}

async function shown(from, address) {
  const page = await open(from, "about:blank");
  await page.addInitScript(arm);
  await page.goto(address);
  return page;
}

const ask = async (service, path) => (await fetch(`${service.address}/api/v1/${path}`)).json();

/** Waits until the display is heard. */
function heard(service) {
  return until("a display that is heard", async () => (await ask(service, "displays")).displays.some((one) => one.heard));
}

async function no_station(service) {
  const { alarms } = await ask(service, "alarms");
  return alarms[0].active.find(({ id }) => id === "NO_STATION");
}

/** Opens a session, in which somebody must hear. */
async function session(service) {
  const body = JSON.stringify({ by: "mn" });
  const answer = await fetch(`${service.address}/api/v1/beds/1/open_session`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  assert.equal((await answer.json()).ok, true);
  assert.equal(await no_station(service), undefined, "it is heard");
}

/**
 * Does something to a display that is heard, and undoes it once it was told and called; `is_why`
 * tells whether what is said is the reason. Returns when it was told, milliseconds after it was
 * begun and after it was done at the latest, when the call came after it was done, what it said, and
 * in which words it was told.
 */
async function harmed(service, { harm, is_why, mend }) {
  await heard(service);
  await session(service);
  assert.deepEqual(service.telephone.calls, [], "nobody is called while it is heard");
  const begun = Date.now();
  await harm();
  const done = Date.now();
  let alarm;
  const is_told = async () => {
    alarm = await no_station(service);
    return alarm !== undefined && is_why.test(alarm.evidence);
  };
  try {
    await until("nobody hears", is_told, SOON_MS, () => alarm?.evidence ?? "NO_STATION does not stand");
    await until("a call", () => service.telephone.calls.length > 0);
  } finally {
    await mend();
  }
  await heard(service);
  await until("it is over", async () => (await no_station(service)) === undefined);
  const told = Date.parse(alarm.since);
  const [call] = service.telephone.calls;
  return {
    after_begun_ms: told - begun,
    after_ms: told - done,
    called_after_ms: call.at - done,
    call,
    evidence: alarm.evidence,
  };
}

const WAYS = {
  async closed() {
    const service = await clinic();
    const page = await shown(browser, service.address);
    return harmed(service, {
      harm: () => page.context().close(),
      is_why: /: no display is connected; desk has been gone for \d+ s$/,
      mend: () => shown(browser, service.address),
    });
  },
  async muted() {
    const service = await clinic();
    const page = await shown(browser, service.address);
    const show = (hash) => page.evaluate((wanted) => {
      location.hash = wanted;
    }, hash);
    return harmed(service, { harm: () => show("#/quiet/1"), is_why: /: desk is muted$/, mend: () => show("#/") });
  },
  async "without an output"() {
    const service = await clinic();
    const page = await shown(browser, service.address);
    const outputs = (what) => page.evaluate((name) => Promise.all(globalThis.outputs.map((one) => one[name]())), what);
    return harmed(service, { harm: () => outputs("suspend"), is_why: /: desk plays nothing$/, mend: () => outputs("resume") });
  },
  async hidden() {
    const service = await clinic();
    const page = await bare_page(browser, service.address);
    await page.evaluate(`(${arm})(); location.reload()`);
    return harmed(service, { harm: page.hide, is_why: /: desk is hidden$/, mend: page.show });
  },
  async stopped() {
    const service = await clinic();
    await shown(stopped, service.address);
    const devtools = await stopped.newBrowserCDPSession();
    const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
    const pages = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    assert.ok(pages.length > 0);
    const signal = (name) => pages.forEach((pid) => process.kill(pid, name));
    // The browser itself goes on, and answers the service for its page.
    return harmed(service, { harm: () => signal("SIGSTOP"), is_why: /: desk has said nothing for \d+ s$/, mend: () => signal("SIGCONT") });
  },
  async "cut off"() {
    const service = await clinic();
    const way = await Way.open(service.address);
    at_end(() => way.close());
    await shown(browser, way.address);
    return harmed(service, {
      harm: () => way.block(),
      is_why: /: no display is connected; desk has been gone for \d+ s$/,
      mend: () => way.unblock(),
    });
  },
};

/** What came of each, side by side. */
const ends = new Map();

before(async () => {
  [browser, stopped] = await Promise.all([launch(KIOSK), launch(KIOSK)]);
  for (const [name, way] of Object.entries(WAYS)) {
    const end = way();
    // Whoever waits for it learns of it.
    end.catch(() => {});
    ends.set(name, end);
  }
});

after(async () => {
  await Promise.allSettled(ends.values());
  await browser?.close();
  await stopped?.close();
  await end_all();
});

for (const name of Object.keys(WAYS)) {
  test(`of the only display that is ${name} nobody hears within fifteen seconds, with its reason, and a telephone is called, until it is heard again`, async () => {
    const { after_begun_ms, after_ms, called_after_ms, call, evidence } = await ends.get(name);
    const seconds = (ms) => (ms / 1_000).toFixed(2);
    console.log(`# ${name}: told after ${seconds(after_ms)} s, called after ${seconds(called_after_ms)} s: ${evidence}`);
    assert.ok(after_ms <= WITHIN_MS + WAY_MS, `${after_ms} ms`);
    assert.ok(called_after_ms <= WITHIN_MS + WAY_MS + FIRST_DELAY_S * 1_000, `${called_after_ms} ms`);
    assert.equal(call.topic, "mn");
    // The bed has no device, which is told beside it, as that of a bed for training.
    assert.match(call.title, /^Room 1: NO STATION( and 1 more)?$/);
    assert.ok(after_begun_ms >= WITHIN_MS - SAID_MS, `${after_begun_ms} ms: it was heard until then`);
    assert.match(evidence, /^session open and no display that can be heard for \d+ s: /);
  });
}
