import { readFileSync } from 'node:fs';
import { emptyDocument, type LoomDocument } from '../../engine/document/schema';
import { expect, root, test, tinyTemplate } from './editor';

/** *Text to image* with the example pack's node before the picture. */
function withNegative(): LoomDocument {
  const document = { ...emptyDocument(), ...tinyTemplate('text-to-image') };
  document.nodes['dark'] = {
    type: 'example/negative',
    version: 1,
    params: {},
    position: { x: 1500, y: 300 },
  };
  for (const edge of Object.values(document.edges))
    if (edge.to.node === 'image') edge.to = { node: 'dark', port: 'image' };
  document.edges['shown'] = { from: { node: 'dark', port: 'image' }, to: { node: 'image', port: 'image' } };
  return document;
}

test('a graph opens without its node pack; the pack is loaded from a file after a warning, and runs', async ({
  page,
  editor,
}) => {
  await editor.open({ document: withNegative() });
  await expect(editor.node('dark')).toBeVisible();
  expect((await editor.document()).nodes['dark']?.type).toBe('example/negative');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('What do you want to do?').fill('Load node pack');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Node packs' });
  await expect(dialog).toContainText('A pack is a program');
  const file = (name: string, text: string) => ({
    name,
    mimeType: 'text/javascript',
    buffer: Buffer.from(text),
  });
  const input = dialog.locator('input[type="file"]');
  await input.setInputFiles(file('bad.mjs', "import 'https://elsewhere.example/x.js';"));
  await expect(dialog.getByRole('alert')).toContainText('imports "https://elsewhere.example/x.js"');
  await input.setInputFiles(file('index.mjs', readFileSync(`${root}examples/node-pack/index.mjs`, 'utf8')));
  await expect(dialog).toContainText('Example nodes');
  await page.keyboard.press('Escape');
  await expect(editor.node('dark').getByRole('slider', { name: 'Strength' })).toBeVisible();
  await editor.run();
});
