// What a bad way to the service, a hidden page and a clock that steps do to the page: the real
// program and simulated devices, with a proxy between the page and the service that can be made
// worse.

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Way } from "../feed/way.js";
import { at_end, cell, clinic_config, end_all, folder, launch, live, open, picture, reached, series, simulate, SOON_MS, start, states_after, until } from "./harness.js";

let browser;
/** The folder of the clinic, and a path inside it. */
let made;
let inside;
let service;
/** The way that is made worse, the page behind it, and one that sees the service directly. */
let way;
let page;
let truth;
const devices = {};

/** A saturation that is another one each two seconds, and the same again after forty: what stands still is old. */
const COUNTING_STEPS = 20;
const COUNTING_STEP_MS = 2_000;
const COUNTING = (second) => 80 + (Math.floor((second * 1_000) / COUNTING_STEP_MS) % COUNTING_STEPS);

/** Nothing but a cuff, which measures once soon after its start and then not for long. */
const CUFF = scenario({
  sensors: { spo2: false, hr_source: "spo2", co2: false, effort: false, nibp: true, cuff_same_limb: false },
  continuous: { hr: [[0, 70]] },
  nibp: [{ t: 2, sys: 151, dia: 93, map: 112 }, { t: 1_500, sys: 120, dia: 80, map: 93 }],
});

/** A probe that falls off. */
const LOOSE = scenario({
  continuous: { hr: [[0, 70]], spo2: [[0, 97]], pi: [[0, 3]] },
  flags: [{ signal: "spo2", flag: "probe_off", from: 25, to: 1_700 }],
});

function scenario(parts) {
  const one = {
    id: "one",
    title: "One",
    duration_s: 1_800,
    patient: { weight_kg: 70, baseline: { hr: 70, spo2: 97, sys: 124, dia: 78 } },
    sensors: { spo2: true, hr_source: "spo2", co2: false, effort: false, nibp: false, cuff_same_limb: false },
    quiet_after: 0,
    ...parts,
  };
  return JSON.stringify({ format: "ketamine-vitals-scenario/1", scenarios: [one] });
}

before(async () => {
  browser = await launch();
  made = folder();
  inside = (name) => join(made, name);
  const head = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg";
  const rows = Array.from({ length: 3_600 }, (_, second) => `${second},,${COUNTING(second)},68,,,,,`);
  writeFileSync(inside("counting.csv"), `${[head, ...rows].join("\n")}\n`);
  writeFileSync(inside("cuff.json"), CUFF);
  writeFileSync(inside("loose.json"), LOOSE);
  const steady = series(inside("steady.csv"), { before: { spo2: 97, pulse: 68 }, length_s: 3_600 });
  devices.counting = await simulate("nonin", inside("counting.csv"), inside("line-1"));
  devices.steady = await simulate("nonin", steady, inside("line-2"));
  devices.loose = await simulate("nonin", inside("loose.json"), inside("line-3"));
  devices.cuff = await simulate("ge-v100", inside("cuff.json"), inside("line-cuff"));
  service = await start("serve", "--config", config(0));
  way = await Way.open(service.address);
  at_end(() => way.close());
  page = await open(browser, way.address);
  truth = await open(browser, service.address);
  for (const one of [page, truth]) {
    await live(one);
    await number(one, "1");
    await one.evaluate(note_numbers);
  }
});

after(async () => {
  await browser?.close();
  await end_all();
});

function config(port) {
  const beds = ["1", ["2", ["nonin", "line-2"], ["ge-v100", "line-cuff"]], "3"];
  return clinic_config(made, beds, { staff: [["mn", "M. N.", "nurse"], ["jd", "J. D.", "nurse"]], port });
}

/** In a page: notes from now on which saturation stands at room 1, and how. */
function note_numbers() {
  const noted = (globalThis.noted = []);
  const cell = document.querySelector('[data-bed="1"] [data-cell="spo2"]');
  setInterval(() => noted.push([Date.now(), cell.querySelector(".value").textContent, cell.dataset.state]), 100);
}

/** Waits for a saturation at a bed. */
function number(of, bed) {
  return until(`a saturation at ${bed}`, async () => /^\d+$/.test(await cell(of, bed, "spo2").textContent()));
}

/** Waits until the page is live, with nothing left of a delay before, and shows a bright number. */
async function well(of) {
  const of_now = () => until("words of now", async () => /^LIVE 0\.\d s$/.test(await of.locator("#connection").textContent()));
  await live(of);
  await of_now();
  // What is still on its way from a delay that was set a moment ago has come after these.
  await goes_on(3);
  await live(of);
  await of_now();
  await of.waitForSelector('[data-bed="1"] [data-cell="spo2"][data-state="fresh"]', { timeout: SOON_MS });
}

