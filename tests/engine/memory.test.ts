/** The memory plan: weights once, values added up, the largest call on top. */
import { describe, expect, it } from 'vitest';
import { infer, plan, type Catalog, type NetworkMemory, type NetworkName } from '@/engine';
import { catalog, graph, registryOf } from './kit';
import { kit, kitNodes } from './kit-nodes';
import { textToImage } from './graphs';

const MB = 1e6;
/** What onnxruntime itself takes on wasm. */
const runtime = 4.85 * MB;
const own = { session: 0, spread: 1, cells: 4 };
const facts: Readonly<Record<NetworkName, NetworkMemory>> = {
  unet: { ...own, weights: 100 * MB, loading: 30 * MB, fixed: 1 * MB, perCell: 1000 },
  decoder: { ...own, weights: 40 * MB, loading: 1 * MB, fixed: 2 * MB, perCell: 5000 },
  encoder: { ...own, weights: 20 * MB, loading: 5 * MB, fixed: 1 * MB, perCell: 3000 },
  text: { ...own, weights: 10 * MB, loading: 2 * MB, fixed: 3 * MB, perCell: 0 },
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
    const call = 2 * MB + 5000 * 4;
    // Its picture twice: the array that came out of the network is there too.
    expect(memory.peak).toBe(runtime + 150 * MB + call + 2 * noise + 2 * image);
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

  it('takes a batch that is known by as many pictures, although their size is not', () => {
    const three = registryOf(
      kitNodes().map((node) =>
        node.id === 'kit/image'
          ? { ...node, refine: () => ({ image: { kind: 'image' as const, fields: { batch: 3 } } }) }
          : node,
      ),
    );
    const document = graph({ p: ['kit/package'], i: ['kit/image'], e: ['kit/encode'] }, [
      'p.firstStage > e.firstStage',
      'i.image > e.image',
    ]);
    const { memory } = plan(infer({ document, registry: three, catalog: measured }), { targets: ['e'] });
    expect(memory.complete).toBe(false);
    expect(memory.steps.find(({ node }) => node === 'e')?.activations).toBe(1 * MB + 3 * 3000 * 4);
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
      // The picture, and the array that it was made from.
      peak: 2 * 3 * 16 * 16 * 4,
      at: 'i',
    });
  });

  it('holds the networks while they load, each once', () => {
    const { memory } = plan(infer({ document: textToImage(), registry: kit, catalog: measured }));
    const at = (node: string) => memory.steps.find((step) => step.node === node);
    expect(at('prompt')?.loading).toBe(2 * MB);
    expect(at('unet')?.loading).toBe(30 * MB);
    expect(at('sampler')?.loading).toBe(0);
    expect(memory.networks.map(({ name }) => name)).toEqual(['text', 'unet', 'decoder']);
    expect(memory.onDevice).toBe(runtime + 150 * MB + 2 * MB + 5000 * 4);
  });

  it('keeps what wasm once held: its memory never shrinks', () => {
    const encoding: Catalog = {
      ...catalog,
      memory: () => ({ ...facts, encoder: { ...facts.encoder, fixed: 90 * MB } }),
    };
    const document = graph(
      { p: ['kit/package'], i: ['kit/image'], e: ['kit/encode'], d: ['kit/decode'], o: ['kit/output'] },
      [
        'p.firstStage > e.firstStage',
        'i.image > e.image',
        'p.firstStage > d.firstStage',
        'e.latent > d.latent',
        'd.image > o.image',
      ],
    );
    const on = (kind: 'wasm' | 'webgpu') =>
      plan(infer({ document, registry: kit, catalog: encoding }), { device: { kind, precision: 'fp32' } })
        .memory;
    const image = 3 * 16 * 16 * 4;
    const latent = 4 * 2 * 2 * 4;
    const encode = 90 * MB + 3000 * 4;
    const decode = 2 * MB + 5000 * 4;
    // Decoding needs 62 MB and finds the 110 MB that encoding left, 50 of which are now free.
    expect(on('wasm')).toMatchObject({ onDevice: runtime + 20 * MB + encode, at: 'd' });
    // Loading the decoder comes on top of it, before there is another picture.
    expect(on('wasm').peak).toBe(runtime + 20 * MB + encode + image + latent + 1 * MB);
    const [decoding] = on('wasm').steps.filter(({ node }) => node === 'd');
    expect(decoding).toMatchObject({ weights: 60 * MB, activations: decode, made: image });
    // A GPU frees its buffers.
    expect(on('webgpu').onDevice).toBe(20 * MB + encode + image + latent);
  });

  it('makes the session before the first call', () => {
    const packing: Catalog = {
      ...catalog,
      memory: () => ({ ...facts, unet: { ...facts.unet, session: 60 * MB } }),
    };
    const { memory } = plan(infer({ document: textToImage(), registry: kit, catalog: packing }));
    expect(memory.at).toBe('unet');
    expect(memory.onDevice).toBe(runtime + 110 * MB + 60 * MB);
  });

  it('takes the size that a network is for where only the run will tell', () => {
    const encoding = (unknown: boolean) =>
      graph({ p: ['kit/package'], i: ['kit/image', { unknown, height: 16, width: 16 }], e: ['kit/encode'] }, [
        'p.firstStage > e.firstStage',
        'i.image > e.image',
      ]);
    const encode = (unknown: boolean) =>
      plan(infer({ document: encoding(unknown), registry: kit, catalog: measured }), {
        targets: ['e'],
      }).memory.steps.find(({ node }) => node === 'e')?.activations;
    expect(encode(true)).toBe(1 * MB + 3000 * 4);
    expect(encode(false)).toBe(1 * MB + 3000 * 4);
  });

  it('warns before a run takes more than the device reports, or than wasm can address', () => {
    const inference = infer({ document: textToImage(), registry: kit, catalog: measured });
    const on = (device: { kind: 'wasm' | 'webgpu'; precision: 'fp32'; memory?: number }) =>
      plan(inference, { device });
    expect(on({ kind: 'wasm', precision: 'fp32', memory: 2 ** 30 }).warnings).toEqual([]);
    expect(on({ kind: 'webgpu', precision: 'fp32' }).warnings).toEqual([]);
    const short = on({ kind: 'wasm', precision: 'fp32', memory: 100 * MB });
    expect(short.warnings).toEqual([
      {
        code: 'memory-short',
        severity: 'warning',
        node: 'decode',
        got: '157 MB',
        want: '100 MB',
        message:
          'This run will take about 157 MB of memory at “Decode” (decode); this device has 100 MB. Choose a smaller picture or batch.',
      },
    ]);
    const vast: Catalog = {
      ...catalog,
      memory: () => ({ ...facts, unet: { ...facts.unet, weights: 5e9 } }),
    };
    const beyond = plan(infer({ document: textToImage(), registry: kit, catalog: vast }), {
      device: { kind: 'wasm', precision: 'fp32' },
    });
    expect(beyond.warnings[0]?.message).toContain('wasm can address 4.3 GB');
  });
});
