// Makes the pictures of docs/screens.md: `npm run pictures`, with `-- NAME…` only those whose names
// begin so. Each state of an alarm is staged, for some of them nobody could wait; all else is the
// demo's, or that of a clinic which the tests have too.

import { address_of, VIEWS } from "../../../crates/chairside/dashboard/routes.js";
import { serve } from "../feed/server.js";
import { pleth } from "../feed/ward.js";
import { arm, armed, HAND, is_wanted, keep, SIZE, SWEPT_MS, write } from "./album.js";
import { at_end, end_all, launch, open, snapped, start } from "./harness.js";
import { some_sessions } from "./led.js";
import { of_own_pages } from "./own-pages.js";
import { of_panels } from "./panels.js";
import { staged } from "./stage.js";
import { bed_of, states, tell } from "./states.js";

/** Room 2 is the one of which a picture tells. */
const TOLD = "2";

/** The room of the demo whose pressure rises. */
const ALARMED = "3";

const BEDS = [1, 12, 24, 48];

/** How long one run of the pulse curve is, milliseconds. */
const RUN_MS = 1_000 / 15;

/** What the service gives a number, and after which it has to be told anew. */
const LIFETIMES_MS = { SpO2: 10_000, PulseRate: 10_000, RespirationRate: 30_000, EtCO2: 30_000, Temperature: 1_800_000 };

/** The beds that are in these states. */
function cast(which) {
  return which.map((state, index) => {
    const one = bed_of(state, String(index + 1));
    for (const observation of one.observations) observation.expires_in_ms = LIFETIMES_MS[observation.metric] ?? 900_000;
    // As the service says it of every bed whose patient is made up.
    return { ...one, simulated: true, sources: { ...one.sources, Pleth: "nonin-1" } };
  });
}

/** A page of staged beds with curves; `which` are the states of its beds. */
async function stage(browser, address, which, options = {}) {
  const made = await staged(browser, address, cast(which), options);
  const station = await made.page.evaluate(() => localStorage.getItem("chairside.station"));
  // A device that is gone sends no curve.
  const mute = (made.mute = new Set());
  let turn = 0;
  // A timer that comes late owes more of the curve, so that none is torn.
  const began = Date.now();
  let runs_sent = 0;
  const ward = setInterval(() => {
    const runs = Math.floor((Date.now() - began) / RUN_MS) - runs_sent;
    const ends = Array.from({ length: runs }, (_, run) => ((runs_sent + run + 1) * RUN_MS) / 1_000);
    runs_sent += runs;
    if (made.silent || runs === 0) return;
    turn += 1;
    made.beds.forEach(({ bed, observations }, index) => {
      if (mute.has(bed)) return;
      const anew = turn % 5 === 0 ? observations.filter(({ metric }) => metric in LIFETIMES_MS) : [];
      for (const one of anew) made.send({ type: "observation", ...one, at: new Date().toISOString() });
      const samples = ends.flatMap((end_s) => pleth(end_s, index));
      made.send({ type: "waveform", bed, device: "nonin-1", metric: "Pleth", at: new Date().toISOString(), period_us: 13_333, samples });
    });
  }, 200);
  made.tell = (all) => {
    // As of now: an alarm of a state began some seconds ago.
    const here = new Map(states(station).map((state) => [state.name, state]));
    mute.clear();
    all.forEach(({ also = [] }, index) => also.some(({ type }) => type === "link") && mute.add(String(index + 1)));
    all.forEach((state, index) => tell(made, here.get(state.name), String(index + 1)));
  };
  made.end = async () => {
    clearInterval(ward);
    await made.close();
  };
  made.tell(which);
  await arm(made.page);
  await made.page.waitForTimeout(SWEPT_MS);
  return made;
}

/** Three rooms that call at once, and one at peace. */
const THREE = { name: "three-rooms", rooms: ["high", "help-wanted", "high"] };

async function of_states(browser, address) {
  const every = states("");
  if (![THREE.name, ...every.map(({ name }) => `state-${name}`)].some(is_wanted)) return;
  const calm = every[0];
  const one = await stage(browser, address, [calm, calm, calm, calm], { viewport: SIZE });
  for (const state of every) {
    const name = `state-${state.name}`;
    if (!is_wanted(name)) continue;
    const which = [calm, state, calm, calm];
    await one.recast(cast(which));
    one.tell(which);
    // What was said of the state before is gone from the strip, and the curves are whole again.
    await one.page.waitForTimeout(SWEPT_MS);
    await keep(one.page, name);
  }
  if (is_wanted(THREE.name)) {
    const which = [...THREE.rooms.map((name) => every.find((state) => state.name === name) ?? calm), calm];
    await one.recast(cast(which));
    one.tell(which);
    await one.page.waitForTimeout(SWEPT_MS);
    await keep(one.page, THREE.name);
  }
  await one.end();
}

