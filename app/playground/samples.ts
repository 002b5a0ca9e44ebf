/** Fixed values for the playground: a face-like latent, its noisy steps, and one snapshot of every kind. */
import type { InspectClient, Snapshot, SnapshotOf, TrajectorySummary } from '../_snapshots/messages';
import { rms, tensorStats } from '../_snapshots/stats';
import { unitScale } from '../_snapshots/trajectory';

export const labels = {
  id: 'face',
  labels: [
    { name: 'none', color: '#20242e' },
    { name: 'background', color: '#8ecae6' },
    { name: 'skin', color: '#e0ac69' },
    { name: 'hair', color: '#7b3f00' },
    { name: 'clothes', color: '#3a5a9b' },
    { name: 'eyes', color: '#ffffff' },
    { name: 'mouth', color: '#c1121f' },
    { name: 'beard', color: '#5c4033' },
    { name: 'glasses', color: '#111111' },
  ],
};
const space = {
  space: 'loom-kl-f8',
  channels: 4,
  factor: 8,
  rgb: {
    weight: [
      [0.14, 0.1, 0.09],
      [-0.06, 0.05, 0.13],
      [0.1, -0.08, 0.02],
      [-0.03, -0.09, 0.04],
    ],
    bias: [0.5, 0.46, 0.44],
  },
};
const size = 32;

/** Box–Muller over a small generator: the same noise on every visit. */
export function normals(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 4294967297;
  };
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

/** Label of a cell of a drawn face, u and v in 0…1. */
export function faceLabel(u: number, v: number): number {
  const within = (cx: number, cy: number, rx: number, ry: number): boolean =>
    ((u - cx) / rx) ** 2 + ((v - cy) / ry) ** 2 < 1;
  if (within(0.4, 0.46, 0.045, 0.03) || within(0.6, 0.46, 0.045, 0.03)) return 5;
  if (within(0.5, 0.66, 0.1, 0.035)) return 6;
  if (within(0.5, 0.52, 0.24, 0.3) && v > 0.3) return 2;
  if (within(0.5, 0.4, 0.31, 0.31)) return 3;
  if (within(0.5, 1.08, 0.42, 0.3)) return 4;
  return 1;
}

function latentData(noise: number): Float32Array<ArrayBuffer> {
  const values = [
    [0, 0, 0, 0],
    [1.1, 1.6, -0.4, 0.2],
    [1.3, -1.2, 0.7, -0.5],
    [-1.4, -0.9, 0.9, 1.2],
    [-0.6, 1.4, 0.3, -1.1],
    [1.9, 0.8, 0.2, 0.4],
    [-0.1, -1.3, 2.1, 0.6],
  ];
  const plane = size * size;
  const wobble = normals(4 * plane, 7);
  return Float32Array.from({ length: 4 * plane }, (_, i) => {
    const [x, y] = [i % size, Math.floor((i % plane) / size)];
    return (
      (values[faceLabel((x + 0.5) / size, (y + 0.5) / size)]?.[Math.floor(i / plane)] ?? 0) +
      noise * (wobble[i] ?? 0)
    );
  });
}

const dims = [1, 4, size, size];
export const latent: SnapshotOf<'latent'> = { kind: 'latent', dims, data: latentData(0.25), space };

function withNan(): SnapshotOf<'latent'> {
  const data = latentData(0.25);
  data[2 * size * size + 11 * size + 17] = Number.NaN;
  return { ...latent, data };
}

function picture(scale: number): SnapshotOf<'image'> {
  const side = 256;
  const colors = labels.labels.map(({ color }) =>
    [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)),
  );
  const data = new Float32Array(3 * side * side);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    const color = colors[faceLabel((x + 0.5) / side, (y + 0.5) / side)] ?? [0, 0, 0];
    for (let c = 0; c < 3; c++)
      data[c * side * side + i] = ((color[c] ?? 0) / 127.5 - 1) * scale + 0.06 * Math.sin(y / 20 + c);
  }
  return { kind: 'image', dims: [1, 3, side, side], data };
}

const map = Uint8Array.from({ length: 64 * 64 }, (_, i) =>
  faceLabel(((i % 64) + 0.5) / 64, (Math.floor(i / 64) + 0.5) / 64),
);
const words = ['<s>', 'flat', 'avatar', ',', 'brown', 'skin', ',', 'zebra', 'hair', '</s>'];
const tokens = Array.from({ length: 32 }, (_, index) => ({
  id: words[index] === 'zebra' ? 1 : index < words.length ? 20 + index * 7 : 0,
  text: words[index] ?? '[PAD]',
  known: words[index] !== 'zebra',
  special: index === 0 || index >= words.length - 1,
}));
const emptyPart = { tokens: null, overflow: '', context: null, map: null, image: null, norms: [] };

