/** Runs the steps of a gate one after the other, and says what each one said. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs a command in the repository's root.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean; cwd?: string; env?: Record<string, string> }} [options] quiet: the output is returned only
 * @returns {Promise<{ code: number; output: string }>}
 */
export function run(command, args, { quiet = false, cwd = root, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
        if (!quiet) process.stdout.write(chunk);
      });
    child.on('error', (error) => resolve({ code: 127, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A binary of this project's own dependencies. */
export const bin = (name) => `${root}node_modules/.bin/${name}`;

/**
 * Runs named checks in order; prints a line for each and the output of those that fail.
 * @param {readonly { name: string; run: () => Promise<{ ok: boolean; output: string }> }[]} checks
 * @returns {Promise<{ passed: number; failed: number }>}
 */
export async function runChecks(checks) {
  const count = { passed: 0, failed: 0 };
  for (const check of checks) {
    const start = performance.now();
    const { ok, output } = await check.run();
    count[ok ? 'passed' : 'failed'] += 1;
    console.log(
      `${ok ? 'ok  ' : 'FAIL'} ${check.name} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
    );
    if (!ok) console.log(output.trimEnd());
  }
  return count;
}
