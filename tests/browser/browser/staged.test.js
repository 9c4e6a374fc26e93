// The page with a service that says exactly what a test wants: what is rare in the real one, or
// comes in an order that nobody can wait for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { alarm, bed } from "../unit/feed.js";
import { asked, end_all, launch, OPEN_MS, picture, start, until } from "./harness.js";
import { full_bed, staged } from "./stage.js";

let browser;
let service;

before(async () => {
  browser = await launch();
  service = await start("demo", "--listen", "127.0.0.1:0");
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** A page of the service that the test itself speaks to. */
const stage = (beds, options) => staged(browser, service.address, beds, options);

const now = () => new Date().toISOString();

/** The texts of a bed that lie over each other. */
function overprints(page) {
  return page.evaluate(() => {
    const parts = [...document.querySelectorAll(".cell :is(.label, .source, .value, .mean, .note, .next, .limit, .unwatched, .quiet-mark), .tile header > :is(h2, .quiet-mark, .devices, .limits-open)")];
    const boxes = parts.flatMap((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      // As wide as the text, as high as its lines: the box of a font is higher than its digits.
      const { left, right, width } = range.getBoundingClientRect();
      const { top, bottom, height } = one.getBoundingClientRect();
      const box = { left, right, width, top, bottom, height };
      return box.width > 0 && box.height > 0 ? [{ text: one.textContent, box }] : [];
    });
    const found = [];
    boxes.forEach((a, index) => {
      for (const b of boxes.slice(index + 1)) {
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        // Lines of text touch: a third of a line is not an overprint.
        if (wide > 2 && high > 0.34 * Math.min(a.box.height, b.box.height)) found.push(`${a.text} | ${b.text}`);
      }
    });
    return found;
  });
}

const very_low = (overrides = {}) =>
  alarm({ id: "SPO2_VERY_LOW", occurrence: "1", priority: "high", since: now(), evidence: "SpO2 86 % below 88 % for 6 s", ...overrides });

test("a question closes when its alarm is over or superseded, and on a new high alarm", async () => {
  const one = await stage([bed(), bed({ bed: "2", name: "Room 2" })]);
  const { page } = one;
  const question = page.locator("#person");
  const ask = async () => {
    await page.waitForSelector("#strip-cards .card[data-selected][data-settled]");
    return asked(page, () => page.keyboard.press("a"));
  };
  const low = alarm({ occurrence: "1", since: now() });
  one.alarms([low]);
  await page.waitForSelector("#strip-cards .card");
  assert.match(await ask(), /Room 1, SpO₂ low/);
  one.alarms([{ ...low, superseded: true }, very_low({ occurrence: "2" })]);
  await question.waitFor({ state: "hidden", timeout: OPEN_MS });
  assert.equal(await page.locator("#strip-cards .card").count(), 1, "the superseded one has no card");
  assert.match(await ask(), /SpO₂ very low/);
  one.alarms([very_low({ occurrence: "9" })], "2");
  await question.waitFor({ state: "hidden", timeout: OPEN_MS });
  await page.keyboard.press("l");
  await page.locator("#list").waitFor({ state: "visible" });
  one.alarms([very_low({ occurrence: "9" }), alarm({ id: "HR_VERY_HIGH", occurrence: "10", priority: "high", since: now() })], "2");
  await page.locator("#list").waitFor({ state: "hidden", timeout: OPEN_MS });
  await one.close();
});

test("a second alarm takes neither place nor width from the card under the pointer, and the press goes to that", async () => {
  const one = await stage([bed(), bed({ bed: "2", name: "Room 2" })]);
  const { page } = one;
  const card = (room) => page.locator(`#strip-cards .card[data-key^="${room}/"]`);
  one.alarms([alarm({ occurrence: "1", since: now() })]);
  await card(1).waitFor();
  const box = await card(1).locator(".acknowledge").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  // A hand is never quite still; one that is, holds the cards for five seconds.
  const hand = await page.evaluateHandle(() => {
    const move = () => document.querySelector("#strip-cards").dispatchEvent(new PointerEvent("pointermove"));
    return setInterval(move, 200);
  });
  await page.mouse.move(x, y);
  one.alarms([very_low({ occurrence: "2" })], "2");
  await card(2).waitFor();
  assert.deepEqual(await card(1).locator(".acknowledge").boundingBox(), box);
  await picture(page, "held");
  assert.match(await asked(page, () => page.mouse.click(x, y)), /Room 1, SpO₂ low/);
  await page.keyboard.press("Escape");

  // What is over keeps its place too, and takes none from what stands.
  one.alarms([alarm({ occurrence: "3", since: now() })], "2");
  one.alarms([]);
  await page.waitForSelector('#strip-cards .card[data-key="1/1"][data-gone]');
  assert.equal(await page.locator('#strip-cards .card[data-key="2/3"]').isVisible(), true);
  assert.equal(await page.locator("#more").textContent(), "All alarms");
  await page.evaluate((moves) => clearInterval(moves), hand);
  await page.mouse.move(x, 900);
  await until("what is over to go", async () => (await page.locator("#strip-cards .card").count()) === 1);
  await page.waitForSelector('#strip-cards .card[data-key="2/3"]:not([data-gone])');
  await one.close();
});

test("a banner that pushes the strip down moves no press to another card", async () => {
  const one = await stage([bed()]);
  const { page } = one;
  one.alarms([alarm({ occurrence: "1", since: now() })]);
  await page.waitForSelector("#strip-cards .card");
  assert.match(await asked(page, () => page.locator("#strip-cards .acknowledge").click()), /Room 1, SpO₂ low/);
  await page.keyboard.press("Escape");
  await page.evaluate(() => {
    globalThis.pressed = new Promise((resolve) => {
      const press = () => {
        document.querySelector("#strip-cards .acknowledge").click();
        resolve(document.querySelector("#notice").textContent);
      };
      new MutationObserver(press).observe(document.querySelector("#banners"), { childList: true });
    });
  });
  one.send({ type: "recorder", running: false, text: "no space left" });
  assert.match(await page.evaluate(() => globalThis.pressed), /had just changed places/);
  assert.equal(await page.locator("#person").isVisible(), false);
  assert.match(await asked(page, () => page.locator("#strip-cards .acknowledge").click()), /Room 1, SpO₂ low/);
  await one.close();
});

test("the keys act only on an alarm whose card is on the screen", async () => {
  const two = [alarm({ occurrence: "1", since: now() }), alarm({ id: "HR_HIGH", occurrence: "2", since: now() })];
  const one = await stage([bed()], { viewport: { width: 1024, height: 768 } });
  const { page } = one;
  one.alarms(two);
  await page.waitForSelector("#strip-cards .card");
  assert.equal(await page.locator("#more").textContent(), "+1 more");
  const selected = page.locator("#strip-cards .card[data-selected]");
  const first = await selected.getAttribute("data-key");
  await page.keyboard.press("n");
  await until("the other to be selected, and shown", async () => (await selected.count()) === 1 && (await selected.getAttribute("data-key")) !== first);
  assert.equal(await selected.isVisible(), true);
  const reason = await asked(page, () => page.keyboard.press("a"));
  assert.ok(reason.includes(await selected.locator("strong").textContent()), reason);
  await one.close();

  const phone = await stage([bed()], { viewport: { width: 360, height: 740 }, address_end: "#/phone" });
  phone.alarms(two);
  await phone.page.waitForSelector("#phone .phone-alarm:visible");
  for (const key of ["a", "p", "m", "n"]) {
    await phone.page.keyboard.press(key);
    await phone.page.locator("#notice", { hasText: "is not on this screen" }).waitFor();
    assert.equal(await phone.page.locator("#person, #menu").filter({ visible: true }).count(), 0, key);
    await phone.page.evaluate(() => {
      document.querySelector("#notice").hidden = true;
    });
  }
  await phone.close();
});

test("a part of the page that fails is told, stops neither the strip nor the sound, and is not taken for a page that somebody watches", async () => {
  const one = await stage([full_bed(), bed({ bed: "2", name: "Room 2" })]);
  const { page } = one;
  const painted = () => one.said.findLast(({ type }) => type === "display")?.painted_ms_ago ?? null;
  await until("the page to say that it draws", () => painted() !== null && painted() < 1_000);
  assert.equal(await page.locator("#failed").isVisible(), false);
  await page.evaluate(async () => {
    const { StationView } = await import("/dashboard/views/station.js");
    globalThis.is_made_to_fail = true;
    StationView.prototype.refresh = () => {
      throw new Error("made to fail");
    };
  });
  await page.locator("#failed", { hasText: "THIS PAGE HAS FAILED" }).waitFor({ state: "visible" });
  one.alarms([very_low()], "2");
  const alarmed = one.seq;
  await page.waitForSelector('#strip-cards .card[data-key="2/1"]');
  await until("the title", async () => (await page.title()).startsWith("*** 1"));
  await page.locator("#say-alert", { hasText: /Room 2, high alarm, SpO₂ very low/ }).waitFor({ state: "attached" });
  await until("the page to say that it does not draw any more", () => painted() > 3_000);
  const { seq } = one.said.findLast(({ type }) => type === "display");
  assert.ok(seq < alarmed, "what is not all on the screen is not confirmed");
  assert.deepEqual(page.complaints.filter((text) => !text.includes("made to fail")), []);
  await picture(page, "failed");
  await page.locator("#failed").click();
  await page.waitForFunction(() => !globalThis.is_made_to_fail && document.querySelector('.tile[data-bed="2"]'));
  assert.equal(await page.locator("#failed").isVisible(), false);
  await one.close();
});

test("alarms that are on the screen are confirmed at once, and not with the next word of the display", async () => {
  const one = await stage([bed()]);
  const confirmed = () => one.said.findLast(({ type }) => type === "display")?.seq ?? 0;
  await until("the snapshot to be confirmed", () => confirmed() >= one.seq);
  const TIMES = 8;
  const began = Date.now();
  for (let time = 0; time < TIMES; time += 1) {
    one.alarms(time % 2 === 0 ? [very_low({ occurrence: String(time + 1) })] : []);
    const { seq } = one;
    await until(`the alarms ${seq} to be confirmed`, () => confirmed() >= seq);
  }
  // What it says of itself anyway comes every two seconds, and no sooner.
  assert.ok(Date.now() - began < TIMES * 1_000, `${Date.now() - began} ms for ${TIMES}`);
  const displays = one.said.filter(({ type }) => type === "display");
  assert.ok(displays.length <= 40, `${displays.length}: it does not flood the service`);
  await one.close();
});

test("what fails in an answer or at a press is told too, and what a browser only warns of is not", async () => {
  for (const fails of [() => setTimeout(() => null.gone), () => void Promise.reject(new Error("made to fail"))]) {
    const one = await stage([bed()]);
    await one.page.evaluate(() => dispatchEvent(new ErrorEvent("error", { message: "ResizeObserver loop completed with undelivered notifications." })));
    assert.equal(await one.page.locator("#failed").isVisible(), false);
    await one.page.evaluate(fails);
    await one.page.locator("#failed").waitFor({ state: "visible" });
    await one.close();
  }
});

test("the beds are those of now in the moment in which they are seen again", async () => {
  const one = await stage([full_bed({ values: { SpO2: 97 } })]);
  const { page } = one;
  const saturation = page.locator('.tile[data-bed="1"] [data-cell="spo2"] .value');
  assert.equal(await saturation.textContent(), "97");
  await page.evaluate(() => {
    location.hash = "#/bed/1";
  });
  await page.waitForSelector("#bed:not([hidden]) header h2");
  const at = now();
  one.send({ type: "observation", bed: "1", device: "nonin-1", metric: "SpO2", value: 85, unit: "%", validity: "valid", at, expires_in_ms: 600_000 });
  await page.locator('#bed [data-cell="spo2"] .value', { hasText: "85" }).waitFor();
  const seen = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const tiles = document.querySelector("#tiles");
        const text = () => resolve(tiles.querySelector('[data-cell="spo2"] .value').textContent);
        new MutationObserver(() => tiles.hidden || text()).observe(tiles, { attributeFilter: ["hidden"] });
        location.hash = "#/";
      }),
  );
  assert.equal(seen, "85");
  await one.close();
});

