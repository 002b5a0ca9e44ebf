// Clothing photographs (CC0), read from the project's shared folder: images.tar with <image>.webp and labels.csv.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { photoSplit } from './split.mjs';

/** Reads a plain ustar archive: name at 0, size in octal at 124, data in blocks of 512. */
function* tarEntries(buffer) {
  for (let at = 0; at + 512 <= buffer.length;) {
    const name = buffer.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    if (!name) return;
    const size = parseInt(buffer.toString('utf8', at + 124, at + 136), 8);
    yield { name, data: buffer.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

export async function addClothing(pack, folder, limit = Infinity) {
  const [, ...rows] = readFileSync(join(folder, 'labels.csv'), 'utf8').trim().split('\n');
  const labels = new Map(rows.map((row) => row.trim().split(',')).map(([image, label, kids]) => [image, { label, kids: kids === 'true' }]));
  let added = 0;
  for (const { name, data } of tarEntries(readFileSync(join(folder, 'images.tar')))) {
    const id = name.split('/').pop().replace('.webp', '');
    const label = labels.get(id);
    if (!label || added >= limit) continue;
    // Quality 70 halves the upload to the training machine; the first stage's loss is far above its error.
    const webp = await sharp(data).webp({ quality: 70, effort: 5 }).toBuffer();
    const caption = `a photo of ${label.label}${label.kids ? ' for kids' : ''}`;
    pack.add({ id: `clothing/${id}`, class: `clothing:${label.label}`, caption, split: photoSplit(id) }, webp);
    added += 1;
  }
}
