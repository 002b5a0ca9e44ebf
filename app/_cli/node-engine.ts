/** The composition root of the command line: the engine on Node, with onnxruntime-web's wasm build. */
import { availableParallelism } from 'node:os';
import {
  LoomError,
  createExecutor,
  type AssetSource,
  type Backend,
  type Catalog,
  type Executor,
  type NodeRegistry,
} from '@/engine';
import { createBackend } from '@/engine/tensor/ort-node';
import { createModelSource, type LoadedModels } from '@/models';
import { registry as library } from '@/nodes/registry';
import { codec } from './codec';
import { installed, type Installed } from './packages';

export interface NodeEngine {
  readonly backend: Backend;
  readonly catalog: Catalog;
  readonly models: LoadedModels;
  readonly executor: Executor;
  /** Models that were named and cannot be used. */
  readonly failed: Installed['failed'];
  readonly registry: NodeRegistry;
  dispose(): Promise<void>;
}

const dataUrl = /^data:[^,]*;base64,(.*)$/s;

/** Pictures a document carries as data URLs. A document never reads files of the machine it runs on. */
const assets: AssetSource = {
  async read(reference) {
    const [, base64] = dataUrl.exec(reference) ?? [];
    if (base64 === undefined)
      throw new LoomError(
        'file-missing',
        'The picture is not in the document.',
        {},
        { fix: 'Load the picture again in the editor and save the graph.' },
      );
    return new Uint8Array(Buffer.from(base64, 'base64'));
  },
};

/** More threads than this never start: the browser build of onnxruntime waits for them for ever. */
const maxThreads = Math.max(16, availableParallelism());

function threadsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const threads = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (threads >= 1 && threads <= maxThreads) return threads;
  throw new LoomError('bad-input', `--threads wants a whole number from 1 to ${maxThreads}, not "${text}".`);
}

/**
 * The engine with every installed package.
 * @throws LoomError when a package cannot be read, or `threads` is no number.
 */
export async function nodeEngine(options: {
  readonly models?: string;
  readonly threads?: string;
  /** The nodes it knows; the library's when left out. */
  readonly registry?: NodeRegistry;
}): Promise<NodeEngine> {
  const threads = threadsOf(options.threads);
  const { packages, catalog, files, loras, failed } = await installed(options.models);
  const backend = await createBackend(threads === undefined ? {} : { threads });
  const models = createModelSource({ backend, files, packages, loras });
  const executor = createExecutor({ backend, models, images: codec, assets });
  return {
    backend,
    catalog,
    models,
    executor,
    registry: options.registry ?? library,
    failed,
    async dispose() {
      executor.dispose();
      await models.unload();
      await backend.dispose();
    },
  };
}