test("the band of a tile keeps its title and its number of others beside a lost signal and an ended high alarm", async () => {
  for (const width of [1920, 1024]) {
    const one = await stage([full_bed(), bed({ bed: "2" }), bed({ bed: "3" })], { viewport: { width, height: 768 } });
    const { page } = one;
    one.send({ type: "link", bed: "1", device: "nonin-1", state: "disconnected" });
    one.alarms([
      very_low({ present: false, signal: "latched", ended: now() }),
      alarm({ id: "NIBP_HIGH", occurrence: "2", since: now(), evidence: "NIBP 171/103 mmHg, limit 165/100" }),
      alarm({ id: "DEVICE_LINK_LOST", occurrence: "3", kind: "technical", since: now(), evidence: "no frames from nonin-1 for 10 s" }),
    ]);
    const tile = page.locator('[data-bed="1"]');
    await until("the band", async () => (await tile.locator(".tile-alarm strong").textContent()) === "NIBP high");
    const cut = await tile.locator(".bars :is(strong, .mark, .more, .latched, .loss)").evaluateAll((all) => {
      const row = all[0].closest(".bars").getBoundingClientRect();
      const band = all[0].closest(".tile-alarm").getBoundingClientRect();
      return all.filter((part) => {
        const box = part.getBoundingClientRect();
        const home = part.closest(".tile-alarm") ? band : row;
        return box.width === 0 || box.right > home.right + 1 || part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0;
      }).map((part) => part.textContent);
    });
    assert.deepEqual(cut, [], `${width}`);
    assert.equal(await tile.locator(".more").textContent(), "+1");
    await picture(page, `band-${width}`);
    await one.close();
  }
});

