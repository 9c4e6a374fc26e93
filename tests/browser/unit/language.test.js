import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";

import ts from "typescript";

import { LANGUAGES, speak, t, wanted_language } from "../../../crates/chairside/dashboard/language.js";
import { address_of, route_of } from "../../../crates/chairside/dashboard/routes.js";
import { figure, number } from "../../../crates/chairside/dashboard/words.js";

const FOLDER = new URL("../../../crates/chairside/dashboard/", import.meta.url);

afterEach(() => speak("en"));
after(() => speak("en"));

/** The worker of the app has no page whose language it could know: it says both. */
const BOTH = "service-worker.js";

const modules = readdirSync(FOLDER, { recursive: true })
  .filter((name) => name.endsWith(".js") && !/^languages\/(?!service)/.test(name) && name !== BOTH)
  .map((name) => ts.createSourceFile(name, readFileSync(new URL(name, FOLDER), "utf8"), ts.ScriptTarget.ES2022, true));

/** Calls back for every node of a file. */
function each_node(file, visit) {
  const go = (node) => {
    visit(node);
    ts.forEachChild(node, go);
  };
  go(file);
}

/** The name of what is called: `t`, `set_text`, `say`. */
function called(node) {
  if (!ts.isCallExpression(node)) return "";
  const { expression } = node;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : (expression.text ?? "");
}

/** The texts that the modules ask for: literals of `t("…")` and of the tables `in_english({…})`. */
function texts_of_modules() {
  const found = new Set();
  for (const file of modules) {
    each_node(file, (node) => {
      const [first] = node.arguments ?? [];
      if (called(node) === "t" && ts.isStringLiteralLike(first)) found.add(first.text);
      if (called(node) === "in_english") {
        each_node(first, (inner) => {
          if (ts.isPropertyAssignment(inner) && inner.initializer.text) found.add(inner.initializer.text);
        });
      }
    });
  }
  return found;
}

/** The words that stand in the document itself; signs and names of keys are none. */
function texts_of_document() {
  const html = readFileSync(new URL("index.html", FOLDER), "utf8");
  // What stands there in German already needs nobody to put it into German.
  const body = html.slice(html.indexOf("<body")).replace(/<(\w+) lang="de">[^<]*<\/\1>/g, "");
  const between = [...body.matchAll(/>([^<]+)</g)].map(([, text]) => text);
  const attributes = [...body.matchAll(/ (?:aria-label|title|placeholder)="([^"]*)"/g)].map(([, text]) => text);
  const options = [...body.matchAll(/<option value="([^"]*)"/g)].map(([, text]) => text);
  const plain = [...between, ...attributes, ...options].map((text) => text.trim().replaceAll("&amp;", "&"));
  return new Set(plain.filter(is_words));
}

/** @param {string} text */
function is_words(text) {
  return /\p{L}{2}/u.test(text);
}

const catalogues = await Promise.all(Object.entries(LANGUAGES).map(async ([code, { words }]) => [code, await words()]));

for (const [code, catalogue] of catalogues.filter(([code]) => code !== "en")) {
  test(`every text of the page is in the catalogue ${code}, and nothing else`, () => {
    const wanted = new Set([...texts_of_modules(), ...texts_of_document()]);
    assert.ok(wanted.size > 200, String(wanted.size));
    assert.deepEqual([...wanted].filter((text) => !(text in catalogue)), [], "missing");
    assert.deepEqual(Object.keys(catalogue).filter((text) => !wanted.has(text)), [], "not used");
  });

  test(`the catalogue ${code} fills the same blanks as the English`, () => {
    const blanks = (text) => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();
    for (const [english, other] of Object.entries(catalogue)) assert.deepEqual(blanks(other), blanks(english), english);
  });
}

/** The words of a literal or of the fixed parts of a template. */
function words_of(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return "";
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("…");
}

/** What is never shown to anybody: the arguments of these name elements, classes and keys. */
const NAMES_ONLY = new Set([
  "t", "in_english", "by_id", "querySelector", "querySelectorAll", "closest", "matchMedia", "matches", "Error",
  "addEventListener", "getItem", "setItem", "dialog_panel", "import", "phrase", "setProperty",
]);

