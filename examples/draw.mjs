/** Draws a picture on plain Node: `node draw.mjs MODELS OUT.png ["prompt"]`, MODELS being a folder of model packages. */
import { readFile, writeFile } from 'node:fs/promises';
import { infer, parseDocument, plan } from 'latent-loom/engine';
import { registry } from 'latent-loom/nodes';
import { encodeImage, nodeEngine } from 'latent-loom/node';

const [, , models, out = 'out.png', prompt = 'red heart'] = process.argv;
const engine = await nodeEngine({ models });
const template = JSON.parse(
  await readFile(new URL(import.meta.resolve('latent-loom/templates/text-to-image.json')), 'utf8'),
);
template.nodes.prompt.params.text = prompt;
template.nodes.class.params.class = '';
for (const { params } of Object.values(template.nodes))
  if ('package' in params) params.package = engine.catalog.packages[0];

const { document } = parseDocument(JSON.stringify(template));
const planned = plan(infer({ document, registry, catalog: engine.catalog }), { device: engine.backend.info });
const { failed, seconds } = await engine.executor.run(planned);
if (failed.length > 0) throw failed[0].error;
const picture = engine.executor.borrow({ node: 'decode', port: 'image' });
const { pixels } = picture.value;
await writeFile(out, encodeImage({ dims: pixels.dims, data: await pixels.read() }));
picture.release();
await engine.dispose();
console.log(`${out}: drawn in ${seconds.toFixed(1)} s`);
