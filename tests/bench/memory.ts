/**
 * The memory plan against what a run takes on wasm, for every template, each in a process of its own:
 *
 *     npx tsx tests/bench/memory.ts [TEMPLATE …]
 *
 * `wasm` is the linear memory touched: what the device must have, 4 GiB at most. `all` is the growth
 * of the resident set at its highest, with the collector made to run at every report, over a process
 * that has run a network before: what the machine must have. Linux only.
 *
 * glibc keeps freed blocks for later: how much depends on what was freed before, and it came to 40 MB
 * in these runs (a browser's allocator is another). It is told to give them back.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** V8 lets its young generation grow to 50 MB and gives it back when it likes, which would hide as much: it gets none to give back. */
const steadyHeap = ['--no-memory-reducer', '--max-semi-space-size=1'];
const giveBack = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '65536' };
const schema = z.object({
  status: z.string(),
  failed: z.array(z.string()),
  peak: z.number(),
  onDevice: z.number(),
  complete: z.boolean(),
  measuredOnDevice: z.number(),
  measuredPeak: z.number(),
});

const named = process.argv.slice(2);
const templates = readdirSync(`${root}public/templates`)
  .filter((file) => file.endsWith('.json') && file !== 'index.json')
  .map((file) => file.slice(0, -5))
  .filter((name) => named.length === 0 || named.includes(name));
const mb = (bytes: number): string => (bytes / 1e6).toFixed(0).padStart(6);
const ratio = (estimate: number, measured: number): string => (estimate / measured).toFixed(2).padStart(6);

console.log('template              wasm: plan   took  ratio   all: plan   took  ratio');
let worst = 0;
for (const template of templates) {
  const run = [...steadyHeap, '--expose-gc', '--import', 'tsx', `${root}tests/bench/memory-run.ts`];
  const text = execFileSync(process.execPath, [...run, `${root}public/templates/${template}.json`, '1'], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, ...giveBack },
  });
  const { status, failed, peak, onDevice, measuredOnDevice, measuredPeak, complete } = schema.parse(
    JSON.parse(text.trim().split('\n').at(-1) ?? ''),
  );
  for (const r of [onDevice / measuredOnDevice, peak / measuredPeak])
    worst = Math.max(worst, Math.abs(r - 1));
  console.log(
    `${template.padEnd(22)}${mb(onDevice)} MB ${mb(measuredOnDevice)} ${ratio(onDevice, measuredOnDevice)}   ${mb(peak)} MB ${mb(measuredPeak)} ${ratio(peak, measuredPeak)}${complete ? '' : '  sizes not all known'}${status === 'finished' ? '' : `  ${status}: ${failed.join('; ')}`}`,
  );
}
console.log(`furthest from 1: ${(worst * 100).toFixed(0)} % (goal 20 %)`);
