/** The size that a painted picture is wanted in: what it is connected to says so. */
import type { Inference } from '@/engine';
import type { PictureSize } from '@/nodes/_shared/picture-size';

/**
 * Height and width that the nodes fed by `start` want of it, where they are known; looked for through nodes that
 * hand the same kind on (a feathered mask is as large as the mask). Undefined where nothing says.
 */
export function wantedSize(inference: Inference, start: string): PictureSize | undefined {
  const kinds = new Set(
    Object.values(inference.nodes.get(start)?.definition?.outputs ?? {}).map(({ type }) => type.kind),
  );
  const seen = new Set([start]);
  for (const id of seen)
    for (const { from, to } of inference.graph.outgoing.get(id) ?? []) {
      const source = inference.nodes.get(id)?.outputs[from.port];
      const type = inference.nodes.get(to.node)?.inputs[to.port];
      if (source === undefined || type === undefined || !kinds.has(source.kind)) continue;
      const { height, width } = type.fields;
      if (typeof height === 'number' && typeof width === 'number') return { width, height };
      seen.add(to.node);
    }
  return undefined;
}
