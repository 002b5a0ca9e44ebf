/** What a session is made of, by how the package stores the network. */
import type {
  GraphNetwork,
  GraphSource,
  LoadOptions,
  NetworkFiles,
  NetworkSource,
  StoredNetwork,
} from '@/engine/types';
import type { Loading } from './network';
import { describeArchitecture } from './networks/architecture';
import { expandWeights } from './storage';
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
      throw new Error('not yet');
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
