/**
 * How far samplers and schedules at few steps are from the converged picture, in dB of the decoded picture (peak
 * −1…1): the evidence for a default. `npx tsx tests/bench/sampler-distance.ts [steps] [seeds]`.
 *
 * The reference is DPM++ 2M on Karras levels with five times the steps; every sampling begins with the same noise.
 */
import { readFileSync } from 'node:fs';
import { infer, parseDocument, plan, serialise } from '@/engine';
import { nodeEngine } from '@/app/_cli/node-engine';
import { registry } from '@/nodes/registry';

const [steps = 20, seeds = 2] = process.argv.slice(2).map(Number);
const candidates: readonly {
  readonly sampler: string;
  readonly schedule: string;
  readonly order?: number;
}[] = [
  { sampler: 'ddim', schedule: 'trailing' },
  { sampler: 'dpmpp-2m', schedule: 'karras' },
  { sampler: 'dpmpp-2m', schedule: 'kl-optimal' },
  { sampler: 'ddim', schedule: 'kl-optimal' },
  { sampler: 'deis', schedule: 'karras', order: 2 },
  { sampler: 'deis', schedule: 'karras', order: 3 },
  { sampler: 'unipc', schedule: 'karras', order: 2 },
];

const engine = await nodeEngine({ threads: '1' });
const text = readFileSync(new URL('../../public/templates/text-to-image.json', import.meta.url), 'utf8');

async function draw(params: Readonly<Record<string, unknown>>, seed: number): Promise<Float32Array> {
  const document = structuredClone(parseDocument(text).document);
  const sampler = document.nodes['sampler'];
  const noise = document.nodes['noise'];
  if (!sampler || !noise) throw new Error('The template has no sampler.');
  Object.assign(sampler.params, params);
  sampler.version = registry.get('sampling/sampler')?.version ?? 1;
  noise.params['seed'] = String(seed);
  const { document: checked } = parseDocument(serialise(document));
  const planned = plan(infer({ document: checked, registry, catalog: engine.catalog }), {
    targets: ['decode'],
  });
  const result = await engine.executor.run(planned, {});
  if (result.status !== 'finished') throw new Error(`the run ended ${result.status}`);
  const borrowed = engine.executor.borrow({ node: 'decode', port: 'image' });
  const value = borrowed?.value;
  if (value?.kind !== 'image') throw new Error('no picture');
  const pixels = await value.pixels.read();
  borrowed?.release();
  return Float32Array.from(pixels, Number);
}

const psnr = (a: Float32Array, b: Float32Array): number => {
  const error = a.reduce((sum, x, i) => sum + (x - (b[i] ?? Number.NaN)) ** 2, 0) / a.length;
  return 10 * Math.log10(4 / error);
};

for (let seed = 7; seed < 7 + seeds; seed++) {
  const converged = await draw({ sampler: 'dpmpp-2m', schedule: 'karras', steps: steps * 5 }, seed);
  for (const candidate of candidates) {
    const got = await draw({ order: 0, ...candidate, steps }, seed);
    console.log(
      `seed ${seed}  ${candidate.sampler.padEnd(10)} ${candidate.schedule.padEnd(12)} order ${candidate.order ?? '-'}  ${steps} steps: ${psnr(got, converged).toFixed(1)} dB`,
    );
  }
}
await engine.dispose();
