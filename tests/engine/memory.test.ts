/** The memory plan: weights once, values added up, the largest call on top. */
import { describe, expect, it } from 'vitest';
import { infer, plan, type Catalog, type NetworkMemory } from '@/engine';
import { catalog, graph, registryOf } from './kit';
import { kit, kitNodes } from './kit-nodes';
import { textToImage } from './graphs';

const MB = 1e6;
const facts: Readonly<Record<string, NetworkMemory>> = {
  unet: { weights: 100 * MB, fixed: 1 * MB, perCell: 1000 },
  'first-stage': { weights: 40 * MB, fixed: 2 * MB, perCell: 5000 },
  conditioner: { weights: 10 * MB, fixed: 3 * MB, perCell: 0 },
};
const measured: Catalog = { ...catalog, memory: (id) => (id === 'kl' ? facts : undefined) };

describe('memory plan', () => {
  it('counts weights where networks are called, values as they are made, and finds the peak', () => {
    const { memory } = plan(infer({ document: textToImage(), registry: kit, catalog: measured }));
    const noise = 4 * 4 * 2 * 2;
    const image = 3 * 16 * 16 * 4;
    expect(memory.complete).toBe(true);
    expect(memory.weights).toBe(150 * MB);
    expect(memory.at).toBe('decode');
    expect(memory.peak).toBe(150 * MB + 2 * noise + image + (2 * MB + 5000 * 4));
    const at = (node: string) => memory.steps.find((step) => step.node === node);
    expect(at('prompt')).toMatchObject({ weights: 10 * MB, activations: 3 * MB });
    expect(at('noise')).toMatchObject({ activations: 0 });
    expect(at('sampler')).toMatchObject({ weights: 110 * MB, activations: 1 * MB + 1000 * 4 });
  });

  it('repeats the batch as often as the denoiser says', () => {
    const guided = registryOf(
      kitNodes().map((node) => (node.id === 'kit/unet' ? { ...node, evaluations: () => 2 } : node)),
    );
    const { memory } = plan(infer({ document: textToImage(), registry: guided, catalog: measured }));
    expect(memory.steps.find(({ node }) => node === 'sampler')?.activations).toBe(1 * MB + 2 * 1000 * 4);
  });

  it('says when something is not known', () => {
    expect(plan(infer({ document: textToImage(), registry: kit, catalog })).memory).toMatchObject({
      complete: false,
      weights: 0,
    });
    const file = graph({ i: ['kit/image', { unknown: true }], o: ['kit/output'] }, ['i.image > o.image']);
    expect(plan(infer({ document: file, registry: kit, catalog: measured })).memory.complete).toBe(false);
    const known = graph({ i: ['kit/image'], o: ['kit/output'] }, ['i.image > o.image']);
    expect(plan(infer({ document: known, registry: kit, catalog: measured })).memory).toMatchObject({
      complete: true,
      peak: 3 * 16 * 16 * 4,
      at: 'i',
    });
  });
});
