// The dashboard as a nurse sees it: the real program, simulated devices on pseudo-terminals, the
// system's browser. The demo and a clinic of our own run side by side, for the demo's alarm may
// take two minutes.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { asked, cell, clinic_config, end_all, folder, launch, live, open, OPEN_MS, picture, reached, series, simulate, SOON_MS, start, until } from "./harness.js";
import { flashing, look_around, note_bed, note_four } from "./notes.js";

const ALARM_WITHIN_MS = 120_000;

let browser;
let demo;
let demo_page;
let demo_alarm;

const clinic = {};

before(async () => {
  browser = await launch();
  demo = await start("demo", "--listen", "127.0.0.1:0");
  demo_page = await open(browser, "about:blank");
  await demo_page.addInitScript(note_four);
  await demo_page.goto(demo.address);
  const deadline = ALARM_WITHIN_MS - (Date.now() - demo.listening_at);
  demo_alarm = demo_page.waitForSelector('#strip-cards .card[data-look="signal"]', { timeout: deadline });
  demo_alarm.catch(() => {});
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** A clinic of three beds: a quiet one, one whose saturation falls, one whose device is killed. */
async function open_clinic() {
  clinic.folder = folder();
  const inside = (name) => join(clinic.folder, name);
  const good = { spo2: 97, pulse: 68 };
  const quiet = series(inside("quiet.csv"), { before: good });
  const falling = series(inside("falling.csv"), { before: good, after: { spo2: 85, pulse: 104 }, fall_s: 8 });
  clinic.simulate = (bed) =>
    simulate("nonin", bed === "2" ? falling : quiet, inside(`line-${bed}`));
  clinic.kill = async (bed) => {
    await clinic.devices[bed].signal("SIGKILL");
    // A killed device cannot take its link with it, and the pseudo-terminal's number is soon another's.
    rmSync(inside(`line-${bed}`), { force: true });
  };
  clinic.devices = {};
  for (const bed of ["1", "2", "3"]) clinic.devices[bed] = await clinic.simulate(bed);
  const staff = [["mn", "M. N.", "nurse"], ["jd", "J. D.", "nurse"]];
  clinic.config = (port) => clinic_config(clinic.folder, ["1", "2", "3"], { staff, port });
  clinic.service = await start("serve", "--config", clinic.config(0));
  clinic.page = await open(browser, clinic.service.address);
  await live(clinic.page);
  await clinic.page.evaluate(look_around);
}

/** Says beside the test's outcome how long something took that is promised within a time. */
const told = (what, ms) => console.log(`# ${what} after ${ms.toFixed(0)} ms`);

/** Nothing was complained about that the browser itself does not say of a lost connection. */
function assert_content(page) {
  const complaints = page.complaints.filter((text) => !/WebSocket connection to .* failed|ERR_(CONNECTION|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/.test(text));
  assert.deepEqual(complaints, []);
}

/** How much of the page is beyond its edges, and which digits, names and dots are beyond their tile's. */
function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const cut = [...document.querySelectorAll(".cell .value, .tile h2, .devices li")].filter((one) => {
      const box = one.getBoundingClientRect();
      const tile = one.closest(".tile").getBoundingClientRect();
      return box.width > 0 && (box.right > tile.right + 0.5 || box.bottom > tile.bottom + 0.5);
    });
    return { scrollWidth, scrollHeight, cut: cut.map((one) => one.textContent) };
  });
}

/** Whether two boxes have any area in common. */
function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Nothing of this element is beyond the window or cut off by itself. */
async function assert_whole(page, selector) {
  const { width, height } = page.viewportSize();
  const cut = await page.locator(selector).first().evaluate(
    (one, window) => {
      const box = one.getBoundingClientRect();
      const inside = box.left >= 0 && box.top >= 0 && box.right <= window.width && box.bottom <= window.height;
      return { seen: box.width > 0, inside, cut: one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== "visible" };
    },
    { width, height },
  );
  assert.deepEqual(cut, { seen: true, inside: true, cut: false }, selector);
}

test("the demo shows four beds live within five seconds of listening, from three protocols", async () => {
  const four_at = await until("four saturations", () => demo_page.evaluate(() => globalThis.four_at));
  const took_ms = four_at - demo.listening_at;
  told("four beds", took_ms);
  assert.ok(took_ms <= 5_000, `${took_ms} ms`);
  await live(demo_page);
  const { beds } = await (await fetch(`${demo.address}/api/v1/beds`)).json();
  const drivers = new Set(beds.flatMap(({ devices }) => devices.map(({ driver }) => driver)));
  assert.ok(drivers.size >= 3, [...drivers].join());
  const drawn = () =>
    demo_page.$$eval(".wave canvas", (all) =>
      all.filter((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, index) => index % 4 === 3 && value > 0);
      }).length,
    );
  await until("curves on the screen", async () => (await drawn()) >= 2);
});

