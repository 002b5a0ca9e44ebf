import { describe, expect, it } from 'vitest';
import { checkConnection, infer, parseDocument, plan, serialise } from '@/engine';
import { createCpuBackend } from '@/engine/tensor';
import { catalog, Counter, executorOn, graph, registryOf } from './kit';
import { textToImage } from './graphs';
import { kit, kitNodes } from './kit-nodes';

describe('the thin path', () => {
  it('infers, plans and runs text to image, and serves the second run from the cache', async () => {
    const counter = new Counter();
    const registry = registryOf(kitNodes((name) => counter.add(name)));
    const backend = createCpuBackend();
    const executor = executorOn(backend);
    const { document } = parseDocument(serialise(textToImage()));
    const inference = infer({ document, registry, catalog });
    expect(inference.diagnostics).toEqual([]);
    expect(inference.portType('decode', 'out', 'image')).toEqual({
      kind: 'image',
      fields: { batch: 1, height: 16, width: 16 },
    });
    const first = await executor.run(plan(inference));
    expect(first.status).toBe('finished');
    expect(counter.take()).toEqual({
      decode: 1,
      noise: 1,
      output: 1,
      package: 1,
      sampler: 1,
      text: 1,
      unet: 1,
    });
    const shown = executor.borrow({ node: 'image', port: 'image', side: 'in' });
    expect(shown?.value.kind).toBe('image');
    shown?.release();
    const second = await executor.run(plan(inference));
    expect(second.ran).toEqual([]);
    expect(counter.take()).toEqual({});
    const edited = {
      ...document,
      nodes: { ...document.nodes, prompt: { ...document.nodes.prompt, params: { text: 'a cat' } } },
    };
    const next = infer({ document: parseDocument(edited).document, registry, catalog, previous: inference });
    await executor.run(plan(next));
    expect(counter.take()).toEqual({ decode: 1, output: 1, sampler: 1, text: 1, unet: 1 });
    executor.dispose();
    expect(backend.live().tensors).toBe(0);
  });

  it('refuses a wire between two latent spaces of equal shape', () => {
    const document = graph(
      {
        a: ['kit/package'],
        b: ['kit/package', { package: 'kl-2' }],
        picture: ['kit/image'],
        encode: ['kit/encode'],
        unet: ['kit/unet'],
        noise: ['kit/noise'],
        sampler: ['kit/sampler'],
      },
      [
        'b.firstStage > encode.firstStage',
        'picture.image > encode.image',
        'a.unet > unet.unet',
        'a.unet > noise.unet',
        'unet.denoiser > sampler.denoiser',
        'noise.noise > sampler.noise',
      ],
    );
    const inference = infer({ document, registry: kit, catalog });
    const refused = checkConnection(
      inference,
      { node: 'encode', port: 'latent' },
      { node: 'sampler', port: 'latent' },
    );
    expect(refused).toMatchObject({
      ok: false,
      diagnostic: { code: 'type-mismatch', path: 'space', got: 'kl-2', want: 'kl' },
    });
    expect(refused.ok ? '' : refused.diagnostic.message).toBe(
      'The output latent of “Encode” (encode) does not fit input latent of “Sampler” (sampler): its latent space is kl-2, but kl is wanted.',
    );
  });
});
