/** What runs in the browser: every kernel on the GPU against its CPU twin, noise digests, and the tiny package on both backends. */
import { createBackend } from '@/engine/tensor/ort';
import { emptyLedger } from '@/engine/tensor/counted';
import { fromHalf, toHalf } from '@/engine/tensor/gpu-kernels';
import { GpuMachine } from '@/engine/tensor/gpu-machine';
import { LoomError, type Backend, type Tensor } from '@/engine/types';
import { createBrowserCache, createFetchFiles, createModelSource, readPackages } from '@/models';
import { HALVES, kernelCases } from './kernel-cases';

/** Largest difference over the largest magnitude of the reference; NaNs must coincide. */
function worst(got: ArrayLike<number | bigint>, want: ArrayLike<number | bigint>): number {
  if (got.length !== want.length) return Infinity;
  let [difference, size] = [0, 1e-30];
  for (let i = 0; i < want.length; i += 1) {
    const [a, b] = [Number(got[i]), Number(want[i])];
    if (Number.isNaN(a) !== Number.isNaN(b)) return Infinity;
    if (Number.isNaN(b)) continue;
    difference = Math.max(difference, Math.abs(a - b));
    size = Math.max(size, Math.abs(b));
  }
  return difference / size;
}

async function kernels(gpu: Backend, cpu: Backend) {
  const results: { name: string; error: number; shape: string; wantShape: string }[] = [];
  const before = gpu.live();
  for (const { name, run } of kernelCases) {
    const [a, b] = [gpu.scope(), cpu.scope()];
    const [x, y] = await Promise.all([run(a.ops), run(b.ops)]);
    results.push({
      name,
      error: worst(await contents(x), await contents(y)),
      shape: shape(x),
      wantShape: shape(y),
    });
    a.release();
    b.release();
  }
  return { results, leaked: gpu.live().tensors - before.tensors };
}

const shape = (x: Tensor | readonly number[]) => ('dims' in x ? x.dims.join('×') : String(x.length));
const contents = async (x: Tensor | readonly number[]) => ('dims' in x ? x.read() : x);

async function digest(backend: Backend): Promise<string> {
  const scope = backend.scope();
  const data = await scope.ops.noise([2, 4, 33, 31], { seed: 2n ** 64n - 1n, stream: 3 }).read();
  scope.release();
  const hash = await crypto.subtle.digest(
    'SHA-256',
    Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** One text encoding, U-Net call, encoding and decoding of the tiny package. */
async function tiny(backend: Backend) {
  const files = createFetchFiles({ base: '/models/' });
  const models = createModelSource({
    backend,
    files,
    packages: await readPackages(files, ['tiny']),
    cache: createBrowserCache(),
  });
  const before = backend.live();
  const signal = new AbortController().signal;
  const { unet, firstStage, conditioner } = await models.open('tiny', { signal });
  if (unet === undefined || conditioner.text === undefined) throw new Error('tiny lacks a part');
  const scope = backend.scope();
  const call = { ops: scope.ops, signal };
  const { context } = await conditioner.text.encode(['flat avatar, red hair', ''], call);
  const noise = scope.ops.noise([2, 4, 9, 7], { seed: 5n, stream: 0 });
  const sample = scope.ops.concat([noise, scope.ops.full([2, 10, 9, 7], 0)], 1);
  const predicted = await unet.call(sample, [700, 20], context, call);
  const picture = await firstStage.decode(noise, call);
  const { mean } = await firstStage.encode(picture, call);
  const out = await Promise.all([context, predicted, picture, mean].map((x) => x.read()));
  scope.release();
  await models.unload();
  const after = backend.live();
  return { out, leaked: [after.tensors - before.tensors, after.sessions - before.sessions] };
}

/** The fused attention of the packages' U-Nets, on noise [2, 64 or 33, 128]; without weights, so that it is small. */
async function attention(backend: Backend) {
  const model = new Uint8Array(await (await fetch('/models/attention.onnx')).arrayBuffer());
  const session = await backend.createSession({ name: 'attention', model, externalData: [] });
  const scope = backend.scope();
  const noise = (cells: number, stream: number) => scope.ops.noise([2, cells, 128], { seed: 5n, stream });
  const { out } = await session.run({ q: noise(64, 1), k: noise(33, 2), v: noise(33, 3) }, scope.ops);
  const values = await out?.read();
  scope.release();
  await session.dispose();
  return values ?? [];
}

/** Half precision made and read by the kernels at a session's boundary, on a device of its own. */
async function halves(values: Float32Array) {
  const device = await (await navigator.gpu.requestAdapter())?.requestDevice();
  if (device === undefined) throw new Error('no device');
  const machine = new GpuMachine(device, emptyLedger());
  const words = Math.ceil(values.length / 2);
  const [single, half, back] = [
    machine.buffer(4 * values.length),
    machine.buffer(4 * words),
    machine.buffer(4 * values.length),
  ];
  machine.write(single, values);
  machine.dispatch(toHalf, words, [values.length], half, [single]);
  machine.dispatch(fromHalf, values.length, [], back, [half]);
  const result = {
    bits: [...new Uint16Array(await machine.read(half, 2 * values.length))],
    values: [...new Float32Array(await machine.read(back, 4 * values.length))],
  };
  machine.dispose();
  device.destroy();
  return result;
}

const code = (thrown: unknown) => (thrown instanceof LoomError ? thrown.code : String(thrown));

/** What a lost device does to those who still use it. */
async function loss(backend: Backend) {
  const scope = backend.scope();
  const held = scope.ops.full([4], 1);
  await backend.dispose();
  const reason = await backend.lost;
  const codes = [await held.read().then(() => 'read', code)];
  try {
    scope.ops.full([4], 1);
    codes.push('made');
  } catch (thrown) {
    codes.push(code(thrown));
  }
  scope.release();
  return { codes, reason: typeof reason, live: backend.live() };
}

async function main() {
  const gpu = await createBackend({ prefer: 'webgpu', kernels: 'own', wasmPaths: '/ort/' });
  const cpu = await createBackend({ prefer: 'wasm', wasmPaths: '/ort/' });
  const automatic = await createBackend({ prefer: 'auto', wasmPaths: '/ort/' });
  const [digests, compared] = [[await digest(gpu), await digest(cpu)], await kernels(gpu, cpu)];
  const [onGpu, onCpu] = [await tiny(gpu), await tiny(cpu)];
  const networks = onGpu.out.map((x, i) => worst(x, onCpu.out[i] ?? []));
  const passed = await gpu.selfTest;
  const attended = worst(await attention(gpu), await attention(cpu));
  // Nothing of the package but the manifest is fetched a second time.
  const again = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.safetensors'));
  const half = await halves(Float32Array.of(...HALVES));
  const lost = await loss(gpu);
  // onnxruntime goes on with another device in the same worker, new sessions and all.
  const replaced = await tiny(
    await createBackend({ prefer: 'webgpu', kernels: 'onnxruntime', wasmPaths: '/ort/' }),
  );
  return {
    half,
    passed,
    lost,
    replaced: replaced.out.map((x, i) => worst(x, onCpu.out[i] ?? [])),
    gpu: gpu.info,
    cpu: cpu.info,
    automatic: automatic.info,
    digests,
    compared,
    networks,
    attended,
    leaked: [onGpu.leaked, onCpu.leaked],
    weightsFetched: again.map(({ name }) => name.split('/').at(-1)),
  };
}

main().then(
  (result) => Object.assign(globalThis, { result }),
  (thrown: unknown) =>
    Object.assign(globalThis, { failed: thrown instanceof Error ? thrown.stack : String(thrown) }),
);
