// What the paperwork of a session says, beside what the record has of it: the one is read from the report,
// the other is asked of the service's own answers and worked out here anew.

import assert from "node:assert/strict";

import { until } from "./harness.js";

const MINUTE_MS = 60_000;

/** A rate or a saturation counts for so long, milliseconds. */
const COUNTS_MS = 10_000;

/** What was measured so shortly before a moment may have arrived after it. */
const ON_ITS_WAY_MS = 2 * MINUTE_MS;

/** What the device of the oximeter gives one value in, milliseconds. */
const PERIOD_MS = 1_000;

/** On a busy machine a report of hours takes longer than the service lets one question take, again and again. */
const ANSWER_MS = 240_000;

const BLANK = /^_+ \((.+)\)$/;

/** The sections of a session's report by their headings, each with its pairs of words and the rows of its tables. */
export async function report_of(context, address, session) {
  const html = await (await asked(`${address}/api/v1/sessions/${session}/report.html`)).text();
  const page = await context.newPage();
  await page.setContent(html);
  const read = await page.evaluate(() => {
    const words = (one) => one.textContent;
    const pairs = (part) => [...part.querySelectorAll(":scope > dl > dt")].map((one) => [words(one), words(one.nextElementSibling)]);
    const all = [...document.querySelectorAll("section")].map((part) => {
      const rows = [...part.querySelectorAll("tbody tr")].map((row) => [...row.cells].map(words));
      return [words(part.querySelector("h2")), { facts: Object.fromEntries(pairs(part)), rows }];
    });
    return { about: Object.fromEntries(pairs(document.body)), sections: Object.fromEntries(all) };
  });
  await page.close();
  return read;
}

/** Asks until the service has a turn for it: at times it is asked for too much at once. */
export async function asked(address) {
  const answer = await until(`an answer to ${address}`, async () => {
    const one = await fetch(address);
    return one.status === 503 ? null : one;
  }, ANSWER_MS);
  assert.equal(answer.status, 200, address);
  return answer;
}

/** What the record has of a session at a bed. */
export class Kept {
  #address;
  #bed;

  constructor(address, bed) {
    this.#address = address;
    this.#bed = bed;
  }

