/** Every template on the tiny package through onnxruntime's wasm: the same networks' layout as the real one. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '@/app/_cli/node-engine';
import { infer, parseDocument, plan, type LoomDocument, type LoomNode } from '@/engine';
import { registry } from '@/nodes/registry';

const folder = new URL('../../public/templates/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'index.json');
/** Templates that need a VQ package as well: the tiny one is KL. */
const needVq = new Set(['class-to-codes.json', 'codes.json', 'first-stages.json']);

/** On the tiny package, at the templates' own picture size, with at most 3 steps. */
function onTiny(document: LoomDocument): LoomDocument {
  const nodes = Object.entries(document.nodes).map(([id, node]) => {
    const { steps, endStep, ...rest } = node.params;
    const sized: LoomNode['params'] = ['latent/noise', 'latent/empty'].includes(node.type)
      ? { width: 256, height: 256 }
      : {};
    const params: LoomNode['params'] = {
      ...rest,
      ...sized,
      ...('package' in rest && { package: 'tiny' }),
      ...(steps !== undefined && { steps: 3 }),
      ...(endStep !== undefined && { endStep: 2 }),
    };
    return [id, { ...node, params }] as const;
  });
  return { ...document, nodes: Object.fromEntries(nodes) };
}

const engine = await nodeEngine({
  models: fileURLToPath(new URL('../fixtures/', import.meta.url)),
  threads: '1',
});
afterAll(() => engine.dispose());

describe('templates on the tiny package', () => {
  for (const name of names.filter((one) => !needVq.has(one))) {
    it(`${name} runs`, { timeout: 300_000 }, async () => {
      const { document } = parseDocument(readFileSync(new URL(name, folder), 'utf8'));
      const inference = infer({ document: onTiny(document), registry, catalog: engine.catalog });
      expect(inference.diagnostics.map(({ message }) => message)).toEqual([]);
      const planned = plan(inference);
      const result = await engine.executor.run(planned, { onFile: () => {} });
      expect(result.failed.map(({ node, error }) => `${node}: ${error.message}`)).toEqual([]);
      expect(result.status).toBe('finished');
      const image = engine.executor.borrow({ node: 'image', port: 'image', side: 'in' });
      expect(image?.value.kind).toBe('image');
      image?.release();
      engine.executor.clear();
    });
  }
});
