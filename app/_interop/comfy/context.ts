/**
 * What ComfyUI knows at run time and our nodes are told by a wire: the U-Net an empty latent is for, the
 * latent a noise is for, the mask that travels with a latent. Found by walking the graph.
 */
import { isMapping } from './mapping/types';
import type { ReadLevel, ReadNode, Source } from './read-level';

/** Nodes after which a mask no longer has the latent's size. */
const resizing = new Set(['LatentUpscale', 'LatentUpscaleBy', 'LatentCrop', 'LatentRotate']);

export interface LevelContext {
  /** Where the U-Net comes from that samples what this node makes; undefined when none is found. */
  readonly unetFor: (id: string) => Source | undefined;
  /** Where the latent comes from that is sampled with this noise. */
  readonly latentFor: (id: string) => Source | undefined;
  /** The node and slot whose latent brings a mask, seen from a latent's source; `resized` when it was resized since. */
  readonly maskOf: (
    source: Source | undefined,
  ) => { readonly node: ReadNode; readonly slot: number; readonly resized: boolean } | undefined;
}

export function contextOf({ nodes }: ReadLevel): LevelContext {
  const consumers = new Map<string, ReadNode[]>();
  for (const node of nodes.values())
    for (const { source } of node.sockets) {
      if (source?.kind !== 'output') continue;
      const list = consumers.get(source.node);
      if (list) list.push(node);
      else consumers.set(source.node, [node]);
    }
  /** The first node downstream for which `find` gives something, nearest first. */
  const downstream = (id: string, find: (node: ReadNode) => Source | undefined): Source | undefined => {
    const seen = new Set([id]);
    let front = [id];
    while (front.length > 0) {
      const next: string[] = [];
      for (const at of front)
        for (const node of consumers.get(at) ?? []) {
          if (seen.has(node.id)) continue;
          seen.add(node.id);
          const found = find(node);
          if (found) return found;
          next.push(node.id);
        }
      front = next;
    }
    return undefined;
  };
  const socket = (node: ReadNode | undefined, name: string): Source | undefined =>
    node?.sockets.find((entry) => entry.name === name)?.source;
  const modelOf = (node: ReadNode): Source | undefined => {
    const own = socket(node, 'model');
    if (own) return own;
    const guider = socket(node, 'guider');
    return guider?.kind === 'output' ? socket(nodes.get(guider.node), 'model') : undefined;
  };
  let anyModel: Source | undefined;
  for (const node of nodes.values()) {
    const slot = node.known?.outputs.indexOf('MODEL') ?? -1;
    if (slot < 0) continue;
    anyModel = { kind: 'output', node: node.id, slot };
    break;
  }

  return {
    unetFor: (id) => downstream(id, modelOf) ?? anyModel,
    latentFor: (id) => downstream(id, (node) => socket(node, 'latent_image')),
    maskOf(from) {
      let source = from;
      let resized = false;
      for (const seen = new Set<string>(); source?.kind === 'output' && !seen.has(source.node);) {
        seen.add(source.node);
        const node = nodes.get(source.node);
        if (!node?.known || !isMapping(node.known.becomes)) return undefined;
        if (node.mode === 'active' && node.known.becomes.masks?.[source.slot] !== undefined)
          return { node, slot: source.slot, resized };
        if (resizing.has(node.type) && node.mode === 'active') resized = true;
        source = node.sockets.find(({ name }) => node.known?.inputs[name] === 'LATENT')?.source;
      }
      return undefined;
    },
  };
}
