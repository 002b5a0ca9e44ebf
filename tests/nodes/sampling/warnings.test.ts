/** What the sampling nodes say while they are wired. */
import { describe, expect, it } from 'vitest';
import { warningsOf } from '@/engine/infer/call-node';
import type { AnyNode } from '@/engine/types';
import { conditioningRange } from '@/nodes/conditioning/range';
import { samplingSampler } from '@/nodes/sampling/sampler';
import { samplingSchedule } from '@/nodes/sampling/schedule';
import { samplingUnet } from '@/nodes/sampling/unet';

/** Warnings of a node with these parameters (the others at their defaults) and these inputs connected. */
const warned = (node: AnyNode, params: object, ...inputs: string[]): string[] =>
  warningsOf(node, node.params.parse(params), (input) => inputs.includes(input)).map(({ name }) => name);

describe('the sampler', () => {
  it('says nothing of what is usual', () => {
    expect(warned(samplingSampler, {})).toEqual([]);
    expect(warned(samplingSampler, { strength: 0.5 }, 'latent')).toEqual([]);
    expect(warned(samplingSampler, { sampler: 'unipc', order: 3 })).toEqual([]);
    expect(warned(samplingSampler, { schedule: 'leading', steps: 20 })).toEqual([]);
  });
  it('says that no step is left', () => {
    expect(warned(samplingSampler, { strength: 0.04, steps: 20 }, 'latent')).toEqual(['no-step-left']);
    expect(warned(samplingSampler, { strength: 0.05, steps: 20 }, 'latent')).toEqual([]);
    // ComfyUI takes as many steps as asked for, whatever the denoise.
    expect(warned(samplingSampler, { strength: 0.04, steps: 20, dialect: 'comfy' }, 'latent')).toEqual([]);
    expect(warned(samplingSampler, { strength: 0.04 }, 'latent', 'schedule')).toEqual([]);
  });
  it('says that the start step is beyond the end', () => {
    expect(warned(samplingSampler, { startStep: 20, steps: 20 }, 'latent')).toEqual(['start-beyond-end']);
    expect(warned(samplingSampler, { startStep: 6, endStep: 3 }, 'latent')).toEqual(['start-beyond-end']);
    expect(warned(samplingSampler, { startStep: 30, steps: 20 }, 'latent', 'schedule')).toEqual([]);
  });
  it('says what is missing before the run does', () => {
    expect(warned(samplingSampler, { strength: 0.5 })).toEqual(['needs-latent']);
    expect(warned(samplingSampler, {}, 'mask')).toEqual(['mask-needs-latent']);
    expect(warned(samplingSampler, { sampler: 'ddim-inverse' })).toEqual(['inversion-needs-latent']);
    expect(warned(samplingSampler, { sampler: 'ddim-inverse' }, 'latent', 'mask')).toEqual([
      'inversion-takes-no-mask',
    ]);
  });
  it('says which order a method ends at', () => {
    expect(warned(samplingSampler, { sampler: 'euler', order: 2 })).toEqual(['order-unused']);
    expect(warned(samplingSampler, { sampler: 'plms', order: 2 })).toEqual([]);
  });
  it('says where leading begins far from pure noise', () => {
    for (const node of [samplingSampler, samplingSchedule]) {
      for (const steps of [334, 501, 600])
        expect(warned(node, { schedule: 'leading', steps }), String(steps)).toEqual(['leading-falls-short']);
      for (const steps of [1, 7, 20, 30, 50, 100, 250, 333, 500, 1000])
        expect(warned(node, { schedule: 'leading', steps }), String(steps)).toEqual([]);
    }
    const [held] = warningsOf(samplingSchedule, { schedule: 'leading', steps: 334 }, () => false);
    expect(held?.message).toContain('334 steps begins at training step 667 of 1000');
  });
});

describe('guidance and ranges', () => {
  it('a negative condition at guidance 1, and an interval turned round', () => {
    expect(warned(samplingUnet, { guidance: 1 }, 'negative')).toEqual(['negative-unused']);
    expect(warned(samplingUnet, { guidance: 1 })).toEqual([]);
    expect(warned(samplingUnet, { guidance: 1, perPart: true }, 'negative')).toEqual([]);
    expect(warned(samplingUnet, { from: 0.6, to: 0.4 })).toEqual(['interval-reversed']);
  });
  it('a condition’s range turned round', () => {
    expect(warned(conditioningRange, { start: 0.7, end: 0.3 })).toEqual(['range-reversed']);
    expect(warned(conditioningRange, { start: 0.3, end: 0.7 })).toEqual([]);
  });
});
