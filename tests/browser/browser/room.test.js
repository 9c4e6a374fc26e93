// The patient's own screen beside a station, at the real program: a call from the room is heard at
// the desk, and answered there it is answered in the room.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { asked, clinic_config, end_all, folder, launch, live, open, picture, series, simulate, SOON_MS, start, until } from "./harness.js";
import { note_hands } from "./notes.js";

const WAIT_MS = SOON_MS;
const TABLET = { width: 1280, height: 800 };

let browser;
let service;

before(async () => {
  browser = await launch();
  const inside = folder();
  const line = join(inside, "line-1");
  const good = { spo2: 97, pulse: 68 };
  await simulate("nonin", series(join(inside, "1.csv"), { before: good }), line);
  service = await start("serve", "--config", clinic_config(inside, ["1"]));
});

after(async () => {
  await browser?.close();
  await end_all();
});

const CALM = /A nurse looks after you/;

function words(page) {
  return page.locator("#room-words").textContent();
}

async function says(page, expected) {
  await until(`the screen says ${expected}`, async () => expected.test(await words(page)), WAIT_MS);
}

async function room(options = {}) {
  const page = await open(browser, "about:blank", { viewport: TABLET, hasTouch: true, ...options });
  await page.addInitScript(note_hands);
  await page.goto(`${service.address}/#/quiet/1`);
  await live(page, WAIT_MS);
  await says(page, CALM);
  return page;
}

const noted = (page) => page.evaluate(() => globalThis.noted);

async function desk() {
  const page = await open(browser, `${service.address}/`);
  await live(page, WAIT_MS);
  return page;
}

function called(page) {
  return page.locator("#strip-cards .card", { hasText: "The patient calls" });
}

/** Answers the call that stands, at the desk. */
async function answer(page) {
  await called(page).waitFor({ timeout: WAIT_MS });
  const press = called(page).locator(".acknowledge:enabled");
  const choice = page.locator("#person-choices button").first();
  await until("the call is answered", async () => {
    // Either may be gone just then.
    if (await choice.isVisible()) await choice.click({ timeout: 2_000 }).catch(() => {});
    else if (await press.isVisible()) await press.click({ timeout: 2_000 }).catch(() => {});
    return called(page).isHidden();
  });
}

/** Presses the button until something has come, with a finger as the browser's own protocol has one. */
async function touch(page, come) {
  const box = await page.locator("#room-call").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
  await come(page);
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await session.detach();
}

async function click(page, come) {
  await page.locator("#room-call").hover();
  await page.mouse.down();
  await come(page);
  await page.mouse.up();
}

async function key(page, name, come) {
  await page.locator("#room-call").focus();
  await page.keyboard.down(name);
  // A key that is held repeats.
  let held = true;
  const repeats = until("the key to be let go", async () => {
    if (held) await page.keyboard.down(name);
    return !held;
  }, 2 * WAIT_MS);
  await come(page).finally(() => {
    held = false;
    return repeats;
  });
  await page.keyboard.up(name);
}

const WAYS = {
  "a finger": touch,
  "a mouse": click,
  "the space bar": (page, come) => key(page, " ", come),
  "the enter key": (page, come) => key(page, "Enter", come),
};

/** What a hand waits for that lets the button go again at once. */
const begun = (page) => page.waitForFunction(() => globalThis.noted.filled > 0);

/** What a hand waits for that holds the button for as long as it takes. */
const through = (page) => says(page, /^Somebody is being called\.$/);

/** The button is held for this long before it calls, milliseconds (docs/dashboard.md). */
const HOLD_MS = 1_000;

/** Lets the button go early; a machine that is too busy for that has called, and has another try. */
async function let_go_early(hold, tablet, station) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await hold(tablet, begun);
    await until("it is let go", async () => (await noted(tablet)).let_go !== null);
    const { pressed, let_go } = await noted(tablet);
    if (let_go - pressed < HOLD_MS) return let_go;
    await answer(station);
  }
  throw new Error("this machine cannot let a button go within a second");
}

