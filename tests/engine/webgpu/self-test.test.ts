import { expect, it } from 'vitest';
import { selfTest } from '@/engine/webgpu/self-test';
import { SELF_TEST_RESULT } from '@/engine/webgpu/self-test-result';
import { reference } from '../network/reference';

it('the self-test expects what float64 computes', async () => {
  const { network, weights, inputs } = selfTest();
  const values = Object.entries(inputs).map(([name, { dims, data }]) => [
    name,
    { dims, data: Float64Array.from(data) },
  ]);
  const { y } = await reference(network, weights, Object.fromEntries(values));
  expect(y?.data).toHaveLength(SELF_TEST_RESULT.length);
  for (const [i, want] of SELF_TEST_RESULT.entries()) expect(y?.data[i]).toBeCloseTo(want, 6);
});
