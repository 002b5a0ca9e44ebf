/** The document's JSON Schema, for editors and other programs: generated from the zod schema, never written by hand. */
import { z } from 'zod';
import { documentSchema } from '@/engine/document/schema';

/** Where it is served and kept. */
export const schemaFile = 'public/schema/latent-loom.schema.json';

/** The schema of what a file may hold (defaults may be left out), JSON Schema 2020-12, as text. */
export function documentJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(documentSchema, { io: 'input', target: 'draft-2020-12' });
  const titled = {
    $schema,
    $id: 'latent-loom.schema.json',
    title: 'Latent Loom graph',
    description:
      'A graph of latent diffusion: nodes, wires, frames, notes and sub-graph definitions, records by id. Unknown fields are kept.',
    ...schema,
  };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
