/**
 * What looking inside costs a sampling: the same graph on the same engine, sampled
 *
 * - `plain`: by the sampler's formulas alone, with no hook that sees x_t or x̂₀ ("without the feature"); the page is told
 *   how far it is, as any editor would;
 * - `silent`: the same, telling nobody anything;
 * - `closed`: by the product, the inspector closed and no trajectory kept: nobody records;
 * - `kept`: the same, and x_t and x̂₀ of every step are kept;
 * - `previews`: as `kept`, and the predicted x₀ is read, drawn and sent for the node's live picture, as the editor does it
 *   while nobody switched it off.
 *
 * In turns within one run, each round in another order, so that nothing always comes after the same, and each sampling
 * from a cleared cache.
 */
import { readFileSync } from 'node:fs';
import { infer, parseDocument, plan, serialise, type RunOptions } from '@/engine';
import { defineNode, type DenoiserValue } from '@/engine/types';
import { nodeEngine } from '@/app/_cli/node-engine';
import { createTrajectoryStore, type TrajectoryStore } from '@/app/_snapshots/trajectory';
import { pictures } from '@/app/_worker/images';
import { modelSchedule } from '@/nodes/sampling/_math/model-schedule';
import { streamOf } from '@/nodes/sampling/_run';
import { samplingSampler } from '@/nodes/sampling/sampler';
import { registry } from '@/nodes/registry';
import type { Result } from './engine';

const ways = ['plain', 'silent', 'closed', 'kept', 'previews'] as const;
type Way = (typeof ways)[number];
const { inputs, outputs, params } = samplingSampler;

/** The sampler node without its feature: start state, formulas, result; no report, no record. For whole samplings from noise. */
const plainSampler = defineNode({
  id: 'sampling/sampler',
  version: 1,
  title: 'Sampler',
  category: 'sampling',
  doc: 'The sampler without reports.',
  inputs,
  outputs,
  params,
  async run({ inputs: { denoiser, noise }, params: chosen, runtime: { ops }, signal, progress }) {
    // As the node fetches what it does when it runs: on Node that is half a millisecond every time.
    const { samplers } = await import('@/nodes/sampling/_math/samplers');
    const { sigmas } = modelSchedule(chosen.schedule, chosen.steps, denoiser.unet);
    const { run, defaults } = samplers[chosen.sampler];
    const steps = sigmas.length - 1;
    const start = ops.linear([[Math.sqrt(1 + (sigmas[0] ?? 0) ** 2), noise.samples]]);
    const denoise =
      (await denoiser.prepare?.(start.dims, { ops, signal })) ??
      ((...call: Parameters<DenoiserValue['denoise']>) => denoiser.denoise(...call));
    const { x } = await run(start, {
      ops,
      sigmas,
      first: 0,
      last: steps,
      options: {
        eta: chosen.eta ?? defaults.eta,
        noiseScale: chosen.noiseScale,
        order: chosen.order === 0 ? defaults.order : chosen.order,
      },
      async denoise(at, sigma, index, own) {
        const denoised = await denoise(at, sigma, index / steps, { ops: own, signal });
        progress({ done: index + 1, total: steps, unit: 'steps' });
        return denoised;
      },
      denoiseBoth: () => Promise.reject(new Error('The bench takes samplers without CFG++.')),
      path: () => {
        throw new Error('The bench takes samplers without a Brownian path.');
      },
      noise: (dims, index, draw, own) =>
        own.noise(dims, { seed: noise.seed, stream: streamOf(0, index, draw), firstElement: 0 }),
    });
    return { latent: { kind: 'latent', space: denoiser.space, samples: x } };
  },
});
const plainRegistry: typeof registry = {
  get: (id) => (id === plainSampler.id ? plainSampler : registry.get(id)),
  all: () => registry.all().map((node) => (node.id === plainSampler.id ? plainSampler : node)),
};

