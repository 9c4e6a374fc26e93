// The session page at the bed's own pace: by keyboard, to a reader of screens, in the dark and in the
// light, beside the alarms of the dashboard, and when the service is gone.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { clinic_config, end_all, folder, launch, live, open, picture, series, simulate, start, until } from "./harness.js";
import { Nurse } from "./nurse.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** On a busy machine everything comes later; nothing here is about how fast it comes. */
const LONG_MS = 90_000;

const STAFF = [["mn", "M. N.", "nurse"], ["ak", "A. K.", "clinician"]];

/** A protocol of the clinic's own, whose limits and cuff are others once the dose is given. */
const PROTOCOL = `name = "short"
title = "Ketamine <b>at once</b>"
drug = "ketamine"
route = "intravenous"
screening = [
  { name = "fasted", label = "Fasted & <i>asked</i>", blocks_on = "no" },
  { name = "oxygen", label = "Oxygen at hand", blocks_on = "no", kit = true },
]
[cuff]
baseline_s = 300
dosing_s = 600
[limits.dosing]
threshold.SPO2_LOW.trip = 90
[dose.ketamine.intravenous]
amount = { least = 5, most = 100 }
per_kg = { least = 0.1, plan = 0.5, most = 1 }
[prompt]
grace_s = 180
[[prompt.rule]]
check = "moaas"
stages = ["dosing", "peak", "recovery"]
first_s = 0
every_s = 900
`;

let browser;
let service;
let page;
let nurse;

