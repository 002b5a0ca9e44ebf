/** Small documents that hung or leaked: each is refused, or judged, with the number; and edits of them keep to typed errors. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHistory, infer, LoomError, parseDocument, plan, serialise, type LoomDocument } from '@/engine';
import { pasteClip, readClip } from '@/app/_formats/clip';
import { unfoldingOf } from '@/engine/document/unfolding';
import { registry } from '@/nodes/registry';
import { anyDocument, anyEdit } from './arbitrary';
import { permuted, summary } from './fuzz-examine';
import { catalog } from './kit';
import { kit } from './kit-nodes';

const cases = new URL('../fixtures/cases/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, cases), 'utf8');

function refusal(input: unknown): LoomError {
  try {
    parseDocument(input);
  } catch (thrown) {
    if (thrown instanceof LoomError) return thrown;
    throw thrown;
  }
  throw new Error('was taken');
}
const judged = (input: unknown) =>
  infer({ document: parseDocument(input).document, registry, catalog }).diagnostics.map(
    ({ code, node, message }) => ({ code, node, message }),
  );
const base = { format: 'latent-loom', version: 1 };

describe('small documents that become large', () => {
  it('ten instances of the next definition, twelve deep, are refused with their number', () => {
    const error = refusal(text('empty-leaves-12.json'));
    expect(error.code).toBe('too-large');
    expect(error.message).toContain('111,111,111,111 nodes');
    expect(error.extra.details).toMatchObject({ size: 111_111_111_111, unit: 'nodes' });
  });
  it('inputs that stand for ten inputs each, twelve deep, too', () => {
    const error = refusal(text('fan-in-12.json'));
    expect(error.code).toBe('too-large');
    expect(error.message).toMatch(/1,111,111,111,110 wires/);
  });
  it('a definition that contains itself is said to, straight or bypassed', () => {
    for (const name of ['plain-recursion.json', 'bypass-recursion.json'])
      expect(judged(text(name))).toContainEqual(
        expect.objectContaining({
          code: 'cycle',
          node: 'a',
          message: expect.stringContaining('contains itself'),
        }),
      );
  });
  it('hang-555 is refused for the name it uses', () => {
    expect(refusal(text('hang-555.json'))).toMatchObject({ code: 'invalid-document' });
    // And without that name it is judged at once.
    const harmless = text('hang-555.json').replaceAll('constructor', 'other').replaceAll('__proto__', 'more');
    expect(() => judged(harmless)).not.toThrow();
  });
  it('nesting is bounded, and counted without recursion', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, k) => [`d${k}`, { nodes: { n: { type: `graph/d${k + 1}` } } }]),
    );
    const error = refusal({ ...base, nodes: { a: { type: 'graph/d0' } }, definitions });
    expect(error.code).toBe('too-large');
    expect(error.message).toContain('5,000 deep');
  });
  it('a file of 100,000 nodes, a title and a prompt of 500,000 letters are refused with their number', () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, k) => [`n${k}`, { type: 'image/output' }]),
    );
    expect(refusal({ ...base, nodes }).message).toContain('100,000 nodes');
    const long = 'x'.repeat(500_000);
    expect(refusal({ ...base, nodes: { a: { type: 'x', title: long } } }).message).toContain(
      '500,000 letters',
    );
    expect(refusal({ ...base, nodes: { a: { type: 'x', params: { text: long } } } })).toMatchObject({
      code: 'too-large',
      place: { path: 'nodes.a.params.text' },
    });
  });
  it('thousands of wires into one input are one diagnostic, and so are wires into an input that is not there', () => {
    const edges = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, k) => [
        `e${k}`,
        {
          from: { node: 'a', port: 'image' },
          to: { node: k % 2 === 0 ? 'b' : 'c', port: k % 2 === 0 ? 'image' : 'nowhere' },
        },
      ]),
    );
    const nodes = { a: { type: 'image/load' }, b: { type: 'image/output' }, c: { type: 'image/output' } };
    const found = judged({ ...base, nodes, edges });
    expect(found.filter(({ node }) => node === 'b')).toEqual([
      expect.objectContaining({ code: 'duplicate-input', message: expect.stringContaining('2500 wires') }),
    ]);
    expect(found.filter(({ code }) => code === 'unknown-port')).toHaveLength(1);
  });
  it('sweeps that repeat a large graph are refused when they are planned', () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 200 }, (_, k) => [`n${k}`, { type: 'image/output' }]),
    );
    const values = Array.from({ length: 1_000 }, (_, k) => k);
    const { document } = parseDocument({
      ...base,
      nodes: { ...nodes, n: { type: 'latent/noise' } },
      sweeps: { s: { params: [{ node: 'n', param: 'batch', values }] } },
    });
    expect(() => plan(infer({ document, registry, catalog }))).toThrow(
      expect.objectContaining({
        code: 'too-large',
        message: expect.stringContaining('201,000 in all'),
      }) as Error,
    );
  });
  it('what fits is unfolded as before', () => {
    const { document } = parseDocument(text('subgraph.json'));
    expect(unfoldingOf(document).excess).toBeUndefined();
  });
});

describe('names', () => {
  it.each(['__proto__', 'prototype', 'constructor'])('%s is refused as an id and as a parameter', (name) => {
    for (const input of [
      `{"format":"latent-loom","version":1,"nodes":{"${name}":{"type":"x"}}}`,
      `{"format":"latent-loom","version":1,"nodes":{"a":{"type":"x","params":{"${name}":1}}}}`,
      `{"format":"latent-loom","version":1,"definitions":{"${name}":{}}}`,
      `{"format":"latent-loom","version":1,"notes":{"${name}":{}}}`,
    ])
      expect(refusal(input)).toMatchObject({ code: 'invalid-document' });
  });
  it.each(['toString', 'valueOf', 'hasOwnProperty'])(
    'a node called %s is pasted, edited, deleted and comes back',
    (name) => {
      const clip = readClip(text('clipboard/ids-toString.clip.json').replaceAll('toString', name));
      if (clip === undefined) throw new Error('no clip');
      const history = createHistory(parseDocument(base).document);
      history.edit('paste', (draft) => void pasteClip(draft, clip));
      const judge = () => infer({ document: history.document, registry, catalog }).diagnostics;
      expect(judge()).toEqual([expect.objectContaining({ code: 'missing-input', node: name })]);
      history.edit('rename', (draft) => {
        const node = draft.nodes[name];
        if (node) node.title = 'a title';
      });
      history.edit('delete', (draft) => {
        delete draft.nodes[name];
      });
      expect(judge()).toEqual([]);
      history.undo();
      expect(parseDocument(serialise(history.document)).document).toEqual(history.document);
      history.undo();
      history.undo();
      expect(history.document.nodes).toEqual({});
    },
  );
});

describe('numbers and values at the door', () => {
  it.each([
    ['a far position', { nodes: { a: { type: 'x', position: { x: 1e308, y: 0 } } } }],
    ['no number', { nodes: { a: { type: 'x', position: { x: Number.NaN, y: 0 } } } }],
    ['a function', { nodes: { a: { type: 'x', extra: () => 1 } } }],
    ['a map', { meta: { more: new Map() } }],
    ['a symbol', { meta: { more: Symbol('x') } }],
    [
      'a colour that is an address',
      {
        groups: {
          g: { position: { x: 0, y: 0 }, size: { width: 1, height: 1 }, color: 'url(http://127.0.0.1:9/x)' },
        },
      },
    ],
  ])('%s is refused', (_what, part) => {
    expect(refusal({ ...base, ...part }).code).toBe('invalid-document');
  });
  it.each(['#abc', '#a1b2c3', 'rebeccapurple'])('the colour %s is one', (color) => {
    const groups = { g: { position: { x: 0, y: 0 }, size: { width: 1, height: 1 }, color } };
    expect(parseDocument({ ...base, groups }).document.groups['g']?.color).toBe(color);
  });
});

describe('inference', () => {
  it('finds the same whatever the order of records, cycles included', () => {
    fc.assert(
      fc.property(anyDocument, fc.nat(), (document, seed) => {
        const [one, other] = [document, permuted(document, seed)].map((each) =>
          summary(infer({ document: each, registry: kit, catalog })),
        );
        expect(other).toBe(one);
      }),
      { numRuns: 1500 },
    );
  });
  it('reports every cycle: with the edges it names away, nothing leads back', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const { graph, diagnostics } = infer({ document, registry: kit, catalog });
        const said = diagnostics
          .filter(({ code }) => code === 'cycle')
          .map(({ node, port }) => JSON.stringify([node, port]));
        const cut = [...graph.incoming].flatMap(([node, edges]) =>
          edges.filter(({ id }) => graph.cut.has(id)).map(({ to }) => JSON.stringify([node, to.port])),
        );
        expect(said).toEqual(expect.arrayContaining(cut));
      }),
      { numRuns: 1500 },
    );
  });
  it('after edits it still takes only typed errors to refuse', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(anyEdit, { maxLength: 5 }), (start, edits) => {
        let document: LoomDocument = start;
        for (const edit of edits) document = edit(document);
        expect(parseDocument(serialise(document)).document).toEqual(document);
      }),
      { numRuns: 300 },
    );
  });
});
