// node build.mjs OUT CLOTHING [LIMIT [SOURCE]]: builds OUT/{emoji,avatars,clothing} and OUT/sources.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addAvatars } from './avatars.mjs';
import { addClothing } from './clothing.mjs';
import { addEmoji } from './emoji.mjs';
import { Pack } from './pack.mjs';
import sources from './sources.json' with { type: 'json' };

const [out, clothing, limit, only] = process.argv.slice(2);
if (!out || !clothing) throw new Error('usage: node build.mjs OUT CLOTHING_FOLDER [LIMIT|all [SOURCE]]');
const most = limit && limit !== 'all' ? Number(limit) : Infinity;

const builders = { avatars: addAvatars, emoji: addEmoji, clothing: (pack) => addClothing(pack, clothing, most) };
for (const [name, add] of Object.entries(builders)) {
  if (only && only !== name) continue;
  const pack = new Pack(join(out, name));
  await add(pack, most);
  console.log(name, await pack.close());
}
writeFileSync(join(out, 'sources.json'), JSON.stringify(sources, null, 2));
