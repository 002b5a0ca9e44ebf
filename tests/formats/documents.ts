/** Documents for tests: one by hand with every script that trips encoders up, and arbitrary ones. */
import * as fc from 'fast-check';
import { parseDocument, type LoomDocument } from '@/engine';

export const sample: LoomDocument = parseDocument({
  format: 'latent-loom',
  version: 1,
  nodes: {
    package: { type: 'model/package', params: { package: 'loom-kl-f8' }, position: { x: 0, y: 0 } },
    prompt: {
      type: 'conditioning/text',
      params: { text: '빨간 곱슬머리, 파란 후드 🙂‍↕️ — مرحبا بالعالم \u0000 \ud800 " \\ </script>' },
      position: { x: 300, y: -20.5 },
      title: '프롬프트',
    },
    unknown: {
      type: 'someone/else',
      version: 7,
      params: { list: [1, null, { a: [] }] },
      future: { kept: true },
    },
  },
  edges: {
    'package-prompt': {
      from: { node: 'package', port: 'conditioner' },
      to: { node: 'prompt', port: 'conditioner' },
    },
  },
  notes: { n: { text: 'שלום', position: { x: 1, y: 2 }, size: { width: 100, height: 50 } } },
  meta: { title: '첫 그림 🎨', packages: { 'loom-kl-f8': 'ab'.repeat(32) }, elsewhere: 1 },
  later: ['kept'],
}).document;

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((name) => name !== 'constructor');
const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const position = fc.record({ x: number, y: number });
const node = fc.record({
  type: fc.constantFrom('conditioning/text', 'latent/noise', 'sampling/sampler', 'foreign/node'),
  version: fc.integer({ min: 1, max: 5 }),
  params: fc.dictionary(
    id,
    fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.array(number, { maxLength: 3 })),
  ),
  position,
});
const end = fc.record({ node: id, port: id });

/** Random documents, as a file could hold them. */
export const anyDocument: fc.Arbitrary<LoomDocument> = fc
  .record({
    nodes: fc.dictionary(id, node, { maxKeys: 8 }),
    edges: fc.dictionary(id, fc.record({ from: end, to: end }), { maxKeys: 8 }),
    meta: fc.record({ title: text, description: text }),
  })
  .map((parts) => parseDocument({ format: 'latent-loom', version: 1, ...parts }).document);
