/** What runs in the browser: each small network by kernels of our own, in every cut of its products, against float64. */
import { Kernels, USAGE } from '@/engine/webgpu/device';
import { fuse } from '@/engine/webgpu/fuse';
import { byRule, makePlan, type Plan } from '@/engine/webgpu/plan';
import { candidates, cutName } from '@/engine/webgpu/tiles';
import { Weights } from '@/engine/webgpu/weights';
import { reference, type Value } from '../engine/network/reference';
import { networkCases, type NetworkCase } from './network-cases';

/** GPUMapMode.READ, which has no type here. */
const MAP_READ = 1;

/** Largest difference over the largest magnitude; Infinity where one is not a number. */
function worst(got: Float32Array, want: Float64Array): number {
  let [difference, size] = [0, 1e-30];
  for (let i = 0; i < want.length; i += 1) {
    const d = Math.abs((got[i] ?? NaN) - (want[i] ?? NaN));
    if (!Number.isFinite(d)) return Infinity;
    difference = Math.max(difference, d);
    size = Math.max(size, Math.abs(want[i] ?? 0));
  }
  return got.length === want.length ? difference / size : Infinity;
}

/** Feeds a plan, runs it once and reads an output. Buffers are filled with NaN before: what is not written shows. */
export async function runPlan(
  device: GPUDevice,
  plan: Plan,
  inputs: NetworkCase['inputs'],
): Promise<Map<string, Float32Array>> {
  const usage = USAGE.MAP_READ | USAGE.COPY_DST;
  for (const [name, { data }] of Object.entries(inputs)) {
    const buffer = plan.inputs.get(name)?.fixed;
    if (buffer !== undefined)
      device.queue.writeBuffer(buffer, 0, Uint8Array.from(new Uint8Array(data.buffer)));
  }
  const encoder = device.createCommandEncoder();
  plan.encode(encoder);
  const staged = [...plan.outputs].map(([name, { slot, dims }]) => {
    const size = 4 * dims.reduce((a, b) => a * b, 1);
    const staging = device.createBuffer({ size, usage });
    if (slot.fixed !== undefined) encoder.copyBufferToBuffer(slot.fixed, 0, staging, 0, size);
    return { name, staging };
  });
  device.queue.submit([encoder.finish()]);
  const results = new Map<string, Float32Array>();
  for (const { name, staging } of staged) {
    await staging.mapAsync(MAP_READ);
    results.set(name, new Float32Array(staging.getMappedRange().slice(0)));
    staging.destroy();
  }
  return results;
}

function poison(device: GPUDevice, plan: Plan): void {
  const slots = new Set(plan.dispatches.flatMap(({ buffers, writes }) => buffers.slice(0, writes)));
  for (const { fixed } of slots)
    if (fixed !== undefined)
      device.queue.writeBuffer(fixed, 0, new Uint32Array(fixed.size / 4).fill(0x7fc00000));
}

async function check(kernels: Kernels, one: NetworkCase, every: boolean) {
  const { network, weights: store, inputs } = one;
  const sizes = Object.fromEntries(Object.entries(inputs).map(([name, { dims }]) => [name, dims]));
  const values: Record<string, Value> = Object.fromEntries(
    Object.entries(inputs).map(([name, { dims, data }]) => [name, { dims, data: Float64Array.from(data) }]),
  );
  const want = await reference(network, store, values);
  const weights = new Weights(kernels, store, network.name);
  const products = fuse(network, sizes, weights, kernels.limits).steps.flatMap((step) =>
    step.kind === 'product' ? [step.product] : [],
  );
  const ways = every
    ? Math.max(1, ...products.map((product) => candidates(product, kernels.limits).length))
    : 1;
  const errors: { cut: string; error: number }[] = [];
  for (let way = 0; way < ways; way += 1) {
    const cuts: string[] = [];
    const plan = await makePlan(kernels, network, sizes, weights, (product, limits) => {
      const all = candidates(product, limits);
      const cut = all[Math.min(way, all.length - 1)] ?? byRule(product, limits);
      cuts.push(cutName(cut));
      return cut;
    });
    poison(kernels.device, plan);
    const got = await runPlan(kernels.device, plan, inputs);
    const error = Math.max(
      ...Object.entries(want).map(([name, { data }]) => worst(got.get(name) ?? new Float32Array(), data)),
    );
    errors.push({ cut: cuts.join(' '), error });
    plan.dispose();
  }
  weights.dispose();
  const top = errors.reduce((a, b) => (b.error > a.error ? b : a));
  return { name: one.name, ...top, ways, within: one.within ?? 1e-5 };
}

async function main() {
  const adapter = await navigator.gpu.requestAdapter();
  // The limits that every adapter has, and none of the features that few have.
  const device = await adapter?.requestDevice();
  if (device === undefined) throw new Error('no device');
  const kernels = new Kernels(device);
  const query = new URLSearchParams(location.search);
  const only = query.get('only') ?? '';
  const faults: string[] = [];
  device.addEventListener('uncapturederror', (event) => {
    if ('error' in event && event.error instanceof GPUError) faults.push(event.error.message);
  });
  const results = [];
  for (const one of networkCases) {
    if (!one.name.includes(only)) continue;
    try {
      results.push(await check(kernels, one, query.has('every') || one.everyCut === true));
    } catch (thrown) {
      const error = thrown instanceof Error ? `${thrown.message}\n${thrown.stack ?? ''}` : String(thrown);
      results.push({ name: one.name, cut: error, error: Infinity, ways: 0, within: 0 });
    }
  }
  device.destroy();
  return { results, faults };
}

main().then(
  (result) => Object.assign(globalThis, { result }),
  (thrown: unknown) =>
    Object.assign(globalThis, { failed: thrown instanceof Error ? thrown.stack : String(thrown) }),
);
