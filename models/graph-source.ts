/** What a session is made of, by how the package stores the network. */
import type {
  GraphNetwork,
  GraphSource,
  LoadOptions,
  NetworkFiles,
  NetworkSource,
  StoredNetwork,
  WeightsNetwork,
} from '@/engine/types';
import { adapted } from './lora/adapt';
import type { Loading } from './loading';
import { describeArchitecture } from './networks/architecture';
import { expandWeights } from './storage';
import { storeOf } from './weights/file-weights';
import { storedWeights } from './stored-weights';

/** Fetches a network's files. The function makes the source of them: weights of ours are expanded then, not before. */
export function fetchGraph(
  name: string,
  network: NetworkFiles,
  loading: Loading,
  options: LoadOptions,
): Promise<() => GraphSource | NetworkSource> {
  switch (network.kind) {
    case 'stored':
      return fetchStored(name, network, loading, options);
    case 'graph':
      return fetchForeign(name, network, loading, options);
    case 'weights':
      return fetchWeights(name, network, loading, options);
  }
}

async function fetchStored(
  name: string,
  network: StoredNetwork,
  { backend, files, description }: Loading,
  options: LoadOptions,
): Promise<() => GraphSource | NetworkSource> {
  const { precision } = backend.info;
  const file = `${description.id}/${network.weights}`;
  const { architecture } = network;
  if (backend.ownKernels === true && architecture !== undefined) {
    const [weights = new Uint8Array()] = await files.load([network.weights], options);
    return () => {
      const store = storedWeights(weights, file);
      const described = describeArchitecture(architecture, name, store.entries);
      return { name, description: described, weights: store, precision };
    };
  }
  const [model = new Uint8Array(), weights = new Uint8Array()] = await files.load(
    [network[precision], network.weights],
    options,
  );
  return () => ({
    name,
    model,
    externalData: [
      {
        path: network.externalData,
        data: expandWeights(weights, precision, file),
      },
    ],
  });
}

/** A graph of somebody else's: its bytes as they are. External data stay where they lie if the backend can read them there. */
async function fetchForeign(
  name: string,
  network: GraphNetwork,
  { backend, files }: Loading,
  options: LoadOptions,
): Promise<() => GraphSource> {
  const { signal } = options;
  const blobs = await Promise.all(
    network.external.map(async ({ file }) =>
      backend.info.streams === true ? files.blob(file, signal) : undefined,
    ),
  );
  const whole = network.external.filter((_, i) => blobs[i] === undefined).map(({ file }) => file);
  const [model = new Uint8Array(), ...loaded] = await files.load([network.graph, ...whole], options);
  const bytes = new Map(whole.map((file, i) => [file, loaded[i] ?? new Uint8Array()]));
  const externalData = network.external.map(({ path, file }, i) => ({
    path,
    data: blobs[i] ?? bytes.get(file) ?? new Uint8Array(),
  }));
  return () => ({ name, model, externalData });
}

/** A graph of ours over the person's own tensors: they stay in their files where these can be read in pieces. */
async function fetchWeights(
  name: string,
  network: WeightsNetwork,
  { backend, files, loras }: Loading,
  options: LoadOptions,
): Promise<() => NetworkSource> {
  const data: { path: string; data: Uint8Array | Blob }[] = [];
  for (const path of network.files) {
    const blob = await files.blob(path, options.signal);
    const [whole = new Uint8Array()] = blob ? [] : await files.load([path], options);
    data.push({ path, data: blob ?? whole });
  }
  const { kind, precision: chosen } = backend.info;
  // Half precision where the device computes in it and nobody chose otherwise; on wasm its weights become single anyway.
  const precision = network.precision === 'fp16' && kind === 'webgpu' && chosen === 'fp16' ? 'fp16' : 'fp32';
  const dtype = precision === 'fp16' ? 'float16' : 'float32';
  return () => {
    const store = storeOf(network.entries, data);
    const weights = loras === undefined ? store : adapted(store, network, loras, dtype);
    return { name, description: network.network, weights, precision };
  };
}
