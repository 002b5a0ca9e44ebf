/**
 * The memory section of a manifest: what calls of each network take, each in a process of its own.
 *
 * Equal calls do not take the same: with onnxruntime's heap it is a race between threads, and with one
 * thread chance by size, which gap a tensor falls into (measured on loom-kl-f8's decoder: 1, 1.14, 1.28
 * or 1.42 times what lives at once; its U-Net and encoder: always 1). So calls of several sizes are repeated.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { nativeSize } from '../description';
import { memoryNames, networksOf, type MemoryName, type PackageManifest } from '../manifest';
import { fitMemory } from './fit-memory';
import { readGraph } from './onnx';

const script = fileURLToPath(new URL('./measure-memory.ts', import.meta.url));

const callMemorySchema = z.strictObject({
  weights: z.int().positive(),
  session: z.int().nonnegative(),
  taken: z.int().nonnegative(),
});
/** Bytes on wasm beyond the weights: once the session is made, and once it was called. */
export type CallMemory = z.output<typeof callMemorySchema>;

/** The pictures of a call, in latent cells. */
export interface Point {
  readonly height: number;
  readonly width: number;
  readonly batch: number;
}

const repeats = 3;
/** Pictures of the package's own size in a call. */
const batches = [1, 2, 3, 4];
/** Sides of larger pictures, as multiples of the package's own: where attention's n² shows. */
const largerSides = [2, 3];
const attentionOps: ReadonlySet<string> = new Set(['MultiHeadAttention', 'Attention', 'Softmax']);

/**
 * One call in a process of its own.
 * @param folder the package
 */
export function measureCall(folder: string, name: MemoryName, point: Point): CallMemory {
  const { height, width, batch } = point;
  const where = [dirname(resolve(folder)), basename(resolve(folder)), name];
  const call = [String(height), String(width), String(batch)];
  const text = execFileSync(process.execPath, ['--import', 'tsx', script, ...where, ...call], {
    encoding: 'utf8',
  });
  return callMemorySchema.parse(JSON.parse(text));
}

/**
 * @param folder the finished package, manifest included
 * @returns bytes by network, on wasm in single precision
 */
export function measuredMemory(
  folder: string,
  manifest: PackageManifest,
): NonNullable<PackageManifest['memory']> {
  const memory: NonNullable<PackageManifest['memory']> = {};
  for (const name of memoryNames) {
    const network = networksOf(manifest)[name];
    if (network === undefined) continue;
    // A prompt counts as one cell.
    const { height, width } = name === 'text' ? { height: 1, width: 1 } : nativeSize(manifest);
    const measured = (by: number, batch: number) => {
      const point = { height: by * height, width: by * width, batch };
      const call = measureCall(folder, name, point);
      return { ...call, pictures: batch, cells: point.height * point.width };
    };
    const calls = batches.flatMap((batch) => Array.from({ length: repeats }, () => measured(1, batch)));
    const oneSize = name === 'text' || manifest.latent.only !== undefined;
    const attends = readGraph(readFileSync(join(folder, network.fp32))).nodes.some(({ op }) =>
      attentionOps.has(op),
    );
    const larger = oneSize || !attends ? [] : largerSides.flatMap((by) => orNothing(() => measured(by, 1)));
    const [{ weights, session } = { weights: 0, session: 0 }] = calls;
    memory[name] = fitMemory({ weights, session, calls, larger });
  }
  return memory;
}

/** A large picture may be more than wasm can address: then the plan does without it, and the build says so. */
function orNothing<T>(measure: () => T): T[] {
  try {
    return [measure()];
  } catch (thrown) {
    process.stderr.write(`Not measured: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return [];
  }
}
