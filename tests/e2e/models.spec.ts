import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, root, test } from './editor';

/** Lets a file fall onto the canvas, as from the desktop. */
async function dropFile(page: Page, name: string, bytes: Buffer): Promise<void> {
  const data = await page.evaluateHandle(
    ([file, base64]) => {
      const raw = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
      const transfer = new DataTransfer();
      transfer.items.add(new File([raw], file));
      return transfer;
    },
    [name, bytes.toString('base64')] as const,
  );
  const pane = page.locator('.react-flow__pane');
  await pane.dispatchEvent('dragover', { dataTransfer: data });
  await pane.dispatchEvent('drop', { dataTransfer: data, clientX: 700, clientY: 420 });
}
const checkpoint = readFileSync(`${root}tests/fixtures/foreign/sd15.safetensors`);

test('a checkpoint dropped on an empty canvas becomes a graph; kept, it is there after a reload', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.empty();
  await dropFile(page, 'mine.safetensors', checkpoint);
  await expect(editor.node('package').getByRole('combobox', { name: 'Package' })).toContainText('mine');
  await expect(editor.node('sampler')).toBeVisible();
  // Nothing refused: every edge fits the foreign ports.
  await expect(page.locator('.react-flow__node').getByRole('alert')).toHaveCount(0);
  const id = (await editor.document()).nodes['package']?.params['package'];

  await page.keyboard.press('Alt+o');
  const dialog = page.getByRole('dialog');
  const mine = dialog.getByRole('listitem').filter({ hasText: 'mine' });
  await expect(mine).toContainText('checkpoint');
  await mine.getByText('What is known of it').click();
  await expect(mine.getByText('from its weights').first()).toBeVisible();
  await mine.getByRole('button', { name: 'Keep a copy in this browser' }).click();
  await expect(mine).toContainText('copied into this browser');
  await page.keyboard.press('Escape');

  await page.reload();
  await expect(editor.node('package').getByRole('combobox', { name: 'Package' })).toContainText('mine');
  expect((await editor.document()).nodes['package']?.params['package']).toBe(id);
});

test('on a graph it adds a node; a pickle and a damaged file are refused and the graph stays', async ({
  page,
  editor,
}) => {
  await editor.open();
  const before = await editor.text();
  await dropFile(page, 'old.ckpt', Buffer.from('PK'));
  await expect(page.getByText(/which can run any code|can hold programs/)).toBeVisible();
  await dropFile(page, 'cut.safetensors', checkpoint.subarray(0, 4000));
  await expect(page.getByText(/cut\.safetensors/).first()).toBeVisible();
  expect(await editor.text()).toBe(before);
  await dropFile(page, 'mine.safetensors', checkpoint);
  await expect(page.getByText('mine is open.')).toBeVisible();
  await expect
    .poll(async () => Object.values((await editor.document()).nodes).map(({ type }) => type))
    .toContain('model/package');
  expect(Object.keys((await editor.document()).nodes)).toContain('package-2');
});