/** Waits until the clock of the page that sees the service directly has gone on by some seconds. */
function goes_on(seconds) {
  const seen = new Set();
  const more = async () => seen.add(await truth.locator("#clock").textContent()).size > seconds;
  return until(`${seconds} seconds more`, more);
}

test("a bed with an oximeter alone shows two numbers and no empty place, and is not called upon for the others", async () => {
  const cells = await page.$$eval('[data-bed="1"] .cell:not([hidden])', (all) => all.map((one) => one.dataset.cell));
  assert.deepEqual(cells, ["spo2", "rate"]);
  const told = await page.locator('#strip-cards .card[data-key^="1/"] strong').allTextContents();
  assert.deepEqual(told.filter((title) => /NIBP|CO₂|RR|apnoea/i.test(title)), []);
});

/** How many dots of a bed's curve have the colour of its line, that of a gap, and another; and the share of its columns in which there is a gap's. */
function curve_inks(of, bed) {
  return of.locator(`[data-bed="${bed}"] .wave canvas`).first().evaluate((canvas) => {
    const style = getComputedStyle(canvas);
    const drawn = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const dot = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    const ink = (colour) => {
      dot.fillStyle = colour;
      dot.fillRect(0, 0, 1, 1);
      return dot.getImageData(0, 0, 1, 1).data;
    };
    const inks = { line: ink(style.color), gap: ink(style.getPropertyValue("--gap").trim()) };
    const found = { line: 0, gap: 0, other: 0 };
    const columns = new Set();
    for (let at = 0; at < drawn.length; at += 4) {
      // A dot at the edge of a line is so thin that its colour is not told exactly.
      if (drawn[at + 3] < 128) continue;
      const name = Object.keys(inks).find((one) => [0, 1, 2].every((part) => Math.abs(inks[one][part] - drawn[at + part]) <= 8)) ?? "other";
      found[name] += 1;
      if (name === "gap") columns.add((at / 4) % canvas.width);
    }
    return { ...found, columns: columns.size / canvas.width };
  });
}

test("a probe that falls off leaves dashes, its reason and a hatched curve, and is an alarm after its delay", async () => {
  await until("probe off", async () => (await cell(page, "3", "spo2", "note").textContent()) === "probe off", 2 * SOON_MS);
  for (const one of ["spo2", "rate"]) await until(`no ${one}`, async () => (await cell(page, "3", one).textContent()) === "– –");
  await page.waitForSelector('#strip-cards .card[data-technical][data-key^="3/"]', { timeout: SOON_MS });
  const inks = await until("nothing but hatching where the curve was", async () => {
    const now = await curve_inks(page, "3");
    return now.gap > 0 && now.line === 0 ? now : null;
  });
  // Its lines lie across all of the width, and no pixel of it is of another colour.
  assert.ok(inks.columns > 0.8 && inks.other === 0, JSON.stringify(inks));
  await picture(page, "probe-off");
});

test("of two stations that acknowledge one alarm at the same moment one is first, and both show whose it is", async () => {
  const card = (of) => of.locator('#strip-cards .card[data-key^="3/"]').first();
  const at = [
    [truth, "M. N."],
    [page, "J. D."],
  ];
  for (const [of, name] of at) {
    await of.click("#person-now");
    await of.click(`#person-choices button:has-text("${name}")`);
    await card(of).locator(".acknowledge").waitFor({ state: "visible", timeout: SOON_MS });
  }
  for (const [of] of at) await of.waitForSelector('#strip-cards .card[data-key^="3/"][data-settled]', { timeout: SOON_MS });
  // J. D. presses before M. N. has; the word of it is longer on its way.
  way.delay_ms = 2_500;
  /** Presses until the page takes it: one that comes just when the card has moved does nothing. */
  const press = (of) =>
    of.evaluate(
      () =>
        new Promise((resolve) => {
          const look = () => {
            const button = document.querySelector('#strip-cards .card[data-key^="3/"] .acknowledge');
            if (button.disabled || button.hidden) return resolve();
            button.click();
            requestAnimationFrame(look);
          };
          look();
        }),
    );
  await press(page);
  await press(truth);
  for (const [of] of at) {
    await until("seen", async () => (await card(of).locator(".seen").textContent()) === "✓ seen by M. N.");
  }
  way.delay_ms = 0;
});

