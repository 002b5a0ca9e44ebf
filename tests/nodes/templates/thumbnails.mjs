/**
 * Pictures of the gallery, each drawn by its own template through the command line (about half an hour on 2 cores).
 * node tests/nodes/templates/thumbnails.mjs [--from FOLDER] [ID …]
 *   --from: pictures that were drawn already, FOLDER/ID.png
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, 'public/templates');
const { values, positionals } = parseArgs({ options: { from: { type: 'string' } }, allowPositionals: true });
const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
const made = values.from ?? mkdtempSync(join(tmpdir(), 'thumbnails-'));

for (const entry of index) {
  if (positionals.length > 0 && !positionals.includes(entry.id)) continue;
  const picture = join(made, `${entry.id}.png`);
  if (values.from === undefined)
    execFileSync('npx', ['loom', 'run', join(folder, `${entry.id}.json`), '--out', picture], {
      cwd: root,
      stdio: 'inherit',
    });
  if (!existsSync(picture)) {
    console.error(`no picture of ${entry.id}`);
    process.exitCode = 1;
    continue;
  }
  // The whole picture on a card of 16 : 10, on the colour of its own corner.
  const { data } = await sharp(picture)
    .removeAlpha()
    .extract({ left: 0, top: 0, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [r = 255, g = 255, b = 255] = data;
  await sharp(picture)
    .removeAlpha()
    .resize(400, 250, { fit: 'contain', background: { r, g, b } })
    .jpeg({ quality: 80 })
    .toFile(join(folder, `${entry.id}.jpg`));
  entry.picture = true;
}
writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
