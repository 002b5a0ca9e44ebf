/** What runs in the browser: a checkpoint as a file that is read in slices, its networks by onnxruntime on WebGPU. */
import { createBackend } from '@/engine/tensor/ort';
import { readCheckpoint, type CheckpointPart } from '@/models/checkpoint/checkpoint';
import { networkOf, type NetworkPart } from '@/models/networks/network-of';
import { readSafetensors } from '@/models/safetensors';
import { storeOf } from '@/models/weights/file-weights';
import { readSafetensorsHeader } from '@/models/weights/safetensors-header';
import type { Tensor } from '@/engine/types';

const fetched = async (file: string) => (await fetch(`/models/foreign/${file}`)).blob();

/** Wraps a blob so that what is read of it is known. */
function watched(blob: Blob): { blob: Blob; reads: number[]; whole: () => boolean } {
  const reads: number[] = [];
  let whole = false;
  const slice = blob.slice.bind(blob);
  blob.slice = (from = 0, to = blob.size, type) => {
    reads.push(to - from);
    return slice(from, to, type);
  };
  blob.arrayBuffer = () => {
    whole = true;
    return slice(0, blob.size).arrayBuffer();
  };
  return { blob, reads, whole: () => whole };
}

async function main() {
  const backend = await createBackend({ prefer: 'webgpu', wasmPaths: '/ort/' });
  const { blob, reads, whole } = watched(await fetched('sd15.safetensors'));
  const goldens = readSafetensors(
    new Uint8Array(await (await fetched('golden.safetensors')).arrayBuffer()),
    'golden',
  );
  const golden = (name: string) => {
    const tensor = goldens.tensors.get(name);
    if (tensor === undefined) throw new Error(`no golden "${name}"`);
    return { dims: tensor.shape, values: new Float32Array(new Uint8Array(tensor.bytes).buffer) };
  };
  const checkpoint = readCheckpoint(
    await readSafetensorsHeader(blob, 'sd15.safetensors'),
    'sd15.safetensors',
  );
  const header = reads.splice(0);

  async function decibels(
    part: NetworkPart,
    given: CheckpointPart | undefined,
    feeds: Readonly<Record<string, string>>,
    output: string,
    expected: string,
  ) {
    if (given === undefined) throw new Error(`no ${part}`);
    const description = networkOf(part, given.config, given.entries);
    const weights = storeOf(given.entries, [{ path: 'sd15.safetensors', data: blob }]);
    const session = await backend.createSession({ name: part, description, weights, precision: 'fp32' });
    const scope = backend.scope();
    const tensors: Record<string, Tensor> = {};
    for (const { name, dtype } of description.inputs) {
      const { dims, values } = golden(feeds[name] ?? '');
      tensors[name] = scope.ops.from(dtype === 'int32' ? Int32Array.from(values) : values, dims);
    }
    const out = (await session.run(tensors, scope.ops))[output];
    const values = await out?.read();
    if (!(values instanceof Float32Array)) throw new Error(`no ${output}`);
    const want = golden(expected).values;
    let [signal, error] = [0, 0];
    for (const [i, value] of want.entries()) {
      signal += value ** 2;
      error += ((values[i] ?? NaN) - value) ** 2;
    }
    scope.release();
    await session.dispose();
    return 10 * Math.log10(signal / error);
  }

  const { vae, text, unet } = checkpoint;
  const agreement = {
    text: await decibels(
      'text',
      text[0],
      { input_ids: 'sd15.text.input_ids' },
      'last_hidden_state',
      'sd15.text.last_hidden_state',
    ),
    decoder: await decibels(
      'decoder',
      vae,
      { latent_sample: 'sd15.vae.latent' },
      'sample',
      'sd15.vae.decoded',
    ),
    unet: await decibels(
      'unet',
      unet,
      {
        sample: 'sd15.unet.sample',
        timestep: 'sd15.unet.timestep',
        encoder_hidden_states: 'sd15.unet.encoder_hidden_states',
      },
      'out_sample',
      'sd15.unet.out_sample',
    ),
  };
  return {
    streams: backend.info.streams === true,
    agreement,
    size: blob.size,
    header,
    slices: reads.length,
    largest: Math.max(...reads),
    whole: whole(),
  };
}

main().then(
  (result) => Object.assign(globalThis, { result }),
  (error: unknown) =>
    Object.assign(globalThis, {
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
);
