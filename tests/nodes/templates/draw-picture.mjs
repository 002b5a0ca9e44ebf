// Draws the sample picture and mask of the templates: an avataaars avatar (free for personal and commercial use, see
// THIRD_PARTY.md) as a small palette PNG, and a mask of its clothes. Run: node tests/nodes/templates/draw-picture.mjs
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import sharp from 'sharp';
const require = createRequire(new URL('../../../models/training/data/package.json', import.meta.url));
const load = (name) => import(require.resolve(name));
const { avataaars } = await load('@dicebear/collection');
const { createAvatar } = await load('@dicebear/core');
const { Resvg } = await load('@resvg/resvg-js');

const svg = createAvatar(avataaars, {
  seed: 'picture',
  style: ['default'],
  backgroundColor: ['b6e3f4'],
  skinColor: ['edb98a'],
  hairColor: ['724133'],
  clothesColor: ['ff488e'],
  top: ['shortFlat'],
  topProbability: 100,
  clothing: ['hoodie'],
  eyes: ['default'],
  mouth: ['smile'],
  eyebrows: ['default'],
  accessoriesProbability: 0,
  facialHairProbability: 0,
}).toString();
const url = (bytes) => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}\n`;
const write = (name, text) => writeFileSync(fileURLToPath(new URL(name, import.meta.url)), text);
const png = new Resvg(svg, { fitTo: { mode: 'width', value: 256 } }).render().asPng();
write(
  './face-picture.txt',
  url(
    await sharp(png)
      .flatten({ background: '#b6e3f4' })
      .png({ palette: true, colours: 48, effort: 10 })
      .toBuffer(),
  ),
);
// White = draw anew: everything below the chin.
const data = Uint8Array.from({ length: 256 * 256 }, (_, i) => (Math.floor(i / 256) >= 170 ? 255 : 0));
write('./clothes-mask.txt', url(encode({ width: 256, height: 256, channels: 1, depth: 8, data })));
