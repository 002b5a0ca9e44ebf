/** Graphs of any size for the canvas: copies of one template side by side. */
import { readFileSync } from 'node:fs';
import { documentSchema, emptyDocument, type LoomDocument } from '@/engine';

const template = documentSchema.parse(
  JSON.parse(readFileSync(new URL('../../../public/templates/text-to-image.json', import.meta.url), 'utf8')),
);
/** What every copy holds: ten nodes. Its painter is left out: a picture being painted is no matter of the canvas. */
const kept = Object.keys(template.nodes).filter((id) => id !== 'map');

/** A document of `size` nodes (a multiple of ten), in a square of copies; the first copy is in the upper left corner. */
export function canvasDocument(size: number): LoomDocument {
  const document = emptyDocument();
  const copies = size / kept.length;
  const columns = Math.ceil(Math.sqrt(copies));
  for (let copy = 0; copy < copies; copy++) {
    const at = { x: (copy % columns) * 2400, y: Math.floor(copy / columns) * 1400 };
    for (const id of kept) {
      const node = template.nodes[id];
      if (node === undefined) continue;
      document.nodes[`${id}-${copy}`] = {
        ...structuredClone(node),
        position: { x: node.position.x + at.x, y: node.position.y + at.y },
      };
    }
    for (const [id, { from, to }] of Object.entries(template.edges))
      if (kept.includes(from.node) && kept.includes(to.node))
        document.edges[`${id}-${copy}`] = {
          from: { node: `${from.node}-${copy}`, port: from.port },
          to: { node: `${to.node}-${copy}`, port: to.port },
        };
  }
  return document;
}
