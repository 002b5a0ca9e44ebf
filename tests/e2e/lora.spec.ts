/** LoRAs on the canvas: dropped, wired, listed, and said where they are missing. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { expect, root, test } from './editor';

const fixture = (name: string): Buffer => readFileSync(`${root}tests/fixtures/foreign/${name}.safetensors`);

/** Lets a file fall onto the canvas or onto a node, as from the desktop. */
async function dropFile(
  page: Page,
  name: string,
  bytes: Buffer,
  target = '.react-flow__pane',
): Promise<void> {
  const data = await page.evaluateHandle(
    ([file, base64]) => {
      const raw = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
      const transfer = new DataTransfer();
      transfer.items.add(new File([raw], file));
      return transfer;
    },
    [name, bytes.toString('base64')] as const,
  );
  const onto = page.locator(target).first();
  await onto.dispatchEvent('dragover', { dataTransfer: data });
  await onto.dispatchEvent('drop', { dataTransfer: data, clientX: 700, clientY: 420 });
}

test('a LoRA dropped on a checkpoint stands between it and what it feeds; the dialog lists it', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.empty();
  await dropFile(page, 'mine.safetensors', fixture('sd15'));
  await expect(editor.node('package').getByRole('combobox', { name: 'Package' })).toContainText('mine');
  await dropFile(page, 'style.safetensors', fixture('lora-kohya'), '.react-flow__node[data-id="package"]');
  // The drop is done when it says so: keys before that may meet the page between two states.
  await expect(page.getByText('stands behind the model')).toBeVisible();
  await expect(editor.node('lora').getByRole('combobox', { name: 'LoRA' })).toContainText('style');

  const { edges } = await editor.document();
  const wires = Object.values(edges).map(({ from, to }) => `${from.node}.${from.port} ${to.node}.${to.port}`);
  expect(wires.filter((wire) => wire.startsWith('package.unet'))).toEqual(['package.unet lora.unet']);
  expect(wires.filter((wire) => wire.startsWith('package.conditioner'))).toEqual([
    'package.conditioner lora.conditioner',
  ]);
  expect(wires).toEqual(
    expect.arrayContaining(['lora.unet unet.unet', 'lora.conditioner prompt.conditioner']),
  );
  // Nothing refused: what passes through the LoRA fits everything behind it.
  await expect(page.locator('.react-flow__node').getByRole('alert')).toHaveCount(0);

  await page.keyboard.press('Alt+o');
  const row = page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'style' });
  await expect(row).toContainText('LoRA');
  await expect(row).toContainText('changes the U-Net');
  await expect(row).toContainText('changes the text encoder');
  await page.keyboard.press('Escape');

  // One step undoes the node and its wiring.
  await page.keyboard.press('ControlOrMeta+z');
  await expect(editor.node('lora')).toHaveCount(0);
  expect(Object.values((await editor.document()).edges)).toContainEqual({
    from: { node: 'package', port: 'unet' },
    to: { node: 'unet', port: 'unet' },
  });
});

test('on an empty graph it stands alone; gone after a reload, its node says so and asks where it is', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.empty();
  await dropFile(page, 'style.safetensors', fixture('lora-kohya'));
  await expect(editor.node('lora').getByRole('combobox', { name: 'LoRA' })).toContainText('style');
  const lora = async (): Promise<string> =>
    z.string().parse((await editor.document()).nodes['lora']?.params['lora']);
  const id = await lora();
  expect(id).toMatch(/^file:style#/);
  // A drop without a handle, as in this test, lasts as long as the page.
  await page.reload();
  const node = editor.node('lora');
  await expect(node).toContainText(`“${id}” is not here`);
  await expect(node.getByRole('button', { name: 'Open folder…' })).toBeVisible();
  const choosing = page.waitForEvent('filechooser');
  await page.evaluate(() => {
    Reflect.deleteProperty(globalThis, 'showOpenFilePicker');
    Reflect.set(globalThis, 'showOpenFilePicker', undefined);
  });
  await node.getByRole('button', { name: 'Open file…' }).click();
  await (
    await choosing
  ).setFiles({
    name: 'style.safetensors',
    mimeType: 'application/octet-stream',
    buffer: fixture('lora-kohya'),
  });
  await expect(node).not.toContainText('is not here');
  expect(await lora()).toBe(id);
});
