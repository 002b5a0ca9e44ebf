import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { exportsOf } from '@/app/_snapshots/export';
import type { Snapshot } from '@/app/_snapshots/messages';
import {
  channelViews,
  codeColor,
  gridView,
  imageView,
  labelView,
  linearRgbView,
  mapColor,
  parseColor,
  pcaView,
  planeView,
  valuesAt,
  viewOf,
  viewsOf,
} from '@/app/_snapshots/views';
import { writeNpy, writeSafetensors } from '@/app/_snapshots/writers';

const pixel = ({ width, rgba }: { width: number; rgba: Uint8ClampedArray }, x: number, y: number) =>
  Array.from(rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4));
const magenta = [255, 0, 220, 255];
const latent = (data: readonly number[], dims: readonly number[]) => ({
  dims: [...dims],
  data: new Float32Array(data),
});

describe('views', () => {
  it('linear RGB is bias + weightᵀ·z', () => {
    const grid = latent([1, 0, 0.5, 2], [1, 2, 1, 2]);
    const weight = [
      [0.1, 0.2, 0.3],
      [0.2, 0, -0.1],
    ];
    const view = linearRgbView(grid, 0, { weight, bias: [0.2, 0.4, 0.1] });
    // cell 0: z = (1, 0.5) → (0.4, 0.6, 0.35); cell 1: z = (0, 2) → (0.6, 0.4, −0.1)
    expect(pixel(view, 0, 0)).toEqual([102, 153, 89, 255]);
    expect(pixel(view, 1, 0)).toEqual([153, 102, 0, 255]);
  });
  it('images map −1…1 to 0…255', () => {
    expect(pixel(imageView(latent([-1, 0, 1], [1, 3, 1, 1]), 0), 0, 0)).toEqual([0, 128, 255, 255]);
  });
  it('zero is the middle of the diverging map, whatever the range', () => {
    const view = planeView(new Float32Array([-1, 0, 3]), 3, 1, 'diverging');
    expect(pixel(view, 1, 0)).toEqual([221, 221, 221, 255]);
    expect(pixel(view, 2, 0)).toEqual([180, 4, 38, 255]);
    expect(mapColor('grey', 2)).toEqual([255, 255, 255]);
    expect(mapColor('rising', -1)).toEqual([68, 1, 84]);
  });
  it('NaN is magenta in every view, and no other value is', () => {
    const grid = latent([Number.NaN, 1, 2, 3, 4, 5], [1, 3, 1, 2]);
    const rgb = {
      weight: [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
      ],
      bias: [0, 0, 0],
    };
    for (const view of [
      pcaView(grid, 0),
      linearRgbView(grid, 0, rgb),
      imageView(grid, 0),
      channelViews(grid, 0, 'rising')[0],
    ]) {
      expect(view && pixel(view, 0, 0)).toEqual(magenta);
      expect(view && pixel(view, 1, 0)).not.toEqual(magenta);
    }
  });
  it('PCA separates what differs, and a flat latent is grey', () => {
    const two = pcaView(latent([5, 5, -5, -5, 1, 1, -1, -1], [1, 2, 2, 2]), 0);
    expect(pixel(two, 0, 0)).toEqual(pixel(two, 1, 0));
    expect(pixel(two, 0, 0)).not.toEqual(pixel(two, 0, 1));
    expect(pixel(pcaView(latent([3, 3], [1, 1, 1, 2]), 0), 0, 0)).toEqual([128, 128, 128, 255]);
  });
  it('label maps have the labels’ colours, codes one colour each', () => {
    const labels = [{ color: '#000' }, { color: '#12aB34' }];
    const view = labelView({ dims: [1, 1, 3], data: new Uint8Array([0, 1, 9]) }, 0, labels);
    expect([0, 1, 2].map((x) => pixel(view, x, 0))).toEqual([[0, 0, 0, 255], [18, 171, 52, 255], magenta]);
    expect(parseColor('red')).toEqual([128, 128, 128]);
    const colors = new Set(Array.from({ length: 512 }, (_, code) => codeColor(code).map(Math.round).join()));
    expect(colors.size).toBeGreaterThan(500);
  });
  it('grids keep their parts apart', () => {
    const grid = latent([1, 2, 3], [1, 3, 1, 1]);
    const whole = gridView(channelViews(grid, 0, 'grey'), 2);
    expect([whole.width, whole.height]).toEqual([3, 3]);
    expect(pixel(whole, 1, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(whole, 0, 2)).toEqual([255, 255, 255, 255]);
  });
  it('what stands under the cursor is the value itself', () => {
    const grid = latent([0.1, 0.2, 0.3, 0.4, 1.1, 1.2, 1.3, 1.4], [1, 2, 2, 2]);
    expect(valuesAt(grid, 0, 1, 1)).toEqual([Math.fround(0.4), Math.fround(1.4)]);
    expect(valuesAt(grid, 0, 2, 0)).toEqual([]);
  });
});

interface Header {
  readonly [name: string]: {
    readonly dtype: string;
    readonly shape: number[];
    readonly data_offsets: [number, number];
  };
}

describe('files', () => {
  it('.npy says type and shape, and its data begins at a multiple of 64', () => {
    const file = writeNpy({ dims: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6.5]) });
    const view = new DataView(file.buffer);
    expect([...file.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    const length = view.getUint16(8, true);
    expect((10 + length) % 64).toBe(0);
    const header = new TextDecoder().decode(file.subarray(10, 10 + length));
    expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/);
    expect(view.getFloat32(10 + length + 20, true)).toBe(6.5);
    expect(new TextDecoder().decode(writeNpy({ dims: [3], data: new Uint8Array(3) }))).toContain(
      "'shape': (3,)",
    );
    expect(() => writeNpy({ dims: [2, 2], data: new Float32Array(3) })).toThrow(RangeError);
  });
  it('safetensors come back', () => {
    const tensors = [
      { name: 'map', dims: [3], data: new Uint8Array([1, 2, 3]) },
      { name: 'z', dims: [1, 2], data: new Float32Array([0.5, -0.25]) },
      { name: 'sigmas', dims: [2], data: new Float64Array([Math.PI, 0]) },
    ];
    const file = writeSafetensors(tensors, { space: '잠재' });
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Header;
    expect(header['__metadata__']).toEqual({ space: '잠재' });
    const data = file.slice(8 + length);
    const part = (name: string) => data.slice(...(header[name]?.data_offsets ?? [0, 0]));
    expect([...part('map')]).toEqual([1, 2, 3]);
    expect([...new Float32Array(part('z').buffer)]).toEqual([0.5, -0.25]);
    expect([...new Float64Array(part('sigmas').buffer)]).toEqual([Math.PI, 0]);
    // Offsets cover the data without holes or overlaps.
    const spans = Object.entries(header).flatMap(([name, { data_offsets: span }]) =>
      name === '__metadata__' ? [] : [span],
    );
    const sorted = spans.sort(([a], [b]) => a - b);
    expect(sorted[0]?.[0]).toBe(0);
    expect(sorted.at(-1)?.[1]).toBe(data.length);
    for (const [index, [start]] of sorted.entries()) expect(start).toBe(sorted[index - 1]?.[1] ?? 0);
    expect(() => writeSafetensors([...tensors, ...tensors])).toThrow(RangeError);
  });
});

