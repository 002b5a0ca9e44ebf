/**
 * Measures what the networks of finished packages take, and writes it into their manifests:
 *
 *     npx tsx models/measure-memory.ts models/loom-kl-f8 …
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measuredMemory } from './_build/memory';
import { manifestSchema } from './manifest';

for (const folder of process.argv.slice(2)) {
  const file = join(folder, 'manifest.json');
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const memory = measuredMemory(folder, manifest);
  writeFileSync(file, `${JSON.stringify(manifestSchema.parse({ ...manifest, memory }), null, 2)}\n`);
  process.stdout.write(`${manifest.id}: ${JSON.stringify(memory)}\n`);
}
