// @ts-check
// What this browser keeps from one load of the page to the next. Some private windows keep nothing.

/** Returns the browser's store; null where it refuses. */
export function store() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/**
 * Returns what was kept under a name; null where nothing was, or the browser refuses.
 * @param {string} name
 */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * Keeps a text under a name, and tells whether this browser does.
 * @param {string} name
 * @param {string} text
 */
export function keep(name, text) {
  try {
    localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}
