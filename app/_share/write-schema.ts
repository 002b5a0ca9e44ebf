/** `npx tsx app/_share/write-schema.ts`: writes the JSON Schema that tests compare with the zod schema. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { documentJsonSchema, schemaFile } from './json-schema';

mkdirSync(dirname(schemaFile), { recursive: true });
writeFileSync(schemaFile, documentJsonSchema());
