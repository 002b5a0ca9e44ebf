/**
 * Completes package-lock.json: every package that npm fetches carries its integrity hash. Entries that lack one
 * (written where a registry showed only some platforms' binaries) are left out, and npm looks them up again. Run it
 * after changing dependencies: `node tests/tools/complete-lock.mjs`. `tests/cli/lock.test.ts` holds the lock to it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { root, run } from './steps.mjs';

const file = `${root}package-lock.json`;
const read = () => JSON.parse(readFileSync(file, 'utf8'));
/** What is fetched by itself and could be another file than it was: not links, nor what lies inside another package. */
const unhashed = (lock) =>
  Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.integrity && !entry.link && !entry.inBundle)
    .map(([path]) => path);

const lock = read();
const lacking = unhashed(lock);
const before = { ...lock.packages };
for (const path of lacking) delete lock.packages[path];
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
const { code } = await run('npm', ['install', '--package-lock-only', '--ignore-scripts']);
// An optional binary that this registry does not have: npm ci wants its entry all the same.
const done = read();
for (const path of lacking)
  if (lock.packages[path] === undefined && !done.packages[path] && before[path].optional)
    done.packages[path] = before[path];
const [own, ...rest] = Object.entries(done.packages);
done.packages = Object.fromEntries([own, ...rest.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
writeFileSync(file, `${JSON.stringify(done, null, 2)}\n`);
const left = unhashed(done);
console.log(
  `${lacking.length} looked up again, ${left.length} without a hash${left.length > 0 ? `: ${left.join(', ')}` : ''}`,
);
process.exitCode = code;
