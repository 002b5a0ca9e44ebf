import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { diagnosticCodes, nodeCategories, parseDocument, portKinds } from '@/engine';
import { fieldNames } from '@/engine/types/kinds/kind';
import { commandGroups, commands } from '@/app/_actions/commands';
import { registry } from '@/nodes/registry';
import en from '@/app/_i18n/en/messages.json';
import { localeCodes, locales } from '@/app/_i18n/locales';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every message by its whole key. */
function flat(tree: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof value === 'string') found.set(name, value);
    else if (typeof value === 'object' && value !== null)
      for (const [inner, text] of flat(value, name)) found.set(inner, text);
  }
  return found;
}
const english = flat(en);
/** Every other language: its messages by key, and its labels of ports. */
const others = await Promise.all(
  localeCodes
    .filter((code) => code !== 'en')
    .map(async (code) => ({
      code,
      messages: flat((await locales[code].messages()).default),
      ports: z
        .looseObject({ ports: z.record(z.string(), z.string()) })
        .parse((await locales[code].nodes()).default).ports,
    })),
);

/** All code of the app by file: what strings stand in it, and the fixed parts of its templates. */
const files = readdirSync(`${root}app`, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
  .map((entry) => {
    const text = readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8');
    return {
      name: entry.name,
      text,
      strings: new Set([...text.matchAll(/['"]([\w.-]+)['"]/g)].map((match) => match[1] ?? '')),
      templates: [...text.matchAll(/`([\w.-]*)\$\{[^}]*\}([\w.-]*)/g)]
        .map((match) => ({ start: match[1] ?? '', end: match[2] ?? '' }))
        .filter(({ start, end }) => start !== '' || end !== ''),
    };
  });
const sources = files.map(({ text }) => text).join('\n');

/** Namespaces whose translator is handed to another file, which names the keys. */
const handedTo: Readonly<Record<string, string>> = {
  expression: 'expression-text.ts',
  fixes: 'fix-text.ts',
  status: 'run-store.ts',
};
/** Keys that are ids of something that the code lists. */
const listed: readonly string[] = [
  ...commands.map(({ id }) => `commands.${id}`),
  ...commandGroups.map((group) => `groups.${group}`),
  ...diagnosticCodes.map((code) => `diagnostics.${code}`),
  ...portKinds.map((kind) => `port.kinds.${kind}`),
  ...['kind', ...fieldNames].map((field) => `port.fields.${field}`),
  ...nodeCategories.map((category) => `categories.${category}`),
];

/** Namespaces that hold nothing but such keys. */
const closed = /^(commands|groups|port\.kinds|port\.fields|categories)\./;

/** Whether some file names a key's namespace and the rest of it, whole or as the fixed part of a template. */
function isUsed(key: string): boolean {
  if (listed.includes(key) || closed.test(key)) return listed.includes(key);
  const parts = key.split('.');
  const splits = parts
    .slice(1)
    .map((_, at) => [parts.slice(0, at + 1).join('.'), parts.slice(at + 1).join('.')] as const);
  return files.some(({ name, strings, templates }) => {
    const has = (text: string): boolean =>
      strings.has(text) || templates.some(({ start, end }) => text.startsWith(start) && text.endsWith(end));
    return (
      strings.has(key) ||
      templates.some(({ start }) => start.includes('.') && key.startsWith(start)) ||
      splits.some(([space, rest]) => (strings.has(space) || handedTo[space] === name) && has(rest))
    );
  });
}

/** Names in braces, without those inside plural branches. */
const slots = (text: string): string[] =>
  [...text.matchAll(/\{\s*([A-Za-z]+)\s*[,}]/g)].map((match) => match[1] ?? '').toSorted();

describe('the message catalogues', () => {
  it('are English and at least one more', () => {
    expect(others.length).toBe(localeCodes.length - 1);
    expect(others.length).toBeGreaterThan(0);
  });
  it.each(others)('$code has the keys of English', ({ messages }) => {
    expect([...messages.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });
  it.each(others)('$code has no empty message, and the same values in each', ({ messages }) => {
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe('');
      const other = messages.get(key) ?? '';
      expect(other.trim(), key).not.toBe('');
      expect([...new Set(slots(other))], key).toEqual([...new Set(slots(text))]);
    }
  });
  it('word every command, diagnostic, port kind and category', () => {
    expect(Object.keys(en.commands).toSorted()).toEqual(commands.map(({ id }) => id).toSorted());
    for (const code of diagnosticCodes) expect(english.has(`diagnostics.${code}`), code).toBe(true);
    for (const kind of portKinds) expect(english.has(`port.kinds.${kind}`), kind).toBe(true);
    for (const { category } of registry.all())
      expect(english.has(`categories.${category}`), category).toBe(true);
  });
  it('word every undo step that the code names', () => {
    const steps = [...sources.matchAll(/\bedit\(\s*'([a-z-]+)'/g)].map((match) => match[1] ?? '');
    expect(steps.length).toBeGreaterThan(20);
    for (const step of steps) expect(english.has(`edits.${step}`), step).toBe(true);
  });
  it.each(others)(
    '$code words the titles that templates give their nodes, and every port that is not named after its kind',
    ({ code, ports }) => {
      const entries = z
        .array(
          z.object({
            id: z.string(),
            nodes: z.record(z.string(), z.record(z.string(), z.string())).optional(),
          }),
        )
        .parse(JSON.parse(readFileSync(`${root}public/templates/index.json`, 'utf8')));
      expect(entries.length).toBeGreaterThan(15);
      for (const { id, nodes } of entries) {
        const { document } = parseDocument(readFileSync(`${root}public/templates/${id}.json`, 'utf8'));
        const titled = Object.entries(document.nodes).flatMap(([node, { title }]) =>
          title === undefined ? [] : [node],
        );
        expect(Object.keys(nodes?.[code] ?? {}).toSorted(), id).toEqual(titled.toSorted());
      }
      const named = registry.all().flatMap(({ inputs, outputs }) =>
        Object.entries({ ...inputs, ...outputs })
          .filter(
            ([name, { type }]) => name.length > 1 && type.kind.replaceAll('-', '') !== name.toLowerCase(),
          )
          .map(([name]) => name),
      );
      expect([...new Set(named)].toSorted()).toEqual(Object.keys(ports).toSorted());
    },
  );
  it('have each key that lists in the code ask for', () => {
    expect(listed.filter((key) => !english.has(key))).toEqual([]);
  });
  it('hold nothing that no code uses', () => {
    expect([...english.keys()].filter((key) => !isUsed(key))).toEqual([]);
    // The search itself can fail: a key that nobody names is found.
    for (const key of ['commands.nothing', 'inspect.nothing', 'port.kinds.nothing', 'nothing.title'])
      expect(isUsed(key), key).toBe(false);
  });
});