export const snapshots: Readonly<Record<string, Snapshot>> = {
  latent,
  nan: withNan(),
  noise: { kind: 'noise', dims, data: normals(4 * size * size, 3), space, seed: '18446744073709551615' },
  image: picture(1),
  mask: {
    kind: 'mask',
    dims: [1, 1, 64, 64],
    data: Float32Array.from(map, (value) => (value === 3 ? 1 : value === 2 ? 0.4 : 0)),
  },
  map: { kind: 'semantic-map', dims: [1, 64, 64], data: map, labels },
  codes: {
    kind: 'codes',
    dims: [1, size, size],
    data: Int32Array.from({ length: size * size }, (_, i) => {
      const label = faceLabel(((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size);
      return label * 31 + ((i * 7) % (label + 2));
    }),
    space,
    entries: 512,
  },
  conditioning: {
    kind: 'conditioning',
    conditioner: 'loom',
    entries: [
      {
        weight: 1,
        start: 0,
        end: 1,
        parts: [
          {
            ...emptyPart,
            part: 'text',
            label: 'flat avatar, brown skin, zebra hair',
            tokens,
            norms: tokens.map((_, index) => 6 + 5 * Math.abs(Math.sin(index * 1.7))),
            overflow: 'and a second prompt that no longer fits',
            dims: [1, 32, 256],
          },
          { ...emptyPart, part: 'class', label: 'avatar:avataaars', norms: [15.98], dims: [1, 1, 256] },
          { ...emptyPart, part: 'map', label: '', dims: [1, 64, 64], map: { data: map, labels } },
        ],
      },
    ],
  },
  schedule: {
    kind: 'schedule',
    sigmas: Float64Array.from({ length: 21 }, (_, i) => (i === 20 ? 0 : 14.6 * (1 - i / 20) ** 4 + 0.03)),
  },
  number: { kind: 'number', value: 7.5 },
  text: { kind: 'text', text: '빨간 곱슬머리, 파란 후드\nflat avatar, red curly hair, blue hoodie' },
  unet: {
    kind: 'facts',
    of: 'unet',
    facts: [
      { key: 'space', value: 'loom-kl-f8' },
      { key: 'channels', value: 4 },
      { key: 'prediction', value: 'v' },
      { key: 'timesteps', value: 1000 },
      { key: 'nativeSize', value: '32 × 32' },
      { key: 'conditioner', value: 'loom' },
    ],
  },
};

const total = 20;
const sigmas = Array.from({ length: total }, (_, i) => 14.6 * (1 - i / total) ** 3 + 0.03);
const steps = sigmas.map((sigma, step) => {
  const progress = (step + 1) / total;
  const denoised = latent.data.map(
    (value, i) =>
      value * progress + 0.35 * (1 - progress) * (latent.data[(i + 37) % latent.data.length] ?? 0),
  );
  const noise = normals(latent.data.length, 11);
  const x = latent.data.map((value, i) => (value + sigma * (noise[i] ?? 0)) * unitScale(sigma));
  return { step, sigma, x, denoised };
});
const summary: TrajectorySummary = {
  node: 'sampler',
  total,
  space,
  dims,
  bytes: total * 2 * 16_384,
  budget: 256 * 2 ** 20,
  steps: steps.map(({ step, sigma, x, denoised }) => ({
    step,
    sigma,
    xNorm: rms(x),
    denoisedNorm: rms(denoised),
    change: step === 0 ? null : rms(denoised.map((value, i) => value - (steps[step - 1]?.denoised[i] ?? 0))),
    x: tensorStats({ dims, data: x }),
    denoised: tensorStats({ dims, data: denoised }),
  })),
};

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An engine of fixed values. */
export const client: InspectClient = {
  inspect: (node) => Promise.resolve(snapshots[node]),
  decode: () => wait(300).then(() => picture(1)),
  trajectory: () => Promise.resolve(summary),
  trajectoryStep: (_, step) =>
    Promise.resolve({
      x: { ...latent, data: steps[step]?.x ?? latent.data },
      denoised: { ...latent, data: steps[step]?.denoised ?? latent.data },
    }),
  decodeStep: (_, step) => wait(300).then(() => picture((step + 1) / total)),
};
