/** The engine's own cost: parse, infer, plan, re-infer after an edit, executor overhead per node. */
import { infer, parseDocument, plan, serialise, type Backend, type LoomDocument } from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import { catalog, executorOn } from '../engine/kit';
import { kit } from '../engine/kit-nodes';

export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'µs' | '×';
  readonly goal?: number;
}

/**
 * Median milliseconds of `repeats` calls after some to warm up. Time of the
 * processor in user mode, not of the clock: other processes do not count.
 */
async function median(repeats: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let turn = -5; turn < repeats; turn++) {
    const began = process.cpuUsage();
    await work();
    if (turn >= 0) times.push(process.cpuUsage(began).user / 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/**
 * Text-to-image graphs side by side, 9 nodes each (package, two prompts, U-Net,
 * noise, sampler, decoder, resize, output), all different, `size` nodes in all.
 */
export function sideBySide(size: number): LoomDocument {
  const nodes: Record<string, unknown> = {};
  const edges: Record<string, unknown> = {};
  const kinds: readonly [string, string, Record<string, string>][] = [
    ['package', 'kit/package', {}],
    ['prompt', 'kit/text', { conditioner: 'package.conditioner' }],
    ['negative', 'kit/text', { conditioner: 'package.conditioner' }],
    [
      'unet',
      'kit/unet',
      { unet: 'package.unet', positive: 'prompt.conditioning', negative: 'negative.conditioning' },
    ],
    ['noise', 'kit/noise', { unet: 'package.unet' }],
    ['sampler', 'kit/sampler', { denoiser: 'unet.denoiser', noise: 'noise.noise' }],
    ['decode', 'kit/decode', { firstStage: 'package.firstStage', latent: 'sampler.latent' }],
    ['resize', 'kit/resize', { image: 'decode.image' }],
    ['image', 'kit/output', { image: 'resize.image' }],
  ];
  for (let index = 0; Object.keys(nodes).length < size; index++) {
    for (const [name, type, inputs] of kinds) {
      if (Object.keys(nodes).length >= size) break;
      nodes[`${name}${index}`] = { type, params: { tag: `${name}${index}` }, position: { x: index, y: 0 } };
      for (const [port, from] of Object.entries(inputs)) {
        const [node, output] = from.split('.');
        edges[`${name}${index}-${port}`] = {
          from: { node: `${node}${index}`, port: output },
          to: { node: `${name}${index}`, port },
        };
      }
    }
  }
  return parseDocument({ format: 'latent-loom', version: 1, nodes, edges }).document;
}

/** A chain of sums: nothing to do but the executor's own work. */
function chain(length: number): LoomDocument {
  const nodes: Record<string, unknown> = { n0: { type: 'kit/clock' } };
  const edges: Record<string, unknown> = {};
  for (let k = 1; k < length; k++) {
    nodes[`n${k}`] = { type: 'kit/sum', params: { plus: k } };
    edges[`e${k}`] = { from: { node: `n${k - 1}`, port: 'number' }, to: { node: `n${k}`, port: 'a' } };
  }
  return parseDocument({ format: 'latent-loom', version: 1, nodes, edges }).document;
}

/** The same sums called one after another by hand: what the nodes themselves take. */
async function bareChain(length: number, backend: Backend): Promise<number> {
  let value = 1;
  for (let k = 1; k < length; k++) {
    const scope = backend.scope();
    scope.ops.full([4], k);
    value = await Promise.resolve(value + k);
    scope.release();
  }
  return value;
}

export async function engineBenchmarks(): Promise<readonly Result[]> {
  const results: Result[] = [];
  const add = (name: string, value: number, unit: Result['unit'], goal?: number): void => {
    results.push({ name, value, unit, ...(goal === undefined ? {} : { goal }) });
  };
  const whole: number[] = [];
  for (const size of [100, 1000, 10_000]) {
    const text = serialise(sideBySide(size));
    const repeats = size > 5000 ? 7 : 25;
    const { document } = parseDocument(text);
    const inference = infer({ document, registry: kit, catalog });
    // A parsed copy each time: what is remembered by identity does not help.
    const fresh = () => infer({ document: parseDocument(text).document, registry: kit, catalog });
    const parse = await median(repeats, () => parseDocument(text));
    const parseInfer = await median(repeats, fresh);
    const all = await median(repeats, () => plan(fresh()));
    whole.push(all / size / Math.log2(size));
    add(`parse, ${size} nodes`, parse, 'ms');
    add(`infer, ${size} nodes never seen (parameters parsed too)`, parseInfer - parse, 'ms');
    add(
      `infer the whole graph again, ${size} nodes`,
      await median(repeats, () => infer({ document, registry: kit, catalog })),
      'ms',
      size === 1000 ? 10 : undefined,
    );
    add(`plan, ${size} nodes (keys by SHA-256)`, await median(repeats, () => plan(inference)), 'ms');
    add(`parse + infer + plan, ${size} nodes`, all, 'ms');
    const node = document.nodes.prompt0;
    if (!node) throw new Error('no prompt');
    let turn = 0;
    const edited = () => ({
      ...document,
      nodes: { ...document.nodes, prompt0: { ...node, params: { text: `edit ${turn++}`, tag: 'prompt0' } } },
    });
    const copies = Array.from({ length: 200 }, edited);
    add(
      `re-infer after one edit, ${size} nodes`,
      await median(100, () =>
        infer({
          document: copies[turn++ % copies.length] ?? document,
          registry: kit,
          catalog,
          previous: inference,
        }),
      ),
      'ms',
      size === 1000 ? 1 : undefined,
    );
    const drawn = () => ({
      ...document,
      edges: {
        ...document.edges,
        [`new${turn++}`]: {
          from: { node: 'noise0', port: 'noise' },
          to: { node: 'sampler0', port: 'noise' },
        },
      },
    });
    add(
      `re-infer after one wire, ${size} nodes`,
      await median(50, () => infer({ document: drawn(), registry: kit, catalog, previous: inference })),
      'ms',
    );
  }
  const [hundred = 1, , tenThousand = 1] = whole;
  add('growth from 100 to 10,000 nodes against n·log n', tenThousand / hundred, '×', 1.5);

  const length = 1000;
  const planned = plan(infer({ document: chain(length), registry: kit, catalog }), {
    targets: [`n${length - 1}`],
  });
  const backend = createCpuBackend();
  const executor = executorOn(backend);
  const run = await median(25, () => executor.run(planned));
  const bare = await median(25, () => bareChain(length, backend));
  add('executor, per node of a chain of 1,000, node included', (run / length) * 1000, 'µs');
  add('executor, per node of a chain of 1,000, its own share', ((run - bare) / length) * 1000, 'µs', 50);
  executor.clear();
  const cachedPlan = plan(infer({ document: sideBySide(1000), registry: kit, catalog }));
  await executor.run(cachedPlan);
  add(
    'executor, run of 1,000 nodes that are all cached',
    await median(15, () => executor.run(cachedPlan)),
    'ms',
  );
  executor.dispose();
  if (backend.live().tensors !== 0) throw new Error('the benchmark leaked tensors');
  return results;
}
