import { decode } from 'fast-png';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoomError, type LabelSet } from '@/engine/types';
import { encodeRaster } from '@/app/_formats/png/png-image';
import {
  decodeMap,
  decodeMask,
  encodeMap,
  encodeMask,
  fromDataUrl,
  toDataUrl,
} from '@/app/_painter/indexed-png';
import { paint, painting, redo, undo } from '@/app/_painter/painting';
import {
  blank,
  feather,
  floodFill,
  invert,
  rectangle,
  resizeNearest,
  shares,
  stroke,
  type Raster,
} from '@/app/_painter/raster';

/** A picture as rows of digits. */
const picture = (...rows: string[]): Raster => ({
  width: rows[0]?.length ?? 0,
  height: rows.length,
  data: new Uint8Array(Array.from(rows.join(''), Number)),
});
const rows = ({ width, data }: Raster): string[] =>
  Array.from({ length: data.length / width }, (_, y) =>
    [...data.subarray(y * width, (y + 1) * width)].join(''),
  );

const small = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .chain(([width, height]) =>
    fc
      .array(fc.integer({ min: 0, max: 2 }), { minLength: width * height, maxLength: width * height })
      .map((data): Raster => ({ width, height, data: new Uint8Array(data) })),
  );

describe('flood fill', () => {
  it('stops at other values and at corners', () => {
    expect(rows(floodFill(picture('00100', '01000', '11011', '00000'), { x: 0, y: 0 }, 7))).toEqual([
      '77100',
      '71000',
      '11011',
      '00000',
    ]);
  });
  it('is what a plain search finds, for any picture', () => {
    fc.assert(
      fc.property(small, fc.nat(11), fc.nat(11), (raster, px, py) => {
        const [x, y] = [px % raster.width, py % raster.height];
        const old = raster.data[y * raster.width + x];
        const want = raster.data.slice();
        const waiting = [[x, y] as const];
        for (let next = waiting.pop(); next; next = waiting.pop()) {
          const [cx, cy] = next;
          if (
            cx < 0 ||
            cy < 0 ||
            cx >= raster.width ||
            cy >= raster.height ||
            want[cy * raster.width + cx] !== old
          )
            continue;
          want[cy * raster.width + cx] = 9;
          waiting.push([cx + 1, cy], [cx - 1, cy], [cx, cy + 1], [cx, cy - 1]);
        }
        const before = raster.data.slice();
        expect(floodFill(raster, { x, y }, 9).data).toEqual(want);
        expect(raster.data).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });
  it('outside, or onto the same value, changes nothing', () => {
    const raster = picture('01');
    expect(floodFill(raster, { x: 5, y: 0 }, 3)).toBe(raster);
    expect(floodFill(raster, { x: 0, y: 0 }, 0)).toBe(raster);
  });
  it('fills a large comb without a deep stack', () => {
    const comb = blank(1001, 1001);
    for (let x = 1; x < 1001; x += 2) for (let y = 1; y < 1001; y++) comb.data[y * 1001 + x] = 1;
    expect(floodFill(comb, { x: 0, y: 1000 }, 2).data.filter((value) => value === 0)).toHaveLength(0);
  });
});

describe('brush', () => {
  it('is a disc on a click, a capsule along a stroke', () => {
    const at = { x: 2.5, y: 2.5 };
    expect(rows(stroke(blank(5, 5), at, at, 3, 1))).toEqual(['00000', '01110', '01110', '01110', '00000']);
    expect(rows(stroke(blank(5, 5), at, at, 5, 1))).toEqual(['01110', '11111', '11111', '11111', '01110']);
    expect(rows(stroke(blank(5, 1), { x: 0.5, y: 0.5 }, { x: 3.5, y: 0.5 }, 1, 1))).toEqual(['11110']);
  });
  it('paints exactly the pixels near the segment, without gaps, clipped to the picture', () => {
    const coordinate = fc.double({ min: -5, max: 25, noNaN: true });
    const point = fc.record({ x: coordinate, y: coordinate });
    fc.assert(
      fc.property(point, point, fc.integer({ min: 1, max: 12 }), (from, to, diameter) => {
        const painted = stroke(blank(20, 20), from, to, diameter, 1);
        const wrong: number[][] = [];
        for (let y = 0; y < 20; y++)
          for (let x = 0; x < 20; x++) {
            // Distance from the pixel's centre to the segment, by sampling it densely.
            let nearest = Infinity;
            for (let k = 0; k <= 400; k++) {
              const [sx, sy] = [from.x + ((to.x - from.x) * k) / 400, from.y + ((to.y - from.y) * k) / 400];
              nearest = Math.min(nearest, Math.hypot(x + 0.5 - sx, y + 0.5 - sy));
            }
            const radius = Math.max(diameter / 2, Math.SQRT1_2);
            const value = painted.data[y * 20 + x];
            if ((nearest < radius - 0.01 && value !== 1) || (nearest > radius + 0.06 && value !== 0))
              wrong.push([x, y]);
          }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('rectangle, invert, resize, shares', () => {
  it('rectangles include both corners and are clipped', () => {
    expect(rows(rectangle(blank(4, 3), { x: 2.9, y: 1 }, { x: 1, y: 7 }, 5))).toEqual([
      '0000',
      '0550',
      '0550',
    ]);
    const raster = blank(2, 2);
    expect(rectangle(raster, { x: -3, y: -3 }, { x: -1, y: -1 }, 1)).toBe(raster);
  });
  it('inverting twice is nothing', () => {
    fc.assert(
      fc.property(small, (raster) => {
        expect(invert(invert(raster))).toEqual(raster);
      }),
    );
  });
  it('resizes without new values', () => {
    expect(rows(resizeNearest(picture('12', '34'), 4, 2))).toEqual(['1122', '3344']);
    expect(rows(resizeNearest(picture('1122', '1122', '3344', '3344'), 2, 2))).toEqual(['12', '34']);
  });
  it('says how much of the map each label has', () => {
    expect(shares(picture('0011', '0022'))).toEqual([
      { value: 0, share: 0.5 },
      { value: 1, share: 0.25 },
      { value: 2, share: 0.25 },
    ]);
  });
});

/** The normal distribution by its integral. */
const phi = (x: number) => {
  let sum = 0;
  for (let t = -6; t < x; t += 0.001) sum += (0.001 * Math.exp((-t * t) / 2)) / Math.sqrt(2 * Math.PI);
  return sum;
};

describe('feather', () => {
  it('leaves flat areas, keeps the middle of an edge, and falls off as a Gaussian does', () => {
    const edge = blank(101, 5);
    for (let y = 0; y < 5; y++) edge.data.fill(255, y * 101 + 51, (y + 1) * 101);
    for (const sigma of [2, 4, 8]) {
      const soft = feather(edge, sigma);
      const row = soft.data.subarray(202, 303);
      for (const offset of [-2 * sigma, -sigma, 0, sigma, 2 * sigma])
        expect(Math.abs((row[50 + offset] ?? 0) / 255 - phi((offset - 0.5) / sigma))).toBeLessThan(0.02);
      expect([row[0], row[100]]).toEqual([0, 255]);
    }
    expect(feather(edge, 0)).toBe(edge);
    expect(feather(blank(7, 3, 200), 3).data.every((value) => value === 200)).toBe(true);
  });
});

describe('undo and redo', () => {
  it('undo all is the start, redo all the end, for any strokes', () => {
    const point = fc.record({ x: fc.nat(9), y: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(fc.tuple(point, point, fc.nat(3)), { maxLength: 30 }), (strokes) => {
        const start = painting(blank(10, 10));
        const end = strokes.reduce(
          (state, [a, b, value]) => paint(state, rectangle(state.raster, a, b, value)),
          start,
        );
        let state = end;
        for (let n = 0; n < strokes.length; n++) state = undo(state);
        expect(state.raster).toEqual(start.raster);
        for (let n = 0; n < strokes.length; n++) state = redo(state);
        expect(state.raster).toEqual(end.raster);
      }),
    );
  });
  it('a new stroke forgets what was undone; an empty one does not', () => {
    const one = paint(painting(blank(2, 1)), picture('10'));
    const back = undo(one);
    expect(paint(back, blank(2, 1))).toBe(back);
    expect(redo(paint(back, picture('01'))).raster).toEqual(picture('01'));
  });
});

describe('maps and masks as PNG', () => {
  const labels: LabelSet = {
    id: 'face',
    labels: [
      { name: 'none', color: '#000000' },
      { name: 'skin', color: '#c08060' },
      { name: 'hair', color: '#402010' },
    ],
  };
  it('pixel values are label indices, the palette their colours, through a data URL too', () => {
    const map = picture('012', '210');
    const png = encodeMap(map, labels);
    expect(decodeMap(fromDataUrl(toDataUrl(png)), labels)).toEqual(map);
    const read = decode(png);
    expect([read.channels, read.depth, read.palette]).toEqual([
      1,
      8,
      [
        [0, 0, 0],
        [192, 128, 96],
        [64, 32, 16],
      ],
    ]);
    expect([...read.data]).toEqual([0, 1, 2, 2, 1, 0]);
  });
  it('colour pictures are understood by the labels’ colours', () => {
    const data = new Uint8Array([192, 128, 96, 255, 66, 30, 20, 255]);
    expect(rows(decodeMap(encodeRaster({ width: 2, height: 1, channels: 4, data }), labels))).toEqual(['12']);
  });
  it('what belongs to no label is refused by name', () => {
    const index = encodeRaster({ width: 1, height: 1, channels: 1, data: new Uint8Array([3]) });
    expect(() => decodeMap(index, labels)).toThrow(/label 3; there are 3/);
    const color = encodeRaster({ width: 1, height: 1, channels: 3, data: new Uint8Array([255, 0, 0]) });
    expect(() => decodeMap(color, labels)).toThrow(/#ff0000/);
    for (const bad of [
      '',
      'data:image/png;base64,A',
      'data:image/jpeg;base64,AAAA',
      'data:image/png;base64,AA$A',
    ])
      expect(() => fromDataUrl(bad)).toThrow(LoomError);
  });
  it('masks are grey, 255 = regenerate; alpha counts where colour says nothing', () => {
    const mask: Raster = { width: 2, height: 1, data: new Uint8Array([0, 255]) };
    expect(decodeMask(encodeMask(mask))).toEqual(mask);
    const data = new Uint8Array([9, 9, 9, 0, 9, 9, 9, 255]);
    expect(decodeMask(encodeRaster({ width: 2, height: 1, channels: 4, data }))).toEqual(mask);
  });
});
