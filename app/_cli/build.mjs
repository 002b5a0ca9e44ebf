/** `npm run build`: the files that pages fetch, the pages, and the service worker that keeps them. Sends nothing anywhere. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
for (const step of [
  ['app/_cli/assets.mjs'],
  ['node_modules/next/dist/bin/next', 'build'],
  ['app/_offline/build.mjs'],
]) {
  const { status } = spawnSync(process.execPath, step, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
