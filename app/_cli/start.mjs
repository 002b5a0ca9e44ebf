/**
 * `npm start`: builds the editor when it is missing or older than its sources,
 * then serves it at http://localhost:3000. PORT is honoured, and HOST: without it only this machine is served.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join, relative } from 'node:path';

const root = fileURLToPath(new URL('../../', import.meta.url));
const stamp = join(root, '.next', 'latent-loom.sources');
const sources = ['app', 'nodes', 'engine', 'models', 'public', 'package-lock.json', 'next.config.js'];
// Not sources: the Python that trains, and what the build itself copies into public/.
const left = new Set([
  'models/training',
  'public/models',
  'public/ort',
  'public/vips',
  'public/vendor',
  'public/sw.js',
  'app/_cli',
]);

/** Names, sizes and times of everything the build reads. */
function fingerprint() {
  const hash = createHash('sha256');
  const walk = (path) => {
    const name = relative(root, path);
    if (left.has(name)) return;
    const info = statSync(path);
    if (info.isDirectory()) for (const entry of readdirSync(path).toSorted()) walk(join(path, entry));
    else hash.update(`${name}\0${info.size}\0${info.mtimeMs}\n`);
  };
  for (const source of sources) if (existsSync(join(root, source))) walk(join(root, source));
  return hash.digest('hex');
}

function run(command, args) {
  return new Promise((resolve) => {
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 0));
  });
}

const now = fingerprint();
const built =
  existsSync(stamp) && existsSync(join(root, '.next', 'BUILD_ID')) && readFileSync(stamp, 'utf8') === now;
if (!built) {
  console.log('Building the editor (once, about a minute) …');
  const code = await run('npm', ['run', '--silent', 'build']);
  if (code !== 0) process.exit(code);
  writeFileSync(stamp, now);
}
const port = process.env.PORT ?? '3000';
console.log(`Latent Loom: http://${process.env.HOST ?? 'localhost'}:${port}`);
process.exitCode = await run(process.execPath, [join(root, 'app', '_cli', 'serve.mjs')]);
