/** A small language for engine tests: counted CPU tensors, tiny packages, documents in one line. */
import {
  atMost,
  createExecutor,
  documentSchema,
  type AnyNode,
  type Backend,
  type Catalog,
  type ConditioningValue,
  type Executor,
  type ExecutorOptions,
  type LatentSpaceInfo,
  type LoomDocument,
  type ModelPackage,
  type ModelSource,
  type NodeRegistry,
  type PortType,
  type TensorScope,
} from '@/engine';
import { createCpuBackend } from '@/engine/tensor';

export const space = (name: string): LatentSpaceInfo => ({
  space: name,
  channels: 4,
  factor: 8,
  rgb: { weight: Array.from({ length: 4 }, () => [0, 0, 0]), bias: [0.5, 0.5, 0.5] },
});

/** Two packages of equal shapes, a VQ one, and one that knows classes only. */
const packages: Readonly<
  Record<string, { readonly type: 'kl' | 'vq'; readonly parts: readonly string[]; readonly labels: string }>
> = {
  kl: { type: 'kl', parts: ['class', 'map', 'text'], labels: 'face-19' },
  'kl-2': { type: 'kl', parts: ['class', 'map', 'text'], labels: 'street-8' },
  vq: { type: 'vq', parts: ['text'], labels: 'face-19' },
  classes: { type: 'kl', parts: ['class'], labels: 'none' },
};

function describePorts(id: string): Readonly<Record<string, PortType>> | undefined {
  const found = Object.hasOwn(packages, id) ? packages[id] : undefined;
  if (!found) return undefined;
  const shape = { space: id, channels: 4, factor: 8 };
  const parts = atMost(...found.parts);
  return {
    unet: { kind: 'unet', fields: { ...shape, for: id, accepts: parts } },
    'first-stage': { kind: 'first-stage', fields: { ...shape, type: found.type } },
    conditioner: { kind: 'conditioner', fields: { for: id, parts, labels: found.labels } },
  };
}

const ports = new Map(Object.keys(packages).map((id) => [id, describePorts(id)]));

export const catalog: Catalog = {
  packages: Object.keys(packages),
  ports: (id) => ports.get(id),
  hash: (id) => (Object.hasOwn(packages, id) ? `hash of ${id}` : undefined),
};

function openPackage(id: string): ModelPackage {
  const latent = space(id);
  const conditioner = {
    id,
    map: {
      labels: { id: packages[id]?.labels ?? 'none', labels: [] },
      channels: 1,
      encode: () => Promise.reject(new Error('not needed')),
    },
  };
  return {
    id,
    hash: `hash of ${id}`,
    conditioner,
    unet: {
      space: latent,
      diffusion: { prediction: 'epsilon', alphasCumprod: Float64Array.of(0.9, 0.1) },
      conditioner,
      nativeSize: { height: 2, width: 2 },
      multipleOf: 1,
      concatChannels: 0,
      contextWidth: 8,
      load: () => Promise.resolve(),
      call: (sample, _timesteps, _context, { ops }) => Promise.resolve(ops.linear([[0.5, sample]])),
    },
    firstStage: {
      type: packages[id]?.type ?? 'kl',
      space: latent,
      encode: (image, { ops }) =>
        Promise.resolve({
          mean: ops.full([image.dims[0] ?? 1, 4, (image.dims[2] ?? 8) / 8, (image.dims[3] ?? 8) / 8], 0.25),
        }),
      decode: (latents, { ops }) =>
        Promise.resolve(
          ops.full([latents.dims[0] ?? 1, 3, (latents.dims[2] ?? 1) * 8, (latents.dims[3] ?? 1) * 8], 0.5),
        ),
    },
  };
}

export const models: ModelSource = {
  open: (id) => Promise.resolve(openPackage(id)),
  space: (id) => (Object.hasOwn(packages, id) ? space(id) : undefined),
};

export const registryOf = (nodes: readonly AnyNode[]): NodeRegistry => {
  const byId = new Map<string, AnyNode>(nodes.map((node) => [node.id, node]));
  return { get: (id) => byId.get(id), all: () => nodes };
};

/** How often each name was counted. */
export class Counter {
  readonly #counts = new Map<string, number>();
  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
  /** `{ name: times }`, sorted, and begins again. */
  take(): Readonly<Record<string, number>> {
    const taken = Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#counts.clear();
    return taken;
  }
}

type NodeShort = readonly [
  type: string,
  params?: LoomDocument['nodes'][string]['params'],
  extra?: Readonly<Record<string, unknown>>,
];

/**
 * A document from node shorthands and edges written `from.port > to.port`.
 * `graph({ a: ['kit/number', { value: 1 }], b: ['kit/sum'] }, ['a.number > b.a'])`.
 */
export function graph(
  nodes: Readonly<Record<string, NodeShort>>,
  connections: readonly string[] = [],
  more: Readonly<Record<string, unknown>> = {},
): LoomDocument {
  return documentSchema.parse({
    format: 'latent-loom',
    version: 1,
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, [type, params = {}, extra = {}]]) => [id, { type, params, ...extra }]),
    ),
    edges: edgeRecords(connections),
    ...more,
  });
}

function end(text = ''): { node: string; port: string } {
  const dot = text.trim().lastIndexOf('.');
  return { node: text.trim().slice(0, dot), port: text.trim().slice(dot + 1) };
}

/** Edges by the ids `w0`, `w1`, … in order. */
export function edgeRecords(
  connections: readonly string[],
): Record<string, { from: { node: string; port: string }; to: { node: string; port: string } }> {
  return Object.fromEntries(
    connections.map((connection, index) => {
      const [from, to] = connection.split('>');
      return [`w${index}`, { from: end(from), to: end(to) }];
    }),
  );
}

/** A promise to settle from outside. */
export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let settle: ((value: T) => void) | undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle?.(value) };
}

/** A CPU backend whose device can be lost by hand, and whose tensors say that they are on a GPU. */
export function losableBackend(): Backend & { lose(reason: string): void } {
  const lost = deferred<string>();
  const cpu = createCpuBackend();
  return {
    ...cpu,
    scope: () => onGpu(cpu.scope()),
    lost: lost.promise,
    lose: lost.resolve,
  };
}

function onGpu(scope: TensorScope): TensorScope {
  const ops = new Proxy(scope.ops, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        const made: unknown = Reflect.apply(method, target, given);
        if (typeof made === 'object' && made !== null && 'dims' in made)
          Object.defineProperty(made, 'location', { value: 'gpu' });
        return made;
      };
    },
  });
  return { ops, keep: (tensor) => scope.keep(tensor), release: () => scope.release() };
}

export function executorOn(backend: Backend, options: Partial<ExecutorOptions> = {}): Executor {
  return createExecutor({
    backend,
    models,
    images: {
      decode: () => Promise.reject(new Error('no pictures here')),
      decodeIndices: () => Promise.reject(new Error('no pictures here')),
    },
    assets: { read: () => Promise.reject(new Error('no assets here')) },
    ...options,
  });
}

export const conditioningOf = (
  id: string,
  parts: ConditioningValue['entries'][number]['parts'],
): ConditioningValue => ({
  kind: 'conditioning',
  conditioner: { id },
  entries: [{ parts, weight: 1, start: 0, end: 1 }],
});
