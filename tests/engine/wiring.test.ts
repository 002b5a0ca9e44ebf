/** Each edge that a person should not be able to draw: the reason in words, and a fix that then works. */
import { describe, expect, it } from 'vitest';
import { produce } from 'immer';
import {
  applyFix,
  checkConnection,
  infer,
  fixesFor,
  plan,
  type Diagnostic,
  type EdgeEnds,
  type Endpoint,
  type Inference,
  type LoomDocument,
  type QuickFix,
} from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import { catalog, executorOn, graph } from './kit';
import { kit } from './kit-nodes';

const read = (document: LoomDocument): Inference => infer({ document, registry: kit, catalog });
const end = (text: string): Endpoint => ({ node: text.split('.')[0] ?? '', port: text.split('.')[1] ?? '' });
const fixed = (document: LoomDocument, fix: QuickFix, pending?: EdgeEnds): LoomDocument =>
  produce(document, (draft: LoomDocument) => {
    applyFix(draft, fix, kit, pending);
  });
const connected = (document: LoomDocument, from: string, to: string): LoomDocument =>
  fixed(document, { kind: 'connect', from: end(from), to: end(to) });

/** Fixes of something that was found. */
function fixesOf(found: Diagnostic | undefined, inference: Inference): readonly QuickFix[] {
  if (!found) throw new Error('nothing was found');
  return fixesFor(found, inference);
}

/** Asserts that the edge is refused as said, in hand and in the document; that each fix leaves no error; gives the fixes. */
function refused(
  document: LoomDocument,
  from: string,
  to: string,
  why: Readonly<Record<string, unknown>>,
  message: string,
): readonly QuickFix[] {
  const before = read(document);
  const pending = checkConnection(before, end(from), end(to));
  if (pending.ok) throw new Error(`${from} > ${to} was taken`);
  expect(pending.diagnostic).toMatchObject(why);
  expect(pending.diagnostic.message).toBe(message);
  const offered = fixesFor(pending.diagnostic, before, { from: end(from), to: end(to) });
  for (const fix of offered) {
    const after = fixed(document, fix, { from: end(from), to: end(to) });
    expect({ fix, left: read(after).diagnostics }).toEqual({ fix, left: [] });
    // The edge that the fix was offered for is drawn, or its input is fed otherwise.
    const fed = Object.values(after.edges).find((edge) => `${edge.to.node}.${edge.to.port}` === to);
    expect({ fix, fed: fed !== undefined }).toEqual({ fix, fed: true });
  }
  const drawn = read(connected(document, from, to));
  const found = drawn.diagnostics.find(({ code }) => code === why.code);
  expect(found).toMatchObject({ ...why, severity: 'error' });
  const fixes = fixesOf(found, drawn);
  for (const fix of fixes) {
    const left = read(fixed(drawn.document, fix)).diagnostics;
    expect({ fix, left: left.filter(({ code }) => code !== 'missing-input') }).toEqual({ fix, left: [] });
  }
  expect(fixes).toContainEqual(expect.objectContaining({ kind: 'remove-edge' }));
  return offered;
}

/** A whole sampling on package `of`, with an encoder on package `from`. */
const latentGraph = (from: string, of: string): LoomDocument =>
  graph(
    {
      theirs: ['kit/package', { package: from }],
      ours: ['kit/package', { package: of }],
      picture: ['kit/image'],
      encode: ['kit/encode'],
      unet: ['kit/unet'],
      noise: ['kit/noise'],
      sampler: ['kit/sampler'],
      decode: ['kit/decode'],
      image: ['kit/output'],
    },
    [
      'theirs.firstStage > encode.firstStage',
      'picture.image > encode.image',
      'ours.unet > unet.unet',
      'ours.unet > noise.unet',
      'unet.denoiser > sampler.denoiser',
      'noise.noise > sampler.noise',
      'sampler.latent > decode.latent',
      'ours.firstStage > decode.firstStage',
      'decode.image > image.image',
    ],
  );

