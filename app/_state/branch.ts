/** "Branch from here": a sampling continued from one of its steps, beside the one it came from. */
import { getOwn } from '@/engine/types';
import type { Draft } from 'immer';
import { connect, freshId, type LoomDocument } from '@/engine';

/** Nodes that depend on a node. */
function descendants(document: Draft<LoomDocument>, id: string): string[] {
  const found = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const { from, to } of Object.values(document.edges))
      if (from.node === next && !found.has(to.node)) {
        found.add(to.node);
        waiting.push(to.node);
      }
  return [...found];
}

/**
 * Adds two samplers below the one given: one that stops after `step` steps and
 * one that goes on from there, with copies of what follows. Returns the id of
 * the latter: its prompt, seed or guidance can be changed without touching the rest.
 */
export function branchFrom(
  draft: Draft<LoomDocument>,
  sampler: string,
  step: number,
  shift: number,
): string | undefined {
  const original = getOwn(draft.nodes, sampler);
  if (original === undefined) return undefined;
  const copies = new Map<string, string>();
  const copy = (id: string, stem: string, params: Record<string, number> = {}): string => {
    const node = getOwn(draft.nodes, id);
    const fresh = freshId(draft.nodes, stem);
    if (node !== undefined)
      draft.nodes[fresh] = {
        ...node,
        params: { ...node.params, ...params },
        position: { x: node.position.x, y: node.position.y + shift },
      };
    return fresh;
  };
  const first = copy(sampler, `${sampler}-until`, { endStep: step });
  const after = descendants(draft, sampler);
  const second = copy(sampler, `${sampler}-branch`);
  const moved = getOwn(draft.nodes, second);
  if (moved !== undefined) moved.position = { x: moved.position.x + 300, y: moved.position.y };
  copies.set(sampler, second);
  for (const id of after) copies.set(id, copy(id, `${id}-branch`));
  for (const id of after) {
    const node = getOwn(draft.nodes, copies.get(id) ?? '');
    if (node !== undefined) node.position = { x: node.position.x + 300, y: node.position.y };
  }
  for (const { from, to } of Object.values(draft.edges)) {
    if (to.node === sampler) {
      connect(draft, from, { node: first, port: to.port });
      if (to.port !== 'latent') connect(draft, from, { node: second, port: to.port });
    }
    const target = after.includes(to.node) ? copies.get(to.node) : undefined;
    if (target !== undefined)
      connect(
        draft,
        { node: copies.get(from.node) ?? from.node, port: from.port },
        { node: target, port: to.port },
      );
  }
  connect(draft, { node: first, port: 'latent' }, { node: second, port: 'latent' });
  return second;
}
