/** What is damaged is named, nothing damaged is kept, and the document stays as it was. */
import { readFileSync } from 'node:fs';
import { expect, root, test, tinyTemplate } from './editor';

const file = 'unet.safetensors';
const whole = readFileSync(`${root}tests/fixtures/tiny/${file}`);
const flipped = Buffer.from(whole);
flipped[flipped.length - 9] = (flipped[flipped.length - 9] ?? 0) ^ 1;

/** Names of the model files that the browser keeps. */
const kept = `(async () => {
  const names = [];
  for (const cache of await caches.keys())
    for (const request of await (await caches.open(cache)).keys()) names.push(request.url);
  return names.filter((url) => url.includes('tiny'));
})()`;

for (const [name, body, said] of [
  ['a flipped byte', flipped, /damaged|does not match/i],
  ['a truncated file', whole.subarray(0, 1000), /truncated|ended|bytes/i],
] as const) {
  test(`${name} in the weights: named on its node, not kept, and fixed by the next run`, async ({
    page,
    editor,
  }) => {
    let harm = true;
    await page.route(`**/models/tiny/${file}*`, (route) =>
      harm ? route.fulfill({ body: Buffer.from(body) }) : route.continue(),
    );
    await editor.open();
    const before = await editor.text();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const alert = page.locator('.react-flow__node').getByRole('alert').first();
    await expect(alert).toContainText(file);
    await expect(alert).toContainText(said);
    expect(await editor.text()).toBe(before);
    expect((await page.evaluate<string[]>(kept)).filter((url) => url.includes('unet'))).toEqual([]);
    harm = false;
    await editor.run();
    await expect(editor.node('image').getByRole('img', { name: 'Picture of Image' })).toBeVisible();
  });
}

test('a node of an unknown type stays as it is, is named, and the rest runs', async ({ page, editor }) => {
  const document = tinyTemplate('text-to-image', 2);
  document.nodes['magic'] = {
    type: 'acme/magic',
    version: 3,
    params: { keep: [1, 'x'] },
    position: { x: 0, y: 600 },
  };
  await editor.open();
  await page.unroute(/\/templates\/(?!index)[a-z-]+\.json$/);
  await page.route(/\/templates\/text-to-image\.json$/, (route) => route.fulfill({ json: document }));
  await page.evaluate(
    'indexedDB.databases().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name)))',
  );
  await page.goto('/');
  await expect(editor.node('magic')).toContainText('acme/magic');
  await editor.run();
  expect((await editor.document()).nodes['magic']?.params).toEqual({ keep: [1, 'x'] });
});

test('a wire of the wrong type in an opened graph is named with both kinds, and the document keeps it', async ({
  page,
  editor,
}) => {
  const document = tinyTemplate('text-to-image', 2);
  for (const edge of Object.values(document.edges))
    if (edge.to.node === 'image') edge.from = { node: 'sampler', port: 'latent' };
  await page.route(/\/templates\/text-to-image\.json$/, (route) => route.fulfill({ json: document }));
  await page.goto('/');
  await expect(page.locator('.react-flow__node').first()).toBeVisible();
  await expect(editor.node('image')).toContainText('the kind is Latent, wanted is Image');
  await expect(page.getByRole('button', { name: '1 problem' })).toBeVisible();
  expect(
    Object.values((await editor.document()).edges).some(
      (edge) => edge.from.node === 'sampler' && edge.to.node === 'image',
    ),
  ).toBe(true);
});
