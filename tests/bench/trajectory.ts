/** What the kept trajectory costs a sampling: the same run without and with it, in turns, on a package of a folder. */
import { infer, parseDocument, plan, serialise } from '@/engine';
import { nodeEngine } from '@/app/_cli/node-engine';
import { createTrajectoryStore } from '@/app/_inspect/trajectory';
import { registry } from '@/nodes/registry';
import { readFileSync } from 'node:fs';
import type { Result } from './engine';

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * @param models folder of packages
 * @param packageId the package that draws
 * @param steps of each sampling
 * @param rounds pairs of runs; each has a seed of its own, so that nothing comes from the cache
 */
export async function trajectoryCost(
  models: string,
  packageId: string,
  steps: number,
  rounds: number,
): Promise<readonly Result[]> {
  const engine = await nodeEngine({ models, threads: '1' });
  const store = createTrajectoryStore({ budget: 256 * 2 ** 20 });
  const text = readFileSync(new URL('../../public/templates/unconditional.json', import.meta.url), 'utf8');
  const run = async (seed: number, kept: boolean): Promise<number> => {
    const document = structuredClone(parseDocument(text).document);
    for (const node of Object.values(document.nodes)) {
      if ('package' in node.params) node.params['package'] = packageId;
      if ('steps' in node.params) node.params['steps'] = steps;
      if ('seed' in node.params) node.params['seed'] = String(seed);
    }
    const { document: checked } = parseDocument(serialise(document));
    const planned = plan(infer({ document: checked, registry, catalog: engine.catalog }), {});
    const began = process.cpuUsage();
    const result = await engine.executor.run(planned, kept ? { trace: (node) => store.trace(node) } : {});
    const used = process.cpuUsage(began);
    if (result.status !== 'finished') throw new Error(`the run ended ${result.status}`);
    return (used.user + used.system) / 1000;
  };
  try {
    await run(1, true);
    const [off, on]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      off.push(await run(100 + 2 * round, false));
      on.push(await run(101 + 2 * round, true));
    }
    const summary = await store.summary('sampler');
    if (summary?.steps.length !== steps) throw new Error(`kept ${summary?.steps.length} of ${steps} steps`);
    return [
      { name: `${packageId}: ${steps} steps, nothing kept`, value: median(off), unit: 'ms' },
      { name: `${packageId}: ${steps} steps, trajectory kept`, value: median(on), unit: 'ms' },
      {
        name: `${packageId}: trajectory kept, against nothing kept`,
        value: median(on) / median(off),
        unit: '×',
        goal: 1.1,
      },
    ];
  } finally {
    store.clear();
    await engine.dispose();
  }
}
