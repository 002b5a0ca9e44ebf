/**
 * Times networks of a package by kernels of our own, and checks them against onnxruntime on the CPU.
 * Logs one JSON line per network and size, and `DONE ok` at the end.
 *
 * Query: `cases` (e.g. `unet:32x32x2,decoder:32x32x1`), `tune` (candidates timed per product), `profile=1`,
 * `judge=0` (no comparison), `ort=1` (onnxruntime on WebGPU beside).
 */
import { noiseData } from '@/engine/tensor/noise';
import { createBackend } from '@/engine/tensor/ort';
import type { TensorData } from '@/engine/types';
import { Kernels, USAGE, type Ready } from '@/engine/webgpu/device';
import { fuse } from '@/engine/webgpu/fuse';
import { makePlan, type Plan } from '@/engine/webgpu/plan';
import { cutName } from '@/engine/webgpu/tiles';
import { productKey, timeReady, Tuner } from '@/engine/webgpu/tune';
import { Weights } from '@/engine/webgpu/weights';
import { manifestSchema } from '@/models/manifest';
import { describeArchitecture } from '@/models/networks/architecture';
import { expandWeights } from '@/models/storage';
import { storedWeights } from '@/models/stored-weights';

const query = new URLSearchParams(location.search);
const say = (line: unknown) => {
  const text = typeof line === 'string' ? line : JSON.stringify(line);
  // eslint-disable-next-line no-console -- the log is this page's output
  console.log(text);
};
const bytesOf = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const packageId = query.get('package') ?? 'loom-kl-f8';
const base = `/models/${packageId}/`;

type Part = 'unet' | 'decoder' | 'encoder' | 'text';
interface Case {
  readonly part: Part;
  readonly h: number;
  readonly w: number;
  readonly b: number;
}
const cases: Case[] = (query.get('cases') ?? 'unet:32x32x2').split(',').map((text) => {
  const [part = '', size = ''] = text.split(':');
  const [h = 32, w = 32, b = 1] = size.split('x').map(Number);
  if (part !== 'unet' && part !== 'decoder' && part !== 'encoder' && part !== 'text')
    throw new Error(`no part "${part}"`);
  return { part, h, w, b };
});

async function open(part: Part) {
  const manifest = manifestSchema.parse(await (await fetch(`${base}manifest.json`)).json());
  const stored = {
    unet: manifest.unet?.network,
    decoder: manifest.firstStage.decoder,
    encoder: manifest.firstStage.encoder,
    text: manifest.conditioner.text?.network,
  }[part];
  if (stored?.architecture === undefined) throw new Error(`${packageId} has no ${part} of ours`);
  const file = await bytesOf(base + stored.weights);
  const store = storedWeights(file, stored.weights);
  return { stored, file, store, network: describeArchitecture(stored.architecture, part, store.entries) };
}
type Opened = Awaited<ReturnType<typeof open>>;

function inputsOf({ network }: Opened, { part, h, w, b }: Case) {
  const known = { batch: b, height: h, width: w, sequence: part === 'text' ? 32 : 33 };
  return Object.fromEntries(
    network.inputs.map(({ name, dtype, dims }, stream) => {
      const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : known[dim]));
      const count = sizes.reduce((x, y) => x * y, 1);
      const data: TensorData =
        dtype === 'int32'
          ? BigInt64Array.from({ length: count }, (_, i) => BigInt((i * 37) % 150))
          : name === 'timestep'
            ? new Float32Array(count).fill(481)
            : noiseData(sizes, { seed: 7n, stream });
      return [name, { dims: sizes, data }];
    }),
  );
}

