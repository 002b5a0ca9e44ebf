/** What a snapshot can be saved as: the numbers (safetensors, .npy) and its views as PNG. DOM-free; `loom inspect` writes the same. */
import { encodeRaster } from '../_formats/png/png-image';
import type { Snapshot } from './messages';
import { viewOf, viewsOf, type View } from './views';
import { writeNpy, writeSafetensors, type NamedTensor } from './writers';

export interface SnapshotFile {
  /** e.g. `safetensors`, `npy`, `rgb.png`, `pca-2.png` (element 2 of a batch), `text.txt`. */
  readonly suffix: string;
  readonly mime: string;
  readonly bytes: () => Uint8Array<ArrayBuffer>;
}

/** The view as an 8-bit RGBA PNG. */
export const viewPng = ({ width, height, rgba }: View): Uint8Array<ArrayBuffer> =>
  encodeRaster({ width, height, channels: 4, data: rgba });

/** The arrays of a snapshot by name. */
export function tensorsOf(snapshot: Snapshot): readonly NamedTensor[] {
  switch (snapshot.kind) {
    case 'latent':
    case 'noise':
      // ComfyUI's name for it, so that other programs find it.
      return [{ name: 'latent_tensor', dims: snapshot.dims, data: snapshot.data }];
    case 'image':
    case 'mask':
    case 'semantic-map':
    case 'codes':
      return [{ name: snapshot.kind, dims: snapshot.dims, data: snapshot.data }];
    case 'schedule':
      return [{ name: 'sigmas', dims: [snapshot.sigmas.length], data: snapshot.sigmas }];
    case 'number':
      return [{ name: 'number', dims: [1], data: new Float64Array([snapshot.value]) }];
    case 'conditioning':
      return snapshot.entries.flatMap((entry, index) =>
        entry.parts.flatMap(({ part, dims, context, image, map }) => {
          const data = context ?? image ?? map?.data;
          return data ? [{ name: snapshot.entries.length > 1 ? `${part}.${index}` : part, dims, data }] : [];
        }),
      );
    case 'text':
    case 'facts':
      return [];
  }
}

/** Facts about a snapshot as text, for the metadata of its file. */
function metadataOf(snapshot: Snapshot): Record<string, string> {
  const metadata: Record<string, string> = { kind: snapshot.kind, software: 'Latent Loom' };
  if ('space' in snapshot) metadata['space'] = snapshot.space.space;
  if ('seed' in snapshot) metadata['seed'] = snapshot.seed;
  return metadata;
}

const text = (suffix: string, mime: string, content: string): SnapshotFile => ({
  suffix,
  mime,
  bytes: () => new TextEncoder().encode(content),
});

/** Everything a snapshot can be saved as. Nothing is encoded before `bytes()` is called. */
export function exportsOf(snapshot: Snapshot): readonly SnapshotFile[] {
  if (snapshot.kind === 'text') return [text('txt', 'text/plain', snapshot.text)];
  if (snapshot.kind === 'facts')
    return [text('json', 'application/json', JSON.stringify(snapshot.facts, null, 2))];
  const tensors = tensorsOf(snapshot);
  const batch = 'dims' in snapshot ? (snapshot.dims[0] ?? 1) : 1;
  const pictures = viewsOf(snapshot).flatMap((name) =>
    Array.from({ length: batch }, (_, element): SnapshotFile => ({
      suffix: batch > 1 ? `${name}-${element}.png` : `${name}.png`,
      mime: 'image/png',
      bytes: () => {
        const view = viewOf(snapshot, name, element);
        if (view === undefined) throw new RangeError(`A ${snapshot.kind} has no view ${name}`);
        return viewPng(view);
      },
    })),
  );
  return [
    ...pictures,
    ...(tensors.length === 0
      ? []
      : [
          {
            suffix: 'safetensors',
            mime: 'application/octet-stream',
            bytes: () => writeSafetensors(tensors, metadataOf(snapshot)),
          },
        ]),
    ...tensors.map((tensor) => ({
      suffix: tensors.length > 1 ? `${tensor.name}.npy` : 'npy',
      mime: 'application/octet-stream',
      bytes: () => writeNpy(tensor),
    })),
  ];
}
