/** Opens the fixtures of `models/training/foreign/make.py` through the product's own backend and compares with diffusers. */
import { readFileSync } from 'node:fs';
import { createBackend } from '@/engine/tensor/ort-node';
import { readSafetensors } from '@/models/safetensors';
import { networkOf, type NetworkPart } from '@/models/networks/network-of';
import { fileWeights } from '@/models/weights/file-weights';
import { readSafetensorsHeader } from '@/models/weights/safetensors-header';
import type { Backend, NetworkDescription, Tensor, WeightStore } from '@/engine/types';

export const fixtures = 'tests/fixtures/foreign';
export const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(`${fixtures}/${file}`));
export const jsonOf = (file: string): unknown => JSON.parse(new TextDecoder().decode(bytesOf(file)));

const goldens = readSafetensors(bytesOf('golden.safetensors'), 'golden');

export interface Golden {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** What diffusers computed; `name` as in make.py, e.g. `sd15.unet.out_sample`. */
export function golden(name: string): Golden {
  const tensor = goldens.tensors.get(name);
  if (tensor === undefined) throw new Error(`no golden "${name}"`);
  return { dims: tensor.shape, values: new Float32Array(new Uint8Array(tensor.bytes).buffer) };
}

/** Signal to error in decibels, the signal being what diffusers computed. */
export function decibels(result: Golden, expected: Golden): number {
  if (result.dims.join() !== expected.dims.join())
    throw new Error(`[${result.dims.join()}] for [${expected.dims.join()}]`);
  let [signal, error] = [0, 0];
  for (const [i, value] of expected.values.entries()) {
    signal += value ** 2;
    error += ((result.values[i] ?? NaN) - value) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

let opened: Promise<Backend> | undefined;
export const backend = (): Promise<Backend> => (opened ??= createBackend({ threads: 1 }));

export async function storeOf(file: string, data: Uint8Array | Blob = bytesOf(file)): Promise<WeightStore> {
  return fileWeights([{ path: file, data, header: await readSafetensorsHeader(data, file) }]);
}

/** A network of a diffusers folder among the fixtures. */
export async function folderNetwork(
  folder: string,
  part: NetworkPart,
): Promise<{ description: NetworkDescription; weights: WeightStore }> {
  const file = folder.endsWith('text_encoder') ? 'model.safetensors' : 'diffusion_pytorch_model.safetensors';
  const weights = await storeOf(`${folder}/${file}`);
  return { description: networkOf(part, jsonOf(`${folder}/config.json`), weights.entries), weights };
}

/** Runs a network once; feeds are goldens by the input's name. */
export async function run(
  { description, weights }: { description: NetworkDescription; weights: WeightStore },
  feeds: Readonly<Record<string, string>>,
  precision: 'fp16' | 'fp32' = 'fp32',
): Promise<Readonly<Record<string, Golden>>> {
  const machine = await backend();
  const session = await machine.createSession({ name: description.name, description, weights, precision });
  const scope = machine.scope();
  try {
    const tensors: Record<string, Tensor> = {};
    for (const { name, dtype } of description.inputs) {
      const given = golden(feeds[name] ?? '');
      const values = dtype === 'int32' ? Int32Array.from(given.values) : given.values;
      tensors[name] = scope.ops.from(values, given.dims);
    }
    const results = await session.run(tensors, scope.ops);
    const out: Record<string, Golden> = {};
    for (const [name, tensor] of Object.entries(results)) {
      const values = await tensor.read();
      if (!(values instanceof Float32Array)) throw new Error(`${name} is no float32`);
      out[name] = { dims: tensor.dims, values };
    }
    return out;
  } finally {
    scope.release();
    await session.dispose();
  }
}

/** Feeds of these inputs, all goldens of `prefix`. */
export const feedsOf = (prefix: string, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `${prefix}.${name}`]));