async function read(device: GPUDevice, plan: Plan): Promise<Float32Array> {
  const [out] = plan.outputs.values();
  if (out?.slot.fixed === undefined) throw new Error('no output');
  const size = 4 * out.dims.reduce((x, y) => x * y, 1);
  const staging = device.createBuffer({ size, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(out.slot.fixed, 0, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(1);
  const data = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return data;
}

function decibels(got: Float32Array, want: Float32Array): number {
  let [error, signal] = [0, 0];
  for (let i = 0; i < want.length; i += 1) {
    error += ((got[i] ?? NaN) - (want[i] ?? NaN)) ** 2;
    signal += (want[i] ?? 0) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

const median = (list: number[]) => list.toSorted((x, y) => x - y)[list.length >> 1] ?? NaN;

async function timePlan(device: GPUDevice, plan: Plan) {
  const once = () => {
    const encoder = device.createCommandEncoder();
    plan.encode(encoder);
    device.queue.submit([encoder.finish()]);
  };
  const done = () => device.queue.onSubmittedWorkDone();
  for (let i = 0; i < 3; i += 1) once();
  await done();
  const probe = performance.now();
  once();
  await done();
  const count = Math.max(2, Math.min(50, Math.ceil(400 / (performance.now() - probe))));
  const rounds: number[] = [];
  const encoding: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const start = performance.now();
    for (let i = 0; i < count; i += 1) once();
    encoding.push((performance.now() - start) / count);
    await done();
    rounds.push((performance.now() - start) / count);
  }
  const single: number[] = [];
  for (let i = 0; i < Math.min(20, count); i += 1) {
    const start = performance.now();
    once();
    await done();
    single.push(performance.now() - start);
  }
  return { ms: median(rounds), encodeMs: median(encoding), singleMs: median(single) };
}

/** Microseconds of each kernel by itself, summed by kind, and the slowest ones. */
async function profile(kernels: Kernels, plan: Plan) {
  const times: { label: string; us: number; flops: number }[] = [];
  for (const [i, dispatch] of plan.dispatches.entries()) {
    const ready: Ready | undefined = plan.ready[i];
    if (ready === undefined) continue;
    times.push({ label: dispatch.label, us: await timeReady(kernels, [ready]), flops: dispatch.flops });
  }
  const kinds: Record<string, { us: number; count: number; gflops: number }> = {};
  for (const { label, us, flops } of times) {
    const kind = label.endsWith('(join)')
      ? 'join'
      : flops === 0
        ? label
        : label.includes('attention')
          ? 'attention'
          : /conv|skip|sample|layers\.\d+\.weight/u.test(label)
            ? 'convolution'
            : 'linear';
    const sum = (kinds[kind] ??= { us: 0, count: 0, gflops: 0 });
    sum.us += us;
    sum.count += 1;
    sum.gflops += flops / 1e9;
  }
  const slowest = times
    .toSorted((x, y) => y.us - x.us)
    .slice(0, 24)
    .map(({ label, us, flops }) => `${label} ${us.toFixed(1)}us ${(flops / us / 1e6).toFixed(1)}TF`);
  return { sumMs: times.reduce((sum, { us }) => sum + us, 0) / 1000, kinds, slowest };
}

async function main() {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('no adapter');
  const { limits } = adapter;
  const minimal = query.get('limits') === 'minimal';
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: minimal
      ? {}
      : {
          maxBufferSize: limits.maxBufferSize,
          maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
          maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
          maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
          maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
          maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        },
  });
  device.addEventListener('uncapturederror', (event) => {
    if ('error' in event && event.error instanceof GPUError)
      say(`FAULT ${event.error.message.slice(0, 500)}`);
  });
  const kernels = new Kernels(device);
  say({
    adapter: [adapter.info.vendor, adapter.info.architecture, adapter.info.description],
    limits: kernels.limits,
  });
  const known: unknown = query.has('picks') ? await (await fetch(`/${query.get('picks')}`)).json() : {};
  const tuner = new Tuner(
    kernels,
    known !== null && typeof known === 'object' ? (known as Record<string, string>) : {},
  );
  const judge =
    query.get('judge') === '0' ? undefined : await createBackend({ prefer: 'wasm', wasmPaths: '/ort/' });
  for (const one of cases) {
    const opened = await open(one.part);
    const { network, store } = opened;
    const inputs = inputsOf(opened, one);
    const sizes = Object.fromEntries(Object.entries(inputs).map(([name, { dims }]) => [name, dims]));
    const weights = new Weights(kernels, store, one.part);
    const line: Record<string, unknown> = { ...one };
    const fused = fuse(network, sizes, weights, kernels.limits);
    const products = fused.steps.flatMap((step) => (step.kind === 'product' ? [step.product] : []));
    const loadStart = performance.now();
    await weights.load();
    await device.queue.onSubmittedWorkDone();
    line['weightsMs'] = performance.now() - loadStart;
    if (query.has('tune')) {
      const start = performance.now();
      const tuned = await tuner.tune(products, Number(query.get('tune')));
      line['tuneMs'] = performance.now() - start;
      for (const { product, times } of tuned) {
        const flops =
          2 *
          product.batch *
          product.height *
          product.width *
          product.columns *
          product.segments.reduce((s, { view, kernel }) => s + view.channels * kernel[0] * kernel[1], 0);
        say(
          `TUNE ${product.label} ${productKey(product)} ${(flops / (times[0]?.microseconds ?? 1) / 1e6).toFixed(1)}TF ${times
            .slice(0, 7)
            .map(({ cut, microseconds }) => `${cutName(cut)}:${microseconds.toFixed(1)}`)
            .join(' ')}`,
        );
      }
    }
    const start = performance.now();
    const plan = await makePlan(kernels, network, sizes, weights, tuner.choose);
    line['planMs'] = performance.now() - start;
    line['dispatches'] = plan.dispatches.length;
    line['pipelines'] = new Set(plan.dispatches.map(({ code }) => code)).size;
    line['gflop'] = plan.flops / 1e9;
    line['bytes'] = { values: plan.bytes, weights: weights.bytes };
    for (const [name, { data }] of Object.entries(inputs)) {
      const words = data instanceof BigInt64Array ? Int32Array.from(data, Number) : data;
      const target = plan.inputs.get(name)?.fixed;
      if (target !== undefined) device.queue.writeBuffer(target, 0, new Uint8Array(words.buffer.slice(0)));
    }
    Object.assign(line, await timePlan(device, plan));
    const got = await read(device, plan);
    line['finite'] = got.every((v) => Number.isFinite(v));
    if (judge !== undefined) {
      const { stored, file } = opened;
      const session = await judge.createSession({
        name: one.part,
        model: await bytesOf(base + stored.fp32),
        externalData: [{ path: stored.externalData, data: expandWeights(file, 'fp32', stored.weights) }],
      });
      const scope = judge.scope();
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { dims, data }]) => [name, scope.ops.from(data, dims)]),
      );
      const [want] = Object.values(await session.run(feeds, scope.ops));
      const data = await want?.read();
      if (data instanceof Float32Array) line['db'] = decibels(got, data);
      scope.release();
      await session.dispose();
    }
    if (query.get('profile') === '1') line['profile'] = await profile(kernels, plan);
    say(line);
    plan.dispose();
    weights.dispose();
  }
  if (query.has('tune')) say(`PICKS ${JSON.stringify(tuner.timed())}`);
}

main().then(
  () => say('DONE ok'),
  (thrown: unknown) => {
    say(`ERR ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
    say('DONE failed');
  },
);