before(async () => {
  browser = await launch();
  const inside = folder();
  mkdirSync(join(inside, "protocols"));
  writeFileSync(join(inside, "protocols", "short.toml"), PROTOCOL);
  await simulate("nonin", series(join(inside, "calm.csv"), { before: { spo2: 97, pulse: 70 } }), join(inside, "line-1"));
  const config = clinic_config(inside, ["1"], { staff: STAFF, protocols: ["short"] });
  service = await start("serve", "--config", config);
  page = await open(browser, `${service.address}/beds/1/session`, { viewport: { width: 412, height: 900 }, locale: "en-GB" });
  nurse = new Nurse(page);
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** What axe finds that is serious, in the dark and in the light. */
async function findings() {
  await page.evaluate(AXE);
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    found.push(...violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes[0].html}`));
  }
  return found;
}

/** Everything that is pressed is large enough for a finger, and nothing goes beyond the page. */
async function is_for_fingers() {
  const small = await page.$$eval("button, summary, a, .field input, .choice", (all) =>
    all.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML));
  assert.deepEqual(small, []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing beyond the edge");
}

/** Looks at a stage: what axe finds, whether a finger finds it, and a picture of it. */
async function looked_at(name) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => {
    one.open = true;
  }));
  assert.deepEqual(await findings(), [], name);
  await is_for_fingers();
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => {
    one.open = false;
  }));
}

/** The bed as the service tells it now. */
async function told() {
  const answer = await fetch(`${service.address}/api/v1/beds`);
  return (await answer.json()).beds[0];
}

test("a session is planned and opened by keyboard alone, and it is asked once who that is", async () => {
  await page.locator("#schedule [name=initials]").focus();
  await page.keyboard.type("Maria");
  await page.keyboard.press("Tab");
  await page.keyboard.type("1042");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  // Nobody has said who they are: the question has the focus, and the act goes on after it.
  await until("the question", () => page.evaluate(() => document.activeElement?.getAttribute("data-person") === "mn"));
  await page.keyboard.press("Enter");
  await until("the refusal of a name", async () => /no name/.test((await page.locator("#schedule .outcome").textContent().catch(() => "")) ?? ""));
  await page.locator("#schedule [name=initials]").fill("M. K.");
  await page.keyboard.press("Enter");
  const here = page.locator('form[id^="here-"] button');
  await here.waitFor({ timeout: LONG_MS });
  assert.match(await page.locator("#who-now").textContent(), /M\. N\./);
  assert.match(await page.locator("#planned").innerText(), /M\. K\. 1042/);
  assert.match(await page.locator("#planned").innerText(), /Ketamine <b>at once<\/b>/, "what people write is text");
  await looked_at("planned");
  await here.focus();
  await page.keyboard.press("Enter");
  await nurse.reach("screening");
  assert.equal((await told()).session.patient.initials, "M. K.");
  await looked_at("screening");
});

test("what somebody types stays while another answers elsewhere, and what the other did is shown", async () => {
  await page.locator("#weigh input").fill("7");
  const other = await open(browser, `${service.address}/beds/1/session`, { locale: "en-GB" });
  const second = new Nurse(other);
  await second.is("A. K.");
  await second.press("screen-fasted", 'button[value="yes"]');
  await page.locator('#screen-fasted [value="yes"][aria-pressed="true"]').waitFor({ timeout: LONG_MS });
  assert.equal(await page.locator("#weigh input").inputValue(), "7");
  await second.weighs("82.5");
  // The field is in use: its part waits, and is put in once the field is left as it was.
  assert.equal(await page.locator("#weigh input").inputValue(), "7");
  await page.locator("#weigh input").fill("");
  await page.locator("h1").click();
  await until("the weight", async () => (await nurse.says("weight")).includes("82.5 kg"), LONG_MS);
  await other.context().close();
  assert.match(await nurse.says("log"), /A\. K\./);
});

test("an answer is never given by the key that ends a note", async () => {
  await page.locator("#note-oxygen summary").click();
  await page.locator("#screen-oxygen [name=note]").fill("full bottle");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator('#screen-oxygen [aria-pressed="true"]').count(), 0);
  await nurse.press("screen-oxygen", 'button[value="yes"]');
  await until("the note", async () => (await nurse.says("log")).includes("Oxygen at hand: yes (full bottle)"), LONG_MS);
});

test("the gate is not met: a nurse is refused with each line, and a clinician passes over it with a reason", async () => {
  await nurse.step("baseline");
  await looked_at("baseline");
  const refused = await nurse.refused("step-ready");
  assert.match(refused, /two cuff readings/);
  assert.match(refused, /Pass over, as a clinician/);
  // A press on the same button again is no more than the first.
  await page.locator("#step-ready > button").click();
  assert.equal(await nurse.stage(), "baseline");
  await page.locator("#step-ready .outcome [name=reason]").fill("known for years");
  await page.locator('#step-ready .outcome [name="pass_over"]').click();
  await until("that only a clinician may", async () => /only a clinician/i.test(await page.locator("#step-ready .outcome").textContent()), LONG_MS);
  await page.locator("#step-ready [data-cancel]").click();
  await nurse.is("A. K.");
  await nurse.refused("step-ready");
  await page.locator("#step-ready .outcome [name=reason]").fill("known for years");
  await page.locator('#step-ready .outcome [name="pass_over"]').click();
  await nurse.reach("ready");
  const log = await nurse.says("log");
  assert.match(log, /reason: known for years/);
  assert.match(log, /passed over: .*two cuff readings/);
  await nurse.is("M. N.");
  await looked_at("ready");
});

/**
 * The step into a stage as the record has it, and what it has of the same moment: the phase, and each
 * limit that became another.
 */
async function followed_from(stage, since) {
  const from = new Date(since - 60_000).toISOString();
  const answer = await fetch(`${service.address}/api/v1/beds/1/history?from=${from}`);
  const { events } = await answer.json();
  const step = events.find(({ event, action, what }) => event === "care" && action === "step" && what.to === stage);
  const followed = events.filter(({ at, event }) => at === step?.at && event !== "care").map(({ at: _, ...what }) => what);
  const name = ({ event, key }) => `${event} ${key ?? ""}`;
  followed.sort((one, other) => name(one).localeCompare(name(other)));
  return followed.length > 0 && { step, followed };
}

test("the step to the dose changes limits and cuff at once: on the dashboard, on the tile, and in the record", async () => {
  const desk = await open(browser, service.address);
  const bed = await open(browser, `${service.address}/#/bed/1`);
  await live(desk, LONG_MS);
  await live(bed, LONG_MS);
  const limit = (which, root) => which.locator(`${root} [data-cell="spo2"] .limits`).textContent();
  for (const [which, root] of [[desk, "#tiles"], [bed, "#bed"]]) {
    await until("the limit before the dose", async () => /92/.test((await limit(which, root)) ?? ""), LONG_MS);
  }
  const before = await told();
  assert.equal(before.limits.SpO2.low, 92);
  // The nurse presses it in the dashboard's own page of the bed.
  const frame = new Nurse(bed.frames().find((one) => one.url().includes("/beds/1/session")));
  await frame.is("M. N.");
  const pressed_at = Date.now();
  await frame.step("dosing");
  for (const [which, root] of [[desk, "#tiles"], [bed, "#bed"]]) {
    await until("the limit of the dose", async () => /90/.test((await limit(which, root)) ?? ""), LONG_MS);
  }
  const { limits, session } = await told();
  assert.equal(limits.SpO2.low, 90);
  assert.equal(session.phase, "dosing");
  assert.match(await frame.says("top"), /cuff every 10 min/);
  assert.ok(await bed.locator("#bed").isVisible(), "the numbers stand beside it");
  const { step, followed } = await until("the step on record", () => followed_from("dosing", pressed_at), LONG_MS);
  assert.deepEqual([step.by, step.reason, step.passed_over], ["mn", null, []]);
  assert.ok(Date.parse(step.at) >= pressed_at - 1_000 && Date.parse(step.at) <= Date.now() + 1_000, step.at);
  assert.deepEqual(followed, [
    { event: "dose", running: true },
    // Of the bed's alarm profile, and the cuff and the saturation of the session's protocol.
    { event: "limit", key: "airway.APNEA.no_breath_s", old: 20, value: 25, cause: "phase" },
    { event: "limit", key: "nibp.interval_s", old: 300, value: 600, cause: "protocol" },
    { event: "limit", key: "threshold.SPO2_LOW.trip", old: 92, value: 90, cause: "phase" },
    { event: "phase", phase: "dosing" },
  ]);
  await picture(bed, "treatment-in-the-bed-view");
  assert.deepEqual(desk.complaints, []);
  await desk.context().close();
  await bed.context().close();
});

/** So long a request is under way that is lost. */
const LOST_AFTER_MS = 4_000;

/** Loses the next request of the page on its way, or what the service answers to it. */
function loses(what) {
  const lost = async (route) => {
    if (what === "the answer") await route.fetch();
    else await page.waitForTimeout(LOST_AFTER_MS);
    await route.abort();
  };
  return page.route(/\/api\/v1\/beds\/1\/care\?/, lost, { times: 1 });
}

/** What is on record of one kind of action, as the service tells the session that is open. */
async function entered(kind) {
  const answer = await fetch(`${service.address}/api/v1/beds/1/care`);
  const { open } = await answer.json();
  return open.log.filter(({ action }) => action.action === kind);
}

test("what a dose is asked about stands as a question, and a slip of the point is typed again", async () => {
  await nurse.reach("dosing");
  await nurse.type("bolus-intravenous", "amount_mg", "350");
  assert.match(await nurse.refused("bolus-intravenous"), /350 mg: more than the protocol's most[^]*type it a second time/i);
  await page.locator('#bolus-intravenous [name="again.amount_mg"]').fill("35");
  await page.locator("#bolus-intravenous .outcome button:not([type])").click();
  await until("that the two differ", async () => /350 at first and 35 the second time/.test((await page.locator("#bolus-intravenous .outcome").textContent().catch(() => "")) ?? ""), LONG_MS);
  await page.locator("#bolus-intravenous [data-cancel]").click();
  await nurse.type("bolus-intravenous", "amount_mg", "40");
  const at_first = Date.now();
  await loses("the request");
  await nurse.press("bolus-intravenous");
  const [given, ...others] = await entered("dose");
  assert.deepEqual(others, []);
  const late = (time) => Date.parse(time) - at_first;
  assert.ok(late(given.at) >= LOST_AFTER_MS, `entered at the second press: ${late(given.at)} ms`);
  assert.ok(Math.abs(late(given.happened)) < LOST_AFTER_MS / 2, `given at the first: ${late(given.happened)} ms`);
  await until("the total", async () => /40 mg · 0\.48/.test((await nurse.says("given")).replace(/\s+/g, " ")), LONG_MS);
  await looked_at("dosing");
});

/** What the dashboard's trend says wherever somebody points at it, from its left to its right. */
function pointed_at(bed) {
  return bed.locator("#bed .charts canvas").evaluate((canvas) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const said = [];
    for (let x = 0; x < width; x += 2) {
      canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: left + x, clientY: top + 40 }));
      said.push(document.querySelector("#bed .readout").textContent);
    }
    return said;
  });
}