test("a call of the patient stands whole beside the alarm that has the band, among few beds and many", async () => {
  for (const count of [1, 4, 12, 24, 48]) {
    const beds = Array.from({ length: count }, (_, index) => full_bed({ bed: String(index + 1), name: `Room ${index + 1}` }));
    const one = await stage(beds, { viewport: { width: 1920, height: 1080 } });
    one.alarms([
      very_low(),
      alarm({ id: "PATIENT_CALL", occurrence: "2", kind: "technical", since: now() }),
      alarm({ id: "HR_HIGH", occurrence: "3", since: now() }),
    ]);
    const call = one.page.locator('[data-bed="1"] .call');
    await until("the call", async () => (await call.textContent()) === "** The patient calls");
    const cut = await call.evaluate((part) => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > part.parentElement.getBoundingClientRect().right + 1);
    assert.equal(cut, false, `${count} beds`);
    const hidden = await one.page.locator('[data-bed="1"] .tile-alarm:not(.call)').evaluate((band) =>
      [...band.querySelectorAll(".mark, .more")].filter((part) => part.getBoundingClientRect().right > band.getBoundingClientRect().right + 1).map(({ className }) => className),
    );
    assert.deepEqual(hidden, [], `${count} beds: of what is worse`);
    assert.equal(await one.page.locator('[data-bed="1"] .more').textContent(), "+1");
    await picture(one.page, `call-${count}`);
    await one.close();
  }
});

