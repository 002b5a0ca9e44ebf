/** Names that documents give: ids of records, parameters, ports. One schema, so that no door takes what another refuses. */
import { z } from 'zod';

/** Names that mean something else to JavaScript, and that patches of an edit cannot carry. */
export const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);
/** Letters of a name at most. */
export const maxNameLength = 200;

const named = (name: string): boolean => !reservedNames.has(name);

/** The key of any record (a group, note, definition, sweep, parameter, port): any text but a reserved name. */
export const nameSchema = z
  .string()
  .max(maxNameLength, `a name has at most ${maxNameLength} letters`)
  .refine(named, 'this name is reserved: it means something else to JavaScript');

/**
 * The id of a node or edge. `/` divides the steps of a path into sub-graphs, `@` an
 * unknown size from the node that settles it, `#` the parts of an edge.
 */
export const idSchema = nameSchema.regex(/^[^/@#]+$/, 'an id may not be empty or hold “/”, “@” or “#”');
