// One bed, its trends and its past: the real program with a simulated oximeter that is killed and
// comes back, in the system's browser.

import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { as_sent } from "../unit/script.js";
import { clinic_config, end_all, folder, launch, live, open, picture, series, simulate, SOON_MS, start, until } from "./harness.js";

/** On a busy machine everything comes later; nothing here is about how fast it comes. */
const LONG_MS = SOON_MS;

const clinic = {};
let browser;

before(async () => {
  browser = await launch();
  const root = folder();
  const inside = (name) => join(root, name);
  const good = { spo2: 97, pulse: 68 };
  const falling = series(inside("falling.csv"), { before: good, after: { spo2: 84, pulse: 104 }, fall_s: 20 });
  const quiet = series(inside("quiet.csv"), { before: good });
  clinic.simulate = (bed) => simulate("nonin", bed === "2" ? falling : quiet, inside(`line-${bed}`));
  clinic.devices = { 1: await clinic.simulate("1"), 2: await clinic.simulate("2") };
  clinic.kill = async (bed) => {
    await clinic.devices[bed].signal("SIGKILL");
    rmSync(inside(`line-${bed}`), { force: true });
  };
  clinic.service = await start("serve", "--config", clinic_config(root, ["1", "2"]));
  clinic.page = await open(browser, clinic.service.address);
  await live(clinic.page, LONG_MS);
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** What the trends say of themselves. */
const trends = (page) => page.locator("#bed .charts canvas").getAttribute("aria-label");

/** How long each gap without a link is, as the trends tell of themselves, seconds. */
function gaps_s(words) {
  const seconds = (time) => time.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
  return [...words.matchAll(/no link (\d\d:\d\d:\d\d)–(\d\d:\d\d:\d\d)/g)].map(([, from, to]) => {
    const length = seconds(to) - seconds(from);
    return length < 0 ? length + 86_400 : length;
  });
}

/** Waits until each picture of the past is drawn for the place that it has. */
function drawn(page) {
  const whole = () =>
    page.$$eval(".past-pictures canvas", (all) =>
      all.length > 0 && all.every((one) => one.width === Math.round(one.clientWidth * Math.min(2, devicePixelRatio || 1))));
  return until("the pictures", whole, LONG_MS);
}

/** A number of the open bed. */
const value = (page, name) => page.locator(`#bed [data-cell="${name}"] .value`);

/** How much of the page is beyond its edges, and what of the bed's numbers beyond their column's. */
function beyond(page) {
  return page.evaluate(() => {
    const column = document.querySelector(".bed-numbers").getBoundingClientRect();
    const cut = [...document.querySelectorAll("#bed .cell:not([hidden]) .value, #bed .cell:not([hidden]) .limits")].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width > 0 && (box.right > column.right + 0.5 || box.bottom > column.bottom + 0.5);
    });
    return { width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight, cut: cut.map((one) => one.textContent) };
  });
}

test("the service sends each script without its comments, and all of them are 250 KB at most", async () => {
  const { page, service } = clinic;
  const names = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.endsWith(".js")));
  let bytes = 0;
  for (const name of names) {
    const sent = await (await fetch(name)).text();
    const path = name.replace(`${service.address}/dashboard/`, "");
    const written = readFileSync(new URL(`../../../crates/chairside/dashboard/${path}`, import.meta.url), "utf8");
    assert.equal(sent, as_sent(written), path);
    bytes += Buffer.byteLength(sent);
  }
  assert.ok(names.length > 40, `${names.length} scripts`);
  assert.ok(bytes <= 250_000, `${bytes} bytes`);
});

