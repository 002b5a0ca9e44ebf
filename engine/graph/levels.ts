/** Finding one's way in a document by the paths that diagnostics use. */
import { definitionOf, type LoomDefinition, type LoomDocument } from '../document/schema';
import { getOwn } from '../types/get-own';

/** The part of a document that a path's last step is looked up in: the document, or a definition. */
export type Level = Pick<LoomDefinition, 'nodes' | 'edges'>;

/** `a/b/c` → the definition of `b`, and `c`. Undefined when a step on the way is no instance. */
export function levelOf(
  document: LoomDocument,
  path: string,
): { readonly level: Level; readonly id: string; readonly prefix: string } | undefined {
  // Documents name their nodes freely: one whose own id has a slash is no path.
  if (Object.hasOwn(document.nodes, path) || Object.hasOwn(document.edges, path))
    return { level: document, id: path, prefix: '' };
  const steps = path.split('/');
  const id = (steps.pop() ?? '').replace(/#\d+$/, '');
  let level: Level = document;
  for (const step of steps) {
    const node = getOwn(level.nodes, step);
    const definition = getOwn(document.definitions, definitionOf(node?.type ?? '') ?? '');
    if (!definition) return undefined;
    level = definition;
  }
  return { level, id, prefix: steps.join('/') };
}