/** Waits until the trend tells something that was done, and returns how often it stands there. */
function marked(bed, words) {
  return until(`${words} on the trend`, async () => (await pointed_at(bed)).filter((said) => words.test(said)).length, LONG_MS);
}

let trend;

test("a phase, a dose and an event are marked on the trend of the bed, the event while the page is open", async () => {
  trend = await open(browser, `${service.address}/#/bed/1`, { viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  await live(trend, LONG_MS);
  await trend.getByRole("button", { name: "15 min" }).click();
  await marked(trend, /^(.* · )?\d\d:\d\d:\d\d dosing · /);
  await marked(trend, /^(.* · )?\d\d:\d\d:\d\d ketamine 40 mg · .*SpO₂/);
  assert.deepEqual((await pointed_at(trend)).filter((said) => /Oxygen/.test(said)), []);
  await nurse.press("event-oxygen_on");
  await nurse.type("event-drug_given", "note", "ondansetron 4 mg");
  await nurse.press("event-drug_given");
  const told = await marked(trend, /\d\d:\d\d:\d\d Oxygen on · /);
  assert.ok(told < 40, "it stands where it happened, and not everywhere");
  await marked(trend, /Drug given \(ondansetron 4 mg\)/);
  await picture(trend, "bed-marks-dark");
  await trend.emulateMedia({ colorScheme: "light" });
  await trend.waitForSelector('html[data-theme="light"]');
  await picture(trend, "bed-marks-light");
});

test("what was entered before its answer was lost is pressed again and entered once", async () => {
  const before = (await entered("event")).length;
  await loses("the answer");
  await nurse.press("event-position");
  assert.equal((await entered("event")).length, before + 1);
  await nurse.press("event-position");
  assert.equal((await entered("event")).length, before + 2, "another one is another one");
});

test("a reminder is answered in two taps, and is never in the colours of an alarm", async () => {
  const due = page.locator("#due-moaas");
  await due.waitFor({ timeout: LONG_MS });
  const colours = await due.evaluate((one) => [getComputedStyle(one).borderColor, getComputedStyle(one.querySelector(".since")).color]);
  for (const alarm of ["rgb(200, 30, 30)", "rgb(250, 204, 21)", "rgb(34, 211, 238)"]) assert.ok(!colours.includes(alarm), colours.join());
  await page.locator('#due-moaas-form [value="4"]').check();
  await page.locator("#due-moaas-form button").click();
  await due.waitFor({ state: "detached", timeout: LONG_MS });
  assert.match(await nurse.says("ratings"), /MOAA\/S\s+4 of 0 to 5/);
});

test("an entry is corrected and withdrawn, and what was entered stays", async () => {
  const dose = await page.locator('[id^="amend-"]').evaluateAll((all) => all.map(({ id }) => id).find((id) => document.querySelector(`#${id} [name=amount_mg]`)));
  const number = dose.slice("amend-".length);
  await nurse.type(dose, "amount_mg", "38");
  await nurse.type(dose, "reason", "read from the syringe");
  await nurse.press(dose);
  await until("the corrected total", async () => (await nurse.says("given")).includes("38 mg"), LONG_MS);
  await marked(trend, /ketamine 38 mg/);
  await nurse.type(`withdraw-${number}`, "reason", "it was not given");
  await nurse.press(`withdraw-${number}`);
  await until("nothing given", async () => (await nurse.says("given")).includes("Nothing was logged"), LONG_MS);
  assert.match(await nurse.says("log"), /ketamine 40 mg into the vein/);
  await until("the trend without it", async () => !(await pointed_at(trend)).some((said) => /ketamine/.test(said)), LONG_MS);
  await marked(trend, /Oxygen on/);
});

test("the recovery says what is missing, and the patient is handed over with a reason", async () => {
  await nurse.step("peak");
  await nurse.step("recovery");
  assert.match(await nurse.says("discharge"), /^Not ready to leave, because/);
  await looked_at("recovery");
  await nurse.open("step-transferred");
  await nurse.type("step-transferred", "reason", "to the hospital");
  await nurse.press("step-transferred");
  await nurse.reach("transferred");
  await until("a trend of nobody", async () => !(await pointed_at(trend)).some((said) => /Oxygen|dosing/.test(said)), LONG_MS);
  assert.deepEqual(trend.complaints, []);
  await trend.context().close();
  await looked_at("transferred");
});

test("the page is German where the browser is, and to the dashboard it is what the dashboard is", async () => {
  const german = await open(browser, `${service.address}/beds/1/session`, { locale: "de-DE" });
  assert.match(await german.locator("#log").innerText(), /Schritt: übergeben/);
  await german.context().close();
});

test("when the service does not answer the page says so, and its buttons do not pretend", async () => {
  await nurse.plan("short", "A. B.", "7");
  await service.signal("SIGSTOP");
  await page.locator("#lost").waitFor({ state: "visible", timeout: LONG_MS });
  const asked = [];
  page.on("request", (request) => request.method() === "POST" && asked.push(request.url()));
  await page.locator('form[id^="here-"] button').click();
  await page.waitForTimeout(500);
  assert.deepEqual(asked, [], "nothing is sent into the dark");
  await picture(page, "treatment-lost");
  await service.signal("SIGCONT");
  await page.locator("#lost").waitFor({ state: "hidden", timeout: LONG_MS });
  await nurse.arrives();
});
