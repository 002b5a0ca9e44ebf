/**
 * `npm run build:lib`: the library that `npm pack` packs, in dist/lib. One JavaScript file and one .d.ts a source
 * file, as TypeScript writes them; tsc-alias turns `@/…` into relative paths with their endings, so that plain Node
 * and any bundler can follow them. No weights: a program names its folder of packages.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
rmSync(`${root}dist/lib`, { recursive: true, force: true });
for (const [tool, ...args] of [
  ['typescript/bin/tsc', '-p', 'tsconfig.lib.json'],
  ['tsc-alias/dist/bin/index.js', '-p', 'tsconfig.lib.json', '--resolve-full-paths'],
]) {
  const { status } = spawnSync(process.execPath, [`${root}node_modules/${tool}`, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
