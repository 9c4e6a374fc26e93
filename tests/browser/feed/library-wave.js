// The curve of a bed drawn by a chart library, every frame: what the page's own sweep is measured
// against. It stands in for the dashboard's wave.js and is used by its tiles unchanged.

import uPlot from "/uplot/uPlot.esm.js";

export * from "/own/wave.js";

/** From the left edge to the right, milliseconds: as the page's own. */
const WIDTH_MS = 8_000;

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = "/uplot/uPlot.min.css";
document.head.append(style);

export class Sweep {
  #canvas;
  #plot = null;

  constructor(canvas) {
    this.#canvas = canvas;
  }

  remove() {
    this.#plot?.destroy();
  }

  refresh() {
    this.#plot?.destroy();
    this.#plot = null;
  }

  draw(trace, _credible, now) {
    if (!trace) return;
    const to = trace.pen(now);
    const [times, values] = [[], []];
    trace.each(to - WIDTH_MS, to, (time, value) => {
      times.push(time / 1000);
      values.push(Number.isNaN(value) ? null : value);
    });
    if (times.length < 2) return;
    this.#plot ??= this.#make();
    this.#plot?.setData([times, values]);
  }

  #make() {
    const { clientWidth: width, clientHeight: height, parentElement } = this.#canvas;
    if (width === 0 || height === 0) return null;
    const stroke = getComputedStyle(this.#canvas).color;
    this.#canvas.style.visibility = "hidden";
    const options = {
      width,
      height,
      axes: [{ show: false }, { show: false }],
      legend: { show: false },
      cursor: { show: false },
      series: [{}, { stroke, width: 2, points: { show: false } }],
    };
    const plot = new uPlot(options, [[0, 1], [0, 1]], parentElement);
    parentElement.style.position = "relative";
    Object.assign(plot.root.style, { position: "absolute", inset: "0" });
    return plot;
  }
}
