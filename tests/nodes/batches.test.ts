/** Batches are fields of port types: known while connecting, and refused there where they do not go together. */
import { produce } from 'immer';
import { describe, expect, it } from 'vitest';
import { applyFix, checkConnection, infer, fixesFor, parseDocument, type LoomDocument } from '@/engine';
import { registry } from '@/nodes/registry';
import { createCatalog } from '@/models';
import { createNodeFiles } from '@/models/files-node';
import { readPackage } from '@/models/packages';

const catalog = createCatalog([await readPackage(createNodeFiles('tests/fixtures'), 'tiny')]);
type Nodes = Record<string, readonly [type: string, params?: Record<string, unknown>]>;
const end = (text: string) => {
  const [node = '', port = ''] = text.split('.');
  return { node, port };
};

function graph(nodes: Nodes, connections: readonly string[]): LoomDocument {
  const all: Nodes = { package: ['model/package', { package: 'tiny' }], ...nodes };
  return parseDocument({
    format: 'latent-loom',
    version: 1,
    nodes: Object.fromEntries(Object.entries(all).map(([id, [type, params = {}]]) => [id, { type, params }])),
    edges: Object.fromEntries(
      connections.map((connection, index) => {
        const [from = '', to = ''] = connection.split(' > ');
        return [`w${index}`, { from: end(from), to: end(to) }];
      }),
    ),
  }).document;
}
const inferred = (document: LoomDocument) => infer({ document, registry, catalog });
const batchOf = (document: LoomDocument, at: string) => {
  const { node, port } = end(at);
  return inferred(document).portType(node, 'out', port)?.fields.batch;
};

/** Two latents of these batches, from one U-Net. */
const two = (a: number, b: number): Nodes => ({
  a: ['latent/empty', { batch: a }],
  b: ['latent/empty', { batch: b }],
});
const fed = ['package.unet > a.unet', 'package.unet > b.unet'];

/** A whole sampling: a walk of prompts, noise, and a latent to start from. */
const sampling = (walk: number, noise: number, latent: number): LoomDocument =>
  graph(
    {
      cat: ['conditioning/text', { text: 'cat' }],
      dog: ['conditioning/text', { text: 'dog' }],
      walk: ['conditioning/interpolate', { count: walk }],
      unet: ['sampling/unet'],
      noise: ['latent/noise', { batch: noise }],
      start: ['latent/empty', { batch: latent }],
      sampler: ['sampling/sampler'],
      decode: ['first-stage/decode'],
      image: ['image/output'],
    },
    [
      'package.conditioner > cat.conditioner',
      'package.conditioner > dog.conditioner',
      'cat.conditioning > walk.a',
      'dog.conditioning > walk.b',
      'package.unet > unet.unet',
      'walk.conditioning > unet.positive',
      'package.unet > noise.unet',
      'package.unet > start.unet',
      'unet.denoiser > sampler.denoiser',
      'noise.noise > sampler.noise',
      'start.latent > sampler.latent',
      'package.firstStage > decode.firstStage',
      'sampler.latent > decode.latent',
      'decode.image > image.image',
    ],
  );