test("a connection that goes dead without a word is noticed, and replaced before the numbers are gone", async () => {
  await well(page);
  const since = Date.now();
  way.go_dead();
  const { after_ms: delayed_ms } = await reached(page, "delayed", since);
  assert.ok(delayed_ms > 2_000 && delayed_ms < 4_500, `${delayed_ms} ms`);
  const { after_ms: back_ms } = await reached(page, "live", since);
  assert.ok(back_ms < 9_500, `live again after ${back_ms} ms`);
  const states = await states_after(page, since);
  assert.equal(states.some(({ state }) => state === "lost"), false);
});

test("a way on which nothing gets through any more is lost after ten seconds, and live soon after it is open again", async () => {
  await well(page);
  const since = Date.now();
  way.block();
  const { after_ms: lost_ms } = await reached(page, "lost", since);
  assert.ok(lost_ms > 9_000 && lost_ms < 11_500, `${lost_ms} ms`);
  const opened = Date.now();
  way.unblock();
  // An attempt that is under way is given up after four seconds.
  const { after_ms: back_ms } = await reached(page, "live", opened);
  assert.ok(back_ms <= 8_000, `live after ${back_ms} ms`);
});

test("what comes two seconds late is known to be two seconds old, and more than three is said", async () => {
  await well(page);
  const words = () => page.locator("#connection").textContent();
  way.delay_ms = 2_000;
  await until("two seconds", async () => Number(/^LIVE (\d+\.\d) s$/.exec(await words())?.[1]) >= 1.9);
  // Time itself is looked at: it must still be two seconds after some more.
  await goes_on(3);
  await until("still two seconds", async () => /^LIVE (1\.9|2\.\d) s$/.test(await words()));
  way.delay_ms = 4_500;
  await until("delayed", async () => /^DELAYED [45] s$/.test(await words()));
  await page.waitForSelector('[data-bed="1"] [data-cell="spo2"][data-state="ageing"]');
  way.delay_ms = 0;
  await until("live", async () => Number(/^LIVE (\d+\.\d) s$/.exec(await words())?.[1]) < 1.9);
});

test("a page that could not read for eight seconds shows what is now and not what it missed", async () => {
  await well(page);
  const since = Date.now();
  way.stop_reading();
  await reached(page, "banner", since);
  way.go_on_reading();
  await well(page);
  await until("the same number as the other page's", async () => {
    const [here, there] = await Promise.all([page, truth].map((of) => cell(of, "1", "spo2").textContent()));
    return here === there && here !== "– –";
  });
});

test("over all of this, no saturation was shown after its validity ended, nor as bright that was not measured lately", async () => {
  const [seen, known] = await Promise.all([page, truth].map((of) => of.evaluate(() => globalThis.noted)));
  const steps = COUNTING_STEPS * COUNTING_STEP_MS;
  /** Milliseconds into the device's turn, if it began at `zero`. */
  const into = (at, zero) => (((at - zero) % steps) + steps) % steps;
  const step_of = (text) => (Number(text) - COUNTING(0)) * COUNTING_STEP_MS;
  // When the device's turn began: by the number that came soonest after it was measured.
  const first = known.find(([, text]) => /^\d+$/.test(text));
  const rough = first[0] - step_of(first[1]);
  const changes = known.filter(([, text], index) => /^\d+$/.test(text) && /^\d+$/.test(known[index - 1]?.[1]) && known[index - 1][1] !== text);
  const late = changes.map(([at, text]) => {
    const ms = into(at, rough + step_of(text));
    return ms > steps / 2 ? ms - steps : ms;
  });
  const zero = rough + Math.min(...late);
  // What the way from the device takes besides, and how long a busy machine takes to draw.
  const BUSY_MS = 1_500;
  let looked = 0;
  seen.forEach(([at, text, state], index) => {
    if (!/^\d+$/.test(text)) return;
    // A page that was not given any time could not change what it showed.
    if (at - (seen[index - 1]?.[0] ?? at) > 300) return;
    looked += 1;
    const age_ms = Math.max(0, into(at, zero + step_of(text)) - COUNTING_STEP_MS);
    const oldest_ms = (state === "fresh" ? 3_000 : 10_000) + BUSY_MS;
    // A number a moment before its turn is one that the reckoning puts too late.
    const early = into(at, zero + step_of(text)) > steps - BUSY_MS;
    assert.ok(early || age_ms <= oldest_ms, `${text} (${state}) is ${age_ms} ms old at ${new Date(at).toISOString()}`);
  });
  assert.ok(looked > 200, `${looked}`);
});

