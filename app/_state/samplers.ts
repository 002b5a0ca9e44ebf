/** Which nodes sample: they turn a denoiser into a latent. By their ports, not by their ids. */
import { getOwn } from '@/engine/types';
import type { LoomDocument } from '@/engine';
import { registry } from './nodes';

const typeOf = (document: LoomDocument, id: string) => registry.get(getOwn(document.nodes, id)?.type ?? '');

function isSampler(document: LoomDocument, id: string): boolean {
  const definition = typeOf(document, id);
  return (
    definition !== undefined &&
    Object.values(definition.inputs).some((port) => port.type.kind === 'denoiser') &&
    Object.values(definition.outputs).some((port) => port.type.kind === 'latent')
  );
}

/** The first sampler among some nodes, or of the whole document. */
export const samplerAmong = (
  document: LoomDocument,
  ids: Iterable<string> = Object.keys(document.nodes),
): string | undefined => [...ids].find((id) => isSampler(document, id));

/** The sampler whose latent this node puts out or works on: itself, or the nearest one up the edges that carry latents. */
export function samplerBehind(document: LoomDocument, id: string): string | undefined {
  const seen = new Set([id]);
  for (const node of seen) {
    if (isSampler(document, node)) return node;
    for (const { from, to } of Object.values(document.edges))
      if (to.node === node && typeOf(document, from.node)?.outputs[from.port]?.type.kind === 'latent')
        seen.add(from.node);
  }
  return undefined;
}