test("the button calls when it is held for a second, by whatever means, and not when it is let go early", async () => {
  const [tablet, station] = [await room(), await desk()];
  for (const [way, hold] of Object.entries(WAYS)) {
    const let_go = await let_go_early(hold, tablet, station);
    await says(tablet, /a little longer/);
    // What it says of itself every two seconds comes after a call that it would have made.
    const after = async () => (await noted(tablet)).said.filter(({ at }) => at > let_go);
    await until("the screen says of itself", async () => (await after()).some(({ type }) => type === "display"));
    assert.deepEqual((await after()).filter(({ type }) => type === "call"), [], `${way}, let go early`);
    assert.equal(await called(station).count(), 0, `${way}, let go early`);
    await hold(tablet, through);
    const { pressed, said } = await noted(tablet);
    const held_ms = said.find(({ type, at }) => type === "call" && at > pressed).at - pressed;
    assert.ok(held_ms >= HOLD_MS, `${way}, called after ${held_ms} ms`);
    await answer(station);
    await says(tablet, /^Somebody is coming\.$/);
  }
  assert.deepEqual([...tablet.complaints, ...station.complaints], []);
  await Promise.all([tablet, station].map((page) => page.context().close()));
});

test("while it is held the button fills, and whoever has no hand to hold it is served as well", async () => {
  const [tablet, station] = [await room(), await desk()];
  const filled = () => tablet.locator("#room-fill").evaluate((fill) => fill.getBoundingClientRect().height / fill.parentElement.getBoundingClientRect().height);
  assert.equal(await filled(), 0);
  await tablet.locator("#room-call").hover();
  await tablet.mouse.down();
  await tablet.waitForFunction(() => globalThis.noted.filled > 0.4);
  await picture(tablet, "quiet-held");
  await tablet.mouse.up();
  // A machine that is too busy to let it go within the second has called.
  await until("what became of it", async () => /a little longer|being called/.test(await words(tablet)));
  if (/being called/.test(await words(tablet))) {
    await answer(station);
    await says(tablet, /^Somebody is coming\.$/);
  }
  // A switch or a reader of screens clicks, and no more.
  await tablet.locator("#room-call").evaluate((button) => button.click());
  await says(tablet, /^Somebody is being called\.$/);
  await picture(tablet, "quiet-called");
  await answer(station);
  await Promise.all([tablet, station].map((page) => page.context().close()));
});

test("the room says who comes, and that call stands until it is answered", async () => {
  const [tablet, station] = [await room(), await desk()];
  await touch(tablet, through);
  await called(station).and(station.locator("[data-settled]")).waitFor({ timeout: WAIT_MS });
  await asked(station, () => called(station).locator(".answer").click());
  await station.locator("#person-choices button").first().click();
  await says(tablet, /^M\. N\. is coming\.$/);
  await picture(tablet, "quiet-coming");
  // One press from now on: the page knows who it is.
  await until("it is told that they are there", async () => {
    const answers = called(station).locator(".answer:enabled", { hasText: "I'm here" });
    if (await answers.isVisible()) await answers.click({ timeout: 2_000 }).catch(() => {});
    return /^M\. N\. is there\.$/.test(await words(tablet));
  });
  assert.equal(await called(station).getAttribute("data-look"), "signal");
  await answer(station);
  await says(tablet, /^Somebody is coming\.$/);
  assert.deepEqual([...tablet.complaints, ...station.complaints], []);
  await Promise.all([tablet, station].map((page) => page.context().close()));
});

test("a call is on the tile, on the strip and in the list of the station, and sounds there and not in the room", async () => {
  const [tablet, station] = [await room(), await desk()];
  for (const page of [tablet, station]) await page.locator("body").press("Shift");
  await touch(tablet, through);
  await called(station).waitFor({ timeout: WAIT_MS });
  assert.match(await called(station).textContent(), /\*\*Room 1The patient calls/);
  assert.match(await called(station).textContent(), /the patient asks for somebody/);
  assert.equal(await called(station).getAttribute("data-technical"), null, "it is no equipment's");
  const tile = station.locator('[data-bed="1"]');
  await until("it is on the tile", async () => /The patient calls/.test(await tile.textContent()), WAIT_MS);
  const sounds = (page) => page.evaluate(() => globalThis.chairside_sound_log.filter(({ test: is_test }) => !is_test).map(({ tone }) => tone));
  await until("it sounds at the desk", async () => (await sounds(station)).includes("medium"), WAIT_MS);
  await station.keyboard.press("l");
  await until("the list has it", async () => /The patient calls/.test(await station.locator("#list-cards").textContent()), WAIT_MS);
  await station.keyboard.press("Escape");
  await picture(station, "patient-call");
  await station.goto(`${service.address}/#/bed/1`);
  await until("the bed view has it", async () => /The patient calls/.test(await station.locator("#bed .bed-alarms").textContent()), WAIT_MS);
  await answer(station);
  await says(tablet, /coming/);
  assert.deepEqual(await sounds(tablet), []);
  await Promise.all([tablet, station].map((page) => page.context().close()));
});

