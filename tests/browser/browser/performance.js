// Measures the page in the browser: `npm run performance`, with `-- --strict` a missed goal is
// exit code 1. `--hours N` shortens the eight hours, `--only words` the list of what is measured.
//
// The page is the one that a clinic opens; a ward of our own speaks to it at the rates of the real
// devices, so that what is measured is the page and not a machine full of simulators.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { DASHBOARD, serve } from "../feed/server.js";
import { begin_ward, look_inside, take_over_time } from "../feed/virtual.js";
import { as_sent } from "../unit/script.js";
import { launch, live, open } from "./harness.js";

const { values: wanted } = parseArgs({
  options: { strict: { type: "boolean", default: false }, hours: { type: "string", default: "8" }, only: { type: "string" } },
});

const WARM_MS = 8_000;
const MEASURED_MS = 20_000;

/** Episodes of the ward that measures how soon an alarm is seen: one begins each second. */
const MANY_ALARMS = { length_ms: 3_000, every_ms: 24_000 };

/** So many times a page is opened, each time by a browser that keeps nothing of it yet. */
const OPENINGS = 15;

/** A clinic's network: its way there and back, milliseconds, and bytes a second (100 Mbit/s). */
const NETWORK = { offline: false, latency: 2, downloadThroughput: 12.5e6, uploadThroughput: 12.5e6 };

/** Time itself is measured here: what happens within it, nobody can wait for otherwise. */
const pause = (span_ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, span_ms);
  });

let missed = 0;

/** Prints a figure and whether it is within its goal. */
function report(what, value, unit, { most = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY } = {}) {
  const goal = most !== Number.POSITIVE_INFINITY ? `at most ${most}` : least !== Number.NEGATIVE_INFINITY ? `at least ${least}` : "";
  const met = value <= most && value >= least;
  if (!met) missed += 1;
  const verdict = goal === "" ? "" : `  ${goal} ${unit}: ${met ? "met" : "MISSED"}`;
  console.log(`${what.padEnd(58)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(5)}${verdict}`);
}

/** Folders of pages that are documents of their own: they share some of the dashboard's script. */
const OWN_PAGES = ["treatment", "calling", "across"];

/** How much script the service sends to a page on which every view was opened. */
function script_kb({ languages = false, own_pages = false }) {
  const folder_of = (name) => name.split("/")[0];
  return readdirSync(DASHBOARD, { recursive: true })
    .filter((name) => name.endsWith(".js") && name !== "service-worker.js")
    .filter((name) => languages || folder_of(name) !== "languages")
    .filter((name) => OWN_PAGES.includes(folder_of(name)) === own_pages)
    .reduce((sum, name) => sum + Buffer.byteLength(as_sent(readFileSync(join(DASHBOARD, name), "utf8"))) / 1024, 0);
}

