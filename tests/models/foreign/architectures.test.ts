/** The published architectures: every tensor of the true size has its name and shape, as PyTorch's own models have them. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { NetworkDescription } from '@/engine/types';
import { klDecoder, klEncoder } from '@/models/networks/diffusers/autoencoder-kl';
import { unet2dCondition } from '@/models/networks/diffusers/unet-2d-condition';
import { weightsOf } from '@/models/networks/map-weights';
import { clipText, hasProjection, clipTextConfig } from '@/models/networks/transformers/clip-text';
import { jsonOf } from './kit';

const architectures = z
  .record(
    z.string(),
    z.object({
      config: z.record(z.string(), z.unknown()),
      tensors: z.int(),
      parameters: z.int(),
      sha256: z.string(),
    }),
  )
  .parse(jsonOf('architectures.json'));

function networksOf(name: string, config: unknown): readonly NetworkDescription[] {
  if (name === 'vae') return [klEncoder(config), klDecoder(config)];
  if (name.includes('clip'))
    return [clipText(config, { projection: hasProjection(clipTextConfig.parse(config)) })];
  return [unet2dCondition(config)];
}

describe('published architectures', () => {
  it.each(Object.entries(architectures))('%s', (name, { config, tensors, parameters, sha256 }) => {
    const shapes = new Map(
      networksOf(name, config).flatMap(({ ops }) =>
        ops.flatMap(weightsOf).map((ref) => [ref.name, ref.shape] as const),
      ),
    );
    const lines = [...shapes]
      .map(([key, shape]) => `${key} ${shape.join()}`)
      .toSorted((a, b) => (a < b ? -1 : 1));
    const sizes = [...shapes.values()].map((shape) => shape.reduce((a, b) => a * b, 1));
    expect({
      tensors: lines.length,
      parameters: sizes.reduce((a, b) => a + b, 0),
      sha256: createHash('sha256').update(lines.join('\n')).digest('hex'),
    }).toEqual({ tensors, parameters, sha256 });
  });

  it('open from what configs of 2022 say, which is little', () => {
    const { config } = architectures['sd15'] ?? {};
    const inputs = unet2dCondition(config).inputs.map(({ name, dims, multipleOf }) => ({
      name,
      dims,
      multipleOf,
    }));
    expect(inputs).toEqual([
      { name: 'sample', dims: ['batch', 4, 'height', 'width'], multipleOf: 8 },
      { name: 'timestep', dims: ['batch'], multipleOf: undefined },
      { name: 'encoder_hidden_states', dims: ['batch', 'sequence', 768], multipleOf: undefined },
    ]);
  });
});
