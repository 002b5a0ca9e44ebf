/**
 * One graph in a process of its own: what the plan says it will take, and what it took, as JSON.
 *
 *     npx tsx tests/bench/memory-run.ts GRAPH.json STEPS [MODELS_DIR PACKAGE [BATCH]]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Backend, Session } from '@/engine/types';
import { touchedWasmMemory, watchWasmMemory } from '@/models/_build/wasm-memory';
import { identity } from '@/models/_build/identity';

watchWasmMemory();
const { infer, parseDocument, plan, serialise } = await import('@/engine');
const { nodeEngine } = await import('@/app/_cli/node-engine');
const { registry } = await import('@/nodes/registry');

const [, , graph = '', steps = '2', models, packageId, batch] = process.argv;
const engine = await nodeEngine(models === undefined || models === '-' ? {} : { models });
await engine.backend.createSession({ name: 'nothing', model: identity, externalData: [] });
const runtime = touchedWasmMemory();

/** What is held is measured, not what waits to be collected: the collector runs at every report and before a network's first call. */
const collect = (): void => globalThis.gc?.();
const createSession: Backend['createSession'] = engine.backend.createSession.bind(engine.backend);
Object.assign(engine.backend, {
  async createSession(...given: Parameters<Backend['createSession']>): Promise<Session> {
    const session = await createSession(...given);
    const run = session.run.bind(session);
    let before = 2;
    return Object.assign(session, {
      async run(...call: Parameters<Session['run']>) {
        // Twice, from turns of their own: array buffers are freed by other threads, after the collection.
        for (; before > 0; before--) {
          await new Promise((done) => setTimeout(done, 50));
          collect();
        }
        return run(...call);
      },
    });
  },
});

const document = structuredClone(parseDocument(readFileSync(graph, 'utf8')).document);
for (const { type, params } of Object.values(document.nodes)) {
  if ('steps' in params) params['steps'] = Number(steps);
  if (packageId !== undefined && 'package' in params) params['package'] = packageId;
  if (packageId !== undefined && 'class' in params) params['class'] = '';
  if (batch !== undefined && 'batch' in (registry.get(type)?.params.shape ?? {}))
    params['batch'] = Number(batch);
}
const { document: checked } = parseDocument(serialise(document));
const planned = plan(infer({ document: checked, registry, catalog: engine.catalog }), {
  device: engine.backend.info,
  sweep: true,
});

// What onnxruntime compiles of itself while it first runs each kind of network is no one's memory plan.
const warm = await (
  await nodeEngine({ models: 'tests/fixtures' })
).models.open('tiny', {
  signal: new AbortController().signal,
});
const scope = engine.backend.scope();
const call = { ops: scope.ops, signal: new AbortController().signal };
for (let turn = 0; turn < 20; turn++) {
  const context = (await warm.conditioner.text?.encode(['a', 'b'], call))?.context;
  const sample = scope.ops.full([2, 14, 8, 8], 0.1);
  if (context) await warm.unet?.call(sample, [1, 1], context, call);
  const { mean } = await warm.firstStage.encode(scope.ops.full([2, 3, 64, 64], 0.1), call);
  await warm.firstStage.decode(mean, call);
}
scope.release();

/** Bytes of `/proc/self/status`. */
const status = (field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
// Array buffers are freed by other threads, after the collection, and some by the next one only.
for (let turn = 0; turn < 6; turn++) {
  globalThis.gc?.();
  await new Promise((done) => setTimeout(done, 200));
}
// Linux starts the high-water mark anew.
writeFileSync('/proc/self/clear_refs', '5');
const before = status('VmRSS');
const result = await engine.executor.run(planned, {
  onEvent: collect,
  onFile: () => undefined,
});
const { peak, onDevice, complete, at } = planned.memory;
console.log(
  JSON.stringify({
    status: result.status,
    failed: result.failed.map(({ node, error }) => `${node}: ${error.message}`),
    peak,
    onDevice,
    complete,
    at,
    runtime,
    measuredOnDevice: touchedWasmMemory(),
    measuredPeak: status('VmHWM') - before + runtime,
  }),
);
process.exit(0);
