/** Every template, through the real parser, inference, plan and executor, on fake packages and few steps. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createExecutor, infer, parseDocument, plan, type LoomDocument } from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import type { ImageValue, ModelSource } from '@/engine/types';
import { registry } from '@/nodes/registry';
import { createFake, fakeCatalog } from './fake';
import { assets, codec } from './harness';

const folders = ['../../public/templates/', '../fixtures/gallery/'].map(
  (path) => new URL(path, import.meta.url),
);
const graphs = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') })),
);
const catalog = fakeCatalog({ kl: 'loom-kl-f8', vq: 'loom-vq-f8' });

/** The document with at most 3 steps in every sampler. */
function quick(document: LoomDocument): LoomDocument {
  const nodes = Object.fromEntries(
    Object.entries(document.nodes).map(([id, node]) => {
      const { steps, endStep, resamplings } = node.params;
      const params = {
        ...node.params,
        ...(typeof steps === 'number' && { steps: 4 }),
        ...(typeof endStep === 'number' && { endStep: 2 }),
        ...(typeof resamplings === 'number' && { resamplings: 2, jumpLength: 2 }),
      };
      return [id, { ...node, params }];
    }),
  );
  return { ...document, nodes };
}

async function checkPicture({ pixels }: ImageValue): Promise<void> {
  const [, channels, height = 0, width = 0] = pixels.dims;
  expect(channels).toBe(3);
  expect(Math.min(height, width)).toBeGreaterThan(100);
  const values = await pixels.read();
  expect(values.every((value) => Number.isFinite(Number(value)))).toBe(true);
}

/** Nodes that no graph of ours can run, and the test that runs them: a LoRA changes a model of the Stable Diffusion family. */
const runElsewhere = { 'model/lora': '../models/foreign/lora-node.test.ts' } as const;

describe('templates and gallery graphs', () => {
  it('use every node at least once', () => {
    const used = new Set(
      graphs.flatMap(({ text }) => Object.values(parseDocument(text).document.nodes).map(({ type }) => type)),
    );
    expect(
      registry
        .all()
        .map(({ id }) => id)
        .filter((id) => !used.has(id) && !Object.hasOwn(runElsewhere, id)),
    ).toEqual([]);
    for (const [id, file] of Object.entries(runElsewhere))
      expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(id);
  });
  it('are all listed in the index, in both languages', () => {
    const index: unknown = JSON.parse(
      readFileSync(new URL('../../public/templates/index.json', import.meta.url), 'utf8'),
    );
    const listed = Array.isArray(index) ? index.map((entry: { id: string }) => entry.id) : [];
    const files = readdirSync(new URL('../../public/templates/', import.meta.url))
      .filter((name) => name.endsWith('.json') && name !== 'index.json')
      .map((name) => name.slice(0, -5));
    expect(listed.toSorted()).toEqual(files.toSorted());
    expect(JSON.stringify(index)).not.toContain('""');
  });
  for (const { name, text } of graphs) {
    it(`${name}: valid, and runs to every sink without leaks`, async () => {
      const { document, notices } = parseDocument(text);
      expect(notices).toEqual([]);
      const inference = infer({ document: quick(document), registry, catalog });
      expect(inference.diagnostics.map(({ message }) => message)).toEqual([]);
      const fake = createFake('v', 32);
      const models: ModelSource = {
        open: (id, options) =>
          fake.source.open({ 'loom-vq-f8': 'fake-vq-drawing', 'loom-kl-f8': 'fake-kl' }[id] ?? id, options),
        space: (id) => fake.source.space(id),
      };
      const backend = createCpuBackend();
      const executor = createExecutor({ backend, models, images: codec, assets });
      const planned = plan(inference);
      const result = await executor.run(planned, { onFile: () => {} });
      expect(result.failed.map(({ node, error }) => `${node}: ${error.message}`)).toEqual([]);
      expect(result.status).toBe('finished');
      expect(result.targets.length).toBeGreaterThan(0);
      const kinds = ['image', 'text', 'latent'];
      for (const { node } of result.targets) {
        const port = kinds.find((kind) => inference.portType(node, 'in', kind));
        const shown = port ? executor.borrow({ node, port, side: 'in' }) : undefined;
        if (shown?.value.kind === 'image') await checkPicture(shown.value);
        shown?.release();
      }
      executor.dispose();
      expect(backend.live()).toMatchObject({ tensors: 0, sessions: 0 });
    });
  }
});
