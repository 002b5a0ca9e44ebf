/** LoRAs in three naming schemes against diffusers, which reads the same files (make.py proves its goldens by it). */
import { describe, expect, it } from 'vitest';
import { readLora, type LoraNote } from '@/models/lora/read-lora';
import { withLoras } from '@/models/lora/lora-weights';
import { readSafetensorsHeader } from '@/models/weights/safetensors-header';
import { writeSafetensors } from '@/models/safetensors';
import { bytesOf, decibels, feedsOf, folderNetwork, golden, run } from './kit';

const unetFeeds = feedsOf('sd15.unet', 'sample', 'timestep', 'encoder_hidden_states');
const unet = await folderNetwork('sd15/unet', 'unet');
const text = await folderNetwork('sd15/text_encoder', 'text');
const targets = { unet: unet.weights.entries, text: text.weights.entries };

const open = async (file: string, data: Uint8Array | Blob = bytesOf(file)) =>
  readLora(data, await readSafetensorsHeader(data, file), targets, file);

async function unetWith(...applied: readonly { file: string; strength: number }[]) {
  const loras = await Promise.all(
    applied.map(async ({ file, strength }) => ({ lora: await open(file), strength })),
  );
  const { out_sample: out } = await run(
    { ...unet, weights: withLoras(unet.weights, 'unet', loras, 'float32') },
    unetFeeds,
  );
  if (out === undefined) throw new Error('no output');
  return out;
}

const schemes = ['lora-kohya.safetensors', 'lora-diffusers.safetensors', 'lora-peft.safetensors'] as const;

describe('LoRAs of the U-Net and of the text encoder', () => {
  it.each(schemes)('%s: every module is found, linear and convolution, alpha ≠ rank', async (file) => {
    const lora = await open(file);
    expect(lora.notes).toEqual([]);
    expect(lora.modules.length).toBe(file === 'lora-peft.safetensors' ? 8 : 11);
    expect(lora.modules.every(({ scale }) => Math.abs(scale - 5 / 3) < 1e-6)).toBe(true);
    const out = await unetWith({ file, strength: 1 });
    expect(decibels(out, golden('lora.unet.1.0.out_sample'))).toBeGreaterThan(100);
    // It is heard: the base is another picture.
    expect(decibels(out, golden('sd15.unet.out_sample'))).toBeLessThan(30);
  });

  it('strength scales, and two of one after the other are added', async () => {
    const [file] = schemes;
    const expected = golden('lora.unet.0.6.out_sample');
    expect(decibels(await unetWith({ file, strength: 0.6 }), expected)).toBeGreaterThan(100);
    const both = await unetWith({ file, strength: 1 }, { file: schemes[1], strength: -0.4 });
    expect(decibels(both, expected)).toBeGreaterThan(90);
  });

  it('the text encoder', async () => {
    for (const file of schemes.slice(0, 2)) {
      const weights = withLoras(text.weights, 'text', [{ lora: await open(file), strength: 1 }], 'float32');
      const out = await run({ ...text, weights }, feedsOf('sd15.text', 'input_ids'));
      const result = out['last_hidden_state'];
      if (result === undefined) throw new Error('no output');
      expect(decibels(result, golden('lora.text.last_hidden_state'))).toBeGreaterThan(100);
    }
  });

  it('strength 0 is the base bit for bit', async () => {
    const lora = await open(schemes[0]);
    expect(withLoras(unet.weights, 'unet', [{ lora, strength: 0 }], 'float32')).toBe(unet.weights);
  });
});

describe('what cannot be applied is said', () => {
  const half = (...shape: number[]) => ({
    dtype: 'F16' as const,
    shape,
    bytes: new Uint8Array(2 * shape.reduce((a, b) => a * b, 1)),
  });
  const at = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
  const notesOf = async (tensors: Parameters<typeof writeSafetensors>[0]): Promise<readonly LoraNote[]> =>
    (await open('a.safetensors', writeSafetensors(tensors))).notes;

  it.each<[string, Parameters<typeof writeSafetensors>[0], Partial<LoraNote>]>([
    [
      'unknown module',
      [{ name: 'lora_unet_nowhere.lora_up.weight', ...half(8, 2) }],
      { why: 'unknown-module' },
    ],
    [
      'half of a pair',
      [{ name: `${at}.lora_down.weight`, ...half(2, 8) }],
      { why: 'missing-tensor', missing: 'up' },
    ],
    ['LoHa', [{ name: `${at}.hada_w1_a`, ...half(8, 2) }], { why: 'method', method: 'LoHa' }],
    ['LoKr', [{ name: `${at}.lokr_w1`, ...half(2, 2) }], { why: 'method', method: 'LoKr' }],
    [
      'DoRA',
      [
        { name: `${at}.lora_down.weight`, ...half(2, 8) },
        { name: `${at}.lora_up.weight`, ...half(8, 2) },
        { name: `${at}.dora_scale`, ...half(8, 1) },
      ],
      { why: 'method', method: 'DoRA' },
    ],
    [
      'another shape',
      [
        { name: `${at}.lora_down.weight`, ...half(2, 4) },
        { name: `${at}.lora_up.weight`, ...half(8, 2) },
      ],
      { why: 'shape' },
    ],
    [
      'NaN for alpha',
      [
        { name: `${at}.lora_down.weight`, ...half(2, 8) },
        { name: `${at}.lora_up.weight`, ...half(8, 2) },
        { name: `${at}.alpha`, dtype: 'F16', shape: [], bytes: Uint8Array.of(0, 0x7e) },
      ],
      { why: 'alpha-not-a-number' },
    ],
    ['a name of no scheme', [{ name: 'something', ...half(2) }], { why: 'unknown-name' }],
  ])('%s', async (_, tensors, expected) => {
    expect(await notesOf(tensors)).toMatchObject([expected]);
  });
});

it("kohya's LoRAs of XL count blocks as checkpoints do", async () => {
  const tensors = [
    [
      'lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q',
      'down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight',
    ],
    [
      'lora_unet_output_blocks_3_1_transformer_blocks_0_attn2_to_v',
      'up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v.weight',
    ],
  ] as const;
  for (const [module, weight] of tensors) {
    const shape = unet.weights.entries.get(weight)?.shape ?? [];
    const [out = 0, width = 0] = shape;
    const data = writeSafetensors([
      {
        name: `${module}.lora_down.weight`,
        dtype: 'F16',
        shape: [1, width],
        bytes: new Uint8Array(2 * width),
      },
      { name: `${module}.lora_up.weight`, dtype: 'F16', shape: [out, 1], bytes: new Uint8Array(2 * out) },
    ]);
    const lora = await open('xl.safetensors', data);
    expect(lora.notes).toEqual([]);
    expect(lora.modules).toMatchObject([{ part: 'unet', weight }]);
  }
});
