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
  // Several results are numbered: the first two stand side by side.
  const pictures = [picture, ...[1, 2].map((n) => picture.replace('.png', `-${n}.png`))].filter((file) =>
    existsSync(file),
  );
  if (pictures.length === 0) {
    console.error(`no picture of ${entry.id}`);
    process.exitCode = 1;
    continue;
  }
  const whole = await sideBySide(pictures.slice(0, 2));
  // The whole picture on a card of 16 : 10, on its own background: the colour near its corner.
  const [r = 255, g = 255, b = 255] = await sharp(whole)
    .extract({ left: 6, top: 6, width: 1, height: 1 })
    .raw()
    .toBuffer();
  await sharp(whole)
    .resize(400, 250, { fit: 'contain', background: { r, g, b } })
    .jpeg({ quality: 80 })
    .toFile(join(folder, `${entry.id}.jpg`));
  entry.picture = true;
}
writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);

/** One PNG of pictures of one height. */
async function sideBySide(files) {
  const [first] = files;
  const { width, height } = await sharp(first).metadata();
  if (files.length === 1) return await sharp(first).removeAlpha().png().toBuffer();
  return await sharp({
    create: { width: files.length * width, height, channels: 3, background: 'white' },
  })
    .composite(files.map((input, n) => ({ input, left: n * width, top: 0 })))
    .png()
    .toBuffer();
}