test("a page at 1920 by 1080 does not overflow, and no digit is cut off", async () => {
  assert.deepEqual(await overflow(demo_page), { scrollWidth: 1920, scrollHeight: 1080, cut: [] });
});

test("forty-eight beds are on one page, each with its numbers whole", async () => {
  const clinic48 = await start("demo", "--beds", "48", "--listen", "127.0.0.1:0");
  const page = await open(browser, clinic48.address);
  await live(page);
  const numbers = () => page.locator('[data-cell="spo2"][data-state="fresh"]').count();
  await until("saturations", async () => (await numbers()) >= 40);
  assert.equal(await page.locator(".tile").count(), 48);
  assert.deepEqual(await overflow(page), { scrollWidth: 1920, scrollHeight: 1080, cut: [] });
  await picture(page, "beds-48");
  assert_content(page);
  await page.context().close();
  await clinic48.signal("SIGKILL");
});

test("an alarm that one station acknowledges is acknowledged with initials on both", async () => {
  await open_clinic();
  const { page } = clinic;
  const other = await open(browser, clinic.service.address);
  const card = '#strip-cards .card[data-priority="high"]';
  await page.waitForSelector(`${card}[data-look="signal"]`, { timeout: 2 * SOON_MS });
  await picture(page, "alarm-high");
  assert.match(await page.locator(`${card} strong`).textContent(), /SpO₂ very low/);
  assert.match(await page.locator(`${card} .detail`).textContent(), /SpO₂ 85 % below 88 %, alarm after .*at \d\d:\d\d:\d\d/);
  assert.equal(await page.locator('#strip-cards [data-look="superseded"]').count(), 0);
  assert.equal(await page.locator(card).first().getAttribute("data-key"), await other.locator(card).first().getAttribute("data-key"));
  const { hertz } = await flashing(page, '[data-bed="2"] [data-cell="spo2"]');
  assert.ok(hertz >= 5 / 3 && hertz <= 7 / 3, `twice a second, and not ${hertz} times`);

  await page.waitForSelector(`${card}[data-settled]`);
  const reason = await asked(page, () => page.locator(`${card} .acknowledge`).first().click());
  assert.match(reason, /Room 2, SpO₂ very low/);
  const question = await page.locator("#person").boundingBox();
  for (const part of await page.locator("#strip, .tile").all()) {
    assert.equal(overlap(question, await part.boundingBox()), false, "the question lies over no alarm and no number");
  }
  assert.equal(await page.evaluate(() => document.querySelectorAll(":modal").length), 0, "and dims none");
  await picture(page, "question");
  await page.locator("#person .choice", { hasText: "M. N." }).click();
  for (const station of [page, other]) {
    await station.waitForSelector(`${card}[data-look="acknowledged"]`);
    assert.equal(await station.locator('[data-bed="2"] .tile-alarm .mark').textContent(), "✓ MN ***");
    assert.equal(await station.locator(`${card} .pause`).isVisible(), false, "nothing of it sounds");
    assert.equal(await station.locator('[data-bed="2"] [data-cell="spo2"]').getAttribute("data-look"), "acknowledged");
  }
  assert.equal(await page.locator("#person-now").textContent(), "M. N.");
  assert.equal(await page.locator("#person").isVisible(), false);
  await picture(page, "alarm-acknowledged");
  assert_content(other);
  await other.context().close();
});

test("a killed device is on its tile at once, its numbers become dashes, and a new one heals it", async () => {
  const { page } = clinic;
  await until("a saturation", async () => (await cell(page, "3", "spo2").textContent()) === "97");
  await page.evaluate(note_bed, "3");
  await clinic.kill("3");
  const killed_at = Date.now();
  const noted = (what, fits) => until(what, async () => (await page.evaluate(() => globalThis.noted)).find(fits));
  const tile = page.locator('[data-bed="3"]');
  const seen = await noted("the loss on the tile", ({ loss, state }) => loss === "NO SIGNAL– nonin-3disconnected" && state === "ageing");
  const seen_ms = seen.at - killed_at;
  told("a killed device", seen_ms);
  assert.ok(seen_ms <= 1_500, `the loss was seen after ${seen_ms} ms`);
  await picture(page, "signal-lost");
  const gone = await noted("dashes", ({ text }) => text === "– –");
  const gone_ms = gone.at - killed_at;
  told("its number gone", gone_ms);
  assert.ok(gone_ms <= 10_500, `the number went after ${gone_ms} ms`);
  assert.equal(await cell(page, "3", "spo2", "note").textContent(), "disconnected");
  await page.waitForSelector('#strip-cards .card[data-technical]:has-text("No signal")');
  await until("the band to say it alone", async () => !(await tile.locator(".loss").isVisible()));
  await assert_whole(page, '[data-bed="3"] .tile-alarm strong');
  await picture(page, "signal-lost-alarm");
  clinic.devices["3"] = await clinic.simulate("3");
  await until("the number again", async () => (await cell(page, "3", "spo2").textContent()) === "97");
  await tile.locator(".loss").waitFor({ state: "hidden" });
});

