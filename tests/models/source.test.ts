import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '@/engine/tensor/ort-node';
import type { Backend, ConditioningPartName, ModelPackage, Tensor } from '@/engine/types';
import { createCatalog, createModelSource, readPackages, type LoadedModels } from '@/models';
import { prepareCodebook, quantise } from '@/models/codebook';
import type { FileSource } from '@/models/files';
import { createNodeFiles } from '@/models/files-node';

const FIXTURES = new URL('../fixtures/', import.meta.url).pathname;
const MODELS = new URL('../../models/', import.meta.url).pathname;
const signal = new AbortController().signal;
let backend: Backend;
beforeAll(async () => {
  backend = await createBackend({ threads: 2 });
});
afterAll(() => backend.dispose());

const difference = async (a: Tensor, b: Tensor) => {
  const [x, y] = await Promise.all([a.read(), b.read()]);
  return Array.from(x, Number).reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - Number(y[i]))),
    0,
  );
};

describe('the tiny package on wasm', () => {
  let models: LoadedModels;
  let tiny: ModelPackage;
  beforeAll(async () => {
    const files = createNodeFiles(FIXTURES);
    models = createModelSource({ backend, files, packages: await readPackages(files, ['tiny']) });
    tiny = await models.open('tiny', { signal });
  });
  afterAll(() => models.unload());

  it('loads weights on first use, with progress to the end, once for callers at once', async () => {
    const scope = backend.scope();
    const seen: number[] = [];
    const before = backend.live().sessions;
    const encode = () =>
      tiny.conditioner.text?.encode(['red hair'], {
        ops: scope.ops,
        signal,
        progress: (done, total) => seen.push(done / total),
      });
    const [a, b] = await Promise.all([encode(), encode()]);
    expect(a?.context.dims).toEqual([1, 32, 64]);
    expect(a && b && (await difference(a.context, b.context))).toBe(0);
    expect(seen.at(-1)).toBe(1);
    expect(backend.live().sessions).toBe(before + 1);
    scope.release();
  });

  it('hears messages between two calls of a network, so that a cancel takes effect within one', async () => {
    const scope = backend.scope();
    const call = { ops: scope.ops, signal };
    const { text } = tiny.conditioner;
    if (text === undefined) throw new Error('part');
    let calls = 0;
    let heardAfter = Infinity;
    const { port1, port2 } = new MessageChannel();
    port2.addEventListener('message', () => {
      heardAfter = calls;
      port2.close();
    });
    port2.start();
    port1.postMessage('cancel');
    for (; calls < 20; calls++) await text.encode([`hair ${calls}`], call);
    expect(heardAfter).toBeLessThanOrEqual(1);
    scope.release();
  });

  it('predicts differently for each condition, and each batch element by itself', async () => {
    const scope = backend.scope();
    const call = { ops: scope.ops, signal };
    const { unet, conditioner } = tiny;
    const { text, classes, map } = conditioner;
    if (unet === undefined || text === undefined || classes === undefined || map === undefined)
      throw new Error('part');
    const parts = async (prompt: string, label: number | null) =>
      scope.ops.concat([(await text.encode([prompt], call)).context, await classes.encode([label], call)], 1);
    const noise = scope.ops.noise([1, 4, 8, 8], { seed: 1n, stream: 0 });
    const painted = scope.ops.from(new Uint8Array(64 * 64).fill(3), [1, 64, 64]);
    const predict = async (prompt: string, label: number | null, drawn: Tensor | null, t = 500) =>
      unet.call(
        scope.ops.concat([noise, await map.encode(drawn, { batch: 1, height: 8, width: 8 }, call)], 1),
        [t],
        await parts(prompt, label),
        call,
      );
    const plain = await predict('', null, null);
    expect(plain.dims).toEqual([1, 4, 8, 8]);
    const others: Readonly<Record<ConditioningPartName | 'time', Tensor>> = {
      text: await predict('red hair', null, null),
      class: await predict('', 3, null),
      map: await predict('', null, painted),
      image: await predict('yellow hat', null, null),
      time: await predict('', null, null, 20),
    };
    for (const other of Object.values(others)) expect(await difference(plain, other)).toBeGreaterThan(1e-3);
    const [context, sample] = [
      await parts('', null),
      scope.ops.concat([noise, scope.ops.full([1, 10, 8, 8], 0)], 1),
    ];
    const both = await unet.call(
      scope.ops.concat([sample, sample], 0),
      [20, 500],
      scope.ops.concat([context, context], 0),
      call,
    );
    expect(await difference(scope.ops.slice(both, 0, 1, 2), plain)).toBeLessThan(1e-5);
    scope.release();
  });

  it('encodes to normalised latents and decodes back, at odd cell counts', async () => {
    const scope = backend.scope();
    const call = { ops: scope.ops, signal };
    const smooth = scope.ops.resize(
      scope.ops.noise([2, 3, 3, 2], { seed: 3n, stream: 0 }),
      40,
      24,
      'bilinear',
    );
    const image = scope.ops.clamp(scope.ops.linear([[0.4, smooth]]), -1, 1);
    const { mean, logVariance } = await tiny.firstStage.encode(image, call);
    expect(mean.dims).toEqual([2, 4, 5, 3]);
    // The fixture's log-variance is −8 before the scale of 1.7.
    expect((await logVariance?.read())?.[0]).toBeCloseTo(-8 + 2 * Math.log(1.7), 2);
    const back = await tiny.firstStage.decode(mean, call);
    expect(back.dims).toEqual([2, 3, 40, 24]);
    const cells = [image, back].map((x) => scope.ops.resize(x, 5, 3, 'area'));
    expect(cells[0] && cells[1] && (await difference(cells[0], cells[1]))).toBeLessThan(0.15);
    await expect(tiny.firstStage.encode(scope.ops.full([1, 3, 41, 24], 0), call)).rejects.toMatchObject({
      code: 'bad-input',
    });
    scope.release();
  });

  it('leaves nothing behind: tensors after a released scope, sessions after unloading', async () => {
    await models.unload();
    const before = backend.live();
    const scope = backend.scope();
    await tiny.firstStage.decode(scope.ops.full([1, 4, 2, 2], 0.5), { ops: scope.ops, signal });
    expect(backend.live().sessions).toBe(before.sessions + 1);
    scope.release();
    await models.unload('tiny');
    expect(backend.live()).toEqual(before);
  });

  it('can be asked for again after an abort while loading', async () => {
    await models.unload();
    const scope = backend.scope();
    const stop = new AbortController();
    const loading = tiny.unet?.load({ signal: stop.signal, progress: () => stop.abort() });
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
    await tiny.unet?.load({ signal });
    scope.release();
  });

  it('rejects an unknown package, names spaces, and refuses a foreign class', async () => {
    await expect(models.open('nobody', { signal })).rejects.toMatchObject({ code: 'package-missing' });
    expect(models.space('tiny')).toMatchObject({ channels: 4, factor: 8 });
    expect(models.space('nobody')).toBeUndefined();
    const call = { ops: backend.scope().ops, signal };
    await expect(tiny.conditioner.classes?.encode([99], call)).rejects.toMatchObject({
      code: 'invalid-param',
    });
  });

  it('fetches ahead, each file once, and lets go of what nobody took', async () => {
    const opened: string[] = [];
    const inner = createNodeFiles(FIXTURES);
    const files: FileSource = {
      open(path, stop) {
        opened.push(path);
        return inner.open(path, stop);
      },
    };
    const source = createModelSource({ backend, files, packages: await readPackages(inner, ['tiny']) });
    const stop = new AbortController();
    const wanted = (['unet', 'decoder'] as const).map((name) => ({ package: 'tiny', name }));
    source.prefetch?.(wanted, { signal: stop.signal });
    await expect.poll(() => opened).toContain('tiny/vae_decoder.safetensors');
    const { unet, firstStage } = await source.open('tiny', { signal });
    await unet?.load({ signal });
    expect(opened.filter((path) => path.includes('unet')).toSorted()).toEqual([
      'tiny/unet.f32.onnx',
      'tiny/unet.safetensors',
    ]);
    stop.abort();
    const scope = backend.scope();
    await firstStage.decode(scope.ops.full([1, 4, 8, 8], 0), { ops: scope.ops, signal });
    scope.release();
    // The decoder's were dropped with the run that never came to it, and so are read again.
    expect(opened.filter((path) => path === 'tiny/vae_decoder.safetensors')).toHaveLength(2);
    // A package or network that is not there, or a source that fails, disturbs nobody.
    source.prefetch?.([{ package: 'nobody', name: 'unet' }], { signal });
    await source.unload();
  });

  it('names the damaged file when a session cannot be made of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loom-damaged-'));
    cpSync(join(FIXTURES, 'tiny'), join(folder, 'tiny'), { recursive: true });
    writeFileSync(join(folder, 'tiny', 'unet.f32.onnx'), 'not a graph');
    const files = createNodeFiles(folder);
    const broken = createModelSource({ backend, files, packages: await readPackages(files, ['tiny']) });
    const { unet } = await broken.open('tiny', { signal });
    await expect(unet?.load({ signal })).rejects.toMatchObject({
      code: 'file-truncated',
      place: { file: 'tiny/unet.f32.onnx' },
    });
    rmSync(folder, { recursive: true });
  });
});

