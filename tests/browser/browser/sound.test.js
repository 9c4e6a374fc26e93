// The sound of a station in the real browser: refused without a gesture, armed by a click, kept up
// by a hidden page, paused here and heard there.
//
// Nothing is asked of a page by the tests' own means before its sound was armed: that would count
// as a person's touch. The page tells through the service, and through its console.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { bare_page } from "./bare.js";
import { clinic_config, end_all, folder, launch, live, open, picture, series, simulate, SOON_MS, start, until } from "./harness.js";

/** The alarm reaches the audio clock in this time, milliseconds. */
const TONE_WITHIN_MS = 500;

/** An alarm that stands is heard this soon after the tap that turns the sound on, milliseconds. */
const TAPPED_WITHIN_MS = 3_000;

const KIOSK = "--autoplay-policy=no-user-gesture-required";

/** Timers of hidden pages run once a minute after this time; a browser begins with it after five minutes. */
const SLOW_SOON = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5";

let browser;
let kiosk;
let service;
/** Has the saturation of bed 2 fall. */
let fall;

before(async () => {
  browser = await launch();
  kiosk = await launch(KIOSK, SLOW_SOON);
  const inside = folder();
  const good = { spo2: 97, pulse: 68 };
  const low = { spo2: 90, pulse: 72 };
  const [line, other_line] = ["1", "2"].map((bed) => join(inside, `line-${bed}`));
  await simulate("nonin", series(join(inside, "1.csv"), { before: good, after: low, fall_s: 3 }), line);
  const calm = await simulate("nonin", series(join(inside, "2.csv"), { before: good }), other_line);
  fall = async () => {
    await calm.signal("SIGKILL");
    rmSync(other_line, { force: true });
    await simulate("nonin", series(join(inside, "2-low.csv"), { before: { spo2: 84, pulse: 72 } }), other_line);
  };
  service = await start("serve", "--config", clinic_config(inside, ["1", "2"], { staff: [["mn", "M. N.", "nurse"], ["ak", "A. K.", "clinician"]] }));
});

after(async () => {
  await browser?.close();
  await kiosk?.close();
  await end_all();
});

/** What the displays have said to the service. */
async function displays() {
  const answer = await fetch(`${service.address}/api/v1/displays`);
  return (await answer.json()).displays;
}

/** Waits until some display is as it should be. */
function display(what, fits) {
  return until(what, async () => (await displays()).find(fits));
}

/** What a page scheduled, asked in a way that is no touch where the page is a bare one. */
function log(page) {
  return page.evaluate("globalThis.chairside_sound_log.map((said) => ({ ...said, wall_ms: performance.timeOrigin + said.starts_ms }))");
}

