/**
 * `npm run test:fast`: what answers within a minute on two cores, while you work. Left out are files that take more
 * than about six seconds: those that compute with real weights, start programs or browsers, or search long. `npm test`
 * runs all.
 */
import { configDefaults, mergeConfig } from 'vitest/config';
import all from './vitest.config';

const slow = [
  'tests/browser/**',
  'tests/cli/**',
  'tests/e2e/**',
  'tests/library/**',
  'tests/engine/fuzz.test.ts',
  'tests/engine/network/loom.test.ts',
  'tests/formats/hostile.test.ts',
  'tests/formats/link.test.ts',
  'tests/models/memory.test.ts',
  'tests/models/sizes.test.ts',
  'tests/models/source.test.ts',
  'tests/nodes/quick-fixes.test.ts',
];
export default mergeConfig(all, { test: { exclude: [...configDefaults.exclude, ...slow] } });
