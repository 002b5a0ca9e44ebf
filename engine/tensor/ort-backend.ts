/** The backend over onnxruntime-web, once a build of it (and for WebGPU a device) has been chosen. */
import type { Env, InferenceSession, InferenceSessionFactory, Tensor } from 'onnxruntime-web';
import type { Backend, BackendInfo, GraphSource, NetworkSource, Session, SessionOptions } from '../types';
import type { Kernels } from '../webgpu/device';
import { byRule } from '../webgpu/plan';
import { emptyLedger } from './counted';
import { createCpuScope } from './cpu-backend';
import { GpuMachine } from './gpu-machine';
import { FallbackSession } from './fallback-session';
import { GpuOps } from './gpu-ops';
import { NetworkSession } from './network-session';
import { failure, OrtSession, type SessionHost } from './ort-session';
import { Queue } from './queue';
import { createScope } from './scope';

/** The parts of onnxruntime-web's module that are used. */
export interface Ort {
  readonly env: Env;
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: typeof Tensor;
}

/** A device and the choice that led to it. */
export interface Chosen {
  readonly info: BackendInfo;
  readonly device?: GPUDevice;
  /** Networks run in kernels of our own too; given with a device. `tested` never rejects. */
  readonly own?: { readonly kernels: Kernels; readonly tested: Promise<boolean> };
}

/** onnxruntime's wasm has one stack per page: creating, running and releasing sessions share one queue. */
const queue = new Queue();

/**
 * A backend on onnxruntime, which `load` fetches and configures for the first
 * session that needs it. With `chosen.device` everything runs on that device.
 */
export function backendOn(load: () => Promise<Ort>, chosen: Chosen): Backend {
  const ledger = emptyLedger();
  const { device, own } = chosen;
  let { info } = chosen;
  void own?.tested.then((passed) => {
    if (!passed) info = { ...info, limits: [...info.limits, 'own-kernels'] };
  });
  const gpu = device === undefined ? undefined : new GpuMachine(device, ledger);
  let loaded: Promise<Ort> | undefined;
  const open = new Set<Session>();
  // Made here, not where a session is created: there it would keep that call's graph and weights alive with the session.
  const forget = (gone: Session): void => {
    open.delete(gone);
  };
  const openGraph = (source: GraphSource | NetworkSource, options: SessionOptions): Promise<Session> =>
    queue.add(async () => {
      options.signal?.throwIfAborted();
      gpu?.check();
      loaded ??= load();
      // A download that failed is tried again by the next call.
      loaded.catch(() => (loaded = undefined));
      const ort = await loaded;
      const host: SessionHost = { Tensor: ort.Tensor, queue, ledger, gpu };
      const session = new OrtSession(source.name, await create(ort, source, options, chosen), host, forget);
      open.add(session);
      return session;
    });
  return {
    get info() {
      return info;
    },
    scope: () =>
      gpu === undefined ? createCpuScope(ledger) : createScope((keep, child) => new GpuOps(gpu, keep, child)),
    createSession: async (source, options = {}) => {
      if ('model' in source || gpu === undefined || own === undefined || !(await own.tested))
        return openGraph(source, options);
      options.signal?.throwIfAborted();
      gpu.check();
      const host = { kernels: own.kernels, gpu, ledger, choose: byRule };
      const instead = () => openGraph(source, {});
      const session: Session = new FallbackSession(new NetworkSession(source, host), instead, () =>
        forget(session),
      );
      open.add(session);
      return session;
    },
    ...(own !== undefined && { ownKernels: true, selfTest: own.tested }),
    live: () => ({ ...ledger }),
    lost: gpu?.lost ?? new Promise(() => {}),
    dispose: async () => {
      await Promise.allSettled([...open].map((session) => session.dispose()));
      open.clear();
      gpu?.dispose();
      device?.destroy();
    },
  };
}

/** A graph that is given, or the one that a description becomes; its writer is loaded only then. */
async function graphOf(
  source: GraphSource | NetworkSource,
  slices: boolean,
  signal?: AbortSignal,
): Promise<GraphSource> {
  if ('model' in source) return source;
  const { writeGraph } = await import('../onnx');
  return writeGraph(source, { slices, signal });
}

async function create(
  ort: Ort,
  source: GraphSource | NetworkSource,
  options: SessionOptions,
  { device, info }: Chosen,
): Promise<InferenceSession> {
  const webgpu: InferenceSession.SessionOptions =
    device === undefined
      ? { executionProviders: ['wasm'] }
      : { executionProviders: [{ name: 'webgpu', device }], preferredOutputLocation: 'gpu-buffer' };
  try {
    const { model, externalData } = await graphOf(source, info.streams === true, options.signal);
    return await ort.InferenceSession.create(model, {
      ...webgpu,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      externalData: externalData.map(({ path, data }) => ({ path, data })),
      ...(options.freeDimensions === undefined ? {} : { freeDimensionOverrides: options.freeDimensions }),
    });
  } catch (thrown) {
    throw failure(source.name, thrown);
  }
}

/** Configures onnxruntime once, before its first session. */
export function configure(ort: Ort, threads: number, wasmPaths: string | undefined): void {
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = threads;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
}
