/** Runs one template with the real engine on one backend. One worker each, since onnxruntime's environment is global. */
import { encodeImage } from '@/app/_formats/png/image';
import { createExecutor, infer, parseDocument, plan, type LoomDocument, type RunEvent } from '@/engine';
import { createBackend } from '@/engine/tensor/ort';
import { createCatalog, createFetchFiles, createModelSource, readPackages } from '@/models';
import { registry } from '@/nodes/registry';
import type { Job, Mode, Outcome, Reply } from './protocol';

const choices = {
  wasm: { prefer: 'wasm', precision: 'fp32' },
  'webgpu-own': { prefer: 'webgpu', precision: 'fp32', kernels: 'own' },
  'webgpu-fp32': { prefer: 'webgpu', precision: 'fp32' },
  'webgpu-fp16': { prefer: 'webgpu', precision: 'fp16' },
} as const satisfies Record<Mode, object>;

const refuse = (): never => {
  throw new Error('These templates read no pictures.');
};

/** The template with every seed and step count replaced. */
function changed(document: LoomDocument, seed: string, steps: number): LoomDocument {
  const nodes = Object.fromEntries(
    Object.entries(document.nodes).map(([id, node]) => {
      const params = { ...node.params };
      if ('seed' in params) params.seed = seed;
      if ('steps' in params) params.steps = steps;
      return [id, { ...node, params }];
    }),
  );
  return { ...document, nodes };
}

async function outcome({ mode, template, steps, threads }: Job): Promise<Outcome> {
  const backend = await createBackend({
    ...choices[mode],
    wasmPaths: '/ort/',
    ...(threads ? { threads } : {}),
  });
  const files = createFetchFiles({ base: '/models/' });
  const { document } = parseDocument(await (await fetch(`/templates/${template}.json`)).text());
  const used = Object.values(document.nodes).flatMap(({ params }) =>
    typeof params.package === 'string' ? [params.package] : [],
  );
  const packages = await readPackages(files, [...new Set(used)]);
  const catalog = createCatalog(packages);
  const models = createModelSource({ backend, files, packages });
  const executor = createExecutor({
    backend,
    models,
    images: { decode: refuse, decodeIndices: refuse },
    assets: { read: refuse },
  });
  const run = async (seed: string, count: number) => {
    const planned = plan(infer({ document: changed(document, seed, count), registry, catalog }), {
      device: backend.info,
    });
    const seconds = new Map<string, number>();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'node-finished') seconds.set(event.node, event.seconds);
    };
    const start = performance.now();
    const result = await executor.run(planned, { onEvent });
    if (result.failed[0]) throw result.failed[0].error;
    return { total: (performance.now() - start) / 1000, seconds };
  };
  const first = await run('1', 1);
  const totals: number[] = [];
  for (let i = 0; i < (mode === 'wasm' ? 0 : 5); i += 1)
    totals.push((await run(String(20 + i), steps)).total);
  const whole = await run('7', steps);
  totals.push(whole.total);
  totals.sort((a, b) => a - b);
  const wholeRuns = { least: totals[0] ?? NaN, median: totals[totals.length >> 1] ?? NaN };
  const borrowed = executor.borrow({ node: 'image', port: 'image', side: 'in' });
  if (borrowed?.value.kind !== 'image') throw new Error('The template made no picture.');
  const data = await borrowed.value.pixels.read();
  if (!(data instanceof Float32Array)) throw new Error('A picture must be float32.');
  const { dims } = borrowed.value.pixels;
  borrowed.release();
  executor.dispose();
  const leaked = backend.live().tensors;
  const common = { info: backend.info, dims, pixels: data, png: encodeImage({ dims, data }), leaked };
  const [sampling = Number.NaN, decode = Number.NaN] = ['sampler', 'decode'].map((node) =>
    whole.seconds.get(node),
  );
  return { ...common, firstRun: first.total, wholeRun: whole.total, wholeRuns, sampling, decode };
}

self.addEventListener('message', (event: MessageEvent<Job>) => {
  const reply = (message: Reply) => self.postMessage(message);
  outcome(event.data).then(
    (result) => reply({ outcome: result }),
    (thrown: unknown) =>
      reply({ error: thrown instanceof Error ? `${thrown.message}\n${thrown.stack ?? ''}` : String(thrown) }),
  );
});