test("a bed is opened, changed and left by keyboard alone", async () => {
  const { page } = clinic;
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.waitForSelector('#bed[data-room="1"]');
  assert.equal(new URL(page.url()).hash, "#/bed/1");
  await value(page, "spo2").filter({ hasText: "97" }).waitFor({ timeout: LONG_MS });
  await page.keyboard.press("2");
  await page.waitForSelector('#bed[data-room="2"]');
  await page.locator("#bed h2", { hasText: "Room 2" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#tiles").waitFor({ state: "visible" });
  await page.locator("#bed").waitFor({ state: "hidden" });
});

test("the trend of a bed whose device was killed has a gap that says why, and goes on after it", async () => {
  const { page } = clinic;
  await page.locator('.tile[data-bed="1"] h2 a').click();
  await page.getByRole("button", { name: "15 min" }).click();
  await until("values on the trend", async () => /SpO₂ 97–97/.test((await trends(page)) ?? ""), LONG_MS, () => "");
  await clinic.kill("1");
  const alarm = page.locator('.episodes [data-episode^="DEVICE_LINK_LOST/"]');
  await alarm.waitFor({ timeout: LONG_MS });
  // The trend's steps are 5 s: a gap of several.
  await until("a gap of ten seconds", async () => gaps_s((await trends(page)) ?? "").some((length) => length >= 10), LONG_MS);
  clinic.devices["1"] = await clinic.simulate("1");
  await value(page, "spo2").filter({ hasText: "97" }).waitFor({ timeout: LONG_MS });
  // The gap ends where values begin again, and has its cause from the record.
  // (Until its line was opened for the first time, for a moment, there was no link either.)
  await until("a gap that has ended", async () => {
    const is_asked = (await page.locator(".record").textContent()) === "";
    return is_asked && gaps_s((await trends(page)) ?? "").some((length) => length > 0);
  }, 2 * LONG_MS);
  await picture(page, "bed-gap");
});

test("after the page is loaded anew the trend, its gap and the alarms are there again, from the record", async () => {
  const other = await open(browser, `${clinic.service.address}/#/bed/1`);
  await live(other, LONG_MS);
  await other.getByRole("button", { name: "15 min" }).click();
  await until("the gap", async () => /SpO₂ 97–97.*no link/.test((await trends(other)) ?? ""), LONG_MS);
  const episode = other.locator('.episodes [data-episode^="DEVICE_LINK_LOST/"]').first();
  await episode.waitFor({ timeout: LONG_MS });
  assert.match(await episode.textContent(), /No signal/);
  await other.context().close();
});

test("an alarm's past is shown in a frame that says so, and left by keyboard; the numbers stay those of now", async () => {
  const { page } = clinic;
  await page.evaluate(() => {
    location.hash = "#/bed/2";
  });
  await page.waitForSelector('#bed[data-room="2"]');
  const episode = page.locator('.episodes [data-episode^="SPO2_"] .episode').first();
  await episode.waitFor({ timeout: LONG_MS });
  const past = page.locator(".past");
  // The list may be made anew while it is told more, with the focus where it was.
  await until("the past", async () => {
    await episode.focus();
    await page.keyboard.press("Enter");
    return past.waitFor({ timeout: 2_000 }).then(() => true, () => false);
  });
  assert.match(await past.locator("header strong").textContent(), /^\d\d:\d\d:\d\d – not live$/);
  await past.locator(".past-numbers li", { hasText: /8\d %/ }).waitFor({ timeout: LONG_MS });
  await until("its curves", async () => (await past.locator(".past-curve").count()) >= 2);
  await value(page, "spo2").filter({ hasText: "84" }).waitFor();
  for (const [width, height] of [[1920, 1080], [1366, 768], [1024, 768]]) {
    await page.setViewportSize({ width, height });
    await drawn(page);
    await picture(page, `past-${width}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.waitForSelector('html[data-theme="light"]');
  await drawn(page);
  await picture(page, "past-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.keyboard.press("Escape");
  await past.waitFor({ state: "hidden" });
  await until("the focus to be back", () => page.evaluate(() => document.activeElement.className === "episode"));
  await page.keyboard.press("Escape");
  await page.locator("#tiles").waitFor({ state: "visible" });
});

test("one bed fits a small desk and a tablet in both directions, in dark and light, with its limits open too", async () => {
  for (const [width, height, colorScheme] of [[1920, 1080, "light"], [1366, 768, "dark"], [1024, 768, "dark"], [768, 1024, "dark"]]) {
    const page = await open(browser, `${clinic.service.address}/#/bed/1`, { viewport: { width, height }, colorScheme });
    await live(page, LONG_MS);
    await value(page, "spo2").filter({ hasText: /\d/ }).waitFor({ timeout: LONG_MS });
    await until("the record's trends", async () => /SpO₂/.test((await trends(page)) ?? "") && (await page.locator(".record").textContent()) === "", LONG_MS);
    await picture(page, `bed-${width}-${colorScheme}`);
    const closed = await beyond(page);
    assert.deepEqual([closed.width, closed.cut], [width, []]);
    // Upright, one stands below the other and the page scrolls.
    if (width > 800) assert.equal(closed.height, height);
    await page.locator("#bed .limits-open").click();
    await page.waitForSelector("#limits-rows tr");
    await picture(page, `bed-limits-${width}-${colorScheme}`);
    const numbers = await page.locator(".bed-numbers").boundingBox();
    const limits = await page.locator("#limits").boundingBox();
    assert.ok(numbers.y + numbers.height <= limits.y + 1 || limits.y + limits.height <= numbers.y + 1, "the limits lie over no number");
    assert.equal((await beyond(page)).width, width);
    await page.context().close();
  }
});

test("a record that is not told is said so, and nothing is drawn but what was heard", async () => {
  const page = await open(browser, "about:blank");
  await page.route(/\/api\/v1\/beds\/1\/(trend|history)/, (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.goto(`${clinic.service.address}/#/bed/1`);
  await live(page, LONG_MS);
  await page.locator(".record", { hasText: "The record cannot be read" }).waitFor({ timeout: LONG_MS });
  await until("what was heard", async () => /SpO₂ 97–97, no value/.test((await trends(page)) ?? ""), LONG_MS);
  await page.locator(".episodes .none", { hasText: "none known" }).waitFor();
  await page.context().close();
});

test("a bed that is not there is said so", async () => {
  const page = await open(browser, `${clinic.service.address}/#/bed/nowhere`);
  await live(page, LONG_MS);
  await page.locator("#bed h2", { hasText: "There is no bed “nowhere”" }).waitFor({ timeout: LONG_MS });
  await page.context().close();
});

test("nothing was complained about", () => {
  assert.deepEqual(clinic.page.complaints, []);
});