test("a stopped service is told at 3, 6 and 10 seconds, and what comes after it is live again", async () => {
  const { page, service } = clinic;
  await live(page);
  const stopped_at = Date.now();
  await service.signal("SIGSTOP");
  const [delayed, banner] = [await reached(page, "delayed", stopped_at), await reached(page, "banner", stopped_at)];
  await picture(page, "connection-banner");
  const lost = await reached(page, "lost", stopped_at);
  for (const [{ state, after_ms }, at_ms] of [[delayed, 3_000], [banner, 6_000], [lost, 10_000]]) {
    const late_ms = after_ms - at_ms;
    told(state, after_ms);
    assert.ok(late_ms > -600 && late_ms < 900, `${state} after ${after_ms} ms`);
  }
  assert.equal(delayed.words, "DELAYED 3 s");
  assert.match(banner.banners, /No word from the service for 6 s/);
  assert.equal(banner.saturation, "ageing");
  assert.match(lost.lost, /CONNECTION LOST\s+GO TO ROOMS/);
  const values = await page.$$eval(".cell:not([hidden]) .value", (all) => all.map((one) => one.textContent));
  assert.deepEqual([...new Set(values)], ["– –"]);
  await picture(page, "connection-lost");
  const continued_at = Date.now();
  await service.signal("SIGCONT");
  const { after_ms } = await reached(page, "live", continued_at);
  told("live again", after_ms);
  assert.ok(after_ms <= 6_000, `live after ${after_ms} ms`);
  await until("a saturation", async () => (await cell(page, "1", "spo2").textContent()) === "97");
  assert.equal(await page.locator("#lost").isVisible(), false);
});

test("a killed service is lost, and its next start is live within seconds without a reload", async () => {
  const { page } = clinic;
  const { port } = new URL(clinic.service.address);
  await live(page);
  const killed_at = Date.now();
  await clinic.service.signal("SIGKILL");
  const delayed = await reached(page, "delayed", killed_at);
  assert.ok(delayed.after_ms <= 2_000, `delayed after ${delayed.after_ms} ms`);
  assert.match(delayed.words, /RECONNECTING/);
  const lost = await reached(page, "lost", killed_at);
  assert.ok(lost.after_ms > 9_400 && lost.after_ms < 10_900, `lost after ${lost.after_ms} ms`);
  clinic.service = await start("serve", "--config", clinic.config(port));
  const back = await reached(page, "live", killed_at);
  const back_ms = back.at - clinic.service.listening_at;
  told("live after a restart", back_ms);
  assert.ok(back_ms <= 5_500, `live after ${back_ms} ms`);
  await until("a saturation", async () => (await cell(page, "1", "spo2").textContent()) === "97");
});

test("every alarm action is reached by keyboard alone", async () => {
  const { page } = clinic;
  const other = await open(browser, clinic.service.address);
  // What was acknowledged in room 2 is so after the restart too: another alarm is needed.
  await clinic.kill("1");
  const card = other.locator('#strip-cards .card[data-key^="1/"][data-look="signal"]');
  await card.waitFor({ timeout: SOON_MS });
  await other.keyboard.press("1");
  assert.equal(await other.evaluate(() => document.activeElement.dataset.bed), "1");
  await other.keyboard.press("l");
  await other.locator("#list").waitFor({ state: "visible" });
  await picture(other, "alarm-list");
  await other.keyboard.press("l");
  await other.locator("#list").waitFor({ state: "hidden", timeout: OPEN_MS });
  await other.keyboard.press("?");
  await other.locator("#help").waitFor({ state: "visible" });
  await other.keyboard.press("Escape");
  await other.locator("#help").waitFor({ state: "hidden", timeout: OPEN_MS });
  // A card that has just come to lie where it is takes no key, another alarm may move it, and one
  // that has called again while somebody was asked who it is was not seen: read, and pressed anew.
  const choice = other.locator("#person .choice").first();
  const seen = other.locator('#strip-cards .card[data-key^="1/"][data-look="acknowledged"]').first();
  const came = (what, within_ms) => what.waitFor({ timeout: within_ms }).then(() => true, () => false);
  let was_asked = false;
  await until("the acknowledgement", async () => {
    if (await seen.isVisible()) return true;
    await came(card.and(other.locator("[data-settled]")).first(), 5_000);
    await other.keyboard.press("1");
    await other.keyboard.press("a");
    if (!was_asked && (await came(choice, 1_000))) {
      was_asked = true;
      await other.keyboard.press("Tab");
      await other.keyboard.press("Enter");
    }
    return came(seen, 3_000);
  });
  assert.ok(was_asked, "who it is was asked");
  assert.equal(await other.locator('[data-bed="1"] .tile-alarm .mark').textContent(), "✓ JD ** T");
  assert_content(page);
  assert_content(other);
  await other.context().close();
  clinic.devices["1"] = await clinic.simulate("1");
  await cell(page, "1", "spo2").filter({ hasText: "97" }).waitFor({ timeout: SOON_MS });
});

