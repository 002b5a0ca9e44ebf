/** Which nodes of ours make one node of ComfyUI: the mapping table read backwards. */
import { getOwn } from '@/engine/types';
import { definitionOf, type LoomDefinition, type LoomNode } from '@/engine';
import { originOf, type NodeOrigin } from './attach';
import type { Json } from './json';
import { classesOf, comfyClass } from './mapping';
import { isMapping, type ComfyClass, type Mapping, type Params } from './mapping/types';

export type Level = Pick<LoomDefinition, 'nodes' | 'edges' | 'groups' | 'notes'>;

/** Nodes of ours that become one of theirs. */
export interface Cluster {
  /** Our main node. */
  readonly main: string;
  readonly type: string;
  /** Undefined for placeholders and instances. */
  readonly known?: ComfyClass & { readonly becomes: Mapping };
  /** Our nodes by part. */
  readonly parts: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, Params>>;
  readonly origin?: NodeOrigin;
  readonly instance?: string;
}

export interface Wiring {
  /** The wire that ends at a port. */
  readonly into: (node: string, port: string) => { readonly node: string; readonly port: string } | undefined;
}

export function wiringOf(level: Pick<Level, 'edges'>): Wiring {
  const ends = new Map<string, { node: string; port: string }>();
  for (const { from, to } of Object.values(level.edges))
    ends.set(`${to.node}\n${to.port}`, { node: from.node, port: from.port });
  return { into: (node, port) => ends.get(`${node}\n${port}`) };
}

/** A part of a sampler may be drawn by the plain noise node, which has a size of its own. */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  'latent/noise-like': ['latent/noise-like', 'latent/noise'],
};

/** The clusters of a level, and the nodes that none of them holds. */
export function clustersOf(
  level: Level,
  wiring: Wiring,
): { readonly clusters: readonly Cluster[]; readonly left: readonly string[] } {
  const origins = uniqueOrigins(level);
  const held = new Set<string>();
  // A mask fitted to a resized latent belongs to the sampler it was made for.
  for (const [id, { part }] of origins) if (part === 'mask') held.add(id);
  const clusters: Cluster[] = [];
  // Those of several parts first: their parts might stand for nodes of their own.
  const several = (id: string): boolean => {
    const origin = origins.get(id);
    const type = getOwn(level.nodes, id)?.type ?? '';
    return [...(origin ? [comfyClass(origin.type)] : []), ...classesOf(type)].some(
      (known) =>
        known &&
        isMapping(known.becomes) &&
        Object.keys(known.becomes.parts).length > 1 &&
        known.becomes.parts.main === type,
    );
  };
  const mains = Object.entries(level.nodes).toSorted(([a], [b]) => Number(several(b)) - Number(several(a)));
  for (const [id, node] of mains) {
    if (held.has(id)) continue;
    const origin = origins.get(id);
    const main = origin?.part === 'main' ? origin : undefined;
    const instance = definitionOf(node.type);
    if (node.type.startsWith('comfy/') || instance !== undefined) {
      held.add(id);
      clusters.push({
        main: id,
        type:
          main && sameClass(node, main)
            ? main.type
            : node.type.startsWith('comfy/')
              ? node.type.slice(6)
              : (instance ?? ''),
        parts: { main: id },
        params: { main: jsonParams(node) },
        ...(main && { origin: main }),
        ...(instance !== undefined && { instance }),
      });
      continue;
    }
    const first = main && comfyClass(main.type);
    const candidates = [
      ...(first && isMapping(first.becomes) && first.becomes.parts.main === node.type ? [first] : []),
      ...classesOf(node.type),
    ];
    for (const known of candidates) {
      const { becomes } = known;
      if (!isMapping(becomes)) continue;
      const parts = partsOf(id, becomes, level, wiring);
      if (!parts) continue;
      const params = Object.fromEntries(
        Object.entries(parts).map(([part, member]) => [part, jsonParams(getOwn(level.nodes, member))]),
      );
      const fits = known === first || becomes.fits === undefined || becomes.fits(params);
      if (!fits) continue;
      for (const member of Object.values(parts)) held.add(member);
      clusters.push({
        main: id,
        type: known.type,
        known: { ...known, becomes },
        parts,
        params,
        ...(main && { origin: main }),
      });
      break;
    }
  }
  return { clusters, left: Object.keys(level.nodes).filter((id) => !held.has(id)) };
}

/** Whether the node still is what the file's node became. */
const sameClass = (node: LoomNode, origin: NodeOrigin): boolean =>
  node.type.startsWith('comfy/') ? node.type.slice(6) === origin.type.trim() : true;

/** The nodes at the parts' places, found from the main node along the inner wires; undefined when one is missing. */
function partsOf(
  main: string,
  mapping: Mapping,
  level: Level,
  wiring: Wiring,
): Record<string, string> | undefined {
  const parts: Record<string, string> = { main };
  const inner = [...(mapping.inner ?? [])];
  while (inner.length > 0) {
    const at = inner.findIndex(([, to]) => Object.hasOwn(parts, partOf(to)));
    const [wire] = at < 0 ? [] : inner.splice(at, 1);
    if (!wire) return undefined;
    const [from, to] = wire;
    const source = wiring.into(parts[partOf(to)] ?? '', portOf(to));
    const wanted = mapping.parts[partOf(from)] ?? '';
    const type = source && getOwn(level.nodes, source.node)?.type;
    if (!source || type === undefined || source.port !== portOf(from)) return undefined;
    if (!(alternatives[wanted] ?? [wanted]).includes(type)) return undefined;
    parts[partOf(from)] = source.node;
  }
  return parts;
}

export const partOf = (name: string): string => name.slice(0, name.indexOf('.'));
export const portOf = (name: string): string => name.slice(name.indexOf('.') + 1);

/** Where each node came from; a copied node has its original's mark, and only the first keeps it. */
function uniqueOrigins(level: Level): ReadonlyMap<string, NodeOrigin> {
  const seen = new Set<string>();
  const found = new Map<string, NodeOrigin>();
  for (const [id, node] of Object.entries(level.nodes)) {
    const origin = originOf(node);
    const name = origin && `${origin.id}\n${origin.part}`;
    if (!origin || name === undefined || seen.has(name)) continue;
    seen.add(name);
    found.set(id, origin);
  }
  return found;
}

const jsonParams = (node: LoomNode | undefined): Record<string, Json> => ({ ...node?.params });
