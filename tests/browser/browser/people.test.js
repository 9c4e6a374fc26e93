// What people make quiet, and limits they change, at the real program: two pages are two stations.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { address_of, VIEWS } from "../../../crates/chairside/dashboard/routes.js";
import { clinic_config, end_all, folder, launch, live, open, OPEN_MS, picture, series, simulate, SOON_MS, start, until } from "./harness.js";

let browser;
let service;
let desk;
let hall;

before(async () => {
  browser = await launch();
  const inside = folder();
  const good = { spo2: 97, pulse: 68 };
  // Of medium priority, so that it may be paused and switched off.
  const fast = { spo2: 97, pulse: 126 };
  const low = { spo2: 90, pulse: 72 };
  for (const [bed, after_fall] of [["1", fast], ["2", low], ["3", good], ["4", good]]) {
    const path = series(join(inside, `${bed}.csv`), { before: good, after: after_fall, fall_s: 4 });
    await simulate("nonin", path, join(inside, `line-${bed}`));
  }
  const staff = [["mn", "M. N.", "nurse"], ["ak", "A. K.", "clinician"]];
  const config = clinic_config(inside, ["1", "2", "3", "4"], { staff });
  service = await start("serve", "--config", config);
  desk = await open(browser, service.address);
  hall = await open(browser, service.address, { colorScheme: "light" });
  for (const page of [desk, hall]) await live(page);
  await is(desk, "M. N.");
  await is(hall, "A. K.");
  for (const page of [desk, hall]) {
    for (const name of ["HR high", "SpO₂ low"]) await settled(page, name);
  }
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** Says who is at a page. */
async function is(page, name) {
  await page.click("#person-now");
  await page.click(`#person-choices button:has-text("${name}")`);
}

/** The card of an alarm on the strip. */
function card(page, name) {
  return page.locator(`#strip-cards .card:has(strong:text-is("${name}"))`);
}

/** Waits until an alarm's card takes a press: one that has just come does not. */
function settled(page, name) {
  return page.waitForSelector(`#strip-cards .card[data-settled]:has(strong:text-is("${name}"))`, { timeout: SOON_MS });
}

/** The mark of something quiet beside a number, or in the head of a bed. */
function mark(page, bed, cell) {
  return page.locator(`[data-bed="${bed}"] ${cell ? `[data-cell="${cell}"]` : "header"} .quiet-mark:visible`);
}

/** Waits until the page says something. */
function said(page, pattern) {
  return until(`${pattern}`, async () => pattern.test(await page.locator("#notice").textContent()));
}

/** What a view shows of what it asks the service for. */
const ANSWERED = { bed: "#bed .episodes li", devices: "#ports li", day: "#day-checks li" };

test("sound that is paused at one station is paused there alone, counts down and can be turned on again", async () => {
  const at_desk = card(desk, "HR high");
  await at_desk.locator(".pause").click();
  await at_desk.locator(".quiet-mark").waitFor({ state: "visible" });
  assert.match(await at_desk.locator(".quiet-mark").textContent(), /^sound paused (2:00|1:5\d) MN$/);
  assert.equal(await mark(desk, "1").getAttribute("data-quiet"), "audio_paused");
  assert.equal(await mark(desk, "2").count(), 0, "the other bed is heard");
  assert.equal(await mark(hall, "1").count(), 0, "the other station hears it");
  assert.equal(await card(hall, "HR high").locator(".pause").isVisible(), true);
  await picture(desk, "quiet-sound-dark");
  await desk.reload();
  await live(desk);
  await mark(desk, "1").waitFor();
  const before_s = await mark(desk, "1").textContent();
  await until("a countdown", async () => (await mark(desk, "1").textContent()) !== before_s);
  await mark(desk, "1").click();
  await until("no mark", async () => (await mark(desk, "1").count()) === 0);
});

test("an acknowledgement at one station holds at both", async () => {
  const low = card(desk, "SpO₂ low");
  // It is pressed again if it moved just then, or called again.
  await until("a press to be taken", async () => {
    await settled(desk, "SpO₂ low");
    if (await low.locator(".acknowledge:enabled").isVisible()) await low.locator(".acknowledge").click();
    return low.locator(".seen", { hasText: "M. N." }).waitFor({ timeout: 3_000 }).then(() => true, () => false);
  });
  for (const page of [desk, hall]) {
    await until("✓", async () => /M\. N\./.test(await card(page, "SpO₂ low").locator(".seen").textContent()));
  }
});

test("a paused alarm and a rule that is off are marked at their number at every station, with a reason and an end", async () => {
  await card(desk, "HR high").locator(".menu-open").click();
  await desk.click('#menu-choices button:has-text("Pause this alarm 2 min")');
  assert.match(await desk.locator("#menu-problem").textContent(), /why/);
  await desk.fill("#menu-reason", "coughing");
  await desk.click('#menu-choices button:has-text("Pause this alarm 2 min")');
  for (const page of [desk, hall]) {
    await mark(page, "1", "rate").waitFor();
    assert.equal(await mark(page, "1", "rate").getAttribute("data-quiet"), "alarm_paused");
    assert.match(await mark(page, "1", "rate").getAttribute("aria-label"), /HR high is paused.*M\. N\.: coughing/);
    await card(page, "HR high").and(page.locator('[data-look="paused"]')).waitFor();
  }

  await card(desk, "HR high").locator(".menu-open").click();
  await desk.fill("#menu-reason", "known");
  await desk.click('#menu-choices button:has-text("off 1 h (clinician)")');
  await said(desk, /not switched off – that takes the role clinician/);
  await card(hall, "HR high").locator(".menu-open").click();
  await hall.fill("#menu-reason", "known, doctor informed");
  await picture(hall, "quiet-menu-light");
  await hall.click('#menu-choices button:has-text("off 1 h (clinician)")');
  for (const page of [desk, hall]) {
    await until("off", async () => (await mark(page, "1", "rate").getAttribute("data-quiet")) === "rule_off");
    await until("its condition counts for nothing", async () => (await card(page, "HR high").count()) === 0);
  }
  await picture(desk, "quiet-off-dark");
  await picture(hall, "quiet-off-light");
  await mark(desk, "1", "rate").click();
  for (const page of [desk, hall]) await card(page, "HR high").waitFor({ timeout: SOON_MS });
});

test("the list of all alarms has what is quiet, with whose doing it is, and ends it", async () => {
  await card(desk, "HR high").locator(".menu-open").click();
  await desk.fill("#menu-reason", "movement");
  await desk.click('#menu-choices button:has-text("Pause this alarm 2 min")');
  await desk.click("#more");
  const row = desk.locator("#made-quiet li", { hasText: "Room 1" });
  await row.waitFor();
  assert.match(await row.textContent(), /Room 1: HR high is paused, \d:\d\d left, M\. N\.: movement/);
  await picture(desk, "made-quiet-dark");
  await row.locator(".end").click();
  await until("it is ended", async () => (await row.count()) === 0);
  await desk.click("#list-close");
  await card(desk, "HR high").waitFor({ timeout: SOON_MS });
});

test("a limit shows old and new before it is changed, is refused to a nurse beyond its bounds, and is marked beside its number", async () => {
  await desk.click('[data-bed="3"] .limits-open');
  const row = desk.locator('#limits-rows tr[data-key="threshold.HR_HIGH.trip"]');
  const change = async (value, reason) => {
    await row.locator(".change").click();
    await desk.fill("#limit-value", value);
    await desk.fill("#limit-reason", reason);
    await desk.keyboard.press("Enter");
    return desk.locator("#limits-form");
  };
  // What a nurse may not choose is told while it is typed, and does not go on.
  const form = await change("150", "athlete");
  assert.match(await form.locator(".problem").textContent(), /^you may: 100–140; beyond: clinician$/);
  assert.ok(await form.locator('[type="submit"]').isDisabled());
  assert.equal(await form.locator(".question").count(), 0);
  await picture(desk, "limits-beyond-dark");

  const asked = await change("140", "athlete");
  assert.match(await asked.locator(".question").textContent(), /HR high limit: 120 → 140\/min/);
  await picture(desk, "limits-dark");
  await asked.locator(".confirm").click();
  await said(desk, /not changed – 140 contradicts HR very high/);
  assert.equal(await row.getAttribute("data-changed"), null);
  // What was typed is there again, with the reason beside it and what this person may choose.
  assert.match(await asked.locator(".problem").textContent(), /^140 contradicts HR very high: 140 is not beyond HR high, 140$/);
  assert.equal(await desk.inputValue("#limit-value"), "140");
  assert.equal(await desk.inputValue("#limit-reason"), "athlete");
  assert.match(await asked.locator("form").textContent(), /you may: 100–140; beyond: clinician/);
  await picture(desk, "limits-refused-dark");

  const again = await change("135", "tachycardic before");
  await again.locator(".confirm").click();
  // The refusal of the first attempt is gone with the second one, whatever becomes of that.
  assert.doesNotMatch(await desk.locator("#notice:visible").allTextContents().then(String), /not changed/);
  await said(desk, /^Room 3, HR high limit: 120 → 135\/min$/);
  await until("135", async () => (await row.locator(".now").textContent()) === "135/min");
  assert.match(await row.locator(".cause").textContent(), /M\. N\.: tachycardic before/);
  for (const page of [desk, hall]) {
    const limit = page.locator('[data-bed="3"] [data-cell="rate"] .limit[data-side="high"]');
    await until("marked", async () => (await limit.getAttribute("data-changed")) === "");
    assert.equal(await limit.textContent(), "135");
    const other = page.locator('[data-bed="4"] [data-cell="rate"] .limit[data-side="high"]');
    assert.equal(await other.getAttribute("data-changed"), null);
  }
  await hall.click('[data-bed="3"] .limits-open');
  await hall.locator('#limits-rows tr[data-changed]').waitFor();
  await picture(hall, "limits-light");
  await hall.click("#limits-close");
  // Set back it is the profile's again, whoever did it.
  const back = await change("120", "settled");
  await back.locator(".confirm").click();
  await until("120", async () => (await row.locator(".now").textContent()) === "120/min");
  assert.equal(await row.getAttribute("data-changed"), null);
  assert.match(await row.locator(".cause").textContent(), /M\. N\.: settled/);
  await desk.click("#limits-close");
});

test("nothing that is opened scrolls the page: clock, alarms and beds stay in sight", async () => {
  for (const [width, height] of [[1920, 1080], [1366, 768]]) {
    await desk.setViewportSize({ width, height });
    const openers = { help: "#help-open", list: "#more", person: "#person-now", limits: '[data-bed="3"] .limits-open' };
    for (const [panel, opener] of Object.entries(openers)) {
      await desk.click(opener);
      await desk.locator(`#${panel}`).waitFor({ state: "visible" });
      if (panel === "help") await picture(desk, `help-${width}`);
      const what = `${panel} at ${width}x${height}`;
      assert.equal(await desk.evaluate(() => scrollY), 0, what);
      const [status, strip, main] = await Promise.all(["#status", "#strip", "main"].map((part) => desk.locator(part).boundingBox()));
      assert.ok(status.y >= 0 && strip.y >= status.y + status.height, what);
      assert.ok(main.y >= strip.y + strip.height && main.y + main.height <= height, what);
      const inside = await desk.evaluate((id) => document.getElementById(id)?.contains(document.activeElement), panel);
      assert.equal(inside, true, `${what} has the focus`);
      const focused = await desk.evaluate(() => {
        const { top, bottom } = document.activeElement.getBoundingClientRect();
        return { top, bottom };
      });
      assert.ok(focused.top >= 0 && focused.bottom <= height, `${what}: what has the focus is seen`);
      await desk.keyboard.press("Escape");
      await desk.locator(`#${panel}`).waitFor({ state: "hidden", timeout: OPEN_MS });
    }
  }
  await desk.setViewportSize({ width: 1920, height: 1080 });
});

/** What can be pressed on a page and does not get the focus by Tab, though it is gone round twice. */
async function out_of_reach(page) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    globalThis.reached = new Set();
    globalThis.missed = () => {
      // Of choices that exclude each other Tab reaches one, and the arrows the others.
      const groups = new Set([...globalThis.reached].filter(({ type }) => type === "radio").map(({ name }) => name));
      const controls = [...document.querySelectorAll("button, a[href], input, select, textarea")].filter((one) => !one.disabled && one.checkVisibility());
      return controls.filter((one) => !globalThis.reached.has(one) && !(one.type === "radio" && groups.has(one.name)));
    };
  });
  const missed = () => page.evaluate(() => globalThis.missed().map((one) => one.outerHTML.slice(0, 120)));
  const { length } = await missed();
  assert.ok(length > 0, `${length} controls`);
  // What is made anew meanwhile has its turn in the second round.
  for (let press = 0; press < 2 * length + 20 && (await missed()).length > 0; press += 1) {
    await page.keyboard.press("Tab");
    await page.evaluate(() => globalThis.reached.add(document.activeElement));
  }
  const left = await missed();
  await page.evaluate(() => document.activeElement?.blur());
  return left;
}

