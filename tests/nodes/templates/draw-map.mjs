// Draws the default semantic map of the map templates: one avataaars avatar with every part in a key colour
// (as models/training/data/avatars.mjs does for the training maps), 64×64 labels, written as a 256×256 indexed PNG.
// Run: node tests/nodes/templates/draw-map.mjs > tests/nodes/templates/face-map.txt   (a data URL)
import { createRequire } from 'node:module';
import { encode } from 'fast-png';
const require = createRequire(new URL('../../../models/training/data/package.json', import.meta.url));
const load = (name) => import(require.resolve(name));
const { avataaars } = await load('@dicebear/collection');
const { createAvatar } = await load('@dicebear/core');
const { Resvg } = await load('@resvg/resvg-js');

const KEYS = {
  background: '0000ff',
  skin: 'ff0000',
  hair: '00ff00',
  clothes: 'ff00ff',
  hat: '00ffff',
  facial: 'ffff00',
  glasses: 'ff8000',
};
const LABELS = Object.fromEntries(Object.values(KEYS).map((key, i) => [key, i + 1]));
const rgb = (hex) => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
const svg = createAvatar(avataaars, {
  seed: 'map',
  style: ['default'],
  backgroundColor: [KEYS.background],
  skinColor: [KEYS.skin],
  hairColor: [KEYS.hair],
  clothesColor: [KEYS.clothes],
  hatColor: [KEYS.hat],
  facialHairColor: [KEYS.facial],
  accessoriesColor: [KEYS.glasses],
  top: [process.argv[2] ?? 'straight02'],
  topProbability: 100,
  clothing: ['hoodie'],
  eyes: ['happy'],
  mouth: ['smile'],
  eyebrows: ['default'],
  accessoriesProbability: 0,
  facialHairProbability: 0,
}).toString();
const SIZE = 64,
  SCALE = 4;
const { pixels } = new Resvg(svg, { fitTo: { mode: 'width', value: SIZE } }).render();
const label = (i) => {
  let best = 8,
    nearest = 110 * 110;
  for (const [key, value] of Object.entries(LABELS)) {
    const distance = rgb(key).reduce((sum, c, k) => sum + (pixels[i * 4 + k] - c) ** 2, 0);
    if (distance < nearest) [nearest, best] = [distance, value];
  }
  return best === LABELS[KEYS.glasses] ? 3 : best; // no glasses are worn: such a pixel is an anti-aliased edge of the hair
};
const side = SIZE * SCALE;
const data = Uint8Array.from({ length: side * side }, (_, i) =>
  label(Math.floor(Math.floor(i / side) / SCALE) * SIZE + Math.floor((i % side) / SCALE)),
);
// The palette of models' label sets is not needed to read it back; these colours only make the file viewable.
const palette = [
  '000000',
  '7fb2ff',
  'e8a87c',
  '6b3f1d',
  'd94f70',
  '2aa198',
  'b58900',
  'ff8000',
  '333333',
  'ffd400',
].map(rgb);
const png = encode({ width: side, height: side, data, depth: 8, channels: 1, palette });
process.stdout.write(`data:image/png;base64,${Buffer.from(png).toString('base64')}\n`);
