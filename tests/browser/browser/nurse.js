// A nurse at the session page: presses what a person presses, and nothing else.

import assert from "node:assert/strict";

import { SOON_MS, until } from "./harness.js";

/** What is answered before the dose: each item with the answer that does not stand in the way. */
const YES = /^(identity|consent|fasted|escort|oxygen|suction|bag-mask|emergency-drugs|second-person)$/;

/** A service that answers none of so many presses does not answer: each waits ten seconds. */
const PRESSES_MAX = 6;

/** How each score is rated of a patient who does well. */
const WELL = { moaas: [5], ponv: [0], cssrs: [1], vas_pain: [5], cadss6: Array(6).fill(0), aldrete_mod: Array(5).fill(2), phq9: Array(9).fill(1), rass: [0] };

export class Nurse {
  page;

  /** @param page the session page: a page or a frame */
  constructor(page) {
    this.page = page;
  }

  /** The id of the stage that the page shows; empty when no session is open. */
  async stage() {
    const shown = this.page.locator("#top [data-stage]");
    return (await shown.count()) > 0 ? shown.getAttribute("data-stage") : "";
  }

  /** Presses a button of a form, opens what it stands in, and waits until it was taken. */
  async press(form, button = "button") {
    const said = await this.#answered(form, button);
    assert.ok(said.taken, `${form}: ${said.words}`);
  }

  /** The same, and returns what the page says in its place. */
  async refused(form, button = "button") {
    const said = await this.#answered(form, button);
    assert.ok(!said.taken, `${form} was taken`);
    return said.words;
  }

  /**
   * Presses until the service has answered, as the page tells whoever stands there, and returns what
   * the page says then. What it says of a press after the first is that it was entered the first time;
   * so is that of a form that is gone with what it was for.
   */
  async #answered(form, button) {
    const { unanswered, repeated } = await this.page.evaluate(() => JSON.parse(document.querySelector("main").dataset.words));
    await this.#tries(form, button);
    let said = await this.#says(form);
    for (let presses = 1; said.words.startsWith(unanswered); presses += 1) {
      assert.ok(presses < PRESSES_MAX, `${form}: the service never answered`);
      if (said.is_gone) return { taken: true, words: said.words };
      await this.#tries(form, button);
      said = await this.#says(form);
      if (!said.words.startsWith(repeated)) continue;
      if (!said.is_gone) await this.page.click(`#${form} [data-cancel]`);
      return { taken: true, words: said.words };
    }
    return said;
  }

  /** Presses, and presses again while the page is busy with what was pressed before or has lost the service. */
  async #tries(form, button) {
    await this.open(form);
    await this.page.evaluate((id) => {
      document.getElementById("told").replaceChildren();
      document.querySelector(`#${id} .outcome`)?.setAttribute("data-seen", "");
    }, form);
    await until(`${form} to be taken up`, async () => {
      await this.page.locator(`#${form} ${button}`).first().click();
      return this.page.evaluate(() => document.getElementById("told").textContent !== "");
    });
  }

  #says(form) {
    return until(`an answer to ${form}`, () => this.#answer(form));
  }

  #answer(form) {
    return this.page.evaluate((id) => {
      const is_gone = document.getElementById(id) === null;
      const outcome = document.querySelector(`#${id} .outcome:not([data-seen])`)?.innerText;
      const told = document.getElementById("told").textContent;
      if (document.querySelector("[data-sending]")) return null;
      if (told.startsWith("Done")) return { taken: true, words: told, is_gone };
      const is_refused = told !== "" && !told.endsWith("…");
      const words = outcome ?? (is_gone && is_refused ? told : "");
      return words === "" ? null : { taken: false, words, is_gone };
    }, form);
  }

  /** Opens whatever a form stands in. */
  async open(form) {
    await this.page.locator(`#${form}`).waitFor({ state: "attached", timeout: SOON_MS });
    await this.page.evaluate((id) => {
      for (let one = document.getElementById(id).closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    }, form);
  }

  /** Types into a field of a form. */
  async type(form, name, text) {
    await this.open(form);
    await this.page.locator(`#${form} [name="${name}"]`).fill(text);
  }

  /** Says who is on duty. */
  async is(name) {
    await this.page.click("#who-now");
    await this.page.click(`#who-choices button:has-text("${name}")`);
  }

  async plan(protocol, initials, number) {
    await this.type("schedule", "initials", initials);
    await this.type("schedule", "number", number);
    await this.page.locator(`#schedule [value="${protocol}"]`).check();
    await this.press("schedule");
  }

  async arrives() {
    const here = await this.page.locator('form[id^="here-"]').first().getAttribute("id");
    await this.press(here);
    await this.reach("screening");
  }

  reach(stage) {
    return until(`the stage ${stage}`, async () => (await this.stage()) === stage);
  }

  async step(to) {
    await this.press(`step-${to}`);
    await this.reach(to);
  }

  /** The same when the gate says ready. */
  steps_when_ready(to, within_ms) {
    return this.steps_when(async () => (await this.says("gate")).startsWith("Ready"), to, within_ms);
  }

  /** The same when it can be: what a device has measured since that was read is waited for, and pressed again. */
  async steps_when(is_ready, to, within_ms) {
    for (;;) {
      await until("ready", is_ready, within_ms);
      const said = await this.#answered(`step-${to}`, "button");
      if (said.taken) break;
      assert.match(said.words, /the probe has been valid for|last pressure|not connected|not measured|Blood pressure|Heart rate|SpO2/, "nothing but what a device measures has changed");
      await this.page.click(`#step-${to} [data-cancel]`);
    }
    await this.reach(to);
  }

  /** Answers every question and the kit. */
  async screens() {
    const forms = await this.page.$$eval('form[id^="screen-"]', (all) => all.map(({ id }) => id));
    for (const form of forms) {
      const said = YES.test(form.slice("screen-".length)) ? "yes" : "no";
      await this.press(form, `button[value="${said}"]`);
    }
    return forms.length;
  }

  async weighs(kg) {
    await this.type("weigh", "weight_kg", kg);
    await this.press("weigh");
  }

  /** Rates: one number for each item. */
  async rates(score, ratings, place = "due") {
    const form = `${place}-${score}-form`;
    await this.open(form);
    for (const [item, rating] of ratings.entries()) {
      const field = this.page.locator(`#${form} [name="items.${item}"]`);
      if ((await field.count()) === 1) await field.fill(String(rating));
      else await this.page.locator(`#${form} [name="items.${item}"][value="${rating}"]`).check();
    }
    await this.press(form);
  }

  /** Everything that is due and asked for: each is rated as of a patient who does well. */
  async rates_what_is_due() {
    for (;;) {
      const due = await this.page.$$eval('section[id^="due-"]', (all) => all.map(({ id }) => id.slice("due-".length)));
      const [first] = due;
      if (!first) return;
      if (first in WELL) await this.rates(first, WELL[first]);
      else await this.press(`check-${first}`);
    }
  }

  /** What of the gate, or of the checklist, is not met: the names of its lines. */
  unmet(part) {
    return this.page.$$eval(`#${part} > .lines > li`, (all) => all.map((one) => one.dataset.item ?? one.dataset.need));
  }

  /** The words of the first line of a part. */
  says(part) {
    return this.page.locator(`#${part}`).innerText();
  }
}

/** Signs that the tones were heard today: the gate asks for it. */
export async function heard_today(address, by = "mn") {
  const heard = { tone_high: true, tone_medium: true, tone_low: true };
  const answer = await fetch(`${address}/api/v1/checks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ by, station: "desk", heard }),
  });
  return answer.json();
}
