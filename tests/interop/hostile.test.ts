/** Files that somebody made to break the reader: a typed refusal or a document, never anything else. */
import { describe, expect, it } from 'vitest';
import { exportPrompt } from '@/app/_interop/comfy/export';
import { importComfy } from '@/app/_interop/comfy/import';
import { LoomError, parseDocument, serialise } from '@/engine';
import { registry } from '@/nodes/registry';
import { plainPrompt, workflow, workflows, type Entry } from './comfy-files';

/** A small generator of repeatable numbers (Mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
/** 100,000 were run when this was written; LOOM_FUZZ asks for as many again. */
const rounds = Number(process.env['LOOM_FUZZ'] ?? 5000);
const codes = new Set(['invalid-document', 'too-large']);
/** Opens a text; what it gives must be a document that survives its own file and can be written again. */
function survives(text: string, deep: boolean): 'refused' | 'opened' {
  try {
    const { document } = importComfy(text, { registry });
    if (deep) exportPrompt(parseDocument(serialise(document)).document);
    return 'opened';
  } catch (thrown) {
    if (!(thrown instanceof LoomError) || !codes.has(thrown.code))
      throw new Error(`Not refused as it should be: ${text.slice(0, 500)}`, { cause: thrown });
    return 'refused';
  }
}
const small = [
  ...Object.values(workflows),
  JSON.stringify(plainPrompt),
  '{"nodes":[{"id":1,"type":"KSampler"}]}',
  '{"1":{"class_type":"KSampler","inputs":{"model":["1",0]}}}',
];
const tokens = [
  'null',
  '-1',
  '1e999',
  'NaN',
  '[]',
  '{}',
  '"-10"',
  '""',
  '"__proto__"',
  '9007199254740993',
  'true',
  '[1,2,3,4,5,6]',
  '"constructor"',
  '"\\u0000"',
  '0.5',
  '"Reroute"',
  '"PrimitiveNode"',
  '"workflow/x"',
];

describe('hostile files', () => {
  it(`${rounds} of them: pieces taken out, doubled, replaced`, () => {
    const next = random(16);
    const at = (length: number): number => Math.floor(next() * length);
    const counts = { refused: 0, opened: 0 };
    for (let round = 0; round < rounds; round++) {
      let text = small[at(small.length)] ?? '';
      // Most files are short: what is wrong matters, not how much there is.
      if (text.length > 600 && round % 20 !== 0) text = small.at(-1 - at(2)) ?? '';
      for (let change = 1 + at(3); change > 0; change--) {
        const values = [...text.matchAll(/(?<=[:,[])(?:"[^"]*"|-?[\d.]+|null|true|false)(?=[,\]}])/g)];
        const place = values[at(values.length)];
        const kind = at(4);
        if (kind < 2 && place)
          text =
            text.slice(0, place.index) +
            (tokens[at(tokens.length)] ?? '') +
            text.slice(place.index + place[0].length);
        else {
          const from = at(text.length);
          const length = at(12);
          text =
            kind === 2
              ? text.slice(0, from) + text.slice(from + length)
              : text.slice(0, from) + text.slice(from, from + length) + text.slice(from);
        }
      }
      counts[survives(text, round % 10 === 0)] += 1;
    }
    expect(counts.opened).toBeGreaterThan(rounds / 10);
    expect(counts.refused).toBeGreaterThan(rounds / 10);
  }, 300_000);
  it('too deep, too long, too many nodes: refused by their size, before anything is built', () => {
    expect(survives(`{"nodes":${'['.repeat(100_000)}`, false)).toBe('refused');
    expect(survives(`{"nodes":[${'{"id":1,"type":"a"},'.repeat(20_001)}{}]}`, false)).toBe('refused');
    expect(survives(`{"a":"${'x'.repeat(33 * 1024 * 1024)}"}`, false)).toBe('refused');
    expect(survives('{"nodes":[],"__proto__":{"x":1}}', false)).toBe('refused');
    expect(survives('{"nodes":[],"\\u005f_proto__":{"x":1}}', false)).toBe('refused');
    for (const text of [
      '',
      'null',
      '[]',
      '{}',
      '"nodes"',
      '{"nodes":1}',
      '{"1":{}}',
      '{"format":"latent-loom","nodes":[]}',
    ])
      expect(survives(text, false)).toBe('refused');
  });
  it('a ring of reroutes, constants that double, conditions combined with themselves: done in no time', () => {
    const ring = workflow([
      [1, 'Reroute', null, [['', '*', 2, 0]]],
      [2, 'Reroute', null, [['', '*', 1, 0]]],
      [3, 'VAEDecode', null, [['samples', 'LATENT', 2, 0]]],
    ]);
    expect(survives(JSON.stringify(ring), true)).toBe('opened');
    const doubled = Array.from({ length: 60 }, (_, index): Entry => [
      index + 1,
      'StringConcatenate',
      ['ab', 'cd', ''],
      index === 0
        ? []
        : [
            ['string_a*', 'STRING', index, 0],
            ['string_b*', 'STRING', index, 0],
          ],
    ]);
    const combined = Array.from({ length: 60 }, (_, index): Entry => [
      index + 101,
      'ConditioningCombine',
      null,
      index === 0
        ? []
        : [
            ['conditioning_1', 'CONDITIONING', index + 100, 0],
            ['conditioning_2', 'CONDITIONING', index + 100, 0],
          ],
    ]);
    const text = JSON.stringify(workflow([...doubled, ...combined]));
    expect(survives(text, true)).toBe('opened');
  });
  it('sub-graphs that hold themselves, and ten in ten in ten: an end is found', () => {
    const instance = (id: number, type: string) => [id, type, null, []] as const;
    const definition = (id: string, inner: string, count: number) => ({
      id,
      name: id,
      inputs: [],
      outputs: [],
      links: [],
      nodes: workflow(Array.from({ length: count }, (_, index) => instance(index + 1, inner)))['nodes'] ?? [],
    });
    const self = {
      ...workflow([instance(1, 'self')]),
      definitions: { subgraphs: [definition('self', 'self', 3)] },
    };
    expect(survives(JSON.stringify(self), true)).toBe('opened');
    // Ten in ten, twelve levels deep: refused with the number, before anything is unfolded.
    const many = Array.from({ length: 12 }, (_, index) => definition(`d${index}`, `d${index + 1}`, 10));
    expect(
      survives(JSON.stringify({ ...workflow([instance(1, 'd0')]), definitions: { subgraphs: many } }), true),
    ).toBe('refused');
  });
});