test("a service that stands still for twenty seconds is lost, and what the page shows after it is new", async () => {
  await well(page);
  const since = Date.now();
  await service.signal("SIGSTOP");
  await reached(page, "lost", since);
  await until("twenty seconds", () => Date.now() - since >= 20_000);
  const values = await page.$$eval(".cell:not([hidden]) .value", (all) => all.map((one) => one.textContent));
  assert.deepEqual([...new Set(values)], ["– –"]);
  await service.signal("SIGCONT");
  await well(page);
  await well(truth);
});

test("a killed service's next start is on the page within three seconds of its port, and a pressure from before is not", async () => {
  const pressure = cell(page, "2", "nibp");
  await until("a pressure", async () => (await pressure.textContent()) === "151/93");
  const { port } = new URL(service.address);
  // The monitor goes as well: what it still has in its memory, it would tell again, with its age.
  await devices.cuff.signal("SIGKILL");
  rmSync(inside("line-cuff"), { force: true });
  const killed = Date.now();
  await service.signal("SIGKILL");
  // Long enough for the longest wait between two attempts.
  await reached(page, "lost", killed);
  service = await start("serve", "--config", config(port));
  const back_ms = (await reached(page, "live", killed)).at - service.listening_at;
  console.log(`# live ${back_ms.toFixed(0)} ms after the port opened`);
  assert.ok(back_ms <= 3_000, `live ${back_ms} ms after the port opened`);
  for (const one of [page, truth]) {
    await live(one);
    await number(one, "1");
    assert.equal(await cell(one, "2", "nibp").textContent(), "– –");
  }
});

test("a station that slept shows nothing as current before the service has answered, and one whose clock is set back notices nothing", async () => {
  const stepped = await open(browser, "about:blank");
  // To a page a machine that sleeps is a wall clock that goes on without the page's own.
  await stepped.addInitScript(() => {
    globalThis.step_ms = 0;
    const Kept = Date;
    globalThis.Date = class extends Kept {
      constructor(...given) {
        if (given.length === 0) super(Kept.now() + globalThis.step_ms);
        else super(...given);
      }

      static now() {
        return Kept.now() + globalThis.step_ms;
      }
    };
    const { WebSocket } = globalThis;
    globalThis.sockets = 0;
    globalThis.WebSocket = class extends WebSocket {
      constructor(...given) {
        super(...given);
        globalThis.sockets += 1;
      }
    };
  });
  await stepped.goto(service.address);
  await well(stepped);
  const sockets = () => stepped.evaluate(() => globalThis.sockets);
  const clock = () => stepped.locator("#clock").textContent();
  const step = async (hours) => {
    const [since, before] = [await stepped.evaluate(() => performance.timeOrigin + performance.now()), await sockets()];
    await stepped.evaluate((ms) => {
      globalThis.noted = [];
      new MutationObserver(() => {
        const cell = document.querySelector('[data-bed="1"] [data-cell="spo2"]');
        globalThis.noted.push([document.body.dataset.connection, cell.querySelector(".value").textContent]);
      }).observe(document.body, { attributeFilter: ["data-connection", "data-state"], subtree: true });
      globalThis.step_ms += ms;
    }, hours * 3_600_000);
    if (hours > 0) await reached(stepped, "lost", since);
    await well(stepped);
    // Looked at again when the clock beside it has gone on by some seconds.
    await goes_on(2);
    await well(stepped);
    const [here, there] = [await clock(), await truth.locator("#clock").textContent()].map((text) => text.split(":").map(Number));
    const apart_s = Math.abs((here[0] - there[0]) * 3_600 + (here[1] - there[1]) * 60 + here[2] - there[2]);
    assert.ok(apart_s <= 3 || apart_s >= 86_397, "the clock is the service's, as the times of the alarms are");
    return { states: (await states_after(stepped, since)).map(({ state }) => state), sockets: (await sockets()) - before };
  };
  const slept = await step(1);
  assert.deepEqual([slept.states[0], slept.states.at(-1)], ["lost", "live"]);
  assert.equal(slept.sockets, 1, "asked once");
  const noted = await stepped.evaluate(() => globalThis.noted);
  assert.ok(noted.some(([connection]) => connection === "lost"));
  for (const [connection, text] of noted) if (connection === "lost") assert.equal(text, "– –");
  assert.deepEqual(await step(-1), { states: [], sockets: 0 }, "nothing happened to the connection");
  await stepped.context().close();
});

test("nothing was complained about that the browser itself does not say of a lost connection", () => {
  for (const of of [page, truth]) {
    assert.deepEqual(of.complaints.filter((text) => !/WebSocket connection to .* failed|ERR_/.test(text)), []);
  }
});