describe('the half-precision graph', () => {
  it('gives what the fp32 graph gives, to half precision', async () => {
    const half = await createBackend({ precision: 'fp16' });
    expect(half.info.precision).toBe('fp16');
    const files = createNodeFiles(FIXTURES);
    const packages = await readPackages(files, ['tiny']);
    const predict = async (on: Backend) => {
      const models = createModelSource({ backend: on, files, packages });
      const { unet, conditioner } = await models.open('tiny', { signal });
      const scope = on.scope();
      const call = { ops: scope.ops, signal };
      const context = (await conditioner.text?.encode(['red hair'], call))?.context;
      if (unet === undefined || context === undefined) throw new Error('tiny lacks a part');
      const sample = scope.ops.noise([1, 14, 7, 9], { seed: 2n, stream: 0 });
      const predicted = await unet.call(sample, [250], context, call);
      expect(predicted.dtype).toBe('float32');
      const values = Array.from(await predicted.read(), Number);
      scope.release();
      await models.unload();
      return values;
    };
    const [single, rounded] = [await predict(backend), await predict(half)];
    const scale = Math.max(...single.map(Math.abs));
    const worst = Math.max(...single.map((value, i) => Math.abs(value - (rounded[i] ?? NaN))));
    expect(worst / scale).toBeLessThan(0.02);
    expect(worst).toBeGreaterThan(0);
    expect(half.live()).toEqual({ tensors: 0, bytes: 0, sessions: 0 });
    await half.dispose();
  });
});

