// Emoji in four styles, with names and keywords. Flags, keycaps, letters and skin-tone variants are left out.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { IMAGE_SIZE, MAP_SIZE } from './pack.mjs';
import { emojiSplit } from './split.mjs';

const require = createRequire(import.meta.url);
const json = (specifier) => JSON.parse(readFileSync(require.resolve(specifier), 'utf8'));

/** Semantic-map labels used here (the whole table is in sources.json). */
const BACKGROUND = 1;
const SILHOUETTE = 9;
/** Emoji are drawn at 236 of 256 pixels, on white: some styles fill their box to the edge. */
const DRAWN = 236;

const LEFT_OUT_GROUPS = new Set(['flags', 'component']);
const LEFT_OUT_SUBGROUPS = new Set(['keycap', 'alphanum']);

/** Code points without the variation selector, lower case: the key all four sources agree on. */
const codePoints = (hex) => hex.toLowerCase().split('-').filter((point) => point !== 'fe0f').join('-');

function iconifySource(name) {
  const icons = json(`@iconify-json/${name}/icons.json`);
  const characters = Object.entries(json(`@iconify-json/${name}/chars.json`));
  const byCodePoints = new Map(characters.map(([hex, icon]) => [codePoints(hex), icon]));
  return (key) => {
    const icon = byCodePoints.get(key);
    if (!icon) return null;
    const { body, width, height } = { width: icons.width, height: icons.height, ...resolveIcon(icons, icon) };
    return Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${2 * DRAWN}" height="${2 * DRAWN}" viewBox="0 0 ${width} ${height}">${body}</svg>`,
    );
  };
}

/** Iconify stores some icons as aliases of others. */
function resolveIcon(icons, name) {
  return icons.icons[name] ?? resolveIcon(icons, icons.aliases[name].parent);
}

function fluent3dSource() {
  const folder = join(dirname(require.resolve('@lobehub/fluent-emoji-3d/package.json')), 'assets');
  const files = new Map();
  // A few code points exist twice, with and without the variation selector: the first name in order wins.
  for (const file of readdirSync(folder).sort()) {
    const key = codePoints(file.replace('.webp', ''));
    if (!files.has(key)) files.set(key, join(folder, file));
  }
  return (key) => (files.has(key) && existsSync(files.get(key)) ? readFileSync(files.get(key)) : null);
}

/** Style word in captions -> function from code points to image bytes. */
const STYLES = {
  '3D': fluent3dSource(),
  flat: iconifySource('fluent-emoji-flat'),
  noto: iconifySource('noto'),
  twemoji: iconifySource('twemoji'),
};

function concepts() {
  const { groups, subgroups } = json('emojibase-data/meta/groups.json');
  return json('emojibase-data/en/data.json')
    .filter((entry) => entry.group !== undefined)
    .map((entry) => ({
      concept: entry.label.toLowerCase().replaceAll(':', ',').replaceAll('“', '').replaceAll('”', ''),
      key: codePoints(entry.hexcode),
      group: groups[entry.group],
      subgroup: subgroups[entry.subgroup],
      tags: entry.tags ?? [],
    }))
    .filter(({ group, subgroup }) => !LEFT_OUT_GROUPS.has(group) && !LEFT_OUT_SUBGROUPS.has(subgroup));
}

async function draw(source) {
  const margin = (IMAGE_SIZE - DRAWN) / 2;
  const rgba = await sharp(source) // librsvg: resvg gives up on some of Noto's gradients
    .resize(DRAWN, DRAWN, { fit: 'contain', background: '#0000' })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: '#0000' })
    .png()
    .toBuffer();
  const webp = await sharp(rgba).flatten({ background: '#fff' }).webp({ quality: 82 }).toBuffer();
  const alpha = await sharp(rgba).extractChannel('alpha').resize(MAP_SIZE, MAP_SIZE).raw().toBuffer();
  return { webp, map: Buffer.from(alpha.map((value) => (value > 127 ? SILHOUETTE : BACKGROUND))) };
}

export async function addEmoji(pack, limit = Infinity) {
  let drawn = 0;
  for (const { concept, key, group, tags } of concepts()) {
    const sources = Object.entries(STYLES).map(([style, source]) => ({ style, image: source(key) })).filter(({ image }) => image);
    if (drawn >= limit) return;
    const results = await Promise.all(sources.map(({ image }) => draw(image)));
    for (const [i, { style }] of sources.entries()) {
      const split = emojiSplit(concept, style);
      const caption = `a ${style} emoji of ${concept}`;
      pack.add({ id: `emoji/${style}/${key}`, class: `emoji:${group}`, caption, concept, style, tags, split }, results[i].webp, results[i].map);
    }
    drawn += sources.length;
  }
}
