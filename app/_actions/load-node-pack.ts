/** Takes a node pack that the person picked: its nodes are known to the page and to the worker from then on. */
import { LoomError, type NodePack } from '@/engine';
import { loadPack } from '../_packs/load-pack';
import { addPack } from '../_state/nodes';
import { loadPackInWorker } from '../_state/run-control';

/** Text beyond this is no pack that anybody wrote. */
const maxBytes = 5_000_000;

/**
 * Runs the file's code in the page and in the worker; ask only after the person was warned.
 * @throws LoomError `too-large`, or `bad-input` saying what is wrong with it; nothing is added then
 */
export async function loadNodePack(file: File): Promise<NodePack> {
  if (file.size > maxBytes)
    throw new LoomError(
      'too-large',
      `${file.name} is too large for a node pack.`,
      { file: file.name },
      { details: { size: file.size, limit: maxBytes } },
    );
  const source = await file.text();
  const pack = await loadPack(source, file.name);
  await loadPackInWorker({ file: file.name, source });
  addPack({ pack, file: file.name, source });
  return pack;
}
