/**
 * The memory plan of single calls against what they take on wasm, at sizes other than the package's own:
 *
 *     npx tsx tests/bench/memory-sizes.ts [PACKAGE [NETWORK …]]
 *
 * Each call in a process of its own that has loaded this one network, with the product's threads, so
 * that one of a pair of equal lines may differ from the other. Counted with the runtime and the
 * weights, as the plan and the warning before a run do; `call` is without. Linux only.
 */
import { fileURLToPath } from 'node:url';
import { createCatalog } from '@/models';
import { measureCall } from '@/models/_build/memory';
import { createNodeFiles } from '@/models/files-node';
import { memoryNames, networksOf } from '@/models/manifest';
import { readPackage } from '@/models/packages';
import { activationsOf } from '@/engine/plan/memory-network';
import { runtimeBytes } from '@/engine/plan/memory';

const [, , id = 'loom-kl-f8', ...wanted] = process.argv;
const folder = fileURLToPath(new URL('../../models', import.meta.url));
const installed = await readPackage(createNodeFiles(folder), id);
const { latent } = installed.manifest;
const networks = networksOf(installed.manifest);
const facts = createCatalog([installed]).memory?.(id, { kind: 'wasm', precision: 'fp32' });
const names = memoryNames.filter(
  (name) => name !== 'text' && networks[name] && (wanted.length === 0 || wanted.includes(name)),
);

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1).padStart(7);
let worst = 0;
for (const name of names) {
  const known = facts?.[name];
  if (!known) throw new Error(`${id} was not measured: npx tsx models/measure-memory.ts models/${id}`);
  console.log(`${id} ${name}\n  pixels batch     plan    took  ratio   call: plan    took`);
  for (const pixels of [128, 192, 256, 384, 512])
    for (const batch of [1, 2, 4]) {
      const side = pixels / latent.factor;
      const { taken } = measureCall(`${folder}/${id}`, name, { height: side, width: side, batch });
      const call = activationsOf(known, { pictures: batch, cells: side ** 2 });
      const base = runtimeBytes + known.weights;
      const [plan, took] = [base + call, base + taken];
      worst = Math.max(worst, Math.abs(plan / took - 1));
      console.log(
        `${String(pixels).padStart(8)}${String(batch).padStart(6)}  ${mb(plan)} ${mb(took)} ${(plan / took).toFixed(2).padStart(6)}      ${mb(call)} ${mb(taken)}`,
      );
    }
}
console.log(`furthest from 1: ${(worst * 100).toFixed(0)} % (goal 20 %)`);
