/** Documents from strangers: opened from a file or a link, they ask no other host for anything. */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { makeLink } from '../../app/_formats/link/link';
import { parseDocument } from '../../engine';
import { expect, root, test } from './editor';

/** Counts what is asked of an address on loopback while `use` runs. */
async function asked(use: (address: string) => Promise<void>): Promise<readonly string[]> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no port');
  try {
    await use(`http://127.0.0.1:${at.port}`);
  } finally {
    server.close();
  }
  return requests;
}

const dropped = (page: Page, text: string, name: string) =>
  page.evaluate(
    ([body, file]) => {
      const data = new DataTransfer();
      data.items.add(new File([body ?? ''], file ?? '', { type: 'application/json' }));
      const target = document.querySelector('.react-flow__pane');
      for (const kind of ['dragenter', 'dragover', 'drop'])
        target?.dispatchEvent(
          new DragEvent(kind, {
            dataTransfer: data,
            bubbles: true,
            cancelable: true,
            clientX: 500,
            clientY: 400,
          }),
        );
    },
    [text, name],
  );

/** Every string of a value replaced, where `keep` does not say otherwise. */
function withStrings(value: unknown, put: (key: string, old: string) => string, key = ''): unknown {
  if (typeof value === 'string') return put(key, value);
  if (Array.isArray(value)) return value.map((item) => withStrings(item, put, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, withStrings(field, put, name)]),
  );
}

test('a document with an address in every string asks nobody, from a file or a link', async ({
  page,
  editor,
}) => {
  const requests = await asked(async (address) => {
    await editor.open();
    // The colours of its groups are addresses: refused, and the open graph stays.
    const hostile = readFileSync(`${root}tests/fixtures/cases/hostile-look.json`, 'utf8').replaceAll(
      'http://127.0.0.1:9',
      address,
    );
    await dropped(page, hostile, 'hostile.json');
    await expect(page.getByText(/a colour is/)).toBeVisible();
    // Everything else of it opens.
    const looks = withStrings(JSON.parse(hostile), (key, old) => (key === 'color' ? '#c02020' : old));
    await dropped(page, JSON.stringify(looks), 'looks.json');
    await expect(editor.node('svg')).toBeVisible();
    await page.waitForTimeout(1_000);
    // A template with an address in every string that may be one.
    const template: unknown = JSON.parse(readFileSync(`${root}public/templates/inpainting.json`, 'utf8'));
    const kept = new Set(['format', 'type', 'node', 'port', 'mode', 'param']);
    const strings = withStrings(template, (key, old) =>
      kept.has(key) ? old : old.startsWith('data:') ? `${address}/picture.png` : `${address}/${key}.png`,
    );
    const { document } = parseDocument(JSON.stringify(strings));
    await dropped(page, JSON.stringify(document), 'strings.json');
    await page.waitForTimeout(1_000);
    const link = makeLink(document, await page.evaluate('location.href').then(String));
    if (!link.ok) throw new Error('the link is too long');
    await page.goto('about:blank');
    await page.goto(link.url);
    await expect(page.locator('.react-flow__node').first()).toBeVisible({ timeout: 60_000 });
    await page.waitForTimeout(1_500);
  });
  expect(requests).toEqual([]);
});

test('nodes with names that every object has are pasted; typing and saving go on', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.empty();
  const clip = readFileSync(`${root}tests/fixtures/cases/clipboard/ids-toString.clip.json`, 'utf8');
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, clip);
  await expect(editor.node('toString')).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(editor.node('toString')).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(editor.node('toString')).toBeVisible();
  await page.waitForTimeout(1_500);
  await page.reload();
  await expect(editor.node('toString')).toBeVisible({ timeout: 60_000 });
});