describe('the catalogue', () => {
  it('gives the port types of every role, and the hash', async () => {
    const packages = await readPackages(createNodeFiles(FIXTURES), ['tiny']);
    const catalog = createCatalog(packages);
    expect(catalog.packages).toEqual(['tiny']);
    expect(catalog.hash('tiny')).toBe(packages[0]?.hash);
    expect(catalog.ports('tiny')).toEqual({
      'first-stage': { kind: 'first-stage', fields: { space: 'tiny', type: 'kl', channels: 4, factor: 8 } },
      conditioner: {
        kind: 'conditioner',
        fields: { for: 'tiny', parts: { atMost: ['class', 'map', 'text'] }, labels: 'loom-parts-10' },
      },
      unet: {
        kind: 'unet',
        fields: {
          space: 'tiny',
          channels: 4,
          factor: 8,
          height: 8,
          width: 8,
          multiple: 1,
          for: 'tiny',
          accepts: { atMost: ['class', 'map', 'text'] },
        },
      },
    });
    expect(catalog.ports('nobody')).toBeUndefined();
  });
});

describe('loom-vq-f8 on wasm', () => {
  it('encodes without quantising, and decodes a latent as it decodes its nearest codebook entries', async () => {
    const files = createNodeFiles(MODELS);
    const models = createModelSource({ backend, files, packages: await readPackages(files, ['loom-vq-f8']) });
    const { firstStage } = await models.open('loom-vq-f8', { signal });
    const { codebook, space } = firstStage;
    if (codebook === undefined) throw new Error('loom-vq-f8 has no codebook');
    expect([firstStage.type, codebook.vectors.length]).toEqual(['vq', codebook.entries * space.channels]);
    const scope = backend.scope();
    const call = { ops: scope.ops, signal };
    // Squares of 32 pixels, on a picture small enough for a busy machine.
    const coarse = scope.ops.noise([1, 3, 3, 3], { seed: 4n, stream: 0 });
    const image = scope.ops.clamp(scope.ops.resize(coarse, 96, 96, 'nearest'), -1, 1);
    const { mean, logVariance } = await firstStage.encode(image, call);
    expect([mean.dims, logVariance]).toEqual([[1, space.channels, 12, 12], undefined]);
    const values = await mean.read();
    const snapped = quantise(
      Float32Array.from(values, Number),
      1,
      prepareCodebook(codebook.vectors, space.channels),
    );
    expect(snapped.some((value, i) => value !== values[i])).toBe(true);
    const [plain, after] = [
      await firstStage.decode(mean, call),
      await firstStage.decode(scope.ops.from(snapped, mean.dims), call),
    ];
    expect(await difference(plain, after)).toBe(0);
    // Flat squares are easy: the picture comes back.
    const [wrong] = await scope.ops.stats(
      scope.ops.linear([
        [1, plain],
        [-1, image],
      ]),
    );
    expect(Math.hypot(wrong?.mean ?? NaN, wrong?.std ?? NaN)).toBeLessThan(0.2);
    scope.release();
    await models.unload();
  });
});

