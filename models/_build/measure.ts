/** What 8 bits cost: the same call and the same picture with the export's own weights and with the package's. */
import type { Backend, ConditioningPartName, ModelPackage, Tensor, TensorOps } from '@/engine/types';

/** 10·log₁₀(range² / mean squared error), the range that of the reference. */
export function psnrDb(reference: ArrayLike<number>, other: ArrayLike<number>, range: number): number {
  let squares = 0;
  for (let i = 0; i < reference.length; i += 1) squares += ((reference[i] ?? 0) - (other[i] ?? 0)) ** 2;
  return 10 * Math.log10((range * range * reference.length) / squares);
}

/** Root mean square of the difference over that of the reference. */
export function relativeError(reference: ArrayLike<number>, other: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < reference.length; i += 1) {
    difference += ((reference[i] ?? 0) - (other[i] ?? 0)) ** 2;
    size += (reference[i] ?? 0) ** 2;
  }
  return Math.sqrt(difference / size);
}

export interface Probe {
  /** One U-Net call on noise at t = 500. */
  readonly call: Float32Array;
  /** The picture, [3, H, W] in −1…1. */
  readonly picture: Float32Array;
}

/** One U-Net call and one DDIM picture (v prediction or ε; η = 0, guidance on all parts at once). */
export async function probe(
  backend: Backend,
  opened: ModelPackage,
  options: { readonly prompt: string; readonly steps: number; readonly guidance: number },
): Promise<Probe | undefined> {
  const { unet, firstStage, conditioner } = opened;
  if (unet === undefined) return undefined;
  const scope = backend.scope();
  const call = { ops: scope.ops, signal: new AbortController().signal };
  const { ops } = call;
  const context = async (prompt: string) => {
    const parts: Partial<Record<ConditioningPartName, Tensor>> = {};
    if (conditioner.text) parts.text = (await conditioner.text.encode([prompt], call)).context;
    if (conditioner.classes) parts.class = await conditioner.classes.encode([null], call);
    return ops.concat(
      [parts.text, parts.class].flatMap((part) => part ?? []),
      1,
    );
  };
  const both = ops.concat([await context(options.prompt), await context('')], 0);
  const size = { batch: 1, ...unet.nativeSize };
  const map = conditioner.map === undefined ? [] : [await conditioner.map.encode(null, size, call)];
  const input = (x: Tensor) => ops.concat([x, ...map], 1);
  const noise = ops.noise([1, unet.space.channels, size.height, size.width], { seed: 7n, stream: 0 });
  const predict = (x: Tensor, t: number) => {
    const one = input(x);
    return unet.call(ops.concat([one, one], 0), [t, t], both, call);
  };
  const single = await floats(await predict(noise, 500));

  let x: Tensor = noise;
  const { alphasCumprod, prediction } = unet.diffusion;
  const alpha = (t: number) => (t < 0 ? 1 : (alphasCumprod[t] ?? 1));
  for (let step = 0; step < options.steps; step += 1) {
    const at = (k: number) => Math.round(((options.steps - k) * (alphasCumprod.length - 1)) / options.steps);
    const t = at(step);
    const out = await predict(x, t);
    const guided = ops.linear([
      [options.guidance, ops.slice(out, 0, 0, 1)],
      [1 - options.guidance, ops.slice(out, 0, 1, 2)],
    ]);
    x = ddimStep(ops, x, guided, prediction, alpha(t), step + 1 === options.steps ? 1 : alpha(at(step + 1)));
  }
  const picture = await floats(await firstStage.decode(x, call));
  scope.release();
  return { call: single, picture };
}

/** Song et al. 2010.02502, eq. 12 with η = 0. */
function ddimStep(
  ops: TensorOps,
  x: Tensor,
  out: Tensor,
  prediction: 'epsilon' | 'v' | 'sample',
  now: number,
  next: number,
): Tensor {
  const [a, s, a1, s1] = [Math.sqrt(now), Math.sqrt(1 - now), Math.sqrt(next), Math.sqrt(1 - next)];
  // x̂₀ = p·x + q·out and ε̂ = r·x + u·out.
  const [p, q, r, u] =
    prediction === 'v'
      ? [a, -s, s, a]
      : prediction === 'epsilon'
        ? [1 / a, -s / a, 0, 1]
        : [0, 1, 1 / s, -a / s];
  return ops.linear([
    [a1 * p + s1 * r, x],
    [a1 * q + s1 * u, out],
  ]);
}

async function floats(x: Tensor): Promise<Float32Array> {
  const data = await x.read();
  if (!(data instanceof Float32Array)) throw new Error('Expected float32.');
  return data;
}
