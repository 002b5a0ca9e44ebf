/** Save and share, with a real browser's files, clipboard and address bar. */
import { readFileSync } from 'node:fs';
import { serialise } from '../../engine';
import { copyNodes } from '../../app/_formats/clip';
import { extractGraph } from '../../app/_formats/png/png';
import { expect, test, tinyTemplate } from './editor';

/** Lets go of a file over the canvas. */
const drop = `async ({ bytes, name, type }) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const target = document.querySelector('.react-flow__pane');
  for (const kind of ['dragenter', 'dragover', 'drop'])
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true, clientX: 500, clientY: 400 }));
}`;

test('a picture made here, dropped back, is the graph that made it; without the switch it says nothing', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('빨간 모자 🎩');
  await editor.run();
  const made = await editor.text();
  await editor.results().first().click();
  const dialog = page.getByRole('dialog');
  const save = async () => {
    const waiting = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save PNG' }).click();
    return readFileSync(await (await waiting).path());
  };
  const carrying = await save();
  const found = extractGraph(new Uint8Array(carrying));
  expect(found && serialise(found.document)).toBe(made);
  await dialog.getByRole('switch', { name: 'Put the graph into the PNG' }).click();
  expect(extractGraph(new Uint8Array(await save()))).toBeUndefined();
  await page.keyboard.press('Escape');

  await editor.empty();
  await page.evaluate(
    `(${drop})(${JSON.stringify({ bytes: [...carrying], name: 'made.png', type: 'image/png' })})`,
  );
  await expect(editor.node('prompt').getByRole('textbox', { name: 'Prompt' })).toHaveValue('빨간 모자 🎩');
  expect(await editor.text()).toBe(made);
});

test('a link opens the graph, read-only until it is made one’s own', async ({ page, editor, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await editor.open();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('shared by link ✉️');
  const sent = await editor.text();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this graph' });
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  const link = String(await page.evaluate('navigator.clipboard.readText()'));
  expect(link).toContain('#loom=1.');

  const other = await context.newPage();
  await other.goto(link);
  const prompt = other
    .locator('.react-flow__node[data-id="prompt"]')
    .getByRole('textbox', { name: 'Prompt' });
  await expect(prompt).toHaveValue('shared by link ✉️');
  await expect(prompt).toBeDisabled();
  expect(await other.evaluate('loom.document()')).toBe(sent);
  await other.getByRole('button', { name: 'Make it mine' }).click();
  await expect(prompt).toBeEnabled();
});

test('what cannot be read is refused in words, and the open graph stays', async ({ page, editor }) => {
  await editor.open();
  const before = await editor.text();
  for (const [name, type, bytes] of [
    ['broken.json', 'application/json', Buffer.from('{"format":"latent-loom","version":1,"nodes":')],
    [
      'evil.json',
      'application/json',
      Buffer.from('{"format":"latent-loom","version":1,"nodes":{"__proto__":{"type":"a/b"}}}'),
    ],
    ['cut.png', 'image/png', Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0])],
    ['noise.bin', 'application/octet-stream', Buffer.from([0xff, 0xfe, 0x00, 0x9f, 0x80])],
  ] as const) {
    await page.evaluate(`(${drop})(${JSON.stringify({ bytes: [...bytes], name, type })})`);
    await expect(page.getByText(name).or(page.locator('[data-sonner-toast]')).first()).toBeVisible();
    expect(await editor.text()).toBe(before);
  }
});

test('copied nodes are text: they come from anywhere', async ({ page, editor }) => {
  await editor.open();
  await editor.empty();
  const text = copyNodes(tinyTemplate('text-to-image'), { nodes: ['prompt', 'package'] });
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.setData('text/plain', ${JSON.stringify(text)});
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  })()`);
  await expect(editor.node('prompt')).toBeVisible();
  await expect(editor.wires()).toHaveCount(1);
});

test('earlier versions come back, as one step', async ({ page, editor }) => {
  await editor.open();
  const opened = await editor.text();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('changed');
  await page.waitForTimeout(1000);
  const changed = await editor.text();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('What do you want to do?').fill('version');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Versions and documents' });
  await dialog.getByRole('button', { name: 'Go back to this' }).last().click();
  await expect(dialog).toBeHidden();
  expect(await editor.text()).toBe(opened);
  await page.keyboard.press('Control+z');
  await expect.poll(() => editor.text()).toBe(changed);
});
