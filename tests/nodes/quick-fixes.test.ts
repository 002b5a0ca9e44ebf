/** Every fix offered for a refused edge of the templates: one click leaves no new error, and the edge is there. */
import { readdirSync, readFileSync } from 'node:fs';
import { produce } from 'immer';
import { describe, expect, it } from 'vitest';
import { installed } from '@/app/_cli/packages';
import {
  applyFix,
  checkConnection,
  fixesFor,
  infer,
  parseDocument,
  type EdgeEnds,
  type Inference,
  type LoomDocument,
  type QuickFix,
} from '@/engine';
import { registry } from '@/nodes/registry';

const { catalog } = await installed();
const read = (document: LoomDocument): Inference => infer({ document, registry, catalog });
const templates = readdirSync('public/templates').filter(
  (file) => file.endsWith('.json') && file !== 'index.json',
);

/** Every edge between two nodes that is of the right kind and refused all the same. */
function* refusedEdges(inference: Inference): Generator<EdgeEnds> {
  for (const [source, { outputs }] of inference.nodes)
    for (const [target, { inputs }] of inference.nodes)
      for (const [out, given] of Object.entries(outputs))
        for (const [input, wanted] of Object.entries(inputs)) {
          if (source === target || given.kind !== wanted.kind) continue;
          const ends = { from: { node: source, port: out }, to: { node: target, port: input } };
          const check = checkConnection(inference, ends.from, ends.to);
          if (!check.ok && check.diagnostic.code === 'type-mismatch') yield ends;
        }
}

const offered = new Map<QuickFix['kind'], number>();
const errors = ({ diagnostics }: Inference): number =>
  diagnostics.filter(({ severity }) => severity === 'error').length;

describe('fixes of refused edges', () => {
  it.each(templates)('%s', (file) => {
    const { document } = parseDocument(readFileSync(`public/templates/${file}`, 'utf8'));
    const inference = read(document);
    expect(errors(inference)).toBe(0);
    for (const pending of refusedEdges(inference)) {
      const check = checkConnection(inference, pending.from, pending.to);
      if (check.ok) continue;
      for (const fix of fixesFor(check.diagnostic, inference, pending)) {
        offered.set(fix.kind, (offered.get(fix.kind) ?? 0) + 1);
        const after = produce(document, (draft: LoomDocument) => {
          applyFix(draft, fix, registry, pending);
        });
        const { from, to } = pending;
        const feeds = Object.values(after.edges).filter(
          (e) => e.to.node === to.node && e.to.port === to.port,
        );
        expect(feeds, JSON.stringify(fix)).toHaveLength(1);
        const straight = feeds[0]?.from.node === from.node && feeds[0].from.port === from.port;
        // Nodes put between or another source stand for the edge; every other fix makes room for the edge itself.
        expect(straight, JSON.stringify(fix)).toBe(fix.kind !== 'insert' && fix.kind !== 'connect');
        expect(errors(read(after)), JSON.stringify(fix)).toBe(0);
      }
    }
  });

  it('were of every kind that lost its edge once', () => {
    for (const kind of ['insert', 'connect', 'set-param', 'replace-node'] as const)
      expect(offered.get(kind) ?? 0, kind).toBeGreaterThan(2);
  });
});