test("on a small screen nothing that a nurse must see or press is cut off", async () => {
  for (const [width, height] of [[1366, 768], [1024, 768], [390, 844]]) {
    const page = await open(browser, clinic.service.address, { viewport: { width, height } });
    await live(page);
    await page.waitForSelector("#strip-cards .card", { timeout: SOON_MS });
    for (const selector of ["#sound", "#help-open", "#person-now", "#strip-cards .card", "#more"]) {
      await assert_whole(page, selector);
    }
    assert.equal(await page.locator("#sound").textContent(), "SOUND OFF", "nobody has tested it");
    assert.equal((await overflow(page)).scrollWidth, width);
    const [bed, title, detail] = await Promise.all(
      [".bed", "strong", ".detail"].map((part) => page.locator(`#strip-cards .card ${part}`).first().boundingBox()),
    );
    const press = page.locator("#strip-cards .card .acknowledge:visible").first();
    if ((await press.count()) > 0) {
      const box = await press.boundingBox();
      for (const part of [bed, title, detail]) assert.equal(overlap(box, part), false, `${width}`);
    }
    await picture(page, `width-${width}`);
    assert_content(page);
    await page.context().close();
  }
});

test("less motion and a light theme are honoured", async () => {
  const page = await open(browser, clinic.service.address, { colorScheme: "light", reducedMotion: "reduce" });
  await live(page);
  await page.waitForSelector("#strip-cards .card", { timeout: SOON_MS });
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  const { colours } = await flashing(page, "#strip-cards .card");
  assert.equal(colours.length, 1, `nothing flashes: ${colours}`);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".tile")).backgroundColor), "rgb(255, 255, 255)");
  await picture(page, "light");
  assert_content(page);
  await page.context().close();
});

test("a service that stops in order is told at once, and on a telephone over the whole first screen at ten seconds", async () => {
  const { page } = clinic;
  const phone = await open(browser, clinic.service.address, { viewport: { width: 390, height: 844 } });
  await live(phone);
  await live(page);
  const told_at = Date.now();
  await clinic.service.signal("SIGTERM");
  const banner = await reached(page, "banner", told_at);
  assert.ok(banner.after_ms <= 2_000, `after ${banner.after_ms} ms`);
  assert.match(banner.banners, /THE SERVICE HAS STOPPED/);
  assert.equal(banner.recorder, "RECORD ?");
  assert.equal(banner.saturation, "ageing");
  await picture(page, "stopped");
  await phone.waitForSelector('body[data-connection="lost"]', { timeout: SOON_MS });
  await phone.evaluate(() => scrollTo(0, 300));
  await assert_whole(phone, "#lost-title");
  await picture(phone, "phone-lost");
  await phone.context().close();
});

test("an alarm of the demo is on the strip and on its tile within two minutes", async () => {
  await demo_alarm;
  // All of it in one look: another alarm may come.
  const { on_tile, on_card, detail } = await demo_page.evaluate(() => {
    const card = document.querySelector('#strip-cards .card[data-look="signal"]');
    const [bed] = card.dataset.key.split("/");
    const title = (one) => one.querySelector("strong").textContent;
    const tile = document.querySelector(`[data-bed="${bed}"] .tile-alarm`);
    return { on_tile: title(tile), on_card: title(card), detail: card.querySelector(".detail").textContent };
  });
  assert.equal(on_tile, on_card);
  assert.notEqual(detail, "");
  await picture(demo_page, "demo");
  assert_content(demo_page);
});
