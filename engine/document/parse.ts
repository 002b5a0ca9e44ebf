/** Files and messages in: parsed, limited, migrated. */
import { z } from 'zod';
import { LoomError } from '../types/error';
import { measure } from './limits';
import { migrate } from './migrate';
import { checkUnfolding } from './unfolding';
import { definitionOf, documentSchema, documentVersion, type LoomDocument } from './schema';

/** Something a reader of the file should know: it was migrated, or holds what this version does not know. */
export interface DocumentNotice {
  readonly code: 'migrated' | 'unknown-definition';
  readonly message: string;
  readonly path?: string;
}

/** Characters of JSON at most: painted maps are kept in documents as data URLs. */
export const maxCharacters = 64 * 1024 * 1024;

const envelope = z.looseObject({ format: z.literal('latent-loom'), version: z.int().min(1) });

/**
 * A document from JSON text or an already parsed value. The input is not changed.
 * @throws LoomError `invalid-document`, naming the path, for anything that is not one; `too-large` for one that would
 *   become too large, with the number; never another error.
 */
export function parseDocument(input: unknown): {
  document: LoomDocument;
  notices: readonly DocumentNotice[];
} {
  const raw = typeof input === 'string' ? parseJson(input) : input;
  measure(raw);
  const { version } = check(envelope, raw);
  if (version > documentVersion)
    throw new LoomError(
      'invalid-document',
      `This graph was saved by a newer version (document ${version}; this one reads up to ${documentVersion}).`,
      { path: 'version' },
      {
        fix: 'Update Latent Loom and open it again; the file is unchanged.',
        details: { got: version, want: documentVersion },
      },
    );
  const notices: DocumentNotice[] = [];
  const migrated = version < documentVersion ? migrate(raw, version) : raw;
  if (migrated !== raw)
    notices.push({
      code: 'migrated',
      message: `Brought from document version ${version} to ${documentVersion}.`,
    });
  const document = check(documentSchema, migrated);
  checkUnfolding(document);
  for (const [path, { nodes }] of levels(document)) {
    for (const [id, { type }] of Object.entries(nodes)) {
      const definition = definitionOf(type);
      if (definition === undefined || Object.hasOwn(document.definitions, definition)) continue;
      notices.push({
        code: 'unknown-definition',
        path: `${path}nodes.${id}`,
        message: `The node “${id}” is an instance of “${definition}”, which this document does not define. It is kept as it is.`,
      });
    }
  }
  return { document, notices };
}

function parseJson(text: string): unknown {
  if (text.length > maxCharacters)
    throw new LoomError(
      'invalid-document',
      `This file is larger than ${maxCharacters / 1024 / 1024} million characters.`,
    );
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LoomError('invalid-document', `This is not JSON: ${why}.`, {}, { cause: thrown });
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = safely(() => schema.safeParse(value));
  if (result.success) return result.data;
  // Of a name that is refused, why.
  const [first] = result.error.issues;
  const issue = first?.code === 'invalid_key' ? { ...first, message: first.issues[0]?.message ?? '' } : first;
  const path = (issue?.path ?? []).map(String).join('.');
  throw new LoomError(
    'invalid-document',
    `This is not a Latent Loom graph: ${path === '' ? 'the file' : `“${path}”`} is wrong: ${issue?.message ?? 'unknown'}.`,
    { path },
    { details: { issues: result.error.issues.length } },
  );
}

/** A getter or proxy of the caller's that throws only the second time is no error of another kind either. */
function safely<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw new LoomError('invalid-document', 'This value cannot be read.', {}, { cause: thrown });
  }
}

function* levels(document: LoomDocument): Iterable<readonly [string, Pick<LoomDocument, 'nodes' | 'edges'>]> {
  yield ['', document];
  for (const [id, definition] of Object.entries(document.definitions))
    yield [`definitions.${id}.`, definition];
}
