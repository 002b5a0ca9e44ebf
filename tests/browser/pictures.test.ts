/** The page and the command line see the same pixels of every picture of the corpus. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codec } from '@/app/_cli/codec';
import { toLoomError } from '@/engine/types';
import { withPage } from './serve';

const folder = new URL('../fixtures/pictures/', import.meta.url).pathname;
const names = readdirSync(folder).toSorted();

const resultSchema = z.union([
  z.object({ name: z.string(), width: z.int(), height: z.int(), pixels: z.string() }),
  z.object({ name: z.string(), code: z.string(), message: z.string() }),
]);

async function onNode(name: string): Promise<z.output<typeof resultSchema>> {
  try {
    const { width, height, rgba } = await codec.decode(new Uint8Array(readFileSync(`${folder}${name}`)));
    return { name, width, height, pixels: createHash('sha256').update(rgba).digest('hex') };
  } catch (thrown) {
    const { code, message } = toLoomError(thrown);
    return { name, code, message };
  }
}

describe('a picture decoded in Chromium', () => {
  const onPage = new Map<string, z.output<typeof resultSchema>>();
  beforeAll(async () => {
    const results = await withPage('tests/browser/pictures-page.ts', async (page) => {
      await page.waitForFunction(() => 'decodeAll' in globalThis);
      return z
        .array(resultSchema)
        .parse(
          await page.evaluate(
            (all) => Reflect.apply(Reflect.get(globalThis, 'decodeAll'), null, [all]),
            names,
          ),
        );
    });
    for (const result of results) onPage.set(result.name, result);
  }, 120_000);

  it.each(names)('%s has the pixels of the command line', async (name) => {
    expect(onPage.get(name)).toEqual(await onNode(name));
  });
});
