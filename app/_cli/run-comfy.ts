/** `loom run-comfy`: a graph computed by a ComfyUI server, its pictures written here. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { readIncomingFile } from '@/app/_formats/read-incoming';
import { exportPrompt, exportWorkflow } from '@/app/_interop/comfy/export';
import { connectWith, runOnServer, withSeed } from '@/app/_interop/comfy/server';
import { uploadsOf } from '@/app/_interop/comfy/uploads';
import { LoomError } from '@/engine';

const optionsSchema = z.object({
  server: z.string(),
  out: z.string(),
  seed: z
    .string()
    .regex(/^\d{1,20}$/, 'A seed is a whole number of up to 20 digits.')
    .optional(),
});

/** @returns the exit code: 1 when the server gave no picture */
export async function runComfy(file: string, given: unknown): Promise<number> {
  const parsed = optionsSchema.safeParse(given);
  if (!parsed.success)
    throw new LoomError('invalid-param', parsed.error.issues[0]?.message ?? 'The options are wrong.');
  const { server, out, seed } = parsed.data;
  const bytes = new Uint8Array(await readFile(file));
  const incoming = await readIncomingFile(Object.assign(new Blob([bytes]), { name: basename(file) }));
  if (incoming.kind !== 'document')
    throw new LoomError('invalid-document', `${file} carries no graph.`, { file });
  const { prompt, report } = exportPrompt(incoming.document);
  const left = report.nodes.filter(({ outcome }) => outcome === 'placeholder');
  if (left.length > 0)
    throw new LoomError(
      'unsupported',
      `ComfyUI has no counterpart of ${left.map(({ node, type }) => `${type} (${node ?? ''})`).join(', ')}.`,
      left[0]?.node === undefined ? {} : { node: left[0].node },
    );
  if (typeof WebSocket === 'undefined')
    throw new LoomError('unsupported', 'This Node has no WebSocket.', {}, { fix: 'Use Node 22 or newer.' });
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  try {
    const pictures = await runOnServer(
      {
        address: server,
        fetch,
        connect: connectWith((url) => new WebSocket(url)),
        clientId: crypto.randomUUID(),
      },
      {
        prompt: seed === undefined ? prompt : withSeed(prompt, seed),
        workflow: exportWorkflow(incoming.document).workflow,
        uploads: uploadsOf(incoming.document),
        signal: controller.signal,
        onProgress: ({ node, done, total }) => {
          if (done !== undefined)
            console.error(`${prompt[node]?.class_type ?? node} ${done}/${total ?? '?'}`);
        },
      },
    );
    await mkdir(out, { recursive: true });
    for (const { name, bytes: picture } of pictures) {
      // The server names its files; only the last part of a name is a name here.
      const target = join(out, basename(name.replaceAll('\\', '/')) || 'picture.png');
      await writeFile(target, picture);
      console.log(target);
    }
    return pictures.length === 0 ? 1 : 0;
  } finally {
    process.removeListener('SIGINT', stop);
  }
}
