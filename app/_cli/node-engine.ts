/** The composition root of the command line: the engine on Node, with onnxruntime-web's wasm build. */
import { readFile } from 'node:fs/promises';
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

/** A picture file as the data URL that parameters take (`--set load.source=@photo.jpg`). */
export async function fileAsDataUrl(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new LoomError('file-missing', `${file} cannot be read.`, { file }, { cause });
  });
  return `data:application/octet-stream;base64,${bytes.toString('base64')}`;
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
  const threads = options.threads === undefined ? undefined : Number(options.threads);
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0))
    throw new LoomError('bad-input', `--threads wants a whole number above 0, not "${options.threads}".`);
  const { packages, catalog, files, failed } = await installed(options.models);
  const backend = await createBackend(threads === undefined ? {} : { threads });
  const models = createModelSource({ backend, files, packages });
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
