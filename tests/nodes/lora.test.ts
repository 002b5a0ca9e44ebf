/** The LoRA node: what it asks of the models, and when it leaves everything alone. Weights are tested in tests/models/foreign. */
import { describe, expect, it } from 'vitest';
import { modelLora } from '@/nodes/model/lora';
import { bench, failure } from './harness';

const wired = (b: ReturnType<typeof bench>) =>
  ({
    unet: { kind: 'unet', unet: b.fake.kl.unet },
    conditioner: { kind: 'conditioner', conditioner: b.fake.kl.conditioner },
  }) as const;

describe('LoRA', () => {
  it.each([
    ['no file', { lora: '' }],
    ['both strengths at 0', { lora: 'lora:x#0', strength: 0, textStrength: 0 }],
  ])('with %s gives on what it was given', async (_, params) => {
    const b = bench();
    const given = await b.run(modelLora, wired(b), params);
    expect(given.unet.unet).toBe(b.fake.kl.unet);
    expect(given.conditioner.conditioner).toBe(b.fake.kl.conditioner);
  });

  it('says where LoRAs cannot be added', async () => {
    const b = bench();
    const error = await failure(b.run(modelLora, wired(b), { lora: 'lora:x#0' }));
    expect(error).toMatchObject({ code: 'unsupported', place: { path: 'lora' } });
  });

  it('names its file, so that its contents enter the keys of results', () => {
    expect(modelLora.packages?.({ lora: 'lora:x#0', strength: 1, textStrength: 1 })).toEqual(['lora:x#0']);
    expect(modelLora.packages?.({ lora: '', strength: 1, textStrength: 1 })).toEqual([]);
  });
});