test("no text of a bed lies over another, whatever fails at once", async () => {
  for (const [width, height] of [[1920, 1080], [1366, 768], [1024, 768], [390, 844]]) {
    const one = await stage([full_bed(), bed({ bed: "2" }), bed({ bed: "3" })], { viewport: { width, height } });
    const { page } = one;
    one.send({ type: "cuff", bed: "1", device: "v100-1", state: "failed", text: "no reading found" });
    one.send({ type: "link", bed: "1", device: "capno-1", state: "disconnected" });
    // The link was told of after the cuff: what is shown of it stands beside all of the other.
    await until("the loss", () => page.locator('[data-bed="1"] .loss').isVisible());
    await page.locator('[data-bed="1"] [data-cell="nibp"]', { hasText: "no reading found" }).waitFor();
    await picture(page, `failing-${width}`);
    assert.deepEqual(await overprints(page), [], `${width}`);
    one.alarms([alarm({ id: "NIBP_VERY_HIGH", priority: "high", since: now(), evidence: "NIBP 186/114 mmHg, limit 180/110" })]);
    await page.waitForSelector('[data-cell="nibp"][data-look="signal"]');
    await picture(page, `failing-alarm-${width}`);
    assert.deepEqual(await overprints(page), [], `${width} with an alarm`);
    await one.close();
  }
});

