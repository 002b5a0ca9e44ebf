/** Numbers about a tensor, computed in double precision over the finite values. DOM-free. */
import type { TensorStats } from './messages';

/** Any array of numbers that a snapshot holds. */
export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface Grid {
  /** [B, C, h, w] */
  readonly dims: readonly number[];
  readonly data: Numbers;
}

/** The four dimensions of [B, C, h, w]; [B, h, w] counts as one channel. @throws RangeError otherwise */
export function shapeOf({ dims, data }: Grid): {
  batch: number;
  channels: number;
  height: number;
  width: number;
} {
  const [batch = 0, channels = 0, height = 0, width = 0] =
    dims.length === 3 ? [dims[0], 1, dims[1], dims[2]] : dims;
  if ((dims.length !== 3 && dims.length !== 4) || data.length !== batch * channels * height * width)
    throw new RangeError(`${data.length} values are no pictures of shape [${dims.join(', ')}]`);
  return { batch, channels, height, width };
}

/** One channel of one batch element, [h·w], a view. @throws RangeError when there is no such channel */
export function planeOf(grid: Grid, element: number, channel: number): Numbers {
  const { batch, channels, height, width } = shapeOf(grid);
  if (element < 0 || element >= batch || channel < 0 || channel >= channels)
    throw new RangeError(`No channel ${channel} of element ${element} in [${grid.dims.join(', ')}]`);
  const start = (element * channels + channel) * height * width;
  return grid.data.subarray(start, start + height * width);
}

/** One batch element as [1, C, h, w], a view. @throws RangeError when there is none */
export function elementOf(grid: Grid, element: number): Grid {
  const { batch, channels, height, width } = shapeOf(grid);
  if (element < 0 || element >= batch) throw new RangeError(`No element ${element} of ${batch}`);
  const size = channels * height * width;
  return {
    dims: [1, channels, height, width],
    data: grid.data.subarray(element * size, (element + 1) * size),
  };
}

/**
 * Mean, population standard deviation, least and greatest value over the finite
 * values (null where there are none), and where the first NaN or ±∞ stands.
 * Two passes, so that a large mean costs no digits.
 */
export function tensorStats(grid: Grid): TensorStats {
  const { channels, height, width } = shapeOf(grid);
  const { data } = grid;
  let sum = 0;
  let finite = 0;
  let nan = 0;
  let min = Infinity;
  let max = -Infinity;
  let bad = -1;
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0;
    if (Number.isFinite(x)) {
      sum += x;
      finite += 1;
      if (x < min) min = x;
      if (x > max) max = x;
    } else {
      if (Number.isNaN(x)) nan += 1;
      if (bad < 0) bad = i;
    }
  }
  const mean = sum / finite;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0;
    if (Number.isFinite(x)) squares += (x - mean) ** 2;
  }
  const some = finite > 0;
  const plane = height * width;
  return {
    count: data.length,
    mean: some ? mean : null,
    std: some ? Math.sqrt(squares / finite) : null,
    min: some ? min : null,
    max: some ? max : null,
    nan,
    infinite: data.length - finite - nan,
    firstBad:
      bad < 0
        ? null
        : {
            batch: Math.floor(bad / (plane * channels)),
            channel: Math.floor(bad / plane) % channels,
            y: Math.floor((bad % plane) / width),
            x: bad % width,
          },
  };
}

/** The same for each channel of one batch element. */
export function channelStats(grid: Grid, element: number): readonly TensorStats[] {
  const { channels, height, width } = shapeOf(grid);
  return Array.from({ length: channels }, (_, channel) => {
    const stats = tensorStats({ dims: [1, 1, height, width], data: planeOf(grid, element, channel) });
    return {
      ...stats,
      firstBad: stats.firstBad && { ...stats.firstBad, channel, batch: element },
    };
  });
}

export interface Histogram {
  /** Values per bin; bins are half open, the last one closed (as in NumPy). */
  readonly counts: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly below: number;
  readonly above: number;
  /** Finite values counted, in and out of range. */
  readonly total: number;
}

