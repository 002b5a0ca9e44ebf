/** The picture that a mask is for: there is no edge between them, but both end at the same nodes. */
import type { Inference } from '@/engine';
import { shownPicture } from '../../_formats/picture/url';

/** Whether a node takes a picture from a file, and which. */
function pictureOf(inference: Inference, id: string): string | undefined {
  const info = inference.nodes.get(id);
  if (!info?.definition || !Object.values(info.definition.outputs).some(({ type }) => type.kind === 'image'))
    return undefined;
  for (const value of Object.values(info.node.params)) {
    const shown = shownPicture(value);
    if (shown !== null) return shown;
  }
  return undefined;
}

/**
 * The data URL of the picture fewest edges away from `start`, edges followed both ways; undefined when there is
 * none. Packages are not passed: they are connected to everything.
 */
export function pictureNear(inference: Inference, start: string): string | undefined {
  const beside = new Map<string, string[]>();
  const link = (from: string, to: string): void => {
    beside.set(from, [...(beside.get(from) ?? []), to]);
  };
  for (const info of inference.nodes.values())
    for (const { node } of Object.values(info.sources)) {
      link(info.id, node);
      link(node, info.id);
    }
  const seen = new Set([start]);
  for (let ring = [start]; ring.length > 0;) {
    ring = ring
      .flatMap((id) => beside.get(id) ?? [])
      .filter((id) => !seen.has(id) && seen.add(id) !== undefined);
    for (const id of ring) {
      const found = pictureOf(inference, id);
      if (found !== undefined) return found;
    }
    ring = ring.filter((id) => inference.nodes.get(id)?.definition?.category !== 'model');
  }
  return undefined;
}
