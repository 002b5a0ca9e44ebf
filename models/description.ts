/** What follows from a description alone. */
import type { NetworkFiles, NetworkName, PackageDescription } from '@/engine/types';

/** The networks that a package may have, as the memory plan knows them. */
export const networkNames = ['text', 'unet', 'encoder', 'decoder'] as const satisfies readonly NetworkName[];

/** The networks that a package has; of several text encoders the first. */
export function networksOf({
  firstStage,
  unet,
  conditioner,
}: Pick<PackageDescription, 'firstStage' | 'unet' | 'conditioner'>): Partial<
  Record<NetworkName, NetworkFiles>
> {
  const text = conditioner.text?.encoders[0];
  return {
    ...(text && { text: text.network }),
    ...(unet && { unet: unet.network }),
    ...(firstStage.encoder && { encoder: firstStage.encoder }),
    decoder: firstStage.decoder,
  };
}

interface Cells {
  readonly height: number;
  readonly width: number;
}

/** A picture of the package's own size in latent cells; of 256 × 256 pixels without a U-Net that says one. */
export function nativeSize({
  unet,
  latent,
}: {
  readonly unet?: { readonly nativeSize: Cells } | undefined;
  readonly latent: { readonly factor: number; readonly only?: Cells | undefined };
}): Cells {
  const side = 256 / latent.factor;
  return unet?.nativeSize ?? latent.only ?? { height: side, width: side };
}

/** Bytes of all files that the description names. */
export const bytesOf = ({ files }: Pick<PackageDescription, 'files'>): number =>
  Object.values(files).reduce((sum, { size }) => sum + size, 0);

/** How a package is called in errors: ours by id, others by title, as their ids carry a hash. */
export const labelOf = ({ id, title, layout }: Pick<PackageDescription, 'id' | 'title' | 'layout'>): string =>
  layout === 'loom' ? id : title;
