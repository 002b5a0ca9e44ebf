/** Every graph that comes with the editor, through every door and back. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emptyDocument, parseDocument, serialise } from '@/engine';
import { copyNodes, pasteClip } from '@/app/_formats/clip';
import { encodeImage } from '@/app/_formats/png/image';
import { readIncoming } from '@/app/_formats/read-incoming';
import { makeLink } from '@/app/_formats/link/link';
import { embedGraph } from '@/app/_formats/png/png';

const folder = new URL('../../public/templates/', import.meta.url);
const graphs = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'index.json')
  .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
const picture = encodeImage({ dims: [1, 3, 2, 2], data: new Float32Array(12) });

/** The document that a door gives, as text. */
function through(input: string | Uint8Array): string {
  const found = readIncoming(input);
  if (found.kind !== 'document') throw new Error(`a ${found.kind} came out`);
  return serialise(found.document);
}

it('there are graphs to send', () => {
  expect(graphs.length).toBeGreaterThanOrEqual(4);
});

describe.each(graphs)('%s', (_, text) => {
  const { document } = parseDocument(text);
  const canonical = serialise(document);

  it('is equal after file, picture and link', () => {
    expect(through(canonical)).toBe(canonical);
    expect(through(embedGraph(picture, { document, seed: '7' }))).toBe(canonical);
    const link = makeLink(document, 'https://loom.example/');
    // The limit is for graphs with pictures in them, and none of these has one.
    if (!link.ok) throw new Error(`too long for a link: ${link.length}`);
    expect(through(link.url)).toBe(canonical);
  });

  it('is equal after the clipboard, into an empty document at the same place', () => {
    const clip = readIncoming(
      copyNodes(document, {
        nodes: Object.keys(document.nodes),
        groups: Object.keys(document.groups),
        notes: Object.keys(document.notes),
      }),
    );
    if (clip.kind !== 'clip') throw new Error('no clip');
    const things = [document.nodes, document.groups, document.notes].flatMap((each) => Object.values(each));
    const at = {
      x: Math.min(...things.map(({ position }) => position.x)),
      y: Math.min(...things.map(({ position }) => position.y)),
    };
    const pasted = structuredClone(emptyDocument());
    pasteClip(pasted, clip.clip, { at });
    expect(serialise({ ...pasted, meta: document.meta })).toBe(canonical);
  });
});