/** Opens a ward's page, and what its browser can tell of it. */
async function ward_page(browser, beds, options) {
  const ward = await serve(beds, options);
  const page = await open(browser, "about:blank");
  await page.addInitScript(() => {
    globalThis.frames_drawn = 0;
    globalThis.counts_frames = true;
    const count = () => {
      globalThis.frames_drawn += 1;
      if (globalThis.counts_frames) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Performance.enable");
  await page.goto(ward.address);
  await live(page, 30_000);
  const metrics = async () => {
    const { metrics: all } = await protocol.send("Performance.getMetrics");
    return Object.fromEntries(all.map(({ name, value }) => [name, value]));
  };
  const close = async () => {
    await page.context().close();
    ward.close();
  };
  return { ward, page, protocol, metrics, close };
}

/**
 * Frames a second, and then the share of the main thread that was busy: who counts frames asks for
 * each that the screen can show, and the page for no more than it draws.
 */
async function drawing(browser, beds, options) {
  const { page, metrics, close } = await ward_page(browser, beds, options);
  await pause(WARM_MS);
  const look = async () => ({ frames: await page.evaluate(() => globalThis.frames_drawn), ...(await metrics()) });
  const first = await look();
  await pause(MEASURED_MS);
  const counted = await look();
  await page.evaluate(() => {
    globalThis.counts_frames = false;
  });
  const before = await metrics();
  await pause(MEASURED_MS);
  const after = await metrics();
  const curves = await page.locator(".wave canvas").count();
  await close();
  return {
    fps: (counted.frames - first.frames) / (counted.Timestamp - first.Timestamp),
    busy: (100 * (after.TaskDuration - before.TaskDuration)) / (after.Timestamp - before.Timestamp),
    curves,
  };
}

/** What a page has fetched that opens the station. */
async function station_script_kb(browser) {
  const { page, close } = await ward_page(browser, 4, {});
  const bytes = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.endsWith(".js"))
      .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
  );
  await close();
  return bytes / 1024;
}

async function side_by_side(browser) {
  for (const [beds, goals] of [
    [24, { fps: { least: 55 }, busy: { most: 15 } }],
    [48, { fps: { least: 50 }, busy: { most: 30 } }],
  ]) {
    const own = await drawing(browser, beds, {});
    const library = await drawing(browser, beds, { library: true });
    report(`${beds} beds, ${own.curves} curves, a quarter alarming: frames`, own.fps, "fps", goals.fps);
    report(`${beds} beds: main thread`, own.busy, "%", goals.busy);
    report(`${beds} beds, each curve by a chart library: frames`, library.fps, "fps");
    report(`${beds} beds, each curve by a chart library: main thread`, library.busy, "%");
  }
}

const at_share = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** From the moment at which a message was sent until what it says has been painted. */
async function latency(browser) {
  const { ward, page, close } = await ward_page(browser, 24, { episodes: MANY_ALARMS });
  const WATCHED = ["1", "3", "4", "7"];
  await page.evaluate((beds) => {
    const seen = (globalThis.seen = { values: [], alarms: [] });
    const first = new Set();
    const painted = (list, entry) => {
      // A task after the frame in which it changed: by then it is on the screen.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => list.push({ ...entry, at: performance.timeOrigin + performance.now() });
      channel.port2.postMessage(null);
    };
    for (const bed of beds) {
      const cell = document.querySelector(`[data-bed="${bed}"] [data-cell="spo2"] .value`);
      new MutationObserver(() => painted(seen.values, { bed, text: cell.textContent })).observe(cell, { childList: true, characterData: true, subtree: true });
    }
    new MutationObserver(() => {
      for (const card of document.querySelectorAll('#strip-cards .card[data-look="signal"]')) {
        if (first.has(card.dataset.key)) continue;
        first.add(card.dataset.key);
        painted(seen.alarms, { key: card.dataset.key });
      }
    }).observe(document.getElementById("strip-cards"), { childList: true, subtree: true, attributes: true });
  }, WATCHED);
  const sent = { values: [], alarms: [] };
  ward.sent((message, at) => {
    if (message.type === "observation" && message.metric === "SpO2" && WATCHED.includes(message.bed)) {
      sent.values.push({ bed: message.bed, text: String(message.value), at });
    }
    if (message.type === "alarms") {
      for (const { occurrence } of message.active) sent.alarms.push({ key: `${message.bed}/${occurrence}`, at });
    }
  });
  await pause(45_000);
  const seen = await page.evaluate(() => globalThis.seen);
  await close();
  const values = seen.values.map((one) => {
    const of_it = sent.values.filter(({ bed, text, at }) => bed === one.bed && text === one.text && at <= one.at);
    return of_it.length > 0 ? one.at - of_it.at(-1).at : Number.NaN;
  });
  const due = sent.alarms.filter(({ at }) => at < sent.alarms.at(-1).at - 2_000);
  const alarms = due.map(({ key, at }) => (seen.alarms.find((one) => one.key === key)?.at ?? at + 10_000) - at);
  const sorted = (list) => list.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  const [of_values, of_alarms] = [sorted(values), sorted(alarms)];
  report(`value sent to painted, of ${of_values.length}: p50`, at_share(of_values, 0.5), "ms");
  report("value sent to painted: p95", at_share(of_values, 0.95), "ms", { most: 250 });
  report("value sent to painted: p99", at_share(of_values, 0.99), "ms", { most: 500 });
  report(`alarm sent to strip painted, of ${of_alarms.length}: p50`, at_share(of_alarms, 0.5), "ms");
  report("alarm sent to strip painted: p95", at_share(of_alarms, 0.95), "ms", { most: 300 });
}

/** In the page, before its own scripts: when so many elements of each kind have been painted with a digit in them, from its opening. */
function note_numbers(wanted) {
  const painted = (selector, count) =>
    new Promise((resolve) => {
      const look = () => {
        const there = [...document.querySelectorAll(selector)].filter(({ textContent }) => /\d/.test(textContent));
        if (there.length < count) {
          requestAnimationFrame(look);
          return;
        }
        // A task after this frame: by then it is on the screen.
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(null);
      };
      requestAnimationFrame(look);
    });
  globalThis.numbers_painted = Promise.all(wanted.map(([selector, count]) => painted(selector, count)));
}

/**
 * Opens an address as a clinic's browser does for the first time, and returns when these numbers were
 * painted, and last how much of a processor the main thread took until then: neighbours lengthen that little.
 */
async function opened_ms(browser, address, wanted) {
  const page = await open(browser, "about:blank");
  await page.addInitScript(note_numbers, wanted);
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Performance.enable", { timeDomain: "threadTicks" });
  await protocol.send("Network.enable");
  await protocol.send("Network.emulateNetworkConditions", NETWORK);
  await page.goto(address);
  const painted = await page.evaluate(() => globalThis.numbers_painted);
  const { metrics } = await protocol.send("Performance.getMetrics");
  await page.context().close();
  return [...painted, 1_000 * metrics.find(({ name }) => name === "TaskDuration").value];
}

/** From the page's opening until its first number is painted, and beside it a page that does nothing else. */
async function opening(browser) {
  const BEDS = 24;
  const ward = await serve(BEDS);
  const all = { first: [], whole: [], busy: [], floor: [] };
  // The first of all has the ward make its files ready, and is not counted.
  await opened_ms(browser, ward.address, [[".tile .value", 1]]);
  for (let turn = 0; turn < OPENINGS; turn += 1) {
    const [first, whole, busy] = await opened_ms(browser, ward.address, [[".tile .value", 1], ['.tile [data-cell="spo2"] .value', BEDS]]);
    const [floor] = await opened_ms(browser, `${ward.address}/feed/floor.html`, [[".value", 1]]);
    all.first.push(first);
    all.whole.push(whole);
    all.busy.push(busy);
    all.floor.push(floor);
  }
  ward.close();
  const [of_first, of_whole, of_busy, of_floor] = [all.first, all.whole, all.busy, all.floor].map((list) => list.sort((a, b) => a - b));
  report(`opened to first number painted, ${BEDS} beds: p50 of ${OPENINGS}`, at_share(of_first, 0.5), "ms");
  report("opened to first number painted: longest", of_first.at(-1), "ms", { most: 1_000 });
  report("opened to every saturation painted: p50", at_share(of_whole, 0.5), "ms");
  report("opened to every saturation painted: longest", of_whole.at(-1), "ms", { most: 1_000 });
  report("opened to every saturation painted: main thread, p50", at_share(of_busy, 0.5), "ms");
  report("a page of one number and nothing else: p50", at_share(of_floor, 0.5), "ms");
}

/** Hours of a ward of twelve, told to a page as fast as it can take them. */
async function soak(browser, hours) {
  const ward = await serve(1);
  const page = await open(browser, "about:blank");
  await page.addInitScript(take_over_time);
  const look = await look_inside(page);
  await page.goto(ward.address);
  await page.evaluate(begin_ward, 12);
  // A multiple of the alarms' turn, so that the same ones stand at each look.
  const WARM_S = 1_920;
  const until_s = Math.max(2 * WARM_S, Math.round((hours * 3_600) / 240) * 240);
  await page.evaluate((seconds) => globalThis.ward_time.until(seconds), WARM_S);
  const before = await look();
  const began = Date.now();
  for (let told = WARM_S; told < until_s; ) {
    told = Math.min(until_s, told + 3_600);
    await page.evaluate((seconds) => globalThis.ward_time.until(seconds), told);
  }
  const after = await look();
  const state = await page.evaluate(() => ({
    connection: document.body.dataset.connection,
    fresh: document.querySelectorAll('[data-cell="spo2"][data-state="fresh"]').length,
  }));
  if (state.connection !== "live" || state.fresh !== 12) throw new Error(`the page did not follow: ${JSON.stringify(state)}`);
  const complaints = page.complaints.length;
  await page.context().close();
  ward.close();
  const told_h = until_s / 3_600;
  console.log(`${told_h.toFixed(1)} h of 12 beds, told in ${((Date.now() - began) / 1000).toFixed(0)} s; heap before ${before.heap_mb.toFixed(1)} MiB`);
  report(`${told_h.toFixed(1)} h of 12 beds: growth of the heap`, after.heap_mb - before.heap_mb, "MiB", { most: 5 });
  report(`${told_h.toFixed(1)} h of 12 beds: growth of the nodes, detached ones too`, after.nodes - before.nodes, "", { most: 50 });
  report(`${told_h.toFixed(1)} h of 12 beds: growth of the listeners`, after.listeners - before.listeners, "", { most: 10 });
  report(`${told_h.toFixed(1)} h of 12 beds: errors`, complaints, "", { most: 0 });
}

const browser = await launch();
try {
  const chosen = (name) => !wanted.only || wanted.only.split(",").includes(name);
  if (chosen("size")) {
    report("script that the station loads, unpacked", await station_script_kb(browser), "KiB", { most: 250 });
    report("script of all views in English, unpacked", script_kb({}), "KiB", { most: 250 });
    report("script of the pages beside the dashboard, their own", script_kb({ own_pages: true }), "KiB");
    report("script of all views and all languages, unpacked", script_kb({ languages: true }), "KiB");
  }
  if (chosen("opening")) await opening(browser);
  if (chosen("drawing")) await side_by_side(browser);
  if (chosen("latency")) await latency(browser);
  if (chosen("soak")) await soak(browser, Number(wanted.hours));
} finally {
  await browser.close();
}
if (wanted.strict && missed > 0) process.exitCode = 1;