/** Which arguments of a call are shown to people. */
function shown_arguments(node) {
  const [first, second, third, ...rest] = node.arguments;
  switch (called(node)) {
    case "set_text":
      return [second];
    case "element":
      return [third, ...rest];
    case "button":
    case "say":
    case "notice":
      return [first];
    case "set_attribute":
    case "setAttribute": {
      const [name, value] = called(node) === "set_attribute" ? [second, third] : [first, second];
      return ["aria-label", "title", "placeholder"].includes(name?.text) ? [value] : [];
    }
    default:
      return [];
  }
}

/** Every literal that people see although nothing translates it. */
function untranslated(file) {
  const found = [];
  const note = (node) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${file.fileName}:${line + 1}: ${words_of(node)}`);
  };
  const shown = (node) => {
    if (!node || ["t", "in_english"].includes(called(node))) return;
    if (is_words(words_of(node))) note(node);
    // A condition is no text, its outcomes are.
    if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(shown);
    else if (ts.isBinaryExpression(node)) [node.left, node.right].forEach(shown);
    else if (ts.isTemplateExpression(node)) node.templateSpans.forEach(({ expression }) => shown(expression));
  };
  const go = (node) => {
    if (ts.isNewExpression(node) && node.expression.getText() === "Error") return;
    if (ts.isPropertyAssignment(node) && node.name.getText() === "class") return;
    if (ts.isCallExpression(node)) {
      shown_arguments(node).forEach(shown);
      if (called(node) === "element" && ts.isStringLiteral(node.arguments[1] ?? node)) {
        // Its class.
        node.arguments.slice(2).forEach(go);
        return;
      }
      if (NAMES_ONLY.has(called(node))) {
        // The blanks of a text may be anything but words.
        node.arguments.slice(1).forEach(go);
        return;
      }
    }
    if (ts.isBinaryExpression(node) && node.left.getText().endsWith(".textContent")) shown(node.right);
    // Words with a space between them are a sentence wherever they stand.
    if (/\p{L}{2,}[,:]? \p{L}/u.test(words_of(node)) && !ts.isImportDeclaration(node.parent)) note(node);
    ts.forEachChild(node, go);
  };
  go(file);
  return [...new Set(found)];
}

test("no text goes into the page without its translation", () => {
  assert.deepEqual(modules.flatMap(untranslated), []);
});

test("the search for texts without a translation finds them", () => {
  const found = (code) => untranslated(ts.createSourceFile("x.js", code, ts.ScriptTarget.ES2022, true)).length;
  for (const code of [
    'set_text(root, "Limits")',
    "set_text(root, open ? `room ${n}` : t('Close'))",
    'element("p", { class: "x" }, "Why")',
    'element("p", "x y", "Why")',
    'button("Next", "next", go)',
    'notice.say("too late")',
    'root.textContent = "Alarm"',
    'set_attribute(root, "title", "Alarm")',
    'const words = "no value";',
    "return `every ${time} or so`;",
  ]) {
    assert.equal(found(code), 1, code);
  }
  for (const code of [
    'set_text(root, t("Limits"))',
    'element("p", { class: "cell head" }, t("Why"))',
    'set_attribute(root, "data-look", "signal")',
    'const table = in_english({ a: "no value" });',
    'throw new Error("the page has no such thing")',
  ]) {
    assert.equal(found(code), 0, code);
  }
});

test("a text without a translation stands in English, and blanks are filled", async () => {
  await speak("de");
  assert.equal(t("nobody has translated this: {n}", { n: 3 }), "nobody has translated this: 3");
  assert.equal(t("a {blank} that is not given stays"), "a {blank} that is not given stays");
});

test("numbers are written as the language writes them", async () => {
  assert.equal(number("Temperature", 36.6), "36.6");
  assert.equal(figure(0.2), "0.2");
  await speak("de");
  assert.equal(number("Temperature", 36.6), "36,6");
  assert.equal(figure(0.2), "0,2");
  assert.equal(figure(88), "88");
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
