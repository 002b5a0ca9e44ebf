/** Tensors as pictures: RGBA, one pixel a cell; the page scales them up. NaN and ±∞ are magenta everywhere. DOM-free. */
import type { Snapshot } from './messages';
import { pca, type Pca } from './pca';
import { planeOf, shapeOf, type Grid, type Numbers } from './stats';

export interface View {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}
export type Rgb = readonly [number, number, number];

/** No other map here makes this colour. */
const notFinite: Rgb = [255, 0, 220];

function paint(width: number, height: number, color: (cell: number) => Rgb | null): View {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let cell = 0; cell < width * height; cell++) {
    const [r, g, b] = color(cell) ?? notFinite;
    rgba[cell * 4] = r;
    rgba[cell * 4 + 1] = g;
    rgba[cell * 4 + 2] = b;
    rgba[cell * 4 + 3] = 255;
  }
  return { width, height, rgba };
}

/** Blue – light grey – red, about equal in lightness on both sides (after Moreland 2009, "cool to warm"). */
const diverging: readonly Rgb[] = [
  [59, 76, 192],
  [123, 159, 249],
  [221, 221, 221],
  [245, 152, 122],
  [180, 4, 38],
];
/** Dark violet – teal – yellow; lightness rises evenly (after matplotlib's viridis). */
const rising: readonly Rgb[] = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
];
export type ColorMap = 'diverging' | 'rising' | 'grey';

/** The colour of a position 0…1 on a map. */
export function mapColor(map: ColorMap, at: number): Rgb {
  const clamped = Math.min(1, Math.max(0, at));
  if (map === 'grey') return [clamped * 255, clamped * 255, clamped * 255];
  const stops = map === 'diverging' ? diverging : rising;
  const place = clamped * (stops.length - 1);
  const from = stops[Math.min(stops.length - 2, Math.floor(place))] ?? notFinite;
  const to = stops[Math.min(stops.length - 1, Math.floor(place) + 1)] ?? notFinite;
  const part = place - Math.min(stops.length - 2, Math.floor(place));
  return [
    from[0] + (to[0] - from[0]) * part,
    from[1] + (to[1] - from[1]) * part,
    from[2] + (to[2] - from[2]) * part,
  ];
}

