/** The engine's own cost: parse, infer, plan, re-infer after an edit, executor overhead per node. */
import { infer, inferredCount, parseDocument, plan, serialise, type Backend } from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import { catalog, executorOn } from '../engine/kit';
import { kit } from '../engine/kit-nodes';
import { brokenEverywhere, edits, chain, sideBySide } from './graphs';

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
    for (const { name, after, before } of edits(document)) {
      const previous = infer({ document: before, registry: kit, catalog });
      let turn = 0;
      const time = await median(101, () =>
        infer({ document: after[turn++ % after.length] ?? before, registry: kit, catalog, previous }),
      );
      const count = inferredCount(infer({ document: after[0] ?? before, registry: kit, catalog, previous }));
      const goal = size === 1000 ? (count > 100 ? 10 : 1) : undefined;
      add(`re-infer, ${size} nodes, ${name} (${count} anew)`, time, 'ms', goal);
    }
  }
  for (const [name, document] of [
    ['none', sideBySide(1000)],
    ['one in each node', brokenEverywhere(1000)],
  ] as const) {
    const previous = infer({ document, registry: kit, catalog });
    const [{ after } = { after: [] }] = edits(document);
    const inferred = after.map((edited) => infer({ document: edited, registry: kit, catalog, previous }));
    let turn = 0;
    add(
      `diagnostics and their index by node after one edit, 1000 nodes, ${name}`,
      await median(101, () => inferred[turn++ % inferred.length]?.diagnosticsOf('prompt0')),
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