test("in the view of a bed every number stays large and none lies over another, whatever calls", async () => {
  for (const [width, height] of [[1920, 1080], [1366, 768]]) {
    const one = await stage([full_bed()], { viewport: { width, height }, address_end: "#/bed/1" });
    const { page } = one;
    const size = (name, part = "value") =>
      page.locator(`#bed [data-cell="${name}"] .${part}`).evaluate((cell) => Number.parseFloat(getComputedStyle(cell).fontSize));
    await page.waitForSelector('#bed [data-cell="temperature"] .value');
    const calm = await size("nibp");
    one.alarms([alarm({ id: "NIBP_VERY_HIGH", priority: "high", since: now(), evidence: "NIBP 186/114 mmHg, limit 180/110" })]);
    await page.waitForSelector('#bed [data-cell="nibp"][data-look="signal"]');
    const sizes = await Promise.all(["nibp", "rr", "etco2", "temperature"].map((name) => size(name)));
    assert.ok(Math.min(...sizes) >= 0.035 * height, `${width}: ${sizes}`);
    assert.ok((await size("nibp", "mean")) < sizes[0], `${width}: the mean is smaller than the pressures`);
    assert.ok(sizes[0] >= 0.9 * calm, `${width}: an alarming pressure is ${sizes[0]} and was ${calm}`);
    await picture(page, `bed-alarming-${width}`);
    assert.deepEqual(await overprints(page), [], `${width}`);
    await one.close();
  }
});

test("whatever is quiet at once is marked at each number, and no mark lies over another text", async () => {
  const ids = ["SPO2_LOW", "HR_HIGH", "NIBP_HIGH", "RR_LOW", "ETCO2_HIGH", "LINE_GARBLED"];
  const suspended = ids.map((id, index) => ({
    id,
    kind: index % 2 === 0 ? "rule_off" : "alarm_paused",
    until: now(),
    remaining_ms: index % 2 === 0 ? 3_600_000 : 600_000,
    by: "mn",
    reason: "known",
  }));
  const flood = { count: 12, worst: "NIBP_VERY_HIGH", priority: "high", since: now(), text: "" };
  for (const [width, height, colorScheme] of [[1920, 1080, "dark"], [1920, 1080, "light"], [1366, 768, "dark"], [1024, 768, "dark"], [390, 844, "dark"]]) {
    const beds = ["1", "2", "3", "4"].map((id) => full_bed({ bed: id, name: `Room ${id}`, phase: "recovery" }));
    for (const bed of beds) for (const one of bed.observations) one.bed = bed.bed;
    const one = await stage(beds, { viewport: { width, height }, colorScheme });
    const { page } = one;
    const station = await page.evaluate(() => localStorage.getItem("chairside.station"));
    const audio = [{ station, sound: "off", until: now(), remaining_ms: 3_600_000, reminder_in_ms: 180_000, by: "mn" }];
    one.alarms([alarm({ id: "NIBP_VERY_HIGH", priority: "high", since: now(), evidence: "NIBP 186/114 mmHg, limit 180/110" })], "1", { flood, suspended, audio });
    one.alarms([], "3", { flood: null, suspended, audio: [] });
    await page.waitForSelector('[data-bed="3"] .quiet-mark:visible');
    for (const cell of ["spo2", "rate", "nibp", "rr", "etco2"]) {
      for (const bed of ["1", "3"]) {
        assert.equal(await page.locator(`[data-bed="${bed}"] [data-cell="${cell}"] .quiet-mark`).isVisible(), true, `${width} ${bed} ${cell}`);
      }
    }
    assert.match(await page.locator("#banners").textContent(), /SOUND OFF HERE FOR ROOM 1/);
    await picture(page, `quiet-all-${width}-${colorScheme}`);
    assert.deepEqual(await overprints(page), [], `${width}`);
    await one.close();
  }
});

