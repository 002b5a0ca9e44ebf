import { describe, expect, it } from 'vitest';
import { createCpuScope } from '@/engine/tensor';
import { LoomError, type LatentSpaceInfo } from '@/engine/types';
import { snapshotSchema, trajectorySummarySchema } from '@/app/_snapshots/messages';
import { createTrajectoryStore, unitScale } from '@/app/_snapshots/trajectory';

const space: LatentSpaceInfo = {
  space: 's',
  channels: 1,
  factor: 8,
  rgb: { weight: [[1, 1, 1]], bias: [0, 0, 0] },
};
/** A sampling of `total` steps on fixed numbers: x = 10·(step + 1), x̂₀ = step². Each tensor has 16 bytes. */
function sampling(total: number) {
  const scope = createCpuScope();
  const steps = Array.from({ length: total }, (_, step) => ({
    step,
    total,
    sigma: total - step,
    x: scope.ops.full([1, 1, 2, 2], 10 * (step + 1)),
    denoised: scope.ops.full([1, 1, 2, 2], step * step),
    space,
  }));
  return { steps, end: () => scope.release() };
}

describe('the kept trajectory', () => {
  it('outlives the sampler’s own scope, and describes every step', async () => {
    const store = createTrajectoryStore({ budget: 1_000 });
    const { steps, end } = sampling(4);
    const trace = store.trace('sampler');
    for (const step of steps) trace?.(step);
    end();
    const summary = trajectorySummarySchema.parse(await store.summary('sampler'));
    expect(summary.steps.map(({ step, sigma }) => [step, sigma])).toEqual([
      [0, 4],
      [1, 3],
      [2, 2],
      [3, 1],
    ]);
    expect(summary.steps.map(({ change }) => change)).toEqual([null, 1, 3, 5]);
    expect(summary.steps.map(({ denoisedNorm }) => denoisedNorm)).toEqual([0, 1, 4, 9]);
    for (const [k, { xNorm }] of summary.steps.entries())
      expect(xNorm).toBeCloseTo((10 * (k + 1)) / Math.sqrt(1 + (4 - k) ** 2), 4);
    expect(summary.bytes).toBe(4 * 32);
    store.clear();
    expect(store.bytes).toBe(0);
    expect(steps.every(({ x, denoised }) => x.disposed && denoised.disposed)).toBe(true);
  });

  it('gives both tensors of a step, x_t at unit scale, and lends the originals', async () => {
    const store = createTrajectoryStore({ budget: 1_000 });
    const { steps, end } = sampling(3);
    for (const step of steps) store.trace('a')?.(step);
    end();
    const { x, denoised } = await store.step('a', 1);
    expect(snapshotSchema.parse(x)).toMatchObject({ kind: 'latent', dims: [1, 1, 2, 2] });
    expect(x.kind === 'latent' && x.data[0]).toBeCloseTo(20 * unitScale(2), 5);
    expect(denoised.kind === 'latent' && denoised.data[0]).toBe(1);
    const lent = store.borrow('a', 1, 'x');
    store.clear('a');
    expect(lent.tensor.disposed).toBe(false);
    expect((await lent.tensor.read())[0]).toBe(20);
    lent.tensor.release();
    expect(lent.tensor.disposed).toBe(true);
    await expect(store.step('a', 1)).rejects.toThrow(LoomError);
    expect(await store.summary('a')).toBeNull();
  });

  it('stays within its budget over the whole sampling, evenly, with the first and the last step', async () => {
    const store = createTrajectoryStore({ budget: 6 * 32 });
    const { steps, end } = sampling(50);
    for (const step of steps) {
      store.trace('a')?.(step);
      expect(store.bytes).toBeLessThanOrEqual(6 * 32);
    }
    end();
    const summary = await store.summary('a');
    expect(summary?.steps.map(({ step }) => step)).toEqual([0, 16, 32, 48, 49]);
    expect(summary?.total).toBe(50);
    // Change is per step, over the gap between kept ones.
    expect(summary?.steps[1]?.change).toBeCloseTo(256 / 16, 6);
    expect(steps.filter(({ x }) => !x.disposed)).toHaveLength(5);
    store.setBudget(3 * 32);
    expect(store.bytes).toBeLessThanOrEqual(3 * 32);
    store.setBudget(0);
    expect(store.bytes).toBe(0);
    expect(steps.every(({ x }) => x.disposed)).toBe(true);
    expect(store.trace('a')).toBeUndefined();
  });

  it('a new sampling replaces the old one; other nodes keep theirs', async () => {
    const store = createTrajectoryStore({ budget: 1_000 });
    const [first, second, other] = [sampling(3), sampling(3), sampling(2)];
    for (const step of first.steps) store.trace('a')?.(step);
    for (const step of other.steps) store.trace('b')?.(step);
    for (const step of second.steps.slice(0, 1)) store.trace('a')?.(step);
    for (const each of [first, second, other]) each.end();
    expect((await store.summary('a'))?.steps).toHaveLength(1);
    expect((await store.summary('b'))?.steps).toHaveLength(2);
    expect(first.steps.every(({ x }) => x.disposed)).toBe(true);
    store.clear();
  });

  it('all samplings share the budget: the oldest goes first', async () => {
    const store = createTrajectoryStore({ budget: 5 * 32 });
    const [first, second] = [sampling(3), sampling(4)];
    for (const step of first.steps) store.trace('first')?.(step);
    for (const step of second.steps.slice(0, 2)) store.trace('second')?.(step);
    expect((await store.summary('first'))?.steps).toHaveLength(3);
    for (const step of second.steps.slice(2)) store.trace('second')?.(step);
    for (const each of [first, second]) each.end();
    expect(await store.summary('first')).toBeNull();
    expect((await store.summary('second'))?.steps).toHaveLength(4);
    expect(first.steps.every(({ x }) => x.disposed)).toBe(true);
    store.clear();
  });

  it('a sampling may go on while it is read', async () => {
    const store = createTrajectoryStore({ budget: 4 * 32 });
    const { steps, end } = sampling(20);
    for (const step of steps.slice(0, 4)) store.trace('a')?.(step);
    const reading = store.summary('a');
    for (const step of steps.slice(4)) store.trace('a')?.(step);
    expect((await reading)?.steps).toHaveLength(4);
    expect((await store.summary('a'))?.steps.map(({ step }) => step)).toEqual([0, 8, 16, 19]);
    store.clear();
    end();
    expect(steps.every(({ x, denoised }) => x.disposed && denoised.disposed)).toBe(true);
  });

  it('a NaN is named with its step, channel and position', async () => {
    const store = createTrajectoryStore({ budget: 1_000 });
    const scope = createCpuScope();
    const bad = new Float32Array(8);
    bad[6] = Number.NaN;
    for (const step of [0, 1])
      store.trace('a')?.({
        step,
        total: 2,
        sigma: 1,
        x: scope.ops.full([1, 2, 2, 2], 0),
        denoised: step === 1 ? scope.ops.from(bad, [1, 2, 2, 2]) : scope.ops.full([1, 2, 2, 2], 0),
        space,
      });
    const summary = await store.summary('a');
    const first = summary?.steps.find(({ denoised }) => denoised.nan > 0);
    expect(first).toMatchObject({ step: 1, denoised: { nan: 1, firstBad: { channel: 1, y: 1, x: 0 } } });
    store.clear();
    scope.release();
  });
});