  async #asked(path) {
    return (await asked(this.#address + path)).json();
  }

  /** Reads all of it that the paperwork is made of, once it is on record. */
  async read(session) {
    const { opened, closed } = await until("the end on record", async () => {
      const { sessions } = await this.#asked("/api/v1/sessions");
      return sessions.find((one) => one.session === session && one.closed !== null);
    });
    this.session = session;
    this.opened = Date.parse(opened);
    this.end = Date.parse(closed);
    const span = (from, to) => `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
    const bed = `/api/v1/beds/${this.#bed}`;
    const { alarms, events } = await this.#asked(`${bed}/history?${span(this.opened - MINUTE_MS, this.end + MINUTE_MS)}`);
    this.alarms = alarms.filter(({ began, called }) => Date.parse(began) >= this.opened && Date.parse(called) <= this.end);
    this.entries = events.filter((one) => one.event === "care" && one.session === session);
    const { nibp } = await this.#asked(`${bed}/trend?${span(this.opened - 30 * MINUTE_MS, this.end)}`);
    this.nibp = nibp.map((one) => ({ ...one, at: Date.parse(one.at) })).sort((one, other) => one.at - other.at);
    this.spo2 = [];
    for (let at = this.opened + MINUTE_MS; at - MINUTE_MS < this.end; at += 2 * MINUTE_MS) {
      const { numerics } = await this.#asked(`${bed}/around?at=${new Date(at).toISOString()}`);
      this.spo2.push(...(numerics.SpO2?.readings ?? []).map((one) => ({ ...one, at: Date.parse(one.at) })));
    }
    this.spo2 = this.spo2.filter(({ at }) => at >= this.opened && at <= this.end);
    return this;
  }

  /** What was said in the entries of one kind, when it happened. */
  said(action) {
    const all = this.entries.filter((one) => one.action === action);
    return all.map(({ at, happened, what }) => ({ ...what, at: Date.parse(happened ?? at) })).sort((one, other) => one.at - other.at);
  }

  /** The cuff readings of the session between two moments: one from before it opened, or that began then, is nobody's. */
  pressures(from, to) {
    return this.nibp.filter(({ at }) => at - 10_000 >= this.opened && at <= this.end && at >= from && at <= to);
  }

  valid_spo2() {
    return this.spo2.filter(({ validity }) => validity === "valid");
  }
}

/** A time of the day as the report has it. */
function clock_of({ Times }) {
  const [, sign, hours, minutes] = /UTC([+-])(\d\d):(\d\d)/.exec(Times);
  const ahead_ms = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  return (at) => new Date(at + ahead_ms).toISOString().slice(11, 19);
}

/** A length of time in whole seconds, as the report writes it. */
function seconds_of(words) {
  const [, hours, minutes, seconds] = /^(?:(\d+) h ?)?(?:(\d+) min ?)?(?:(\d+) s)?$/.exec(words) ?? assert.fail(words);
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

/** Times of an answer are to the millisecond, and the report's are not: a length may be a second apart; a longer one leaves its seconds out. */
function is_as_long(words, ms) {
  const told = seconds_of(words);
  const is = / h /.test(words) ? Math.floor(ms / MINUTE_MS) * 60 : Math.floor(ms / 1000);
  return Math.abs(told - is) <= (/ h /.test(words) ? 60 : 1);
}

/** Asserts that each line of the worksheet is what the record has, or is blank where it has nothing, and says why. Returns which are blank. */
export function worksheet_is_of_the_record({ about, sections }, kept) {
  const time = clock_of(about);
  const { facts } = sections["Worksheet for the REMS form"];
  const doses = kept.said("dose").filter(({ drug }) => drug === "esketamine");
  const [first, last] = [doses[0].at, doses.at(-1).at];
  const mg = doses.reduce((sum, { amount_mg }) => sum + amount_mg, 0);
  assert.equal(facts["Amount given"], `${mg} mg of esketamine at ${time(first)}`);

  const blank = (label) => BLANK.exec(facts[label])?.[1] ?? null;
  const pressure = (label, [from, to], moment) => {
    const within = kept.pressures(from, to);
    const apart = ({ at }) => Math.abs(at - moment);
    const told = within.filter(({ at }) => at <= kept.end - ON_ITS_WAY_MS);
    const nearest = Math.min(...told.map(apart));
    if (blank(label) !== null) {
      assert.equal(blank(label), "no cuff reading of this session in that time", label);
      assert.deepEqual(told, [], `${label} is blank`);
      return;
    }
    const found = within.find(({ at, systolic, diastolic }) => facts[label] === `${systolic}/${diastolic} mmHg at ${time(at)}`);
    assert.ok(found, `${label}: ${facts[label]} is none of ${JSON.stringify(within)}`);
    assert.ok(apart(found) <= nearest, `${label}: ${facts[label]} is not the nearest of ${JSON.stringify(within)}`);
  };
  pressure("Blood pressure before", [first - 30 * MINUTE_MS, first], first);
  pressure("Blood pressure at 40 min", [first + 30 * MINUTE_MS, first + 50 * MINUTE_MS], first + 40 * MINUTE_MS);
  pressure("Blood pressure before leaving", [Math.max(first, kept.end - 30 * MINUTE_MS), kept.end], kept.end);

  const saturation = (label, moment) => {
    const before = kept.spo2.filter(({ at }) => at <= moment && at >= moment - COUNTS_MS);
    if (blank(label) !== null) {
      assert.equal(blank(label), "no valid saturation at that time", label);
      assert.ok(moment > kept.end || before.at(-1)?.validity !== "valid", `${label} is blank`);
      return;
    }
    const is_it = ({ at, value, validity }) => validity === "valid" && facts[label] === `${value} at ${time(at)}`;
    assert.ok(before.some(is_it), `${label}: ${facts[label]} is none of ${JSON.stringify(before)}`);
  };
  saturation("SpO2 before", first);
  saturation("SpO2 at 40 min", first + 40 * MINUTE_MS);
  saturation("SpO2 before leaving", kept.end);
  const after = kept.valid_spo2().filter(({ at }) => at >= first);
  if (blank("Lowest SpO2") !== null) {
    assert.equal(blank("Lowest SpO2"), "no valid saturation after the dose");
    assert.deepEqual(after, [], "the lowest SpO2 is blank");
  } else {
    const lowest = Math.min(...after.map(({ value }) => value));
    const is_lowest = ({ at, value }) => value === lowest && facts["Lowest SpO2"] === `${lowest} at ${time(at)}`;
    assert.ok(after.some(is_lowest), `the lowest: ${facts["Lowest SpO2"]}, of the record ${lowest}`);
  }

  const rated = (label, score, title, is_worse) => {
    const all = kept.said("score").filter((one) => one.score === score && one.at >= first && one.at <= kept.end);
    const totals = all.filter(({ items }) => items.length > 0 && !items.includes(null));
    const [worst] = totals.map(({ items, at }) => ({ at, total: items.reduce((sum, one) => sum + one, 0) })).sort((one, other) => is_worse(one.total, other.total) || one.at - other.at);
    if (worst) assert.equal(facts[label], `${title} ${worst.total} at ${time(worst.at)}`);
    else assert.equal(blank(label), "not rated after the dose", label);
  };
  rated("Sedation", "moaas", "MOAA/S", (one, other) => one - other);
  rated("Dissociation", "cadss6", "CADSS-6", (one, other) => other - one);
  assert.equal(blank("Respiratory depression"), "a person judges this");

  const [, long, short] = /^(.+?)(: not long enough)?$/.exec(facts["Observed for"]);
  assert.ok(is_as_long(long, kept.end - last), `observed for ${long}`);
  assert.equal(short !== undefined, kept.end - last < 120 * MINUTE_MS, facts["Observed for"]);
  return Object.keys(facts).filter((label) => blank(label) !== null);
}

/** The times without a saturation, by the record: from one valid value, or the opening, to the next. */
function without_spo2(kept) {
  const moments = [kept.opened, ...kept.valid_spo2().map(({ at }) => at), kept.end];
  const between = moments.slice(1).map((until, index) => ({ from: moments[index], until }));
  return between.filter(({ from, until }) => until - from > COUNTS_MS);
}

/** Asserts that the receipt says of the saturation what the record has of it, and of the alarms how many they were and how soon they were answered. */
export function receipt_is_of_the_record({ about, sections }, kept) {
  const time = clock_of(about);
  const { facts, rows } = sections["How complete the record is"];
  const shares = Object.entries(facts).filter(([label]) => !/^(Alarms|Median|Times)/.test(label));
  const told = shares.filter(([, words]) => words !== "none expected");
  const of = Object.fromEntries(told.map(([label, words]) => {
    const [percent, valid, expected] = (/^(\d+) % \((\d+) of (\d+) expected\)$/.exec(words) ?? assert.fail(`${label}: ${words}`)).slice(1).map(Number);
    assert.equal(percent, Math.min(100, Math.floor((100 * valid) / expected)), label);
    return [label, { valid, expected }];
  }));
  assert.ok(Math.abs(of.SpO2.expected - Math.floor((kept.end - kept.opened) / PERIOD_MS)) <= 1, `SpO2: ${facts.SpO2}`);
  const periods = new Set(kept.valid_spo2().map(({ at }) => Math.floor((at - kept.opened) / PERIOD_MS)));
  // Where a period ends is known to the millisecond here: of a thousand values one may count to the next.
  assert.ok(Math.abs(of.SpO2.valid - periods.size) <= 2 + periods.size / 200, `SpO2: ${facts.SpO2}, of the record ${periods.size}`);
  const readings = kept.pressures(kept.opened, kept.end).length;
  if (facts.NibpSystolic !== "none expected") {
    assert.ok(of.NibpSystolic.valid <= readings, `cuff: ${facts.NibpSystolic} of ${readings}`);
    if (readings > 0) assert.ok(of.NibpSystolic.valid > 0, `cuff: ${facts.NibpSystolic} of ${readings}`);
  } else assert.ok(kept.end - kept.opened < 15 * MINUTE_MS, "a session in which no interval of the cuff was over");

  assert.equal(Number(facts["Times without a value"]), rows.length);
  const gaps = without_spo2(kept);
  const written = rows.map(([from, words]) => [from, .../^no (\w+) for (.+): (.+)$/.exec(words).slice(1)]).filter(([, metric]) => metric === "SpO2");
  assert.deepEqual(written.map(([from]) => from), gaps.map(({ from }) => time(from)));
  let while_off = 0;
  for (const [index, { from, until }] of gaps.entries()) {
    const [, , long, cause] = written[index];
    assert.ok(is_as_long(long, until - from), `${long} from ${time(from)}`);
    const is_off = kept.spo2.some(({ at, reason }) => at > from && at < until && /^(sensor_?off|no_?sensor)$/i.test(reason ?? ""));
    // These two come before all others, and nothing else on record tells of so short a loss.
    const is_so = { "the record was not written": true, "the link was lost": true, "the sensor was off": is_off, "not measured": !is_off };
    assert.ok(is_so[cause], `${cause} from ${time(from)}`);
    // A link that is lost meanwhile is its cause, as said above.
    while_off += Number(is_off);
  }

  assert.equal(Number(facts.Alarms), kept.alarms.length, kept.alarms.map(({ id, called }) => `${id} ${called}`).join("\n"));
  const responses = kept.alarms.map(({ response_ms }) => response_ms).filter((one) => one !== null).sort((one, other) => one - other);
  const middle = responses[Math.floor((responses.length - 1) / 2)];
  const median = facts["Median time to an answer"];
  if (middle === undefined) assert.equal(median, "no alarm was answered");
  else assert.ok(is_as_long(median, middle), `answered in the middle after ${median}, of the record ${middle} ms`);
  return { while_off, answered: responses.length };
}
