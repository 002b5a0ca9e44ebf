/**
 * The check on a real GPU: one picture by wasm, WebGPU fp32 and WebGPU fp16,
 * compared with each other. Logs one JSON line per mode, the pictures in
 * pieces (`PNG name i n base64`), and `DONE ok` or `DONE failed` at the end.
 */
import { modes, type Job, type Mode, type Outcome, type Reply } from './protocol';

const query = new URLSearchParams(location.search);
const template = query.get('template') ?? 'text-to-image';
const steps = Number(query.get('steps') ?? 20);
const threads = Number(query.get('threads') ?? 0);
/** dB against wasm, as the issue asks. */
const floors: Partial<Record<Mode, number>> = { 'webgpu-own': 60, 'webgpu-fp32': 35, 'webgpu-fp16': 25 };

const say = (line: string) => {
  // eslint-disable-next-line no-console -- the log is this page's output
  console.log(line);
  document.body.append(Object.assign(document.createElement('pre'), { textContent: line.slice(0, 300) }));
};

function job(mode: Mode): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.addEventListener('message', (event: MessageEvent<Reply>) => {
      worker.terminate();
      if ('outcome' in event.data) resolve(event.data.outcome);
      else reject(new Error(event.data.error));
    });
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage({ mode, template, steps, ...(threads > 0 ? { threads } : {}) } satisfies Job);
  });
}

/** Peak signal-to-noise ratio of pictures in −1…1 (peak 2), dB. */
function psnr(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return 10 * Math.log10(4 / (sum / a.length));
}

function picture(name: string, png: Uint8Array) {
  let binary = '';
  for (const byte of png) binary += String.fromCharCode(byte);
  const text = btoa(binary);
  const size = 1800;
  const pieces = Math.ceil(text.length / size);
  for (let i = 0; i < pieces; i++) say(`PNG ${name} ${i} ${pieces} ${text.slice(i * size, (i + 1) * size)}`);
}

let ok = true;
let reference: Float32Array | undefined;
for (const mode of (query.get('modes')?.split(',') ?? modes) as readonly Mode[]) {
  try {
    const { pixels, png, ...rest } = await job(mode);
    if (mode === 'wasm') reference = pixels;
    const db = reference && mode !== 'wasm' ? psnr(pixels, reference) : undefined;
    const floor = floors[mode];
    if (rest.leaked > 0 || (floor !== undefined && (db === undefined || !(db >= floor)))) ok = false;
    say(JSON.stringify({ template, mode, steps, psnrToWasm: db, ...rest }));
    picture(`${template}-${mode}`, png);
  } catch (thrown) {
    ok = false;
    say(`ERR ${mode} ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
say(`DONE ${ok ? 'ok' : 'failed'}`);
