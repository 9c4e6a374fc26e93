// @ts-check
// The page of a treatment session, and the trainer's: asks for itself again, puts in what has changed, and sends what a
// form says. It has no words of its own: the service writes them.

import { store } from "../kept.js";
import { Person } from "../person.js";
import { station_name } from "../station.js";
import { follow_appearance } from "./appear.js";
import { body_of, remedies } from "./body.js";
import { Contact, is_in_use } from "./renewal.js";
import { Unanswered } from "./unanswered.js";

/** @typedef {import("./body.js").Answer} Answer */
/** @typedef {import("./body.js").Field} Field */

/** The page is asked for again this often, milliseconds. */
const LOOK_EVERY_MS = 2_000;

/** No answer is waited for longer, milliseconds. */
const ANSWER_MS = 5_000;

const main = /** @type {HTMLElement} */ (document.querySelector("main"));

/** @type {Record<string, string>} */
const words = JSON.parse(main.dataset.words ?? "{}");

/** @type {{id: string, name: string, role: string}[]} */
const staff = JSON.parse(main.dataset.staff ?? "[]");

const person = new Person(store());
const station = station_name();
const contact = new Contact(performance.now());
const unanswered = new Unanswered();

/** What the service has written may be put in: its texts are escaped there. Where a browser has no such policies, the text serves. */
const policy = /** @type {{trustedTypes?: {createPolicy: (name: string, rules: {createHTML: (html: string) => string}) => {createHTML: (html: string) => string}}}} */ (globalThis)
  .trustedTypes?.createPolicy("chairside-session", { createHTML: (html) => html });

/** The page as it was told last, with which the service is asked whether there is news. */
let tag = "";

/** By how much the service's clock is ahead of this one, milliseconds. */
let ahead_ms = 0;

/** What each part was told to be. @type {Map<string, Node>} */
const told = new Map();

/** When a key or a finger was last on a part. @type {WeakMap<Element, number>} */
const touched = new WeakMap();

/** What was wanted by somebody who has not said who they are. @type {(() => void) | null} */
let waiting = null;

/** @param {string} id */
function by_id(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Who is on duty.

function current() {
  const id = person.at(Date.now());
  return staff.find((one) => one.id === id) ?? null;
}

function show_person() {
  const now = current();
  const text = now ? words.on_duty.replace("{}", now.name) : words.nobody;
  const button = by_id("who-now");
  if (button.textContent !== text) button.textContent = text;
}

/** @param {(() => void) | null} then */
function ask_person(then) {
  waiting = then;
  const choices = by_id("who-choices");
  choices.replaceChildren(
    element("h2", {}, words.who),
    ...staff.map(({ id, name, role }) => element("button", { type: "button", "data-person": id }, `${name} (${role})`)),
    element("button", { type: "button", class: "quiet", "data-person": "" }, words.cancel),
  );
  choices.hidden = false;
  choices.scrollIntoView({ block: "nearest" });
  /** @type {HTMLElement | null} */ (choices.querySelector("button"))?.focus();
}

/** @param {string} id */
function chosen(id) {
  by_id("who-choices").hidden = true;
  const then = waiting;
  waiting = null;
  if (id === "") return;
  person.acts(id, Date.now());
  show_person();
  if (then) then();
  else by_id("who-now").focus();
}

// What is sent.

/**
 * Returns what stands in a form; of the buttons only the one that was pressed.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} pressed
 * @returns {Field[]}
 */
function fields_of(form, pressed) {
  /** @type {Map<string, Field>} */
  const fields = new Map();
  for (const control of form.elements) {
    if (control instanceof HTMLInputElement) {
      const { name, type, checked } = control;
      const as = control.dataset.as ?? null;
      const is_choice = type === "radio" || type === "checkbox";
      if (name === "" || (is_choice && !checked && fields.has(name))) continue;
      fields.set(name, { name, as, value: is_choice && !checked ? "" : control.value });
    } else if (control instanceof HTMLButtonElement && control === pressed && control.name !== "") {
      fields.set(control.name, { name: control.name, as: null, value: control.value });
    }
  }
  return [...fields.values()];
}

/** Something is on its way: a second tap, also on the form that was put there meanwhile, is none. */
let sending = false;

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} pressed
 * @param {number} now_ms the service's time
 */