describe('wires refused while in the hand', () => {
  it.each([
    ['vq', 'kl', 'a VQ latent into a KL U-Net'],
    ['kl-2', 'kl', 'a KL latent of another package of equal shape'],
  ])('%s into %s: %s', async (from, of) => {
    const document = latentGraph(from, of);
    const fixes = refused(
      document,
      'encode.latent',
      'sampler.latent',
      { code: 'type-mismatch', path: 'space', got: from, want: of },
      `The output latent of “Encode” (encode) does not fit input latent of “Sampler” (sampler): its latent space is ${from}, but ${of} is wanted.`,
    );
    const insert = fixes.find(({ kind }) => kind === 'insert');
    expect(insert).toMatchObject({
      chain: [
        {
          type: 'kit/decode',
          input: 'latent',
          output: 'image',
          also: { firstStage: { node: 'theirs', port: 'firstStage' } },
        },
        {
          type: 'kit/encode',
          input: 'image',
          output: 'latent',
          also: { firstStage: { node: 'ours', port: 'firstStage' } },
        },
      ],
    });
    expect(fixes).toContainEqual({ kind: 'rewire', edge: 'w0', from: { node: 'ours', port: 'firstStage' } });
    if (!insert) return;
    const backend = createCpuBackend();
    const executor = executorOn(backend);
    const result = await executor.run(plan(read(fixed(document, insert))));
    expect(result).toMatchObject({ status: 'finished', failed: [] });
    executor.dispose();
    expect(backend.live().tensors).toBe(0);
  });

  it('a 256-pixel image into a 250-pixel mask', () => {
    const document = graph(
      {
        small: ['kit/image', { height: 250, width: 250 }],
        large: ['kit/image', { height: 256, width: 256 }],
        mask: ['kit/mask'],
        image: ['kit/output'],
      },
      ['small.image > mask.image', 'mask.image > image.image'],
    );
    const fixes = refused(
      document,
      'large.image',
      'mask.mask',
      { code: 'type-mismatch', path: 'height', got: '256', want: '250' },
      'The output image of “Picture” (large) does not fit input mask of “Mask” (mask): its height is 256, but 250 is wanted.',
    );
    expect(fixes[0]).toMatchObject({
      kind: 'insert',
      chain: [{ type: 'kit/resize', params: { height: 250, width: 250 } }],
    });
  });

  it('a side that the encoder cannot halve evenly', () => {
    const document = graph(
      {
        package: ['kit/package'],
        picture: ['kit/image', { height: 250, width: 256 }],
        encode: ['kit/encode'],
      },
      ['package.firstStage > encode.firstStage'],
    );
    const check = checkConnection(read(document), end('picture.image'), end('encode.image'));
    expect(check).toMatchObject({
      ok: false,
      diagnostic: { path: 'height', got: '250', want: 'a multiple of 8' },
    });
  });

  it('text conditioning into a class-only U-Net', () => {
    const document = graph(
      {
        package: ['kit/package', { package: 'classes' }],
        prompt: ['kit/text'],
        label: ['kit/class'],
        unet: ['kit/unet'],
      },
      [
        'package.conditioner > prompt.conditioner',
        'package.conditioner > label.conditioner',
        'package.unet > unet.unet',
      ],
    );
    const fixes = refused(
      document,
      'prompt.conditioning',
      'unet.positive',
      { code: 'type-mismatch', path: 'parts', got: 'text', want: 'at most class' },
      'The output conditioning of “Text” (prompt) does not fit input positive of “U-Net” (unet): its conditioning is text, but at most class is wanted.',
    );
    expect(fixes).toContainEqual({
      kind: 'connect',
      from: { node: 'label', port: 'conditioning' },
      to: { node: 'unet', port: 'positive' },
    });
    expect(fixes).toContainEqual({ kind: 'replace-node', node: 'prompt', type: 'kit/class' });
  });

  it('a map with the wrong label set', () => {
    const document = graph(
      {
        faces: ['kit/package'],
        streets: ['kit/package', { package: 'kl-2' }],
        painter: ['kit/painter'],
        map: ['kit/map'],
      },
      ['streets.conditioner > painter.conditioner', 'faces.conditioner > map.conditioner'],
    );
    const fixes = refused(
      document,
      'painter.map',
      'map.map',
      { code: 'type-mismatch', path: 'labels', got: 'street-8', want: 'face-19' },
      'The output map of “Painter” (painter) does not fit input map of “Map” (map): its set of map labels is street-8, but face-19 is wanted.',
    );
    expect(fixes).toContainEqual({
      kind: 'rewire',
      edge: 'w0',
      from: { node: 'faces', port: 'conditioner' },
    });
  });

  it('a cycle, at any distance', () => {
    const document = graph({ a: ['kit/sum'], b: ['kit/sum'], c: ['kit/sum'], seven: ['kit/number'] }, [
      'a.number > b.a',
      'b.number > c.a',
      'seven.number > a.a',
    ]);
    refused(
      document,
      'c.number',
      'a.b',
      { code: 'cycle' },
      "The wire from “Sum” (c) to “Sum” (a) closes a circle: each would need the other's result first.",
    );
    expect(checkConnection(read(document), end('a.number'), end('a.b'))).toMatchObject({
      ok: false,
      diagnostic: { code: 'cycle' },
    });
  });

  it('kinds that differ, ports and nodes that are not there', () => {
    const document = graph({ n: ['kit/number'], out: ['kit/output'], old: ['gone/node'] });
    const inference = read(document);
    expect(checkConnection(inference, end('n.number'), end('out.image'))).toMatchObject({
      ok: false,
      diagnostic: { code: 'type-mismatch', path: 'kind', got: 'number', want: 'image' },
    });
    expect(checkConnection(inference, end('n.nothing'), end('out.image'))).toMatchObject({
      ok: false,
      diagnostic: { code: 'unknown-port' },
    });
    expect(checkConnection(inference, end('n.constructor'), end('out.image'))).toMatchObject({
      ok: false,
      diagnostic: { code: 'unknown-port' },
    });
    expect(checkConnection(inference, end('n.number'), end('nowhere.image'))).toMatchObject({
      ok: false,
      diagnostic: { code: 'unknown-port' },
    });
    expect(checkConnection(inference, end('old.anything'), end('out.image'))).toEqual({ ok: true });
    expect(checkConnection(inference, end('n.number'), end('old.anything'))).toEqual({ ok: true });
  });
});