/** How the page looks while it hears nothing, step by step, and with one number that is too old. */
async function of_ages(browser, address) {
  if (!["aged", "expired", "delayed", "banner", "lost"].some((age) => is_wanted(`age-${age}`))) return;
  const [calm] = states("");
  const made = await stage(browser, address, [calm, calm, calm, calm], { viewport: SIZE });
  made.mute.add(TOLD);
  await made.page.waitForSelector(`[data-bed="${TOLD}"] [data-cell="spo2"][data-state="ageing"]`);
  await keep(made.page, "age-aged");
  await made.page.waitForSelector(`[data-bed="${TOLD}"] [data-cell="spo2"][data-state="none"]`);
  await keep(made.page, "age-expired");
  made.silence();
  const taken = new Map();
  for (const connection of ["delayed", "banner", "lost"]) {
    await made.page.waitForSelector(`body[data-connection="${connection}"]`, { timeout: 20_000 });
    taken.set(`age-${connection}`, await snapped(made.page));
  }
  await made.end();
  for (const [name, png] of taken) write(png, name);
}

/** Every other view of the demo, when a pressure there is high. */
async function of_views(browser) {
  const views = VIEWS.filter((one) => one !== "station");
  // The patient's screen is always dark.
  const schemes = (/** @type {string} */ view) => (view === "quiet" ? ["dark"] : ["dark", "light"]);
  const pictures = views.flatMap((view) => schemes(view).map((colorScheme) => ({ view, colorScheme, name: `view-${view}-${colorScheme}` })));
  const chosen = [...pictures, { view: "station", colorScheme: "light", name: "view-station-light" }].filter(({ name }) => is_wanted(name));
  if (chosen.length === 0) return;
  const clinic = await start("demo", "--beds", "4", "--listen", "127.0.0.1:0");
  const first = await open(browser, clinic.address, { viewport: SIZE });
  await first.waitForSelector('#strip-cards .card[data-look="signal"]', { timeout: 90_000 });
  await first.context().close();
  for (const { view, colorScheme, name } of chosen) {
    const page = await armed(browser, clinic.address, { colorScheme, viewport: view === "phone" ? HAND : SIZE });
    await page.evaluate((hash) => {
      location.hash = hash;
    }, address_of(view, ["bed", "quiet"].includes(view) ? ALARMED : ""));
    // Curves across the whole of their width, and what the record says.
    await page.waitForTimeout(SWEPT_MS);
    await keep(page, name);
    await page.context().close();
  }
  await clinic.signal("SIGKILL");
}

/** The pages across sessions, after some sessions of a patient of the demo. */
async function of_across(browser) {
  const pages = [["across-course", "/patients?number=1042"], ["across-ledger", "/ledger?simulated=true"]].filter(([name]) => is_wanted(name));
  if (pages.length === 0) return;
  const clinic = await start("demo", "--beds", "4", "--pace", "60", "--listen", "127.0.0.1:0");
  await some_sessions(clinic.address);
  for (const [name, address] of pages) {
    const page = await open(browser, clinic.address + address, { colorScheme: "light", viewport: { width: 1280, height: 900 }, locale: "en-GB" });
    await keep(page, name);
    await page.context().close();
  }
  await clinic.signal("SIGKILL");
}

async function of_sizes(browser) {
  for (const beds of BEDS) {
    const name = `beds-${beds}`;
    if (!is_wanted(name)) continue;
    const clinic = await start("demo", "--beds", String(beds), "--listen", "127.0.0.1:0");
    const page = await armed(browser, clinic.address);
    // As above, after the last of the demo's devices has begun.
    await page.waitForTimeout(20_000);
    await keep(page, name);
    await page.context().close();
    await clinic.signal("SIGKILL");
  }
}

const browser = await launch();
try {
  const server = await serve(1);
  at_end(() => server.close());
  await of_states(browser, server.address);
  await of_ages(browser, server.address);
  await of_views(browser);
  await of_across(browser);
  await of_sizes(browser);
  await of_panels(browser);
  await of_own_pages(browser);
} finally {
  await browser.close();
  await end_all();
}
