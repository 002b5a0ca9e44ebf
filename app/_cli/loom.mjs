#!/usr/bin/env node
/**
 * `npx loom`. In the repository TypeScript is run as it stands through tsx, so the command line and the editor are
 * one source. The packed package has no sources: there the library's build beside it is run.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// `loom validate GRAPH | head -1`: who reads no further is no error.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

async function load() {
  if (!existsSync(new URL('main.ts', import.meta.url))) return import('../../dist/lib/app/_cli/main.js');
  const { register } = await import('tsx/esm/api');
  // The path alias `@/` is read from our tsconfig, wherever the command is called from.
  register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) });
  return import('./main.ts');
}

const { main } = await load();
process.exitCode = await main(process.argv);
