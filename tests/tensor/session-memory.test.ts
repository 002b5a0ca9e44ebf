/** A session keeps nothing of what it was made from: weights are copied into wasm, and ours would double them. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createBackend } from '@/engine/tensor/ort-node';
import { expandWeights } from '@/models/storage';
import type { Backend, Session } from '@/engine/types';

const folder = 'tests/fixtures/tiny';
const bytes = (file: string): Uint8Array => new Uint8Array(readFileSync(`${folder}/${file}`));

/** A session of the tiny U-Net, and a weak hold of the weights it was made from. */
async function made(backend: Backend): Promise<{ session: Session; weights: WeakRef<Uint8Array> }> {
  const data = expandWeights(bytes('unet.safetensors'), 'fp32', 'unet.safetensors');
  const externalData = [{ path: 'unet.onnx.data', data }];
  const session = await backend.createSession({ name: 'tiny', model: bytes('unet.f32.onnx'), externalData });
  return { session, weights: new WeakRef(data) };
}

it('an open session lets go of the weights that it was made from', async () => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') throw new Error('no gc');
  const backend = await createBackend({ threads: 1 });
  const { session, weights } = await made(backend);
  for (let turn = 0; turn < 50 && weights.deref() !== undefined; turn++) {
    await new Promise((next) => setTimeout(next, 10));
    gc();
  }
  expect(weights.deref() === undefined, 'let go').toBe(true);
  expect(session.inputs.length).toBeGreaterThan(0);
  await backend.dispose();
});