/** Opens a page that says by itself, on its console, what its sound bar and its status bar say. */
async function telling(from) {
  const context = await from.newContext({ viewport: { width: 1920, height: 1080 }, colorScheme: "dark" });
  const page = await context.newPage();
  page.told = [];
  page.complaints = [];
  page.on("console", (message) => {
    if (message.text().startsWith("sound: ")) page.told.push(JSON.parse(message.text().slice(7)));
    else if (message.type() === "error") page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  await page.addInitScript(() => {
    addEventListener("pointerdown", () => (globalThis.touched_ms ??= performance.now()), { capture: true });
    let before = "";
    setInterval(() => {
      const bar = document.querySelector("#sound-bar");
      const now = JSON.stringify({
        bar: bar && !bar.hidden ? bar.textContent : null,
        wide: bar ? bar.getBoundingClientRect().width === innerWidth : false,
        word: document.querySelector("#sound")?.textContent,
        scheduled: globalThis.chairside_sound_log?.length ?? null,
      });
      if (now !== before) console.log(`sound: ${now}`);
      before = now;
    }, 100);
  });
  await page.goto(service.address);
  return page;
}

/** Waits until a page has said something by itself. */
function told(page, what, fits) {
  return until(what, () => page.told.findLast(fits), SOON_MS, () => JSON.stringify(page.told.at(-1)));
}

/** Arms the sound of a page as a nurse does: a tap, three tones, a word. */
async function arm(page) {
  await page.click("#sound-bar");
  await page.locator("#sound-heard:enabled").click({ timeout: SOON_MS });
  await page.click('#person-choices button:has-text("M. N.")');
  await page.locator('#sound[data-sound="running"]').waitFor();
}

let desk;
let desk_station;

test("without a gesture the browser refuses sound: the page says so across itself and to the service, and schedules nothing", async () => {
  desk = await telling(browser);
  const said = await told(desk, "a red bar", ({ bar }) => bar?.startsWith("SOUND IS OFF – TAP HERE"));
  assert.deepEqual([said.wide, said.word, said.scheduled], [true, "SOUND OFF", 0]);
  // The alarm of bed 1 stands in the meantime, and is not taken for heard.
  await until("an alarm", async () => /"signal":"on"/.test(await (await fetch(`${service.address}/api/v1/alarms`)).text()));
  const { sound, confirmed, heard, station } = await display("suspended", ({ sound }) => sound === "suspended");
  assert.deepEqual([sound, confirmed, heard], ["suspended", null, false]);
  desk_station = station;
  assert.equal(desk.told.at(-1).scheduled, 0);
  assert.match(await (await fetch(`${service.address}/metrics`)).text(), /\nchairside_displays_heard 0\n/);
});

test("one tap turns it on, the alarm that stands is heard at once, and a person's word makes it count", async () => {
  // By the mouse alone: a real press, and nothing else.
  await desk.mouse.click(960, 75);
  await display("unconfirmed", ({ station, sound }) => station === desk_station && sound === "unconfirmed");
  const scheduled = await told(desk, "a burst", (one) => one.scheduled > 0);
  assert.ok(scheduled.bar, "nobody has heard it yet");
  await picture(desk, "sound-panel-dark");
  await desk.locator("#sound-heard:enabled").click({ timeout: SOON_MS });
  await desk.click('#person-choices button:has-text("M. N.")');
  const { confirmed } = await display("heard", ({ station, heard }) => station === desk_station && heard);
  assert.equal(confirmed.by, "mn");
  await told(desk, "no bar", ({ bar, word }) => bar === null && /^SOUND ON \(tested \d\d:\d\d MN\)$/.test(word));
  const [burst] = await log(desk);
  assert.equal(burst.tone, "medium");
  const after_ms = burst.starts_ms - (await desk.evaluate(() => globalThis.touched_ms));
  assert.ok(after_ms <= TAPPED_WITHIN_MS, `heard ${after_ms} ms after the tap`);
  await until("its sound leaves the page", async () => (await log(desk)).some(({ peak }) => peak > 0.3));
  assert.deepEqual(desk.complaints, []);
});

test("in a kiosk the browser sounds from the start, and still nobody is said to have heard it", async () => {
  const page = await telling(kiosk);
  const said = await told(page, "a red bar", ({ bar }) => bar !== null);
  await display("unconfirmed", ({ station, sound }) => station !== desk_station && sound === "unconfirmed");
  await told(page, "the alarm that stands is scheduled", ({ scheduled }) => scheduled > 0);
  assert.match(said.bar, /^SOUND IS OFF – TAP HERE/);
  await page.context().close();
});

let hall;
let hidden;

test("a second station is armed by itself, and says so after a reload as well", async () => {
  hall = await open(kiosk, service.address);
  await live(hall);
  await arm(hall);
  await hall.reload();
  await live(hall);
  await hall.locator('#sound[data-sound="running"]').waitFor();
});

test("a page that is hidden goes on sounding on time, when its own timers have long been slowed down", async () => {
  hidden = await bare_page(kiosk, service.address);
  await until("a burst", async () => (await hidden.evaluate("globalThis.chairside_sound_log?.length ?? 0")) > 0);
  await hidden.hide();
  const { station } = await display("a hidden display", ({ visible }) => !visible);
  const bursts = await until(
    "three bursts of a hidden page",
    async () => {
      const all = (await log(hidden)).filter(({ tone, visibility, fate }) => tone === "medium" && visibility === "hidden" && fate === "scheduled");
      return all.length >= 3 && all;
    },
    2 * SOON_MS,
  );
  const apart_s = bursts.slice(1).map(({ wall_ms }, index) => (wall_ms - bursts[index].wall_ms) / 1000);
  console.log(`# a hidden page: bursts ${apart_s.map((span) => span.toFixed(3)).join(", ")} s apart`);
  for (const span of apart_s) assert.ok(Math.abs(span - 11) < 0.1, `${span} s`);
  // It does not draw, and the service knows that nobody sees it.
  const said = await display("no picture", (one) => one.station === station && one.painted_ms_ago > 6_000);
  assert.deepEqual([said.visible, said.heard], [false, false]);
});

test("an alarm is on the audio clock within half a second, also of a hidden page", async () => {
  await fall();
  const found = await until(
    "the alarm of bed 2",
    async () => {
      const alarms = await (await fetch(`${service.address}/api/v1/alarms`)).json();
      return alarms.alarms.find(({ bed }) => bed === "2").active.find(({ id, signal }) => id === "SPO2_VERY_LOW" && signal === "on");
    },
    2 * SOON_MS,
  );
  for (const [name, page] of [["desk", desk], ["hall", hall], ["hidden", hidden]]) {
    const burst = await until(`${name} sounds`, async () => (await log(page)).find(({ tone, test }) => tone === "high" && !test));
    const after_ms = burst.wall_ms - Date.parse(found.since);
    console.log(`# ${name}: from the alarm to its tone ${after_ms.toFixed(0)} ms (${burst.visibility})`);
    assert.ok(after_ms <= TONE_WITHIN_MS, `${name}: ${after_ms} ms`);
    assert.equal(burst.visibility, name === "hidden" ? "hidden" : "visible");
  }
});

test("a pause at one station is not heard there while the other goes on", async () => {
  await desk.locator('#strip-cards .card:has(strong:text-is("SpO₂ very low")) .pause').click();
  await desk.locator('[data-bed="2"] header .quiet-mark:visible').waitFor();
  const now = await desk.evaluate(() => performance.timeOrigin + performance.now());
  const high = async (page) => (await log(page)).filter(({ tone, wall_ms, fate }) => tone === "high" && wall_ms > now && fate !== "dropped");
  await until("the other goes on", async () => (await high(hall)).length >= 2);
  assert.deepEqual(await high(desk), []);
  for (const page of [desk, hall]) assert.deepEqual(page.complaints, []);
});

test("while the sound of a bed is off here, the status bar does not say that every bed is heard", async () => {
  await desk.click("#person-now");
  await desk.click('#person-choices button:has-text("A. K.")');
  await desk.locator('#strip-cards .card[data-key^="1/"] .menu-open').first().click();
  await desk.click('#menu-choices button:has-text("Sound of this bed off here")');
  await told(desk, "which bed is not", ({ word }) => word === "SOUND ON, not for Room 1");
});
