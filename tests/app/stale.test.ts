import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { staleSince } from '@/app/_state/stale';
import { documentSchema, type LoomDocument } from '@/engine';

const chain = (length: number): LoomDocument =>
  documentSchema.parse({
    format: 'latent-loom',
    version: 1,
    nodes: Object.fromEntries(
      Array.from({ length }, (_, k) => [`n${k}`, { type: 'image/resize', params: { width: k } }]),
    ),
    edges: Object.fromEntries(
      Array.from({ length: length - 1 }, (_, k) => [
        `e${k}`,
        { from: { node: `n${k}`, port: 'image' }, to: { node: `n${k + 1}`, port: 'image' } },
      ]),
    ),
  });
const changed = (document: LoomDocument, node: string, patch: object): LoomDocument => ({
  ...document,
  nodes: {
    ...document.nodes,
    [node]: { ...document.nodes[node], ...patch } as LoomDocument['nodes'][string],
  },
});

describe('staleSince', () => {
  it('a changed setting makes what it feeds stale, and nothing before it', () => {
    const ran = chain(5);
    const stale = staleSince(ran, changed(ran, 'n2', { params: { width: 99 } }));
    expect(Object.keys(ran.nodes).filter(stale)).toEqual(['n2', 'n3', 'n4']);
  });
  it('moving, naming and a copy of the document change nothing', () => {
    const ran = chain(5);
    const moved = changed(ran, 'n1', { position: { x: 5, y: 6 }, title: 'mine' });
    expect(Object.keys(ran.nodes).filter(staleSince(ran, moved))).toEqual([]);
    expect(Object.keys(ran.nodes).filter(staleSince(ran, structuredClone(ran)))).toEqual([]);
  });
  it('an edge taken, moved or added counts, and so does a mode', () => {
    const ran = chain(4);
    const { e1: _taken, ...rest } = ran.edges;
    expect(Object.keys(ran.nodes).filter(staleSince(ran, { ...ran, edges: rest }))).toEqual(['n2', 'n3']);
    expect(Object.keys(ran.nodes).filter(staleSince(ran, changed(ran, 'n3', { mode: 'bypass' })))).toEqual([
      'n3',
    ]);
  });
  it('a definition counts for its instances, and a node that is gone is stale', () => {
    const ran = changed(chain(2), 'n0', { type: 'graph/mine' });
    const now = {
      ...ran,
      definitions: { mine: { ...documentSchema.shape.definitions.parse({ mine: {} }).mine } },
    };
    expect(['n0', 'n1', 'gone'].map(staleSince(ran, now as LoomDocument))).toEqual([true, true, true]);
  });
  it('survives deep chains, cycles and reserved names', () => {
    const deep = chain(20_000);
    expect(staleSince(deep, structuredClone(deep))('n19999')).toBe(false);
    const ring = { ...chain(3) };
    ring.edges = {
      ...ring.edges,
      back: { from: { node: 'n2', port: 'image' }, to: { node: 'n0', port: 'image' } },
    };
    expect(staleSince(ring, structuredClone(ring))('n1')).toBe(false);
    expect(staleSince(chain(1), structuredClone(chain(1)))('toString')).toBe(true);
  });
  it('says the same whichever node is asked first', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 }), fc.nat(11), (order, at) => {
        const ran = chain(12);
        const stale = staleSince(ran, changed(ran, `n${at}`, { params: {} }));
        for (const k of order) stale(`n${k}`);
        expect(Object.keys(ran.nodes).filter(stale)).toEqual(Object.keys(ran.nodes).slice(at));
      }),
    );
  });
});
