import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { documentJsonSchema, schemaFile } from '@/app/_share/json-schema';

it('the published JSON Schema is the zod schema of today (npx tsx app/_share/write-schema.ts)', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(documentJsonSchema());
});

it('describes what a document must have', () => {
  const schema: unknown = JSON.parse(documentJsonSchema());
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    required: ['format', 'version'],
    properties: { format: { const: 'latent-loom' }, nodes: { type: 'object' }, edges: { type: 'object' } },
  });
});
