#!/usr/bin/env node
/** `npx loom`: TypeScript is run as it stands through tsx, so the command line and the editor are one source. */
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

// The path alias `@/` is read from our tsconfig, wherever the command is called from.
register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) });
// `loom validate GRAPH | head -1`: who reads no further is no error.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv);
