import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPack } from '@/app/_packs/load-pack';
import { registryWith } from '@/app/_packs/registry-with';
import { emptyDocument, infer, type LoomDocument } from '@/engine';

const example = readFileSync('examples/node-pack/index.mjs', 'utf8');
const catalog = { ports: () => undefined, packages: [], hash: () => undefined };
const head = `import { defineNode, port } from 'latent-loom/engine';
import { z } from 'zod';
export const pack = { id: 'acme', version: '1.0.0', title: 'Acme' };
`;
const node = (change = '') => `export const one = defineNode({ id: 'acme/one', version: 1, title: 'One',
  category: 'utility', doc: '', inputs: {}, outputs: { text: port('text') }, params: z.object({}), ${change}
  async run() { return { text: { kind: 'text', text: 'x' } }; } });`;

describe('a node pack', () => {
  it('is one module that shares the engine and the zod that are running', async () => {
    const pack = await loadPack(example, 'index.mjs');
    expect(pack).toMatchObject({ id: 'example', version: '1.0.0', nodes: [{ id: 'example/negative' }] });
    const registry = registryWith([pack]);
    const [negative] = pack.nodes;
    expect(registry.get('example/negative')).toBe(negative);
    expect(registry.get('sampling/sampler')?.title).toBe('Sampler');
    expect(negative?.params.parse({})).toEqual({ strength: 1 });
    expect(negative?.params.shape['strength']?.meta()?.widget).toBe('slider');
  });

  it('opens documents with it, and without it keeps them and says which is missing', async () => {
    const document: LoomDocument = {
      ...emptyDocument(),
      nodes: {
        n: { type: 'example/negative', version: 1, params: { strength: 0.5 }, position: { x: 0, y: 0 } },
      },
    };
    const found = infer({ document, registry: registryWith([]), catalog });
    expect(found.document).toBe(document);
    expect(found.diagnostics).toMatchObject([
      { code: 'pack-missing', node: 'n', got: 'example/negative', want: 'example' },
    ]);
    const registry = registryWith([await loadPack(example, 'index.mjs')]);
    expect(infer({ document, registry, catalog }).diagnostics).toMatchObject([
      { code: 'missing-input', node: 'n', port: 'image' },
    ]);
  });

  it.each([
    ['no JavaScript', 'export const = 1', /cannot be loaded/],
    ['another import', `${head}import 'node:fs';${node()}`, /imports "node:fs"/],
    ['a name that only objects have', `import 'constructor';`, /imports "constructor"/],
    ['an import while it runs', `${head}await import('zod');${node()}`, /imports "zod"/],
    ['a computed import', `${head}await import(String(pack));${node()}`, /by a computed name/],
    ['a name the engine does not export', `import { nothing } from 'latent-loom/engine';`, /nothing/],
    ['an error while loading', `${head}throw new Error('oh');`, /cannot be loaded: oh/],
    ['no description', `export const a = 1;`, /its export `pack`/],
    [
      'the name of our own nodes',
      `export const pack = { id: 'sampling', version: '1', title: 'x' };`,
      /`pack\.id`|built-in/,
    ],
    ['no node', head, /exports no node/],
    [
      "another's node",
      `${head}${node().replace('acme/one', 'image/output')}`,
      /"image\/output", not "acme\/…"/,
    ],
    ['a node without a version', `${head}${node("version: 'x',")}`, /`one\.version`/],
    ['a category that is none', `${head}${node("category: 'magic',")}`, /`one\.category`/],
  ])('is refused by name: %s', async (_what, source, message) => {
    await expect(loadPack(source, 'acme.mjs')).rejects.toMatchObject({
      code: 'bad-input',
      place: { file: 'acme.mjs' },
      message: expect.stringMatching(message),
    });
  });

  it('has no node of another one', async () => {
    const pack = await loadPack(example, 'index.mjs');
    expect(() => registryWith([pack, pack])).toThrow(/Two nodes have the id "example\/negative"/);
  });
});
