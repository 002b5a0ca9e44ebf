/**
 * 100,000 documents, mutated, random and growing: a parsed document or a typed refusal, then diagnostics and a plan;
 * never another exception, and never more work than the document's own size allows. `npx tsx
 * tests/engine/fuzz-million.ts` runs as many as one likes, and times them.
 */
import { describe, expect, it } from 'vitest';
import { fuzzInput } from './fuzz-documents';
import { allowedWork, examine } from './fuzz-examine';

const total = 100_000;

describe('fuzz', () => {
  it(`${total.toLocaleString('en')} documents never bring another exception than a typed refusal, nor more work than they may`, () => {
    const count = { parsed: 0, refused: 0, diagnostics: 0, steps: 0 };
    for (let number = 0; number < total; number++) {
      try {
        const { outcome, diagnostics, steps, work, written } = examine(fuzzInput(number), number);
        count[outcome]++;
        count.diagnostics += diagnostics;
        count.steps += steps;
        if (work > allowedWork(written)) throw new Error(`${work} things made of ${written}`);
      } catch (thrown) {
        throw new Error(`document ${number} brought ${String(thrown)}`, { cause: thrown });
      }
    }
    expect(count.parsed + count.refused).toBe(total);
    // The generator reaches both sides, and past parsing.
    for (const reached of Object.values(count)) expect(reached).toBeGreaterThan(total / 20);
  }, 900_000);
});