/** What the worker hands the executor, with a port of this process in the page's place. */
function optionsOf(way: Way, store: TrajectoryStore, page: MessagePort): RunOptions {
  if (way === 'silent') return {};
  let busy = false;
  return {
    ...(way === 'plain' ? {} : { trace: (node) => (way === 'closed' ? undefined : store.trace(node)) }),
    onEvent(event) {
      if (event.type === 'progress')
        page.postMessage({ type: 'node-progress', node: event.node, ...event.progress });
      if (event.type !== 'preview' || way !== 'previews' || busy) return;
      busy = true;
      pictures(event.value)
        .then(([first]) => first && page.postMessage(first, [first.rgba.buffer]))
        // The times would lie if nothing was drawn.
        .catch((error: unknown) => console.error(error))
        .finally(() => {
          busy = false;
        });
    },
  };
}

/** A random order, the same for the same round. */
const shuffled = <T>(things: readonly T[], round: number): T[] =>
  things
    .map((thing, index) => ({ thing, at: Math.abs(Math.sin(1 + round * 7919 + index * 104_729)) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ thing }) => thing);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * @param models folder of packages; the ones of the repository when left out
 * @param template graph of `public/templates` that is drawn
 * @param packageId the package that draws
 * @param steps of each sampling
 * @param rounds of all four ways; each run has a seed of its own, so that nothing comes from the cache
 */
export async function samplingCost(from: {
  readonly models?: string;
  readonly template: string;
  readonly packageId: string;
  readonly steps: number;
  readonly rounds: number;
}): Promise<readonly Result[]> {
  const { packageId, steps, rounds } = from;
  const engine = await nodeEngine({
    ...(from.models === undefined ? {} : { models: from.models }),
    threads: '1',
  });
  const store = createTrajectoryStore({ budget: 256 * 2 ** 20 });
  const { port1: worker, port2: page } = new MessageChannel();
  // A page that takes what it is sent; what it draws of it is not the sampling's time.
  page.addEventListener('message', () => undefined);
  page.start();
  const text = readFileSync(new URL(`../../public/templates/${from.template}.json`, import.meta.url), 'utf8');
  /** Milliseconds of the processor for one sampling and what follows it. */
  const run = async (seed: number, way: Way): Promise<number> => {
    const document = structuredClone(parseDocument(text).document);
    for (const node of Object.values(document.nodes)) {
      if ('package' in node.params) node.params['package'] = packageId;
      if ('steps' in node.params) node.params['steps'] = steps;
      if ('seed' in node.params) node.params['seed'] = String(seed);
    }
    const { document: checked } = parseDocument(serialise(document));
    const nodes = way === 'plain' || way === 'silent' ? plainRegistry : registry;
    const planned = plan(infer({ document: checked, registry: nodes, catalog: engine.catalog }), {
      targets: ['sampler'],
    });
    engine.executor.clear();
    const began = process.cpuUsage();
    const result = await engine.executor.run(planned, optionsOf(way, store, worker));
    const used = process.cpuUsage(began);
    if (result.status !== 'finished') throw new Error(`the run ended ${result.status}`);
    return (used.user + used.system) / 1000;
  };
  try {
    const times: Record<Way, number[]> = { plain: [], silent: [], closed: [], kept: [], previews: [] };
    for (const way of ways) await run(1 + ways.indexOf(way), way);
    for (let round = 0; round < rounds; round++)
      for (const [turn, way] of shuffled(ways, round).entries())
        times[way].push(await run(100 + round * ways.length + turn, way));
    const summary = await store.summary('sampler');
    if (summary?.steps.length !== steps) throw new Error(`kept ${summary?.steps.length} of ${steps} steps`);
    const name = `${packageId}, ${steps} steps of sampling`;
    const against = (way: Way, says: string, goal?: number): Result => ({
      name: `${name}: ${says}, against plain`,
      // Of the same round: what slows the machine down for a while slows both.
      value: median(times[way].map((time, round) => time / (times.plain[round] ?? Number.NaN))),
      unit: '×',
      ...(goal === undefined ? {} : { goal }),
    });
    return [
      { name: `${name}: plain, no hook in the sampler`, value: median(times.plain), unit: 'ms' },
      against('silent', 'no progress told either'),
      against('closed', 'inspector closed', 1.02),
      against('kept', 'trajectory kept', 1.1),
      against('previews', 'trajectory kept and live pictures'),
    ];
  } finally {
    worker.close();
    store.clear();
    await engine.dispose();
  }
}
