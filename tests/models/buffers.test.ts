/** Graphs that every WebGPU adapter can run: a shader may bind 8 storage buffers (maxStorageBuffersPerShaderStage's default). */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readGraph } from '@/models/_build/onnx';

const most = 8;
const folders = ['models/loom-kl-f8', 'models/loom-vq-f8', 'tests/fixtures/tiny'].map(
  (folder) => new URL(`../../${folder}/`, import.meta.url),
);
const graphs = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => new URL(name, folder)),
);

describe('every packaged graph', () => {
  it.each(graphs.map((url) => [url.pathname.split('/').slice(-2).join('/'), url] as const))(
    '%s has no node that takes and gives more tensors than a shader may bind',
    (_, url) => {
      const { nodes } = readGraph(readFileSync(url));
      expect(nodes.length).toBeGreaterThan(1);
      const wide = nodes.filter(
        ({ inputs, outputs }) => [...inputs, ...outputs].filter((name) => name !== '').length > most,
      );
      expect(wide.map(({ op, outputs }) => `${op} of ${outputs.length}`)).toEqual([]);
    },
  );
});
