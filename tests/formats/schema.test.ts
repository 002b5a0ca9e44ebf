import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { documentJsonSchema, schemaFile } from '@/app/_formats/json-schema';

const published = fileURLToPath(new URL(`../../${schemaFile}`, import.meta.url));

it('the published JSON Schema is the zod schema of today (npx vitest run tests/formats/schema.test.ts -u writes it)', async () => {
  expect(existsSync(published)).toBe(true);
  await expect(documentJsonSchema()).toMatchFileSnapshot(published);
});

it('describes what a document must have', () => {
  const schema: unknown = JSON.parse(documentJsonSchema());
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    required: ['format', 'version'],
    properties: { format: { const: 'latent-loom' }, nodes: { type: 'object' }, edges: { type: 'object' } },
  });
});