/** Least and greatest finite value; 0…1 when there is none. */
export function rangeOf(data: Numbers): readonly [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0;
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** One plane of values through a colour map; `range` is what its ends stand for. */
export function planeView(
  plane: Numbers,
  width: number,
  height: number,
  map: ColorMap,
  range: readonly [number, number] = map === 'diverging' ? symmetric(rangeOf(plane)) : rangeOf(plane),
): View {
  const [low, high] = range;
  const span = high - low || 1;
  return paint(width, height, (cell) => {
    const x = plane[cell] ?? 0;
    return Number.isFinite(x) ? mapColor(map, (x - low) / span) : null;
  });
}

/** The range made equal on both sides of zero, so that zero is the middle colour. */
export function symmetric([low, high]: readonly [number, number]): readonly [number, number] {
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return [-most, most];
}

/** rgb = bias + weightᵀ·z, 0…1, clamped: the package's own preview. */
export function linearRgbView(
  grid: Grid,
  element: number,
  { weight, bias }: { readonly weight: readonly (readonly number[])[]; readonly bias: readonly number[] },
): View {
  const { channels, height, width } = shapeOf(grid);
  const planes = Array.from({ length: channels }, (_, channel) => planeOf(grid, element, channel));
  return paint(width, height, (cell) => {
    const rgb = [0, 1, 2].map(
      (c) =>
        (bias[c] ?? 0) +
        planes.reduce((sum, plane, k) => sum + (plane[cell] ?? 0) * (weight[k]?.[c] ?? 0), 0),
    );
    const [r = 0, g = 0, b = 0] = rgb;
    return rgb.every(Number.isFinite) ? [r * 255, g * 255, b * 255] : null;
  });
}

/** Cells by their coordinates along the first three principal components, ±2.5 deviations from black to full colour. */
export function pcaView(grid: Grid, element: number, given?: Pca): View {
  const { height, width } = shapeOf(grid);
  const { scores, variances } = given ?? pca(grid, element);
  const scale = variances.map((variance) => (variance > 0 ? 1 / (5 * Math.sqrt(variance)) : 0));
  return paint(width, height, (cell) => {
    const rgb = [0, 1, 2].map((k) => {
      // A latent of one channel is grey; a missing third component is its mean.
      const score = scores.length === 1 ? scores[0] : scores[k];
      return score ? (0.5 + (score[cell] ?? 0) * (scale[scores.length === 1 ? 0 : k] ?? 0)) * 255 : 127.5;
    });
    const [r = 0, g = 0, b = 0] = rgb;
    return rgb.every(Number.isFinite) ? [r, g, b] : null;
  });
}

/** float32 [B, 3, H, W] in −1…1 as it looks. */
export function imageView(grid: Grid, element: number): View {
  const { height, width } = shapeOf(grid);
  const planes = [0, 1, 2].map((channel) => planeOf(grid, element, channel));
  return paint(width, height, (cell) => {
    const [r = 0, g = 0, b = 0] = planes.map((plane) => ((plane[cell] ?? 0) + 1) * 127.5);
    return Number.isFinite(r + g + b) ? [r, g, b] : null;
  });
}

/** `#rgb` or `#rrggbb` as numbers; mid grey when it is neither. */
export function parseColor(color: string): Rgb {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(color)?.[1];
  if (hex === undefined) return [128, 128, 128];
  const six = hex.length === 3 ? hex.replaceAll(/./g, '$&$&') : hex;
  const byte = (at: number): number => Number.parseInt(six.slice(at, at + 2), 16);
  return [byte(0), byte(2), byte(4)];
}

/** A map of label indices (0…255) in the labels' own colours; an index beyond them is magenta. */
export function labelView(grid: Grid, element: number, labels: readonly { readonly color: string }[]): View {
  const { height, width } = shapeOf(grid);
  const plane = planeOf(grid, element, 0);
  // One 32-bit word a pixel: painters draw this with every movement.
  const palette = new Uint8ClampedArray(256 * 4);
  for (let index = 0; index < 256; index++) {
    const label = labels[index];
    palette.set([...(label ? parseColor(label.color) : notFinite), 255], index * 4);
  }
  const words = new Uint32Array(palette.buffer);
  const rgba = new Uint8ClampedArray(width * height * 4);
  const pixels = new Uint32Array(rgba.buffer);
  for (let cell = 0; cell < pixels.length; cell++) pixels[cell] = words[(plane[cell] ?? 0) & 255] ?? 0;
  return { width, height, rgba };
}

/** Codebook indices, each in a colour of its own: neighbours in the book differ strongly (golden angle), equal codes are equal. */
export function codeView(grid: Grid, element: number): View {
  const { height, width } = shapeOf(grid);
  const plane = planeOf(grid, element, 0);
  return paint(width, height, (cell) => codeColor(plane[cell] ?? 0));
}

/** The colour of one codebook entry. */
export function codeColor(code: number): Rgb {
  const hue = (code * 137.50776405) % 360;
  const lightness = 0.42 + 0.26 * ((code * 0.754877666) % 1);
  const chroma = (1 - Math.abs(2 * lightness - 1)) * 0.7;
  const channel = (offset: number): number => {
    const k = (offset + hue / 30) % 12;
    return 255 * (lightness - (chroma / 2) * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Views of one size side by side, `columns` wide, with a transparent gap. */
export function gridView(views: readonly View[], columns: number, gap = 1): View {
  const width = Math.max(0, ...views.map((view) => view.width));
  const height = Math.max(0, ...views.map((view) => view.height));
  const rows = Math.ceil(views.length / columns);
  const across = Math.min(columns, views.length);
  const whole = {
    width: across * width + Math.max(0, across - 1) * gap,
    height: rows * height + Math.max(0, rows - 1) * gap,
  };
  const rgba = new Uint8ClampedArray(whole.width * whole.height * 4);
  for (const [index, view] of views.entries()) {
    const [left, top] = [(index % columns) * (width + gap), Math.floor(index / columns) * (height + gap)];
    for (let y = 0; y < view.height; y++)
      rgba.set(
        view.rgba.subarray(y * view.width * 4, (y + 1) * view.width * 4),
        ((top + y) * whole.width + left) * 4,
      );
  }
  return { ...whole, rgba };
}

/** Every channel of one element through one colour map and one range, so that channels can be compared. */
export function channelViews(grid: Grid, element: number, map: ColorMap): readonly View[] {
  const { channels, height, width } = shapeOf(grid);
  const planes = Array.from({ length: channels }, (_, channel) => planeOf(grid, element, channel));
  const ranges = planes.map(rangeOf);
  const common = [
    Math.min(...ranges.map(([low]) => low)),
    Math.max(...ranges.map(([, high]) => high)),
  ] as const;
  const range = map === 'diverging' ? symmetric(common) : common;
  return planes.map((plane) => planeView(plane, width, height, map, range));
}

/** The value of every channel at one cell: what stands under the cursor. */
export function valuesAt(grid: Grid, element: number, x: number, y: number): readonly number[] {
  const { channels, height, width } = shapeOf(grid);
  if (x < 0 || y < 0 || x >= width || y >= height) return [];
  return Array.from(
    { length: channels },
    (_, channel) => planeOf(grid, element, channel)[y * width + x] ?? Number.NaN,
  );
}

export const viewNames = ['image', 'rgb', 'pca', 'channels', 'mask', 'labels', 'codes'] as const;
export type ViewName = (typeof viewNames)[number];

/** The pictures that can be made of a snapshot, the most telling first. */
export function viewsOf(snapshot: Snapshot): readonly ViewName[] {
  switch (snapshot.kind) {
    case 'latent':
    case 'noise':
      return snapshot.space.rgb ? ['rgb', 'pca', 'channels'] : ['pca', 'channels'];
    case 'image':
      return ['image', 'channels'];
    case 'mask':
      return ['mask'];
    case 'semantic-map':
      return ['labels'];
    case 'codes':
      return ['codes'];
    case 'conditioning':
    case 'schedule':
    case 'number':
    case 'text':
    case 'facts':
      return [];
  }
}

/** One picture of a snapshot; undefined when it cannot be drawn that way. */
export function viewOf(
  snapshot: Snapshot,
  name: ViewName,
  element = 0,
  map: ColorMap = 'diverging',
): View | undefined {
  if (!viewsOf(snapshot).includes(name) || !('dims' in snapshot)) return undefined;
  switch (name) {
    case 'rgb':
      return 'space' in snapshot && snapshot.space.rgb
        ? linearRgbView(snapshot, element, snapshot.space.rgb)
        : undefined;
    case 'pca':
      return pcaView(snapshot, element);
    case 'channels': {
      const views = channelViews(snapshot, element, map);
      return gridView(views, Math.ceil(Math.sqrt(views.length)));
    }
    case 'image':
      return imageView(snapshot, element);
    case 'mask':
      return planeView(
        planeOf(snapshot, element, 0),
        shapeOf(snapshot).width,
        shapeOf(snapshot).height,
        'grey',
        [0, 1],
      );
    case 'labels':
      return snapshot.kind === 'semantic-map'
        ? labelView(snapshot, element, snapshot.labels.labels)
        : undefined;
    case 'codes':
      return codeView(snapshot, element);
  }
}
