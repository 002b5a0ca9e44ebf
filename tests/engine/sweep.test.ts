/** Sweeps: lists in step, several multiplied, values that do not fit. */
import { describe, expect, it } from 'vitest';
import { infer, plan, type LoomDocument } from '@/engine';
import { catalog, graph } from './kit';
import { kit } from './kit-nodes';

const sums = (sweeps: Readonly<Record<string, unknown>>): LoomDocument =>
  graph(
    { n: ['kit/number'], s: ['kit/sum'], show: ['kit/show'] },
    ['n.number > s.a', 's.number > show.number'],
    { sweeps },
  );
const planned = (document: LoomDocument, sweep?: boolean) =>
  plan(infer({ document, registry: kit, catalog }), { sweep });
const found = (document: LoomDocument) =>
  infer({ document, registry: kit, catalog }).diagnostics.map(({ code, severity }) => [code, severity]);

describe('sweeps', () => {
  it('take lists of one sweep in step and multiply several, the last turning fastest', () => {
    const document = sums({
      a: {
        params: [
          { node: 'n', param: 'value', values: [1, 2] },
          { node: 's', param: 'plus', values: [10, 20] },
        ],
      },
      b: { params: [{ node: 's', param: 'tag', values: ['x', 'y', 'z'] }] },
    });
    const { iterations, targets, steps } = planned(document);
    expect(iterations.map(({ values }) => values.map(({ value }) => value))).toEqual([
      [1, 10, 'x'],
      [1, 10, 'y'],
      [1, 10, 'z'],
      [2, 20, 'x'],
      [2, 20, 'y'],
      [2, 20, 'z'],
    ]);
    expect(targets).toHaveLength(6);
    // Two numbers, six sums, six shows.
    expect(steps).toHaveLength(14);
    expect(planned(document, false).iterations).toEqual([{ index: 0, values: [] }]);
  });

  it('leave out what is switched off or empty', () => {
    const document = sums({
      a: { enabled: false, params: [{ node: 'n', param: 'value', values: [1, 2] }] },
      b: { params: [{ node: 'n', param: 'value', values: [] }] },
      c: { params: [] },
    });
    expect(planned(document).iterations).toHaveLength(1);
    expect(found(document)).toEqual([]);
  });

  it('one value that does not fit blocks its own iteration only', () => {
    const result = planned(sums({ a: { params: [{ node: 'n', param: 'value', values: [1, 1e9, 3] }] } }));
    expect(result.targets.map(({ iteration }) => iteration)).toEqual([0, 2]);
    expect(result.blocked).toMatchObject([
      { node: 'show', iteration: 1, because: 'n', diagnostics: [{ code: 'invalid-param', path: 'value' }] },
    ]);
  });

  it('name what is wrong with them', () => {
    expect(found(sums({ a: { params: [{ node: 'gone', param: 'value', values: [1] }] } }))).toEqual([
      ['invalid-sweep', 'error'],
    ]);
    expect(found(sums({ a: { params: [{ node: 'n', param: 'nothing', values: [1] }] } }))).toEqual([
      ['invalid-sweep', 'error'],
    ]);
    const uneven = {
      params: [
        { node: 'n', param: 'value', values: [1, 2] },
        { node: 's', param: 'plus', values: [1] },
      ],
    };
    expect(found(sums({ a: uneven }))).toEqual([['invalid-sweep', 'warning']]);
    const many = {
      params: [{ node: 'n', param: 'value', values: Array.from({ length: 100 }, (_, k) => k) }],
    };
    expect(found(sums({ a: many, b: many }))).toEqual([['too-large', 'error']]);
    expect(planned(sums({ a: many, b: many })).iterations).toHaveLength(1024);
  });
});