function send(form, pressed, now_ms = Date.now() + ahead_ms) {
  if (document.body.hasAttribute("data-lost") || sending) return;
  const now = current();
  if (!now) {
    // Who it is may take a moment to say: it was pressed before.
    ask_person(() => send(form, pressed, now_ms));
    return;
  }
  const sender = { by: now.id, station, request: crypto.randomUUID?.() ?? String(Math.random()), now_ms };
  const fields = fields_of(form, pressed);
  const made = body_of(JSON.parse(form.dataset.action ?? "null"), form.dataset.session ?? null, fields, sender);
  if ("no_number" in made) {
    say(form, { ok: false, error: words.no_number.replace("{}", made.no_number) });
    return;
  }
  person.acts(now.id, Date.now());
  void post(form, unanswered.body(form, JSON.stringify([now.id, fields]), made.body, performance.now()));
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./body.js").Body} body
 */
async function post(form, body) {
  sending = true;
  form.setAttribute("data-sending", "");
  tell(words.sending);
  let taken = "";
  try {
    const response = await fetch(`/api/v1/beds/${encodeURIComponent(main.dataset.bed ?? "")}/${main.dataset.to}?lang=${document.documentElement.lang}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(2 * ANSWER_MS),
    });
    /** @type {Answer} */
    const answer = await response.json();
    unanswered.settled(form);
    // It may be another one, of the same amount: that is for who stands there to say.
    if (answer.repeated) say(form, { ok: false, error: words.repeated });
    else if (answer.ok) taken = done(form, answer);
    else say(form, answer);
  } catch {
    say(form, { ok: false, error: words.unanswered });
  }
  form.removeAttribute("data-sending");
  await look(true);
  sending = false;
  // Said once the page shows it.
  if (taken !== "") tell(taken);
}

/** @param {string} text */
function tell(text) {
  by_id("told").textContent = text;
}

/**
 * Leaves the form as it was, and returns what is said.
 * @param {HTMLFormElement} form
 * @param {Answer} answer
 */
function done(form, answer) {
  form.reset();
  form.querySelector(".outcome")?.remove();
  if (form.parentElement instanceof HTMLDetailsElement) form.parentElement.open = false;
  const warning = answer.warning ?? answer.error;
  return warning ? `${words.done}: ${warning}` : words.done;
}

/**
 * Says in the form why it was not done, and offers what can be done about that.
 * @param {HTMLFormElement} form
 * @param {Answer} answer
 */
function say(form, answer) {
  tell(answer.error ?? "");
  form.querySelector(".outcome")?.remove();
  const outcome = element("div", { class: "outcome", role: "alert" });
  const lines = answer.lines ?? [];
  outcome.append(element("p", {}, (lines.length > 0 ? answer.error?.split(/[:?] /)[0] : answer.error) ?? ""));
  if (lines.length > 0) outcome.append(element("ul", {}, ...lines.map((line) => element("li", {}, line))));
  const offered = remedies(answer);
  const has_reason = form.querySelector('[name="reason"]') !== null;
  if (offered.includes("again")) {
    for (const figure of answer.again ?? []) {
      const label = form.querySelector(`[name="${figure}"]`)?.closest("label")?.textContent ?? figure;
      outcome.append(typed(`${words.again}: ${label}`, { name: `again.${figure}`, "data-as": "again", inputmode: "decimal", required: "" }));
    }
  }
  if (offered.includes("reason") && !has_reason) outcome.append(typed(words.reason, { name: "reason", required: "" }));
  if (offered.length > 0) {
    // Only this button says so: whoever presses the first one twice has read nothing.
    const is_nod = offered.includes("right") || offered.includes("pass_over");
    const again = element("button", is_nod ? { name: "pass_over", value: "true" } : {});
    again.textContent = offered.includes("pass_over") ? words.pass_over : words.right;
    outcome.append(again);
  }
  outcome.append(element("button", { type: "button", class: "quiet", "data-cancel": "" }, words.cancel));
  form.append(outcome);
  const first = /** @type {HTMLElement | null} */ (outcome.querySelector('input:not([type="hidden"]), button'));
  first?.focus();
}

/**
 * @param {string} label
 * @param {Record<string, string>} attributes
 */
function typed(label, attributes) {
  return element("label", { class: "field" }, element("span", {}, label), element("input", { autocomplete: "off", ...attributes }));
}

// What is shown.

/** Looks that are under way. */
let looking = 0;

/** How many looks there were: what an earlier one brings after a later one began is of before. */
let looks = 0;

/**
 * Asks for the page again, and puts in what has changed; with `all` also what has the focus.
 * @param {boolean} all
 */
async function look(all = false) {
  if (looking > 0 && !all) return;
  looking += 1;
  looks += 1;
  const mine = looks;
  try {
    const response = await fetch(location.href, {
      headers: tag === "" ? {} : { "if-none-match": tag },
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.ok || response.status === 304) heard(response);
    const html = response.ok ? await response.text() : "";
    if (html !== "" && mine === looks) {
      tag = response.headers.get("etag") ?? "";
      put(html, all);
    }
  } catch {
    // Nobody answered: `follow` says so in time.
  }
  looking -= 1;
  follow();
}

/** @param {Response} response */
function heard(response) {
  contact.heard(performance.now());
  const now_ms = Date.parse(response.headers.get("chairside-now") ?? "");
  if (!Number.isNaN(now_ms)) ahead_ms = now_ms - Date.now();
}

/** Says when nobody answers; what is pressed then does nothing. */
function follow() {
  const lost = contact.is_lost(performance.now());
  if (lost === document.body.hasAttribute("data-lost")) return;
  document.body.toggleAttribute("data-lost", lost);
  by_id("lost").hidden = !lost;
}

/**
 * @param {string} html
 * @param {boolean} all
 */
function put(html, all) {
  const fresh = new DOMParser().parseFromString(policy?.createHTML(html) ?? html, "text/html").querySelector("main");
  if (!fresh) return;
  const focus = focused();
  renew(main, fresh, all);
  if (focus === "" || document.activeElement !== document.body) return;
  const again = /** @type {HTMLElement | null} */ (document.querySelector(focus));
  // What was pressed is gone with its stage: whoever works by keyboard goes on from the top.
  (again ?? by_id("told")).focus();
}

/** Returns what finds the control again that has the focus. */
function focused() {
  const active = document.activeElement;
  const form = active?.closest("form, details, section")?.id;
  if (!active || !form) return "";
  const name = active.getAttribute("name");
  const value = active instanceof HTMLButtonElement ? active.value : "";
  const part = name ? `[name="${CSS.escape(name)}"]` : active.tagName.toLowerCase();
  return `#${CSS.escape(form)} ${part}${value === "" ? "" : `[value="${CSS.escape(value)}"]`}`;
}

/**
 * Brings the parts of `shown` up to those of `fresh`, and leaves what somebody uses.
 * @param {Element} shown
 * @param {Element} fresh
 * @param {boolean} all
 */
function renew(shown, fresh, all) {
  const stays = new Map([...shown.children].filter((one) => one.id !== "").map((one) => [one.id, one]));
  for (const one of [...shown.children]) {
    const is_told = one.id !== "" && [...fresh.children].some(({ id }) => id === one.id);
    if (!is_told && (one.id === "" || !uses(one, all))) one.remove();
  }
  let place = shown.firstElementChild;
  for (const one of [...fresh.children]) {
    const stands = stays.get(one.id);
    const kept = stands && keep(stands, one, all);
    const wanted = kept || document.adoptNode(one);
    if (!kept && stands) {
      reopen(stands, wanted);
      if (stands === place) place = stands.nextElementSibling;
      stands.remove();
    }
    if (wanted === place) place = place.nextElementSibling;
    else shown.insertBefore(wanted, place);
  }
}

/**
 * Returns what stands if it stays, and brings what is in it up to date; null when the other one is
 * put in its place.
 * @param {Element} stands
 * @param {Element} fresh
 * @param {boolean} all
 */
function keep(stands, fresh, all) {
  if (["lost", "told", "who", "who-choices"].includes(stands.id)) return stands;
  if (fresh.hasAttribute("data-parts")) {
    renew(stands, fresh, all);
    return stands;
  }
  if (told.get(stands.id)?.isEqualNode(fresh) || uses(stands, all)) return stands;
  told.set(stands.id, fresh.cloneNode(true));
  return null;
}

/**
 * Tells whether somebody uses a part; with `all`, what has no more than the focus is free.
 * @param {Element} part
 * @param {boolean} all
 */
function uses(part, all = false) {
  const inputs = [...part.querySelectorAll("input")];
  const is_filled = inputs.some((one) =>
    one.type === "radio" || one.type === "checkbox" ? one.checked !== one.defaultChecked : one.type !== "hidden" && one.value !== one.defaultValue);
  return is_in_use({
    has_focus: !all && part.contains(document.activeElement),
    is_filled,
    is_asking: part.querySelector(".outcome, [data-sending]") !== null,
    touched_ms: performance.now() - (touched.get(part) ?? -Infinity),
  });
}

/**
 * What was open stays open.
 * @param {Element} before
 * @param {Element} after
 */
function reopen(before, after) {
  for (const one of before.querySelectorAll("details[open]")) {
    const again = after.querySelector(`#${CSS.escape(one.id)}`);
    if (again instanceof HTMLDetailsElement) again.open = true;
  }
}

/**
 * Keeps what each part is, to be compared with what comes.
 * @param {Element} parent
 */
function know(parent) {
  for (const one of parent.children) {
    if (one.hasAttribute("data-parts")) know(one);
    else if (one.id !== "") told.set(one.id, one.cloneNode(true));
  }
}

/** @param {Event} event */
function touch({ target }) {
  for (let one = target instanceof Element ? target : null; one; one = one.parentElement) touched.set(one, performance.now());
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target instanceof HTMLFormElement) send(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest("button") : null;
  if (!target) return;
  if (target.id === "who-now") ask_person(null);
  else if (target.dataset.person !== undefined) chosen(target.dataset.person);
  else if (target.hasAttribute("data-cancel")) {
    const form = target.closest("form");
    target.closest(".outcome")?.remove();
    form?.reset();
    tell("");
    form?.querySelector("button")?.focus();
  }
});

document.addEventListener("keydown", (event) => {
  touch(event);
  const { target, key } = event;
  // In the dashboard: back to its own keys.
  const frame = window.frameElement;
  if (key === "Escape" && frame) /** @type {HTMLElement | null} */ (frame.closest("[tabindex]"))?.focus();
  // Of several answers none is the one that the key means.
  const form = target instanceof HTMLInputElement ? target.form : null;
  if (key === "Enter" && form && form.querySelectorAll("button[name]").length > 1) event.preventDefault();
});
document.addEventListener("pointerdown", touch);
addEventListener("storage", show_person);

know(main);
follow_appearance();
show_person();
setInterval(look, LOOK_EVERY_MS);
setInterval(follow, LOOK_EVERY_MS / 4);
void look();
