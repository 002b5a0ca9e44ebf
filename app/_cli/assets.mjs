/** Before `next build` and `next dev`: files into public/. LOOM_TEST_PACKAGES=1 adds the packages of tests/fixtures. */
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';
import { buildDecoder } from './decoder.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
register({ tsconfig: `${root}tsconfig.json` });
const { copyAssets } = await import('./copy-assets.ts');
copyAssets(root, { tests: process.env.LOOM_TEST_PACKAGES === '1' });
await buildDecoder(`${root}public/vips/decode.js`);
