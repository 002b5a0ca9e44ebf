import * as fc from 'fast-check';
import { produce } from 'immer';
import { describe, expect, it } from 'vitest';
import { emptyDocument, LoomError, parseDocument, serialise, type LoomDocument } from '@/engine';
import { copyNodes, pasteClip, readClip } from '@/app/_formats/clip';
import { anyDocument } from './documents';

const document = parseDocument({
  format: 'latent-loom',
  version: 1,
  nodes: {
    package: { type: 'model/package', position: { x: 0, y: 0 } },
    prompt: { type: 'conditioning/text', params: { text: '고양이' }, position: { x: 200, y: 100 } },
    unet: { type: 'sampling/unet', position: { x: 400, y: 50 } },
    part: { type: 'graph/instance', params: { definition: 'd' }, position: { x: 0, y: 500 } },
  },
  edges: {
    a: { from: { node: 'package', port: 'conditioner' }, to: { node: 'prompt', port: 'conditioner' } },
    b: { from: { node: 'prompt', port: 'conditioning' }, to: { node: 'unet', port: 'positive' } },
    c: { from: { node: 'package', port: 'unet' }, to: { node: 'unet', port: 'unet' } },
  },
  notes: { n: { text: 'x', position: { x: 1, y: 2 }, size: { width: 10, height: 10 } } },
  definitions: { d: { title: 'D', nodes: {}, edges: {} } },
}).document;

const clip = (text: string) => {
  const found = readClip(text);
  if (!found) throw new Error('not a clip');
  return found;
};
const paste = (into: LoomDocument, text: string, at?: { x: number; y: number }) => {
  let pasted = { nodes: [] as readonly string[] };
  const next = produce(into, (draft) => {
    pasted = pasteClip(draft, clip(text), at ? { at } : {});
  });
  return { next, pasted };
};

const incoming = (doc: LoomDocument, id: string) =>
  Object.values(doc.edges).filter(({ to }) => to.node === id);

describe('copy and paste', () => {
  it('keeps inner wires, renames what is taken, moves to where it was asked', () => {
    const text = copyNodes(document, { nodes: ['prompt', 'unet'], notes: ['n'] });
    const { next, pasted } = paste(document, text, { x: 1000, y: 1000 });
    expect(pasted.nodes).toEqual(['prompt-2', 'unet-2']);
    expect(next.nodes['prompt-2']).toMatchObject({ params: { text: '고양이' } });
    // The note at (1, 2) is the upper left corner.
    expect(next.nodes['prompt-2']?.position).toEqual({ x: 1199, y: 1098 });
    const added = Object.entries(next.edges).filter(([id]) => !(id in document.edges));
    expect(added.map(([, edge]) => edge)).toEqual([
      { from: { node: 'prompt-2', port: 'conditioning' }, to: { node: 'unet-2', port: 'positive' } },
    ]);
    // The original is untouched, byte for byte.
    for (const id of Object.keys(document.nodes)) expect(next.nodes[id]).toEqual(document.nodes[id]);
  });

  it('with incoming wires: from the same nodes here, from namesakes of the same type elsewhere, else not', () => {
    const text = copyNodes(document, { nodes: ['unet'] }, { incoming: true });
    const here = paste(document, text).next;
    expect(incoming(here, 'unet-2').map(({ from }) => from.node)).toEqual(['prompt', 'package']);
    const elsewhere = parseDocument({
      ...emptyDocument(),
      nodes: { package: { type: 'model/package' }, prompt: { type: 'image/load' } },
    }).document;
    expect(incoming(paste(elsewhere, text).next, 'unet').map(({ from }) => from.node)).toEqual(['package']);
    expect(incoming(paste(document, copyNodes(document, { nodes: ['unet'] })).next, 'unet-2')).toEqual([]);
  });

  it('takes the definitions of instances along', () => {
    const text = copyNodes(document, { nodes: ['part'] });
    expect(paste(emptyDocument(), text).next.definitions['d']?.title).toBe('D');
  });

  it('a whole document through the clipboard is equal', () => {
    fc.assert(
      fc.property(anyDocument, (any) => {
        const text = copyNodes(any, {
          nodes: Object.keys(any.nodes),
          groups: Object.keys(any.groups),
          notes: Object.keys(any.notes),
        });
        const { next } = paste({ ...emptyDocument(), meta: any.meta }, text, undefined);
        const moved = produce(any, (draft) => {
          for (const node of Object.values(draft.nodes)) {
            node.position.x += 40;
            node.position.y += 40;
          }
          for (const [id, { from, to }] of Object.entries(any.edges))
            if (!(from.node in any.nodes) || !(to.node in any.nodes)) delete draft.edges[id];
        });
        expect(serialise(next)).toBe(serialise(moved));
      }),
      { numRuns: 200 },
    );
  });

  it('refuses what only looks like nodes', () => {
    expect(readClip('hello')).toBeUndefined();
    expect(readClip('{"format":"latent-loom"}')).toBeUndefined();
    const head = '{"format":"latent-loom-nodes"';
    for (const bad of [
      head,
      `${head},"version":2}`,
      `${head},"version":1}`,
      `${head},"version":1,"document":1,"nodes":[],"edges":{},"groups":{},"notes":{},"definitions":{},"incoming":[]}`,
      `${head},"version":1,"document":1,"nodes":{"__proto__":{"type":"a/b"}},"edges":{},"groups":{},"notes":{},"definitions":{},"incoming":[]}`,
      `${head},"version":1,"document":1,"nodes":{},"edges":{},"groups":{},"notes":{},"definitions":{},"incoming":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    ])
      expect(() => readClip(bad)).toThrow(LoomError);
  });
});
