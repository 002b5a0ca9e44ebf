/** A LoRA between a model package and everything that the package feeds. */
import { connect, getOwn, type LoomDocument } from '@/engine';
import { addNode } from './edits';
import { registry } from './nodes';
import type { Point } from './view';

const packageType = 'model/package';
const loraType = 'model/lora';
/** What passes through a LoRA, by its ports, which are called as those of a package. */
const passing: ReadonlySet<string> = new Set(['unet', 'conditioner']);

/**
 * The node whose model a LoRA is for: of the `wanted` ones (under the pointer, chosen) the first package or LoRA; else
 * the only package of the graph. Undefined where that is not clear.
 */
export function modelForLora(document: LoomDocument, wanted: readonly string[]): string | undefined {
  const found = wanted.find((id) => {
    const type = getOwn(document.nodes, id)?.type;
    return type === packageType || type === loraType;
  });
  if (found !== undefined) return found;
  const packages = Object.entries(document.nodes).filter(([, { type }]) => type === packageType);
  const [only, ...others] = packages;
  return others.length === 0 ? only?.[0] : undefined;
}

/**
 * Adds a LoRA node. With `model` it stands between that node's U-Net and conditioner and all that they feed, so that
 * one after another makes a row.
 * @returns the id of the new node
 */
export function addLora(
  draft: LoomDocument,
  { lora, model, at }: { readonly lora: string; readonly model?: string | undefined; readonly at: Point },
): string | undefined {
  const definition = registry.get(loraType);
  if (definition === undefined) return undefined;
  const fed = Object.entries(draft.edges).filter(
    ([, { from }]) => from.node === model && passing.has(from.port),
  );
  const node = addNode(draft, definition, at, { lora });
  if (model === undefined) return node;
  for (const [id, { from, to }] of fed) {
    const end = { node: to.node, port: to.port };
    const port = from.port;
    // Dropped first, so that the input is free; its id is of the old way.
    delete draft.edges[id];
    connect(draft, { node, port }, end);
  }
  for (const port of passing) connect(draft, { node: model, port }, { node, port });
  return node;
}
