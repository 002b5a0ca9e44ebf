/**
 * Numbered document migrations. Frozen once released: they work on plain JSON
 * and import no schema, so that a later change of the schema cannot change them.
 */
import { LoomError } from '../types/error';
import { documentVersion } from './schema';

type Json = Readonly<Record<string, unknown>>;

/** Brings a document of version `from` to `from + 1`. `name` says what changed. */
export interface Migration {
  readonly from: number;
  readonly name: string;
  readonly up: (old: Json) => Json;
}

/** Every released migration, oldest first. Version 1 is the first version, so there is none yet. */
export const migrations: readonly Migration[] = [];

/**
 * Applies all migrations from `version` to the newest. The input is not changed.
 * @throws LoomError `invalid-document` when a migration fails, `internal` when the list has a gap.
 */
export function migrate(
  raw: unknown,
  version: number,
  list: readonly Migration[] = migrations,
  newest: number = documentVersion,
): unknown {
  let current = raw;
  for (let at = version; at < newest; at++) {
    const step = list.find(({ from }) => from === at);
    if (!step) throw new LoomError('internal', `There is no migration from document version ${at}.`);
    if (typeof current !== 'object' || current === null)
      throw new LoomError('invalid-document', 'This is not a Latent Loom graph.');
    try {
      current = { ...step.up(Object.fromEntries(Object.entries(current))), version: at + 1 };
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new LoomError(
        'invalid-document',
        `This graph of document version ${at} could not be brought to ${at + 1} (${step.name}): ${why}.`,
        {},
        { cause: thrown },
      );
    }
  }
  return current;
}