describe('loom-kl-f8 on wasm', () => {
  it('answers one call of each network within the range of what it was trained on', async () => {
    const files = createNodeFiles(MODELS);
    const models = createModelSource({ backend, files, packages: await readPackages(files, ['loom-kl-f8']) });
    const { unet, conditioner, firstStage } = await models.open('loom-kl-f8', { signal });
    const scope = backend.scope();
    const call = { ops: scope.ops, signal };
    const view = await conditioner.text?.tokenize('flat avatar, brown skin, red curly hair');
    expect(view).toMatchObject({ limit: 32, overflow: '' });
    expect(view?.tokens.every(({ known }) => known)).toBe(true);
    const context = (await conditioner.text?.encode(['flat avatar, brown skin, red curly hair'], call))
      ?.context;
    if (unet === undefined || context === undefined) throw new Error('loom-kl-f8 lacks a part');
    const { height, width } = unet.nativeSize;
    const noise = scope.ops.noise([1, unet.space.channels, height, width], { seed: 7n, stream: 0 });
    const empty = scope.ops.full([1, unet.concatChannels, height, width], 0);
    const predicted = await unet.call(scope.ops.concat([noise, empty], 1), [999], context, call);
    const [stats] = await scope.ops.stats(predicted);
    // At t = 999 x is nearly all noise: v = √ᾱ·ε − √(1 − ᾱ)·x₀ is about −x₀, of unit variance or less.
    expect(stats).toMatchObject({ nan: 0 });
    expect(stats?.std).toBeGreaterThan(0.2);
    expect(stats?.std).toBeLessThan(1.5);
    const picture = await firstStage.decode(scope.ops.linear([[-1, predicted]]), call);
    expect(picture.dims).toEqual([1, 3, height * unet.space.factor, width * unet.space.factor]);
    const [pixels] = await scope.ops.stats(picture);
    expect(pixels).toMatchObject({ nan: 0 });
    expect(pixels?.min).toBeGreaterThanOrEqual(-1);
    expect(pixels?.max).toBeLessThanOrEqual(1);
    expect(pixels?.std).toBeGreaterThan(0.05);
    scope.release();
    await models.unload();
  });
});
