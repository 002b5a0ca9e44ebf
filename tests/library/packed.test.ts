import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPacked, root, run } from './install';

/** Building, packing and drawing in processes of their own: slow on a loaded machine, and never stuck. */
const patience = 900_000;
interface Graph {
  nodes: Record<string, { type: string; version: number; params: Record<string, unknown> }>;
  edges: Record<string, { from: { node: string; port: string }; to: { node: string; port: string } }>;
}
let installed: ReturnType<typeof installPacked>;
let models = '';
beforeAll(() => {
  installed = installPacked();
  models = join(installed.folder, 'models');
  mkdirSync(models);
  cpSync(join(root, 'tests/fixtures/tiny'), join(models, 'tiny'), { recursive: true });
}, patience);
afterAll(() => rmSync(installed.folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('weighs less than 2 MB and holds no weights, tests or training', () => {
    expect(installed.size).toBeLessThan(2_000_000);
    expect(
      installed.files.filter((path) => /\.(onnx|safetensors|py)$|^tests\/|^models\//.test(path)),
    ).toEqual([]);
    expect(installed.files).toContain('dist/lib/engine/index.d.ts');
  });

  it(
    'draws a picture on plain Node: examples/draw.mjs',
    async () => {
      cpSync(join(root, 'examples/draw.mjs'), join(installed.folder, 'draw.mjs'));
      const drawn = run(process.execPath, ['draw.mjs', models, 'out.png', 'red hair'], installed.folder);
      expect(drawn.code, drawn.text).toBe(0);
      const picture = sharp(join(installed.folder, 'out.png'));
      const { width, height, channels } = await picture.metadata();
      expect([width, height, channels]).toEqual([64, 64, 3]);
      // Something is drawn: no channel is flat.
      const { channels: statistics } = await picture.stats();
      for (const { stdev } of statistics) expect(stdev).toBeGreaterThan(5);
    },
    patience,
  );

  it(
    'brings the command line, without sources',
    () => {
      const loom = join(installed.target, 'app/_cli/loom.mjs');
      const template = join(installed.target, 'public/templates/text-to-image.json');
      const listed = run(process.execPath, [loom, 'nodes'], installed.folder);
      expect(listed.code, listed.text).toBe(0);
      expect(listed.stdout).toContain('sampling/sampler');
      const found = run(process.execPath, [loom, 'validate', template, '--models', models], installed.folder);
      expect(found.code).toBe(1);
      expect(found.stdout).toMatch(/package-missing/);
    },
    patience,
  );

  it(
    'takes a node pack: examples/node-pack is listed, checked and run from the command line',
    () => {
      const loom = join(installed.target, 'app/_cli/loom.mjs');
      const pack = join(installed.target, 'examples/node-pack/index.mjs');
      const graph = JSON.parse(
        readFileSync(join(installed.target, 'public/templates/text-to-image.json'), 'utf8'),
      ) as Graph;
      for (const { params } of Object.values(graph.nodes)) {
        if ('package' in params) params['package'] = 'tiny';
        if ('class' in params) params['class'] = '';
        if ('steps' in params) params['steps'] = 2;
      }
      const file = (name: string) => join(installed.folder, name);
      writeFileSync(file('plain.json'), JSON.stringify(graph));
      graph.nodes['dark'] = { type: 'example/negative', version: 1, params: {} };
      for (const edge of Object.values(graph.edges))
        if (edge.to.node === 'image') edge.to = { node: 'dark', port: 'image' };
      graph.edges['shown'] = {
        from: { node: 'dark', port: 'image' },
        to: { node: 'image', port: 'image' },
      };
      writeFileSync(file('negative.json'), JSON.stringify(graph));
      const call = (...args: string[]) => run(process.execPath, [loom, ...args], installed.folder);

      // Without the pack the document is kept, and what is missing is named.
      const missing = call('validate', 'negative.json', '--models', models);
      expect(missing.code).toBe(1);
      expect(missing.stdout).toMatch(/^error dark pack-missing: .*“example”/m);
      const checked = call('validate', 'negative.json', '--models', models, '--nodes', pack);
      expect(checked.text).toBe('');
      expect(call('nodes', '--nodes', pack).stdout).toContain('example/negative');

      const drawn = (name: string, ...more: string[]) => {
        const ran = call(
          'run',
          `${name}.json`,
          '--models',
          models,
          '--no-metadata',
          '--out',
          `${name}.png`,
          ...more,
        );
        expect(ran.code, ran.text).toBe(0);
        return sharp(file(`${name}.png`))
          .raw()
          .toBuffer();
      };
      return Promise.all([drawn('plain'), drawn('negative', '--nodes', pack)]).then(([plain, negative]) => {
        expect(negative.length).toBe(plain.length);
        // Every pixel is the negative of the plain picture's, to rounding.
        for (const [index, value] of plain.entries())
          expect(Math.abs(255 - value - (negative[index] ?? 0))).toBeLessThan(2);
      });
    },
    patience,
  );

  it(
    'has types that a strict program under NodeNext is checked with',
    () => {
      cpSync(join(root, 'tests/fixtures/library/consumer.ts'), join(installed.folder, 'consumer.ts'));
      writeFileSync(
        join(installed.folder, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: {
            strict: true,
            noEmit: true,
            module: 'nodenext',
            target: 'es2023',
            lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
            types: [],
            skipLibCheck: true,
          },
          files: ['consumer.ts'],
        }),
      );
      writeFileSync(join(installed.folder, 'package.json'), '{ "type": "module" }');
      const checked = run(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'],
        installed.folder,
      );
      expect(checked.text).toBe('');
      expect(checked.code).toBe(0);
      expect(readFileSync(join(installed.folder, 'consumer.ts'), 'utf8')).toContain('@ts-expect-error');
    },
    patience,
  );
});
