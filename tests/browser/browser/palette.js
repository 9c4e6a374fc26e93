// Makes a screenshot small: a picture of a page has few colours, and a PNG with a palette of 256
// takes a third of the room. Reads what the browser writes: eight bits, not interlaced.

import * as zlib from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const COLOURS_MAX = 256;

/** Returns the same picture with a palette. */
export function with_palette(png) {
  const { width, height, pixels } = decode(png);
  const palette = palette_of(pixels);
  const index_of = nearest(palette);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = index_of(pixels[y * width + x]);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]));
  const parts = [chunk("IHDR", head), chunk("PLTE", colours), chunk("IDAT", zlib.deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...parts]);
}

/** The pixels of a PNG as 0xrrggbb, row by row. */
function decode(png) {
  let at = SIGNATURE.length;
  const data = [];
  let [width, height, bytes] = [0, 0, 0];
  while (at < png.length) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      bytes = { 2: 3, 6: 4 }[body[9]];
      if (body[8] !== 8 || !bytes || body[12] !== 0) throw new Error("not a PNG as the browser writes it");
    }
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  const raw = zlib.inflateSync(Buffer.concat(data));
  const stride = width * bytes;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y += 1) {
    const row = unfiltered(raw[y * (stride + 1)], raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)), above, bytes);
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = (row[x * bytes] << 16) | (row[x * bytes + 1] << 8) | row[x * bytes + 2];
    above = row;
  }
  return { width, height, pixels };
}

/** Takes back a filter: W3C, Portable Network Graphics, section 9. */
function unfiltered(filter, line, above, bytes) {
  const row = new Uint8Array(line.length);
  for (let x = 0; x < line.length; x += 1) {
    const left = x >= bytes ? row[x - bytes] : 0;
    const up = above[x];
    const corner = x >= bytes ? above[x - bytes] : 0;
    row[x] = line[x] + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
  }
  return row;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [of_left, of_up, of_corner] = [left, up, corner].map((one) => Math.abs(guess - one));
  if (of_left <= of_up && of_left <= of_corner) return left;
  return of_up <= of_corner ? up : corner;
}

/** The colours that are used most. */
function palette_of(pixels) {
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  if (counts.size <= COLOURS_MAX) return [...counts.keys()];
  const chosen = [];
  // Of colours that nobody can tell apart, the one that is used most.
  const taken = new Set();
  for (const [colour] of [...counts].sort((a, b) => b[1] - a[1])) {
    const like = ((colour >> 19) << 10) | (((colour >> 11) & 0x1f) << 5) | ((colour >> 3) & 0x1f);
    if (taken.has(like)) continue;
    taken.add(like);
    chosen.push(colour);
    if (chosen.length === COLOURS_MAX) break;
  }
  return chosen;
}

function nearest(palette) {
  const known = new Map(palette.map((colour, index) => [colour, index]));
  return (colour) => {
    let found = known.get(colour);
    if (found !== undefined) return found;
    let least = Number.POSITIVE_INFINITY;
    palette.forEach((other, index) => {
      const distance = [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 0xff) - ((other >> shift) & 0xff)) ** 2, 0);
      if (distance < least) [least, found] = [distance, index];
    });
    known.set(colour, found);
    return found;
  };
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const framed = Buffer.alloc(body.length + 12);
  framed.writeUInt32BE(body.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), body.length + 8);
  return framed;
}

/** Newer versions of node have it. */
function crc32(bytes) {
  if (zlib.crc32) return zlib.crc32(bytes);
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
