/** Packs the library as `npm pack` does and lays it out as `npm install` would, without a network. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a program to its end. @returns exit code and everything it printed */
export function run(command: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { code: status ?? 1, stdout, text: `${stdout}${stderr}${error?.message ?? ''}` };
}

function must(command: string, args: readonly string[], cwd: string): string {
  const { code, stdout, text } = run(command, args, cwd);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${text}`);
  return stdout;
}

const packed = z.tuple([
  z.object({ filename: z.string(), size: z.number(), files: z.array(z.object({ path: z.string() })) }),
]);
const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

/**
 * A folder with the packed package in node_modules, and beside it exactly the dependencies that it declares (those of
 * the repository, linked): what it imports without declaring is not found.
 */
export function installPacked() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'loom-packed-')));
  // `npm pack` runs the build first (`prepack`).
  const [tarball] = packed.parse(
    JSON.parse(must('npm', ['pack', '--json', '--pack-destination', folder], root)),
  );
  const target = join(folder, 'node_modules/latent-loom');
  mkdirSync(target, { recursive: true });
  must('tar', ['-xzf', join(folder, tarball.filename), '-C', target, '--strip-components=1'], folder);
  const { dependencies } = manifest.parse(JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')));
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  return { folder, target, size: tarball.size, files: tarball.files.map(({ path }) => path) };
}