/** How the finite values spread over low…high. @throws RangeError unless low < high and bins ≥ 1 */
export function histogram(data: Numbers, bins: number, low: number, high: number): Histogram {
  if (!(low < high) || bins < 1) throw new RangeError(`No histogram of ${bins} bins over ${low}…${high}`);
  const counts = Array.from({ length: bins }, () => 0);
  const edge = (index: number): number => (index === bins ? high : low + ((high - low) * index) / bins);
  let below = 0;
  let above = 0;
  let total = 0;
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0;
    if (!Number.isFinite(x)) continue;
    total += 1;
    if (x < low) below += 1;
    else if (x > high) above += 1;
    else {
      let bin = Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins));
      // Rounding can put a value that equals an edge on its wrong side.
      if (x < edge(bin)) bin -= 1;
      else if (bin < bins - 1 && x >= edge(bin + 1)) bin += 1;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  return { counts, low, high, below, above, total };
}

/** Density of N(0, 1). */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** How many values N(0, 1) would put in each bin of a histogram, by the density at its middle. */
export function expectedNormal({ counts, low, high, total }: Histogram): readonly number[] {
  const width = (high - low) / counts.length;
  return counts.map((_, index) => normalDensity(low + (index + 0.5) * width) * width * total);
}

/** Root mean square of the finite values; 1 for unit variance and no mean. 0 when there are none. */
export function rms(data: Numbers): number {
  let squares = 0;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0;
    if (!Number.isFinite(x)) continue;
    squares += x * x;
    count += 1;
  }
  return count === 0 ? 0 : Math.sqrt(squares / count);
}

/** L2 norm of each row of [rows, width]. */
export function rowNorms(data: Numbers, width: number): readonly number[] {
  const norms: number[] = [];
  for (let start = 0; start + width <= data.length; start += width) {
    let squares = 0;
    for (let i = start; i < start + width; i++) squares += (data[i] ?? 0) ** 2;
    norms.push(Math.sqrt(squares));
  }
  return norms;
}

export interface Difference {
  readonly grid: { readonly dims: readonly number[]; readonly data: Float32Array<ArrayBuffer> };
  readonly meanAbsolute: number;
  readonly rms: number;
  readonly maxAbsolute: number;
  /** Where the greatest difference stands. */
  readonly at: { readonly batch: number; readonly channel: number; readonly y: number; readonly x: number };
  /** cos of the angle between the two; null when one is zero. */
  readonly cosine: number | null;
  /** dB against a range of 2 (images in −1…1); Infinity when equal. */
  readonly psnr: number;
}

/** a − b. @throws RangeError when the shapes differ */
export function difference(a: Grid, b: Grid): Difference {
  if (a.dims.join() !== b.dims.join())
    throw new RangeError(`Shapes differ: [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`);
  const { channels, height, width } = shapeOf(a);
  const data = new Float32Array(a.data.length);
  let sum = 0;
  let squares = 0;
  let worst = 0;
  let where = 0;
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [a.data[i] ?? 0, b.data[i] ?? 0];
    const d = x - y;
    data[i] = d;
    sum += Math.abs(d);
    squares += d * d;
    if (Math.abs(d) > worst) {
      worst = Math.abs(d);
      where = i;
    }
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  const plane = height * width;
  const count = Math.max(1, data.length);
  return {
    grid: { dims: a.dims, data },
    meanAbsolute: sum / count,
    rms: Math.sqrt(squares / count),
    maxAbsolute: worst,
    at: {
      batch: Math.floor(where / (plane * channels)),
      channel: Math.floor(where / plane) % channels,
      y: Math.floor((where % plane) / width),
      x: where % width,
    },
    cosine: aa === 0 || bb === 0 ? null : dot / Math.sqrt(aa * bb),
    psnr: squares === 0 ? Infinity : 10 * Math.log10((4 * count) / squares),
  };
}

export interface CodeUsage {
  readonly distinct: number;
  /** exp of the entropy of the usage: how many entries are in use as if evenly. */
  readonly perplexity: number;
  /** Most used first. */
  readonly counts: readonly { readonly code: number; readonly count: number }[];
}

/** Which codebook entries a code map uses. */
export function codeUsage(codes: Int32Array): CodeUsage {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / codes.length) * Math.log(count / codes.length);
  return {
    distinct: counts.size,
    perplexity: Math.exp(entropy),
    counts: [...counts]
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count || a.code - b.code),
  };
}
