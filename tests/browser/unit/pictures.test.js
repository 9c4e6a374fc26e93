// The pictures of the docs: none is missing, none is left over, and every state of an alarm, every
// view and everything that opens has one.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { VIEWS } from "../../../crates/chairside/dashboard/routes.js";
import { states } from "../browser/states.js";

const ROOT = new URL("../../../", import.meta.url);

const kept = readdirSync(new URL("docs/images/", ROOT));

/** The pictures that a page of the docs shows. */
function shown_by(page) {
  return [...readFileSync(new URL(page, ROOT), "utf8").matchAll(/\]\((?:docs\/)?images\/([\w-]+\.png)\)/g)].map(([, name]) => name);
}

const screens = shown_by("docs/screens.md");

test("every picture that the docs show is kept, and every one that is kept is shown", () => {
  const pages = readdirSync(new URL("docs/", ROOT)).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
  const shown = new Set([...pages, "README.md"].flatMap(shown_by));
  assert.deepEqual([...shown].filter((name) => !kept.includes(name)), [], "there is no such picture");
  assert.deepEqual(kept.filter((name) => !shown.has(name)), [], "no page shows it");
});

test("the page of the screens has every state of an alarm, every view, and everything that opens", () => {
  const of_states = states("").map(({ name }) => `state-${name}`);
  // The patient's screen is dark in every theme, and the station stands in each picture of a state.
  const of_views = VIEWS.flatMap((view) => (view === "quiet" ? ["view-quiet-dark"] : view === "station" ? ["view-station-light"] : [`view-${view}-dark`, `view-${view}-light`]));
  const opens = ["sound-bar", "sound", "who", "help", "menu", "list", "limits", "limit"].map((name) => `panel-${name}`);
  const pages = ["session-plan", "session-dosing", "session-recovery", "session-discharge", "training", "calling", "view-german-dark"];
  const missing = [...of_states, ...of_views, ...opens, ...pages].filter((name) => !screens.includes(`${name}.png`));
  assert.deepEqual(missing, []);
});

test("what the page says of a state is what its picture is made of", () => {
  const words = readFileSync(new URL("docs/screens.md", ROOT), "utf8");
  for (const { name, says } of states("")) assert.ok(words.includes(says), `${name}: ${says}`);
});
