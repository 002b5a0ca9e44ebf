import { describe, expect, it } from 'vitest';
import {
  pathDraws,
  pathIncrement,
  sdeClock,
  type Clock,
  type PathTerm,
} from '@/nodes/sampling/_math/brownian';

/** The covariance of two increments: their normals are independent. */
function covariance(a: readonly PathTerm[], b: readonly PathTerm[]): number {
  const weights = new Map(b.map(({ draw, weight }) => [draw, weight]));
  return a.reduce((sum, { draw, weight }) => sum + weight * (weights.get(draw) ?? 0), 0);
}
const clocks: [string, Clock][] = [
  ['η = 1', sdeClock(1)],
  ['η = ½', sdeClock(0.5)],
  ['σ itself, falling', (sigma) => 1e4 - sigma],
];

describe('increments of a Brownian path', () => {
  for (const [name, clock] of clocks) {
    const steps = Array.from({ length: 31 }, (_, i) => 14.6 * (0.03 / 14.6) ** (i / 30));
    const increments = steps.slice(1).map((to, i) => pathIncrement(steps[i] ?? 0, to, clock));
    it(`${name}: unit variance, and steps that follow each other are independent`, () => {
      for (const [i, one] of increments.entries()) {
        expect(covariance(one, one)).toBeCloseTo(1, 10);
        for (const other of increments.slice(i + 1))
          expect(Math.abs(covariance(one, other))).toBeLessThan(0.03);
      }
    });
    it(`${name}: the increment over many steps is the sum of theirs`, () => {
      const whole = pathIncrement(steps[4] ?? 0, steps[20] ?? 0, clock);
      const span = clock(steps[20] ?? 0) - clock(steps[4] ?? 0);
      let sum = 0;
      for (let i = 4; i < 20; i++) {
        const share = Math.sqrt((clock(steps[i + 1] ?? 0) - clock(steps[i] ?? 0)) / span);
        const together = covariance(whole, increments[i] ?? []);
        expect(Math.abs(together - share)).toBeLessThan(0.02);
        sum += share * together;
      }
      expect(sum).toBeCloseTo(1, 2);
    });
    it(`${name}: few normals are drawn for a step, all of the path's own`, () => {
      const counts = increments.map((one) => one.length);
      console.log(`normals a step (${name}): ${Math.min(...counts)}…${Math.max(...counts)}`);
      expect(Math.max(...counts)).toBeLessThan(30);
      for (const { draw } of increments.flat()) {
        expect(Number.isInteger(draw) && draw >= 0 && draw < pathDraws).toBe(true);
      }
    });
  }
  it('a clock that stands still has no increment', () => {
    expect(() => pathIncrement(2, 1, sdeClock(0))).toThrow(RangeError);
  });
});
