/** Every package that npm fetches is held to a hash, so that a registry cannot hand out another one. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      inBundle: z.boolean().optional(),
    }),
  ),
});

it('every locked package but one carries its integrity hash', () => {
  const { packages } = lockSchema.parse(
    JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')),
  );
  const lacking = Object.entries(packages)
    .filter(([path, { integrity, link, inBundle }]) => path !== '' && !integrity && !link && !inBundle)
    .map(([path]) => path);
  // A git hook's binary for Android, which the registry that wrote this lock does not have.
  expect(lacking).toEqual(['node_modules/lefthook-android-arm64']);
});