describe('batches that nodes map over', () => {
  it.each([
    [1, 1, 1],
    [3, 1, 3],
    [1, 3, 3],
    [4, 4, 4],
  ])('%i and %i mixed are %i', (a, b, both) => {
    for (const type of ['add', 'subtract', 'mix', 'slerp'].map((name) => `latent/${name}`)) {
      const document = graph({ ...two(a, b), n: [type] }, [...fed, 'a.latent > n.a', 'b.latent > n.b']);
      expect(inferred(document).diagnostics).toEqual([]);
      expect(batchOf(document, 'n.latent')).toBe(both);
    }
  });

  it('put behind each other they add up, and picking takes some out', () => {
    const connections = [...fed, 'a.latent > n.a', 'b.latent > n.b', 'n.latent > pick.latent'];
    const pick = (index: number, count: number) =>
      graph({ ...two(2, 3), n: ['latent/batch'], pick: ['latent/pick', { index, count }] }, connections);
    expect(batchOf(pick(0, 1), 'n.latent')).toBe(5);
    for (const [index, count] of [
      [0, 1],
      [4, 1],
      [2, 3],
      [0, 5],
    ] as const) {
      expect(inferred(pick(index, count)).diagnostics).toEqual([]);
      expect(batchOf(pick(index, count), 'pick.picked')).toBe(count);
    }
    const inference = inferred(pick(4, 2));
    const [found] = inference.diagnostics;
    expect(found).toMatchObject({
      code: 'type-mismatch',
      node: 'pick',
      port: 'latent',
      path: 'batch',
      got: '5',
      want: 'at least 6',
    });
    expect(found && fixesFor(found, inference)).toContainEqual({
      kind: 'set-param',
      node: 'pick',
      param: 'index',
      value: 0,
    });
  });

  it('go through a whole sampling: to the pictures', () => {
    for (const [walk, noise, latent] of [
      [5, 5, 5],
      [5, 5, 1],
    ] as const) {
      const document = sampling(walk, noise, latent);
      expect(inferred(document).diagnostics).toEqual([]);
      expect(batchOf(document, 'unet.denoiser')).toBe(5);
      expect(batchOf(document, 'decode.image')).toBe(5);
    }
  });

  it('without a condition one denoiser serves any batch', () => {
    const document = graph({ unet: ['sampling/unet'] }, ['package.unet > unet.unet']);
    expect(batchOf(document, 'unet.denoiser')).toBe(1);
  });

  it('of a file are known to its run alone, and refuse nothing', () => {
    const document = graph({ ...two(3, 3), load: ['latent/load'], n: ['latent/add'] }, [
      ...fed,
      'package.firstStage > load.firstStage',
      'load.latent > n.a',
      'b.latent > n.b',
    ]);
    expect(inferred(document).diagnostics).toEqual([]);
    expect(batchOf(document, 'n.latent')).toBe(3);
  });
});

describe('batches that do not go together', () => {
  const cases: readonly (readonly [string, LoomDocument, Record<string, unknown>])[] = [
    [
      'two latents',
      graph({ ...two(3, 4), n: ['latent/add'] }, [...fed, 'a.latent > n.a', 'b.latent > n.b']),
      { node: 'n', port: 'b', got: '4', want: '1 or 3' },
    ],
    [
      'a latent and its noise',
      sampling(4, 4, 3),
      { node: 'sampler', port: 'latent', got: '3', want: '1 or 4' },
    ],
    [
      'noise and a walk of prompts',
      sampling(5, 4, 1),
      { node: 'sampler', port: 'noise', got: '4', want: '5' },
    ],
  ];

  it.each(cases)('are refused while wiring, with a fix that works: %s', (_name, document, where) => {
    const inference = inferred(document);
    const [found, ...more] = inference.diagnostics;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: 'type-mismatch', severity: 'error', path: 'batch', ...where });
    const helpful = found ? fixesFor(found, inference).filter(({ kind }) => kind !== 'remove-edge') : [];
    expect(helpful.length).toBeGreaterThan(0);
    for (const fix of helpful) {
      const fixed = produce(document, (draft: LoomDocument) => {
        applyFix(draft, fix, registry);
      });
      expect(inferred(fixed).diagnostics).toEqual([]);
    }
  });

  it.each(cases)('are refused in the hand: %s', (_name, document, { node, port }) => {
    const entry = Object.entries(document.edges).find(([, { to }]) => to.node === node && to.port === port);
    if (!entry) throw new Error('no such wire');
    const [id, { from, to }] = entry;
    const { [id]: _gone, ...edges } = document.edges;
    const check = checkConnection(inferred({ ...document, edges }), from, to);
    expect(check.ok ? undefined : check.diagnostic.path).toBe('batch');
  });

  it('either side is changed, or one element is picked', () => {
    const inference = inferred(sampling(4, 4, 3));
    const fixes = inference.diagnostics.flatMap((found) => fixesFor(found, inference));
    expect(fixes).toContainEqual({ kind: 'set-param', node: 'start', param: 'batch', value: 4 });
    expect(fixes.some((fix) => fix.kind === 'insert' && fix.chain[0]?.type === 'latent/pick')).toBe(true);
  });
});