test("the screen shows and says nothing else, is dark, stays bright, and reports itself as one without sound", async () => {
  const tablet = await room({ colorScheme: "light" });
  const seen = await tablet.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter((one) => one.checkVisibility() && !["MAIN", "SECTION"].includes(one.tagName))
      .map((one) => one.id),
  );
  assert.deepEqual(seen.sort(), ["", "room-call", "room-fill", "room-words"]);
  const ground = await tablet.evaluate(() => getComputedStyle(document.querySelector("#room")).backgroundColor);
  assert.equal(ground, "rgb(0, 0, 0)");
  // No key of the station does anything here.
  for (const one of ["l", "?", "a", "1", "Escape"]) await tablet.keyboard.press(one);
  assert.equal(await tablet.evaluate(() => location.hash), "#/quiet/1");
  assert.equal(await tablet.locator("dialog[open]").count(), 0);
  const told = await until(
    "the service knows the display",
    async () => {
      const { displays } = await (await fetch(`${service.address}/api/v1/displays`)).json();
      return displays.find(({ view }) => view === "#/quiet");
    },
    WAIT_MS,
  );
  assert.equal(told.sound, "muted");
  assert.equal(told.heard, false);
  await picture(tablet, "quiet");
  assert.deepEqual(tablet.complaints, []);
  await tablet.context().close();
});

test("the bed view leads to it, and a bed that is none has no button", async () => {
  const page = await open(browser, `${service.address}/#/bed/1`, { viewport: TABLET });
  await live(page, WAIT_MS);
  // It turns a display silent and leads nowhere else: it says so first.
  const opens = page.locator("#for-patient a");
  await page.click("text=Screen for the patient");
  assert.match(await page.locator("#for-patient p").innerText(), /no alarm is seen or heard here/);
  assert.equal(new URL(page.url()).hash, "#/bed/1");
  await picture(page, "quiet-asked");
  await opens.click();
  await says(page, CALM);
  await page.goBack();
  await page.locator("#bed .session-begin").waitFor();
  assert.equal(await opens.isVisible(), false, "it asks again");
  await page.goto(`${service.address}/?kiosk#/bed/1`);
  await page.locator("#bed .session-begin").waitFor();
  assert.equal(await page.locator("#for-patient").isVisible(), false, "on a wall no way leads back");
  await page.goto(`${service.address}/#/quiet/nowhere`);
  await says(page, /belongs to no bed/);
  assert.equal(await page.locator("#room-call").isVisible(), false);
  await page.context().close();
});

test("without the service the screen says so at once and the button is shown as unable", async () => {
  const tablet = await room();
  await touch(tablet, through);
  await service.signal("SIGKILL");
  await says(tablet, /^No connection – call out loud\.$/);
  const button = tablet.locator("#room-call");
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  // Time itself is looked at: held for longer than a call takes, on the page's own clock.
  await click(tablet, () => tablet.waitForFunction((longer_ms) => performance.now() - globalThis.noted.pressed > longer_ms, HOLD_MS + 200));
  assert.equal(await words(tablet), "No connection – call out loud.");
  assert.equal(await tablet.locator("#room-fill").evaluate((fill) => fill.getBoundingClientRect().height), 0);
  await picture(tablet, "quiet-no-connection");
  // Also when a station would say that the connection is lost.
  await tablet.waitForSelector('body[data-connection="lost"]', { timeout: WAIT_MS });
  assert.equal(await words(tablet), "No connection – call out loud.");
  assert.equal(await tablet.locator("#lost").isVisible(), false, "nothing is red across it");
  await tablet.context().close();
});
