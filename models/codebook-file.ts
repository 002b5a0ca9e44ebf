/** A VQ package's codebook, wherever the package keeps it. */
import { fromHalf, LoomError, type LoadOptions } from '@/engine/types';
import type { Loading } from './loading';
import { floatsOf, readSafetensors } from './safetensors';

/** [entries, channels] in the encoder's units; undefined for a KL first stage. Throws `package-invalid`. */
export async function readCodebook(
  { description, files }: Loading,
  load: LoadOptions,
): Promise<Float32Array | undefined> {
  const { firstStage, id, latent } = description;
  const { codebook } = firstStage;
  if (codebook === undefined) return undefined;
  if (codebook.from.kind === 'slice') {
    const { file: path, offset, bytes, type } = codebook.from;
    const { buffer } = new Uint8Array(await files.slice(path, offset, offset + bytes, load.signal));
    return type === 'float32' ? new Float32Array(buffer) : fromHalf(new Uint16Array(buffer));
  }
  const name = `${id}/${codebook.from.file}`;
  const [file = new Uint8Array()] = await files.load([codebook.from.file], load);
  const { values, shape } = floatsOf(readSafetensors(file, name), 'vectors', name);
  if (shape[0] !== codebook.entries || shape[1] !== latent.channels)
    throw new LoomError('package-invalid', `${name} is not [${codebook.entries}, ${latent.channels}].`, {
      file: name,
    });
  return values;
}