const codes = (inference: Inference) =>
  inference.diagnostics.map(({ code, node, path, edge }) =>
    [code, node ?? edge, path].filter((x) => x !== undefined),
  );

describe('what is found in a document', () => {
  it('names parameters by their zod path and offers the nearest value', () => {
    const inference = read(graph({ unet: ['kit/sampler', { steps: 500 }] }));
    const found = inference.diagnostics.find(({ code }) => code === 'invalid-param');
    expect(found).toMatchObject({ node: 'unet', path: 'steps', got: '500' });
    expect(fixesOf(found, inference)).toEqual([
      { kind: 'set-param', node: 'unet', param: 'steps', value: 100 },
      { kind: 'set-param', node: 'unet', param: 'steps', value: 2 },
    ]);
  });

  it('a package that is not there, with those that are', () => {
    const inference = read(graph({ p: ['kit/package', { package: 'lost' }] }));
    const [found] = inference.diagnostics;
    expect(found).toMatchObject({ code: 'package-missing', path: 'package', got: 'lost' });
    expect(fixesOf(found, inference)).toContainEqual({
      kind: 'set-param',
      node: 'p',
      param: 'package',
      value: 'kl',
    });
  });

  it('missing inputs, with the wires that would do', () => {
    const inference = read(graph({ n: ['kit/number'], s: ['kit/sum'] }));
    expect(codes(inference)).toEqual([['missing-input', 's']]);
    expect(fixesOf(inference.diagnostics[0], inference)).toEqual([
      { kind: 'connect', from: { node: 'n', port: 'number' }, to: { node: 's', port: 'a' } },
    ]);
  });

  it('two wires into one input, loose wires, unknown ports', () => {
    const inference = read(
      graph({ n: ['kit/number'], m: ['kit/number'], s: ['kit/sum'] }, [
        'n.number > s.a',
        'm.number > s.a',
        'n.number > s.z',
        'x.number > s.b',
        'n.zero > s.c',
      ]),
    );
    expect(codes(inference)).toEqual([
      ['dangling-edge', 'w3'],
      ['duplicate-input', 's'],
      ['unknown-port', 's'],
      ['unknown-port', 's'],
    ]);
    expect(fixesOf(inference.diagnostics[1], inference)).toEqual([
      { kind: 'remove-edge', edge: 'w1' },
      { kind: 'remove-edge', edge: 'w0' },
    ]);
  });

  it('an unknown type is a placeholder: only what needs it does not run', () => {
    const inference = read(
      graph(
        {
          old: ['gone/node', { anything: [1, { b: 2 }] }],
          n: ['kit/number'],
          blocked: ['kit/show'],
          free: ['kit/show'],
        },
        ['old.x > blocked.number', 'n.number > free.number'],
      ),
    );
    expect(codes(inference)).toEqual([['pack-missing', 'old']]);
    const planned = plan(inference);
    expect(planned.targets.map(({ node }) => node)).toEqual(['free']);
    expect(planned.blocked).toMatchObject([
      { node: 'blocked', because: 'old', diagnostics: [{ code: 'pack-missing' }] },
    ]);
  });

  it('old versions are migrated, newer ones said so', () => {
    const old = read(graph({ n: ['kit/number', { n: 5 }, { version: 1 }] }));
    expect(old.diagnostics).toEqual([]);
    expect(old.nodes.get('n')?.params).toMatchObject({ value: 5 });
    expect(read(graph({ n: ['kit/number', {}, { version: 9 }] })).diagnostics).toMatchObject([
      { code: 'newer-node', severity: 'warning' },
    ]);
  });

  it('a node’s own warnings hold with their values; an error blocks it, a muted node says none', () => {
    const large = read(graph({ n: ['kit/number', { value: 200_000 }] }));
    expect(large.diagnostics).toMatchObject([
      {
        code: 'node-warning',
        severity: 'warning',
        node: 'n',
        path: 'value',
        warning: 'large',
        values: { value: '200000' },
      },
    ]);
    expect(large.diagnostics[0]?.message).toContain('200000 is large.');
    expect(large.nodes.get('n')?.state).toBe('ready');
    const huge = read(graph({ n: ['kit/number', { value: 950_000 }] }));
    expect(huge.diagnostics.map(({ severity }) => severity).toSorted()).toEqual(['error', 'warning']);
    expect(huge.nodes.get('n')?.state).toBe('invalid');
    const muted = read(graph({ n: ['kit/number', { value: 950_000 }, { mode: 'mute' }] }));
    expect(muted.diagnostics).toEqual([]);
  });

  it('unions of parts are known, unwired optional ones count nothing', () => {
    const edges = [
      'p.conditioner > t.conditioner',
      'p.conditioner > c.conditioner',
      't.conditioning > all.a',
      'c.conditioning > all.b',
    ];
    const inference = read(
      graph({ p: ['kit/package'], t: ['kit/text'], c: ['kit/class'], all: ['kit/combine'] }, edges),
    );
    expect(inference.portType('all', 'out', 'conditioning')?.fields).toEqual({
      for: 'kl',
      parts: { set: ['class', 'text'] },
    });
  });

  it('a size that only the run tells stays open and is carried on', () => {
    const inference = read(
      graph(
        {
          p: ['kit/package'],
          file: ['kit/image', { unknown: true }],
          encode: ['kit/encode'],
          decode: ['kit/decode'],
          mask: ['kit/mask'],
        },
        [
          'p.firstStage > encode.firstStage',
          'file.image > encode.image',
          'p.firstStage > decode.firstStage',
          'encode.latent > decode.latent',
          'decode.image > mask.image',
          'file.image > mask.mask',
        ],
      ),
    );
    expect(inference.diagnostics).toEqual([]);
    expect(inference.nodes.get('encode')?.unsolved).toEqual([
      { port: 'image', field: 'height' },
      { port: 'image', field: 'width' },
    ]);
  });
});
