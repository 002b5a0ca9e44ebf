/**
 * A checkpoint of the true size in the browser: waits for a file in `picker`, an `<input type=file>`, lets a worker open it and draw,
 * logs figures as JSON lines (`MARK name` where a part begins, `DONE ok` or `DONE failed` at the end) and posts what was
 * drawn to the server. Query: `name`, `kernels`, `precision`, `prefer`, `steps`, `side` (see `Job`).
 */
import { z } from 'zod';
import type { Job, Reply } from './protocol';

const query = z
  .object({
    name: z.string().default('result'),
    kernels: z.enum(['own', 'onnxruntime']).default('onnxruntime'),
    precision: z.enum(['auto', 'fp32']).default('auto'),
    prefer: z.enum(['webgpu', 'wasm']).default('webgpu'),
    steps: z.coerce.number().int().default(20),
    side: z.coerce.number().int().default(0),
  })
  .parse(Object.fromEntries(new URLSearchParams(location.search)));

const say = (line: string) => {
  // eslint-disable-next-line no-console -- the log is this page's output
  console.log(line);
};

const picked = new Promise<File>((resolve) => {
  const input = Object.assign(document.createElement('input'), { type: 'file' });
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file) resolve(file);
  });
  // Not in the document: drawing it needs system fonts, which a GPU machine may lack.
  Object.assign(globalThis, { picker: input });
  say('READY');
});

function work(job: Job): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const worker = new Worker('/worker.js', { type: 'module' });
    let posted: Promise<unknown> = Promise.resolve();
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      if ('mark' in data) say(`MARK ${data.mark}`);
      else if ('line' in data) say(JSON.stringify(data.line));
      else if ('values' in data) {
        const body = new Blob([new Float32Array(data.values)]);
        const path = `/results/${job.name}.${data.what}.f32`;
        posted = posted.then(() => fetch(path, { method: 'POST', body }));
      } else
        void posted.then(() => {
          worker.terminate();
          resolve(data.done);
        }, reject);
    });
    worker.postMessage(job);
  });
}

const file = await picked;
say(JSON.stringify({ ...query, file: file.name, bytes: file.size, agent: navigator.userAgent }));
const ok = await work({ file, ...query }).catch((thrown: unknown) => {
  say(`ERR ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
  return false;
});
say(`DONE ${ok ? 'ok' : 'failed'}`);
