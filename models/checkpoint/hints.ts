/** What no weight tells: prediction, and whether a model was distilled. From metadata, else from names, else the family's usual. */
import type { Fact } from './facts';
import type { Family, Variant } from './family';

export interface Hints {
  readonly prediction: 'epsilon' | 'v_prediction';
  readonly distilled: 'no' | 'turbo' | 'lcm';
  readonly facts: readonly Fact[];
}

export interface HintSources {
  readonly metadata: Readonly<Record<string, string>>;
  /** Names of all tensors, weights or not. */
  readonly has: (tensor: string) => boolean;
  readonly file: string;
}

export function hintsOf(family: Family, variant: Variant, sources: HintSources): Hints {
  const prediction = predictionOf(family, variant, sources);
  const distilled = distilledOf(sources);
  return {
    prediction: prediction.value,
    distilled: distilled.value,
    facts: [
      { name: 'prediction', value: prediction.value, from: prediction.from },
      ...(distilled.value === 'no'
        ? []
        : [{ name: 'distilled', value: distilled.value, from: distilled.from } as const]),
    ],
  };
}

type Found<T> = { readonly value: T; readonly from: Fact['from'] };

function predictionOf(
  family: Family,
  variant: Variant,
  { metadata, has, file }: HintSources,
): Found<Hints['prediction']> {
  const said = `${metadata['modelspec.prediction_type'] ?? ''} ${metadata['modelspec.predict_key'] ?? ''}`;
  if (/\bv\b|v_prediction/iu.test(said)) return { value: 'v_prediction', from: 'file' };
  if (/eps/iu.test(said)) return { value: 'epsilon', from: 'file' };
  // Trainers of XL leave an empty tensor of this name.
  if (has('v_pred')) return { value: 'v_prediction', from: 'file' };
  if (/v[-_]?pred/iu.test(file)) return { value: 'v_prediction', from: 'guess' };
  if (family === 'sd2' && variant === 'upscaler') return { value: 'v_prediction', from: 'table' };
  // The 768 model predicts v, the 512 models (base, inpainting, Turbo) ε: shapes are the same.
  if (family === 'sd2' && variant === 'base')
    return { value: /base|512|turbo/iu.test(file) ? 'epsilon' : 'v_prediction', from: 'guess' };
  return { value: 'epsilon', from: family === 'sd2' ? 'guess' : 'table' };
}

function distilledOf({ metadata, has, file }: HintSources): Found<Hints['distilled']> {
  // Guidance is an input of a consistency model (arXiv 2310.04378).
  if (has('model.diffusion_model.time_embed.cond_proj.weight')) return { value: 'lcm', from: 'weights' };
  const title = metadata['modelspec.title'] ?? '';
  if (/turbo/iu.test(title)) return { value: 'turbo', from: 'file' };
  return { value: /turbo/iu.test(file) ? 'turbo' : 'no', from: 'guess' };
}
