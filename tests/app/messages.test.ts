import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { diagnosticCodes, parseDocument, portKinds } from '@/engine';
import { commands } from '@/app/_actions/commands';
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

/** All code of the app, for keys that are used. */
const sources = readdirSync(`${root}app`, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
  .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
  .join('\n');

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
  it('hold nothing that no code could use', () => {
    // A key is used when its last part stands in the code, whole or as the fixed part of a template.
    const templates = [...sources.matchAll(/`([^`$]*)\$\{/g)].map((match) => match[1] ?? '');
    const endings = [...sources.matchAll(/\}([a-z-]+)`/g)].map((found) => found[1] ?? '');
    const unused = [...english.keys()].filter((key) => {
      const last = key.split('.').at(-1) ?? key;
      if (sources.includes(`'${last}'`) || sources.includes(`.${last}'`) || sources.includes(`"${last}"`))
        return false;
      if (sources.includes(`${last}:`)) return false;
      if (endings.some((ending) => last.endsWith(ending))) return false;
      return (
        !templates.some((start) => {
          const tail = start.split('.').at(-1) ?? '';
          return tail !== '' ? last.startsWith(tail) : start.length > 1 && key.includes(start);
        }) &&
        !/^(port\.(kinds|fields)|categories|commands|edits|errors|diagnostics|status|inspect|share|painter)\./.test(
          key,
        )
      );
    });
    expect(unused).toEqual([]);
  });
});