test("whatever can be pressed is reached by Tab, in every view", async () => {
  for (const view of VIEWS) {
    await desk.evaluate((hash) => {
      location.hash = hash;
    }, address_of(view, ["bed", "quiet"].includes(view) ? "1" : ""));
    await desk.waitForSelector(`body[data-view="${view}"]`);
    await desk.locator({ station: "#tiles", quiet: "#room" }[view] ?? `#${view}`).waitFor({ state: "visible" });
    if (view in ANSWERED) await desk.locator(ANSWERED[view]).first().waitFor({ state: "attached" });
    assert.deepEqual(await out_of_reach(desk), [], view);
  }
  await desk.evaluate(() => {
    location.hash = "#/";
  });
  await desk.locator("#tiles").waitFor({ state: "visible" });
});

test("the sound and the menu of the selected alarm have keys, and nothing was complained about", async () => {
  const quiet = desk.locator("header .quiet-mark:visible");
  await desk.keyboard.press("p");
  await quiet.waitFor();
  // A press before the answer to the one before it has come does nothing.
  await until("no mark", async () => {
    if ((await quiet.count()) === 1) await desk.keyboard.press("p");
    return quiet.waitFor({ state: "hidden", timeout: 2_000 }).then(() => true, () => false);
  });
  await desk.keyboard.press("m");
  await desk.locator("#menu").waitFor({ state: "visible" });
  assert.equal(await desk.evaluate(() => document.activeElement?.id), "menu-reason");
  await desk.keyboard.press("Escape");
  await desk.locator("#menu").waitFor({ state: "hidden", timeout: OPEN_MS });
  for (const page of [desk, hall]) assert.deepEqual(page.complaints, []);
});
