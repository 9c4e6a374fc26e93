// @ts-check
// German: the page's English texts and what stands for them.

/** @type {import("../language.js").Catalogue} */
export const GERMAN = {};
