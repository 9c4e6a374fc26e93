// @ts-check
// How many pixels a canvas has: as many as the screen, up to two for one of CSS.

/** Returns how many pixels of a canvas make one of CSS. */
export function ratio() {
  return Math.min(2, globalThis.devicePixelRatio || 1);
}

/**
 * Gives a canvas as many pixels as its place has, which empties it.
 * @param {HTMLCanvasElement} canvas
 * @param {Element} [place] what it fills
 */
export function fit(canvas, { clientWidth, clientHeight } = canvas) {
  canvas.width = Math.round(clientWidth * ratio());
  canvas.height = Math.round(clientHeight * ratio());
}