describe('exports of a snapshot', () => {
  const space = {
    space: 's',
    channels: 2,
    factor: 8,
    rgb: {
      weight: [
        [1, 0, 0],
        [0, 1, 0],
      ],
      bias: [0, 0, 0],
    },
  };
  const snapshots: readonly Snapshot[] = [
    { kind: 'latent', dims: [2, 2, 2, 2], data: new Float32Array(16).map((_, i) => i / 16), space },
    {
      kind: 'noise',
      dims: [1, 2, 1, 1],
      data: new Float32Array(2),
      space: { ...space, rgb: null },
      seed: '7',
    },
    { kind: 'image', dims: [1, 3, 2, 2], data: new Float32Array(12) },
    { kind: 'mask', dims: [1, 1, 2, 2], data: new Float32Array(4) },
    {
      kind: 'semantic-map',
      dims: [1, 2, 2],
      data: new Uint8Array(4),
      labels: { id: 'l', labels: [{ name: 'none', color: '#000' }] },
    },
    { kind: 'codes', dims: [1, 2, 2], data: new Int32Array(4), space, entries: 512 },
    { kind: 'schedule', sigmas: new Float64Array([14.6, 1, 0]) },
    { kind: 'number', value: 3 },
    { kind: 'text', text: '고양이' },
    { kind: 'facts', of: 'unet', facts: [{ key: 'space', value: 's' }] },
  ];
  it.each(snapshots.map((each) => [each.kind, each] as const))(
    '%s: every file is made, and pictures are pictures',
    (_, snapshot) => {
      const files = exportsOf(snapshot);
      expect(files.length).toBeGreaterThan(0);
      expect(new Set(files.map(({ suffix }) => suffix)).size).toBe(files.length);
      for (const file of files) {
        const bytes = file.bytes();
        expect(bytes.length).toBeGreaterThan(0);
        const drawn = file.mime !== 'image/png' || decode(bytes, { checkCrc: true }).width > 0;
        expect(drawn).toBe(true);
      }
    },
  );
  it('names elements of a batch', () => {
    const [first] = snapshots;
    expect(first && exportsOf(first).map(({ suffix }) => suffix)).toEqual([
      'rgb-0.png',
      'rgb-1.png',
      'pca-0.png',
      'pca-1.png',
      'channels-0.png',
      'channels-1.png',
      'safetensors',
      'npy',
    ]);
  });
  it('every view that is offered can be drawn', () => {
    for (const snapshot of snapshots)
      for (const name of viewsOf(snapshot)) expect(viewOf(snapshot, name)?.width).toBeGreaterThan(0);
  });
});
