/** Golden outputs of diffusers beside a foreign package, and how far ours are from them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findPackages, type KnownPackage } from '@/models';
import { createNodeFolder } from '@/models/folder-node';
import type { Tensor } from '@/engine/types';

const goldenSchema = z.looseObject({
  cases: z.array(
    z.looseObject({
      name: z.string(),
      seed: z.int(),
      size_in_cells: z.tuple([z.int(), z.int()]),
      call: z.looseObject({
        prompt: z.string().optional(),
        negative_prompt: z.string().optional(),
        num_inference_steps: z.int().optional(),
        guidance_scale: z.number().optional(),
        original_size: z.tuple([z.int(), z.int()]).optional(),
        crops_coords_top_left: z.tuple([z.int(), z.int()]).optional(),
        target_size: z.tuple([z.int(), z.int()]).optional(),
      }),
      timesteps: z.array(z.number()),
    }),
  ),
  phrases: z.array(z.string()).optional(),
  unet_timestep: z.number(),
});

export interface Numbers {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** The goldens of a package's folder. */
export function goldenOf(folder: string) {
  const golden = goldenSchema.parse(JSON.parse(readFileSync(join(folder, 'golden/golden.json'), 'utf8')));
  const path = (name: string) => join(folder, 'golden', name);
  return {
    golden,
    has: (name: string) => existsSync(path(`${name}.npy`)),
    array: (name: string): Numbers => readNpy(new Uint8Array(readFileSync(path(`${name}.npy`)))),
    png: (name: string) => new Uint8Array(readFileSync(path(`${name}.png`))),
  };
}

/** NumPy's .npy of float32 or int32, as floats. */
export function readNpy(file: Uint8Array): Numbers {
  const view = new DataView(file.buffer, file.byteOffset);
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder().decode(file.subarray(10, start));
  const { buffer } = file.slice(start);
  const dims = (/'shape':\s*\(([^)]*)\)/u.exec(header)?.[1] ?? '')
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  return {
    dims,
    data: header.includes("'<i4'") ? Float32Array.from(new Int32Array(buffer)) : new Float32Array(buffer),
  };
}

/** Peak signal-to-noise ratio in dB; `peak` 2 for pictures in −1…1. */
export function psnr(got: ArrayLike<number>, want: ArrayLike<number>, peak: number): number {
  if (got.length !== want.length) throw new Error(`${got.length} numbers for ${want.length}`);
  let sum = 0;
  for (let i = 0; i < want.length; i += 1) sum += (Number(got[i]) - Number(want[i])) ** 2;
  return sum === 0 ? Infinity : 10 * Math.log10((peak * peak * want.length) / sum);
}

/** Root mean square error relative to the golden's own root mean square. */
export async function relative(got: Tensor, want: Numbers): Promise<number> {
  const values = await got.read();
  if (got.dims.join() !== want.dims.join()) throw new Error(`[${got.dims.join()}] for [${want.dims.join()}]`);
  let [error, whole] = [0, 0];
  for (let i = 0; i < want.data.length; i += 1) {
    error += (Number(values[i]) - (want.data[i] ?? 0)) ** 2;
    whole += (want.data[i] ?? 0) ** 2;
  }
  return Math.sqrt(error / whole);
}

/** The one model of a folder. */
export async function modelIn(folder: string): Promise<KnownPackage> {
  const [found] = await findPackages(createNodeFolder(folder), new AbortController().signal);
  if (found && 'known' in found) return found.known;
  throw found && 'error' in found ? found.error : new Error(`no model in ${folder}`);
}
