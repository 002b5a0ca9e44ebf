/** Painting on a grid of bytes (label indices, or mask values 0…255), as pure functions. Coordinates are pixels; the centre of pixel (x, y) is (x + ½, y + ½). */

export interface Raster {
  readonly width: number;
  readonly height: number;
  /** [height·width] */
  readonly data: Uint8Array;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}

export const blank = (width: number, height: number, value = 0): Raster => ({
  width,
  height,
  data: new Uint8Array(width * height).fill(value),
});

/** The value at a pixel; undefined outside. */
export const valueAt = ({ width, height, data }: Raster, x: number, y: number): number | undefined =>
  x >= 0 && y >= 0 && x < width && y < height ? data[y * width + x] : undefined;

const clampTo = (value: number, most: number): number => Math.min(most, Math.max(0, value));

/**
 * Calls `paint` for each pixel whose centre lies within half the diameter of the
 * segment between two points: a stroke of a round brush, without gaps however
 * fast the pointer moved. A diameter of 1 or less paints the pixels on the way.
 */
function alongStroke(
  { width, height }: Raster,
  from: Point,
  to: Point,
  diameter: number,
  paint: (index: number) => void,
): void {
  const radius = Math.max(diameter / 2, Math.SQRT1_2);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length2 = dx * dx + dy * dy;
  const [top, bottom] = [
    clampTo(Math.floor(Math.min(from.y, to.y) - radius), height),
    clampTo(Math.ceil(Math.max(from.y, to.y) + radius), height),
  ];
  const [left, right] = [
    clampTo(Math.floor(Math.min(from.x, to.x) - radius), width),
    clampTo(Math.ceil(Math.max(from.x, to.x) + radius), width),
  ];
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
      const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
      const [ex, ey] = [px - t * dx, py - t * dy];
      if (ex * ex + ey * ey <= radius * radius) paint(y * width + x);
    }
}

/** A stroke of a round brush, in place (a stroke is many segments; the caller copies once at its start). */
export function strokeInto(raster: Raster, from: Point, to: Point, diameter: number, value: number): void {
  alongStroke(raster, from, to, diameter, (index) => {
    raster.data[index] = value;
  });
}

/** A new raster with a stroke on it. */
export function stroke(raster: Raster, from: Point, to: Point, diameter: number, value: number): Raster {
  const next = { ...raster, data: raster.data.slice() };
  strokeInto(next, from, to, diameter, value);
  return next;
}

/** A new raster with the filled rectangle between two corner pixels, both included; the same one when it lies outside. */
export function rectangle(raster: Raster, a: Point, b: Point, value: number): Raster {
  const [left, right] = [
    Math.max(0, Math.floor(Math.min(a.x, b.x))),
    Math.min(raster.width - 1, Math.floor(Math.max(a.x, b.x))),
  ];
  const [top, bottom] = [
    Math.max(0, Math.floor(Math.min(a.y, b.y))),
    Math.min(raster.height - 1, Math.floor(Math.max(a.y, b.y))),
  ];
  if (right < left || bottom < top) return raster;
  const data = raster.data.slice();
  for (let y = top; y <= bottom; y++) data.fill(value, y * raster.width + left, y * raster.width + right + 1);
  return { ...raster, data };
}

/**
 * Replaces the region of equal values around a pixel (4-connected), row by row,
 * with a stack of spans: no recursion, each pixel once. The same raster when
 * nothing changes.
 */
export function floodFill(raster: Raster, at: Point, value: number): Raster {
  const { width, height } = raster;
  const [x0, y0] = [Math.floor(at.x), Math.floor(at.y)];
  const old = valueAt(raster, x0, y0);
  if (old === undefined || old === value) return raster;
  const data = raster.data.slice();
  const seeds = [y0 * width + x0];
  for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
    if (data[seed] !== old) continue;
    const row = Math.floor(seed / width) * width;
    let left = seed;
    while (left > row && data[left - 1] === old) left -= 1;
    let right = seed;
    while (right < row + width - 1 && data[right + 1] === old) right += 1;
    data.fill(value, left, right + 1);
    for (const step of [-width, width]) {
      if (row + step < 0 || row + step >= width * height) continue;
      for (let index = left + step; index <= right + step; index++)
        // One seed for each run of pixels that touches the span.
        if (data[index] === old && (index === left + step || data[index - 1] !== old)) seeds.push(index);
    }
  }
  return { ...raster, data };
}

/** 255 − value everywhere. */
export const invert = (raster: Raster): Raster => ({
  ...raster,
  data: raster.data.map((value) => 255 - value),
});

/**
 * A mask with soft edges: three box blurs approximate a Gaussian of this
 * standard deviation (pixels). Edges of the picture extend outwards.
 */
export function feather(raster: Raster, sigma: number): Raster {
  if (sigma <= 0) return raster;
  const { width, height } = raster;
  // Three boxes of odd widths whose variances add up to σ² (w² − 1)/12 each, as nearly as odd widths can.
  const ideal = Math.sqrt(4 * sigma * sigma + 1);
  const low = Math.max(1, Math.floor((ideal - 1) / 2) * 2 + 1);
  const lows = Math.round((12 * sigma * sigma - 3 * low * low - 12 * low - 9) / (-4 * low - 4));
  const radii = [0, 1, 2].map((pass) => ((pass < lows ? low : low + 2) - 1) / 2);
  let values = Float32Array.from(raster.data);
  for (const radius of radii) {
    values = box(values, height, width, width, 1, radius);
    values = box(values, width, height, 1, width, radius);
  }
  return { ...raster, data: Uint8Array.from(values, Math.round) };
}

/** A running mean along one axis: `lines` lines of `length` values, `step` apart, lines `stride` apart. */
function box(
  from: Float32Array<ArrayBuffer>,
  lines: number,
  length: number,
  stride: number,
  step: number,
  radius: number,
): Float32Array<ArrayBuffer> {
  const to = new Float32Array(from.length);
  const size = 2 * radius + 1;
  for (let line = 0; line < lines; line++) {
    const at = (index: number): number =>
      from[line * stride + Math.min(length - 1, Math.max(0, index)) * step] ?? 0;
    let sum = 0;
    for (let index = -radius; index <= radius; index++) sum += at(index);
    for (let index = 0; index < length; index++) {
      to[line * stride + index * step] = sum / size;
      sum += at(index + radius + 1) - at(index - radius);
    }
  }
  return to;
}

/** Nearest neighbour to another size: labels never mix. */
export function resizeNearest(raster: Raster, width: number, height: number): Raster {
  if (raster.width === width && raster.height === height) return raster;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [sx, sy] = [
        Math.floor(((x + 0.5) * raster.width) / width),
        Math.floor(((y + 0.5) * raster.height) / height),
      ];
      data[y * width + x] = raster.data[sy * raster.width + sx] ?? 0;
    }
  return { width, height, data };
}

/** How many pixels have each value, most first. */
export function shares({ data }: Raster): readonly { readonly value: number; readonly share: number }[] {
  const counts = new Uint32Array(256);
  for (let index = 0; index < data.length; index++) {
    const value = data[index] ?? 0;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return Array.from(counts, (count, value) => ({ value, share: count / data.length }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || a.value - b.value);
}
