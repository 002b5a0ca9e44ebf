import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { portKinds } from '@/engine/types';
import { registry } from '@/nodes/registry';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const files = readdirSync(`${root}nodes`, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /^[a-z-]+\/[a-z0-9-]+\.ts$/.test(file) && !file.startsWith('_'),
);
const words = z.record(z.string(), z.string().min(1));
/** Labels of ports that several nodes share stand under `ports`, beside the nodes. */
const { ports: koreanPorts, ...koreanNodes } = z
  .looseObject({ ports: words })
  .parse(JSON.parse(read('app/_i18n/ko/nodes.json')));
const korean = z
  .record(
    z.string(),
    z.strictObject({
      title: z.string().min(1),
      doc: z.string().min(20),
      inputs: words.optional(),
      outputs: words.optional(),
      params: words.optional(),
      options: z.record(z.string(), words).optional(),
      warnings: words.optional(),
    }),
  )
  .parse(koreanNodes);
const ids = registry.all().map(({ id }): string => id);

describe('the registry', () => {
  it('lists every node file, and each node lies in the file of its id', () => {
    expect(files.map((file) => file.slice(0, -3)).toSorted()).toEqual(ids.toSorted());
  });
  it('finds by id, and ids are unique', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(registry.get(id)?.id).toBe(id);
    expect(registry.get('sampling/nothing')).toBeUndefined();
  });
  it('every node is imported by a test', () => {
    const tests = readdirSync(`${root}tests/nodes`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => read(`tests/nodes/${file}`))
      .join('\n');
    expect(ids.filter((id) => !tests.includes(`'@/nodes/${id}'`))).toEqual([]);
  });
});

describe('every node', () => {
  for (const node of registry.all()) {
    it(`${node.id} is documented, has defaults for every parameter, and survives a JSON round trip of them`, () => {
      expect(node.doc.length).toBeGreaterThan(60);
      expect(node.doc).toMatch(/\.$/);
      expect(node.aliases?.length ?? 0).toBeGreaterThanOrEqual(node.category === 'utility' ? 0 : 1);
      expect(node.id.startsWith(`${node.category}/`)).toBe(true);
      const defaults = node.params.parse({});
      expect(node.params.parse(JSON.parse(JSON.stringify(defaults)))).toEqual(defaults);
      for (const [name, field] of Object.entries(node.params.shape)) {
        expect(field.meta()?.label, `${node.id} ${name}`).toBeTruthy();
      }
      for (const port of [...Object.values(node.inputs), ...Object.values(node.outputs)]) {
        expect(portKinds).toContain(port.type.kind);
      }
    });
    it(`${node.id} is translated: title, text, every parameter, every option, every port that has a text`, () => {
      const own = korean[node.id];
      expect(own?.title).toMatch(/[가-힣]|U-Net/);
      expect(own?.doc).toMatch(/[가-힣]/);
      expect(Object.keys(own?.params ?? {}).toSorted()).toEqual(Object.keys(node.params.shape).toSorted());
      for (const side of ['inputs', 'outputs'] as const) {
        const withText = Object.entries(node[side])
          .filter(([, port]) => port.doc !== undefined)
          .map(([name]) => name);
        expect(Object.keys(own?.[side] ?? {})).toEqual(expect.arrayContaining(withText));
        expect(Object.keys(node[side])).toEqual(expect.arrayContaining(Object.keys(own?.[side] ?? {})));
      }
      for (const [name, field] of Object.entries(node.params.shape)) {
        const inner = field instanceof z.ZodDefault ? field.unwrap() : field;
        const options = inner instanceof z.ZodEnum ? inner.options.map(String) : [];
        expect(Object.keys(own?.options?.[name] ?? {}).toSorted(), `${node.id} ${name}`).toEqual(
          options.toSorted(),
        );
      }
    });
  }
  it('every warning of a node is translated, with the same values', () => {
    const placeholders = (text: string): string[] =>
      [...text.matchAll(/\{\w+\}/g)].map(([one]) => one).toSorted();
    for (const { id, warnings = {} } of registry.all()) {
      const own = korean[id]?.warnings ?? {};
      expect(Object.keys(own).toSorted(), id).toEqual(Object.keys(warnings).toSorted());
      for (const [name, { message }] of Object.entries(warnings)) {
        expect([...new Set(placeholders(own[name] ?? ''))], `${id} ${name}`).toEqual([
          ...new Set(placeholders(message)),
        ]);
        expect(own[name]).toMatch(/[가-힣]/);
      }
    }
  });
  it('nothing is translated that is no node', () => {
    expect(Object.keys(korean).filter((id) => !ids.includes(id))).toEqual([]);
    const ports = registry
      .all()
      .flatMap(({ inputs, outputs }) => [...Object.keys(inputs), ...Object.keys(outputs)]);
    expect(Object.keys(koreanPorts).filter((name) => !ports.includes(name))).toEqual([]);
  });
});
