// The patient's own screen beside a station, at the real program: a call from the room is heard at
// the desk, and answered there it is answered in the room.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { clinic_config, end_all, folder, launch, live, open, picture, series, simulate, start, until } from "./harness.js";

const WAIT_MS = 60_000;
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

const CALM = /You are being watched over/;

function words(page) {
  return page.locator("#room .room-words").textContent();
}

async function says(page, expected) {
  await until(`the screen says ${expected}`, async () => expected.test(await words(page)), WAIT_MS, () => "");
}

async function room(options = {}) {
  const page = await open(browser, `${service.address}/#/quiet/1`, { viewport: TABLET, hasTouch: true, ...options });
  await live(page, WAIT_MS);
  await says(page, CALM);
  return page;
}

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
  await called(page).and(page.locator("[data-settled]")).waitFor({ timeout: WAIT_MS });
  await called(page).locator(".acknowledge").click();
  const choices = page.locator("#person-choices button");
  if (await choices.first().isVisible()) await choices.first().click();
  await called(page).waitFor({ state: "hidden", timeout: WAIT_MS });
}

// How long somebody holds the button is what these tests are about: here time itself passes.

/** Presses the button for so long, with a finger as the browser's own protocol has one. */
async function touch(page, for_ms) {
  const box = await page.locator("#room .room-call").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
  await page.waitForTimeout(for_ms);
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await session.detach();
}

async function click(page, for_ms) {
  await page.locator("#room .room-call").hover();
  await page.mouse.down();
  await page.waitForTimeout(for_ms);
  await page.mouse.up();
}

async function key(page, name, for_ms) {
  await page.locator("#room .room-call").focus();
  await page.keyboard.down(name);
  // A key that is held repeats.
  for (let passed = 0; passed < for_ms; passed += 50) {
    await page.waitForTimeout(50);
    await page.keyboard.down(name);
  }
  await page.keyboard.up(name);
}

const WAYS = {
  "a finger": touch,
  "a mouse": click,
  "the space bar": (page, for_ms) => key(page, " ", for_ms),
  "the enter key": (page, for_ms) => key(page, "Enter", for_ms),
};

test("the button calls when it is held for a second, by whatever means, and not when it is let go early", async () => {
  const [tablet, station] = [await room(), await desk()];
  for (const [way, hold] of Object.entries(WAYS)) {
    await hold(tablet, 500);
    await says(tablet, /a little longer/);
    // Nothing is there to wait for: a call would be at the station in far less.
    await tablet.waitForTimeout(1_000);
    assert.equal(await called(station).count(), 0, `${way}, half a second`);
    await hold(tablet, 1_200);
    await says(tablet, /^Somebody is being called\.$/);
    await answer(station);
    await says(tablet, /^Somebody is coming\.$/);
  }
  assert.deepEqual([...tablet.complaints, ...station.complaints], []);
  await Promise.all([tablet, station].map((page) => page.context().close()));
});

test("while it is held the button fills, and whoever has no hand to hold it is served as well", async () => {
  const [tablet, station] = [await room(), await desk()];
  const filled = () => tablet.locator("#room .room-fill").evaluate((fill) => fill.getBoundingClientRect().height / fill.parentElement.getBoundingClientRect().height);
  assert.equal(await filled(), 0);
  await tablet.locator("#room .room-call").hover();
  await tablet.mouse.down();
  await until("it is half full", async () => (await filled()) > 0.4, 5_000);
  await picture(tablet, "quiet-held");
  await tablet.mouse.up();
  // A switch or a reader of screens clicks, and no more.
  await tablet.locator("#room .room-call").evaluate((button) => button.click());
  await says(tablet, /^Somebody is being called\.$/);
  await picture(tablet, "quiet-called");
  await answer(station);
  await Promise.all([tablet, station].map((page) => page.context().close()));
});

test("a call is on the tile, on the strip and in the list of the station, and sounds there and not in the room", async () => {
  const [tablet, station] = [await room(), await desk()];
  for (const page of [tablet, station]) await page.locator("body").press("Shift");
  await touch(tablet, 1_200);
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
      .map((one) => one.className),
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
  await page.click("text=Screen for the patient");
  await says(page, CALM);
  await page.goto(`${service.address}/#/quiet/nowhere`);
  await says(page, /belongs to no bed/);
  assert.equal(await page.locator("#room .room-call").isVisible(), false);
  await page.context().close();
});

test("without the service the screen says so at once and the button is shown as unable", async () => {
  const tablet = await room();
  await touch(tablet, 1_200);
  await says(tablet, /being called/);
  await service.signal("SIGKILL");
  await says(tablet, /^No connection – call out loud\.$/);
  const button = tablet.locator("#room .room-call");
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await click(tablet, 1_200);
  assert.equal(await words(tablet), "No connection – call out loud.");
  assert.equal(await tablet.locator("#room .room-fill").evaluate((fill) => fill.getBoundingClientRect().height), 0);
  await picture(tablet, "quiet-no-connection");
  // Longer than until a station says that the connection is lost.
  await tablet.waitForTimeout(11_000);
  assert.equal(await words(tablet), "No connection – call out loud.");
  assert.equal(await tablet.locator("#lost").isVisible(), false, "nothing is red across it");
  await tablet.context().close();
});
