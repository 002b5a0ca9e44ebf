/** Opens a checkpoint that a person picked and draws with it, by the product's own parts, and times each. */
import { createExecutor, infer, parseDocument, plan, type Backend, type RunEvent } from '@/engine';
import { createBackend } from '@/engine/tensor/ort';
import type { NetworkSource, Session } from '@/engine/types';
import { createCatalog, createFetchFiles, createModelSource, findPackages } from '@/models';
import { createFilesFolder } from '@/models/folder-browser';
import { registry } from '@/nodes/registry';
import { textToImage } from './document';
import type { Job, Reply } from './protocol';

const reply = (message: Reply) => self.postMessage(message);
const { signal } = new AbortController();
const since = (start: number) => Number(((performance.now() - start) / 1000).toFixed(4));
const refuse = (): never => {
  throw new Error('This graph reads no pictures.');
};

/** The backend, with the seconds of every session that is made and of its first call. */
function timed(backend: Backend): Backend {
  return {
    ...backend,
    async createSession(source, options) {
      reply({ mark: `load ${source.name}` });
      const start = performance.now();
      const session = await backend.createSession(source, options);
      reply({ line: { network: source.name, computesIn: precisionOf(source), created: since(start) } });
      return firstCallTimed(session);
    },
  };
}
const precisionOf = (source: object | NetworkSource) => ('precision' in source ? source.precision : 'graph');

function firstCallTimed(session: Session): Session {
  let first = true;
  return {
    name: session.name,
    inputs: session.inputs,
    outputs: session.outputs,
    dispose: () => session.dispose(),
    async run(feeds, ops) {
      const start = performance.now();
      const results = await session.run(feeds, ops);
      if (first) {
        first = false;
        // Read back, so that the work is done and not only submitted.
        await Object.values(results)[0]?.read();
        reply({ line: { network: session.name, firstCall: since(start) } });
        reply({ mark: `after the first call of ${session.name}` });
      }
      return results;
    },
  };
}

async function measure({ file, kernels, precision, prefer, steps, side }: Job): Promise<void> {
  const backend = timed(await createBackend({ prefer, precision, kernels, wasmPaths: '/ort/' }));
  reply({ line: { ...backend.info, ownKernels: backend.ownKernels === true } });
  const begin = performance.now();
  reply({ mark: 'open' });
  const found = await findPackages(createFilesFolder(file.name, [{ path: file.name, file }]), signal);
  const packages = found.flatMap((one) => {
    if ('error' in one) throw one.error;
    return 'known' in one ? [one.known] : [];
  });
  const [first] = packages;
  if (first === undefined) throw new Error('No model in the file.');
  const { id, title } = first.description;
  reply({ line: { opened: since(begin), id, title } });

  const models = createModelSource({ backend, files: createFetchFiles({ base: '/models/' }), packages });
  const executor = createExecutor({
    backend,
    models,
    images: { decode: refuse, decodeIndices: refuse },
    assets: { read: refuse },
  });
  const draw = async (seed: string, count: number) => {
    const { document } = parseDocument(
      JSON.stringify(textToImage({ package: id, seed, steps: count, side })),
    );
    const planned = plan(infer({ document, registry, catalog: createCatalog(packages) }), {
      device: backend.info,
    });
    const seconds: Record<string, number> = {};
    const onEvent = (event: RunEvent) => {
      if (event.type === 'node-finished') seconds[event.node] = Number(event.seconds.toFixed(4));
    };
    const start = performance.now();
    const { failed } = await executor.run(planned, { onEvent });
    if (failed[0]) throw failed[0].error;
    // Nodes are done when their work is submitted: the clock stops when the picture is there.
    await read('picture');
    return { seconds, total: since(start) };
  };
  const read = async (what: 'latent' | 'picture'): Promise<Float32Array> => {
    const [node, port] = what === 'latent' ? ['sampler', 'latent'] : ['decode', 'image'];
    const borrowed = executor.borrow({ node, port, side: 'out' });
    if (borrowed === undefined) throw new Error(`no ${what}`);
    const { value } = borrowed;
    const tensor =
      value.kind === 'image' ? value.pixels : value.kind === 'latent' ? value.samples : undefined;
    const values = await tensor?.read();
    borrowed.release();
    if (!(values instanceof Float32Array)) throw new Error(`${what} is no float32`);
    return values;
  };

  reply({ line: { firstPicture: await draw('7', steps), sinceThePick: since(begin) } });
  for (const what of ['latent', 'picture'] as const) reply({ values: await read(what), what });
  reply({ mark: 'again' });
  // Warm: other seeds, so that nothing comes from the cache but what the prompt gives.
  const [few, many] = [await draw('8', 1), await draw('9', steps)];
  const step = steps > 1 ? (many.total - few.total) / (steps - 1) : many.total;
  reply({ line: { again: many, step: Number(step.toFixed(4)), live: backend.live() } });
  reply({ mark: 'unload' });
  executor.dispose();
  await models.unload();
  await backend.dispose();
}

self.addEventListener('message', (event: MessageEvent<Job>) => {
  measure(event.data).then(
    () => reply({ done: true }),
    (thrown: unknown) => {
      const cause =
        thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.message : undefined;
      reply({
        line: { error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown), cause },
      });
      reply({ done: false });
    },
  );
});
