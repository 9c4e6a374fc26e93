// @ts-check
// Questions to the service over HTTP.

import { t } from "./language.js";

/** An answer that takes longer is none, milliseconds, unless it is known to take long. */
const ANSWER_MAX_MS = 10_000;

/**
 * Asks the service for something, or has something done when there is a body.
 * @param {string} path
 * @param {object} [body]
 * @param {number} [within_ms]
 * @returns {Promise<any>}
 */
export async function ask(path, body, within_ms = ANSWER_MAX_MS) {
  const posted = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const signal = AbortSignal.timeout(within_ms);
  const response = await fetch(path, body === undefined ? { signal } : { ...posted, signal });
  if (response.ok) return response.json();
  const { error } = await response.json().catch(() => ({}));
  throw new Error(error ?? t("the service answered {status}", { status: response.status }));
}

/**
 * Says what went wrong.
 * @param {unknown} error
 */
export function why_not(error) {
  return error instanceof Error ? error.message : String(error);
}
