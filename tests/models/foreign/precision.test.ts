/** What a checkpoint in half precision computes in: half where the device has it and nobody chose otherwise. */
import { describe, expect, it } from 'vitest';
import type { Backend, BackendInfo } from '@/engine/types';
import { createNodeFolder } from '@/models/folder-node';
import { findPackages } from '@/models/describe/find';
import { createModelSource } from '@/models/source';
import { backend, fixtures } from './kit';

const { signal } = new AbortController();

/** The precision that a session of the U-Net is asked for on a backend that says this of itself. */
async function asked(info: Pick<BackendInfo, 'kind' | 'precision' | 'half'>): Promise<string> {
  const [found] = await findPackages(createNodeFolder(`${fixtures}/sd15.safetensors`), signal);
  if (found === undefined || !('known' in found)) throw new Error('no package');
  let precision = 'none';
  const machine: Backend = {
    ...(await backend()),
    info: { device: 'a test', limits: [], ...info },
    createSession: (source) => {
      precision = 'precision' in source ? source.precision : 'a graph';
      return Promise.reject(new Error('seen'));
    },
  };
  const files = { open: () => Promise.reject(new Error('no file of ours is read')) };
  const models = createModelSource({ backend: machine, files, packages: [found.known] });
  const { unet } = await models.open(found.known.description.id, { signal });
  await expect(unet?.load({ signal })).rejects.toThrow('seen');
  return precision;
}

describe('the U-Net of a half-precision checkpoint computes in', () => {
  it.each([
    [{ kind: 'webgpu', precision: 'fp16', half: true }, 'fp16'],
    // NVIDIA on Linux: an adapter without shader-f16.
    [{ kind: 'webgpu', precision: 'fp32', half: false }, 'fp32'],
    // Single precision was chosen.
    [{ kind: 'webgpu', precision: 'fp32', half: true }, 'fp32'],
    [{ kind: 'wasm', precision: 'fp16' }, 'fp32'],
  ] as const)('%j: %s', async (info, wanted) => {
    expect(await asked(info)).toBe(wanted);
  });
});