test("a rule that is off says so in words beside a narrow number too, and its limit is struck through", async () => {
  const limits = { SpO2: { low: 92 }, RespirationRate: { low: 8, high: 30 }, EtCO2: { high: 60 }, NibpSystolic: { low: 90, high: 165 } };
  const observations = full_bed().observations.filter(({ metric }) => metric !== "Temperature");
  for (const [count, width, height] of [[4, 1920, 1080], [6, 1920, 1080], [4, 1366, 768]]) {
    const beds = Array.from({ length: count }, (_, index) => {
      const id = String(index + 1);
      const { sources, ...rest } = full_bed({ bed: id, name: `Room ${id}`, limits });
      const { Temperature: _without, ...others } = sources;
      return { ...rest, sources: others, observations: observations.map((one) => ({ ...one, bed: id })) };
    });
    const { page, alarms, close } = await stage(beds, { viewport: { width, height } });
    const until_then = new Date(Date.now() + 3_541_000).toISOString();
    const off = { id: "RR_LOW", kind: "rule_off", until: until_then, remaining_ms: 3_541_000, by: "mn", reason: "known" };
    const paused = { ...off, id: "ETCO2_HIGH", kind: "alarm_paused", remaining_ms: 119_000 };
    const spo2 = { ...off, id: "SPO2_LOW" };
    const audio = { station: await page.evaluate(() => localStorage.getItem("chairside.station") ?? ""), sound: "paused", until: until_then, remaining_ms: 90_000, covers: 3, by: "mn" };
    alarms([], "1", { suspended: [off, paused, spo2], audio: [audio] });
    const mark = (name) => page.locator(`[data-bed="1"] [data-cell="${name}"] .quiet-mark`);
    await mark("rr").filter({ hasText: "off 5" }).waitFor({ state: "visible" });
    const what = `${count} beds at ${width}`;
    assert.match(`${what}: ${await mark("rr").innerText()}`, /off 5[89]:\d\d MN/);
    assert.match(`${what}: ${await mark("etco2").innerText()}`, /paused 1:\d\d MN/);
    const struck = (name, side) =>
      page.locator(`[data-bed="1"] [data-cell="${name}"] .limit[data-side="${side}"]`).evaluate((one) => getComputedStyle(one).textDecorationLine);
    assert.equal(await struck("rr", "low"), "line-through", what);
    assert.equal(await struck("spo2", "low"), "line-through", what);
    assert.equal(await struck("rr", "high"), "none", what);
    assert.equal(await struck("etco2", "high"), "none", "a paused alarm's rule still judges");
    await picture(page, `quiet-narrow-${count}-${width}`);
    const [times, rr] = await Promise.all([".times .note", '[data-cell="rr"]'].map((part) => page.locator(`[data-bed="1"] .small ${part}`).boundingBox()));
    assert.ok(times.x + times.width <= rr.x + 1, `${what}: the pressure's age lies under another number`);
    for (const name of ["rr", "etco2"]) {
      const [box, value, cell, small] = await Promise.all([
        mark(name).boundingBox(),
        page.locator(`[data-bed="1"] [data-cell="${name}"] .value`).boundingBox(),
        page.locator(`[data-bed="1"] [data-cell="${name}"]`).boundingBox(),
        page.locator('[data-bed="1"] .small').boundingBox(),
      ]);
      assert.ok(box.y + box.height <= value.y + 1, `${what}: over the number of ${name}`);
      assert.ok(value.y + value.height <= small.y + small.height + 1, `${what}: the number of ${name} is cut`);
      assert.ok(box.x + box.width <= cell.x + cell.width + 1, `${what}: wider than ${name}`);
    }
    await close();
  }
});
