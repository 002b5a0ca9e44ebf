/** Parameters of where noise comes from, shared by the nodes that draw it. */
import { z } from 'zod';
import { noiseGenerators, type NoiseGenerator } from '@/engine/types';

/** What the generators are called. */
export const generatorTitles: Readonly<Record<NoiseGenerator, string>> = {
  philox: 'Philox (ours)',
  'torch-cpu': 'torch CPU',
  'torch-cuda': 'torch CUDA',
};

export const generatorParam = z
  .enum(noiseGenerators)
  .default('philox')
  .meta({ widget: 'select', label: 'Noise source', options: generatorTitles, advanced: true });

export const seedsParam = z
  .enum(['one', 'each'])
  .default('one')
  .meta({
    widget: 'select',
    label: 'Seeds of a batch',
    options: { one: 'One for all (ComfyUI, diffusers)', each: 'Seed + number (A1111)' },
    advanced: true,
  });
