import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, test } from "node:test";

import { LANGUAGES, speak, t, wanted_language } from "../../../crates/chairside/dashboard/language.js";
import { address_of, route_of } from "../../../crates/chairside/dashboard/routes.js";

const FOLDER = new URL("../../../crates/chairside/dashboard/", import.meta.url);

after(() => speak("en"));

/** The texts that the modules ask for: every literal of `t("…")`. */
function texts() {
  const modules = readdirSync(FOLDER, { recursive: true }).filter((name) => name.endsWith(".js"));
  const all = modules.map((name) => readFileSync(new URL(name, FOLDER), "utf8")).join("\n");
  return new Set([...all.matchAll(/\bt\(\s*("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text)));
}

for (const [code, { catalogue }] of Object.entries(LANGUAGES).filter(([code]) => code !== "en")) {
  test(`every text of the page is in the catalogue ${code}, and nothing else`, () => {
    const wanted = texts();
    assert.deepEqual([...wanted].filter((text) => !(text in catalogue)), [], "missing");
    assert.deepEqual(Object.keys(catalogue).filter((text) => !wanted.has(text)), [], "not used");
  });

  test(`the catalogue ${code} fills the same blanks as the English`, () => {
    const blanks = (text) => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();
    for (const [english, other] of Object.entries(catalogue)) assert.deepEqual(blanks(other), blanks(english), english);
  });
}

test("a text without a translation stands in English, and blanks are filled", () => {
  speak("de");
  assert.equal(t("nobody has translated this: {n}", { n: 3 }), "nobody has translated this: 3");
  assert.equal(t("a {blank} that is not given stays"), "a {blank} that is not given stays");
});

test("a browser gets the first of its languages that there is, and English without one", () => {
  assert.equal(wanted_language(["fr-FR", "de-AT", "en"]), "de");
  assert.equal(wanted_language(["fr"]), "en");
  assert.equal(wanted_language([]), "en");
});

test("an address names a view, and what names none is the station", () => {
  for (const hash of ["", "#", "#/", "#/nowhere", "#/station"]) assert.equal(route_of(hash).view, "station");
  assert.equal(address_of("station"), "#/");
});
