/**
 * What the browser fetches but the build does not bundle, copied into public/: onnxruntime's WebAssembly, the picture
 * decoder, elkjs' worker, and the files that each installed package's manifest lists, with an index of the packages.
 * Only what changed is copied.
 */
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { manifestSchema, type PackageManifest } from '@/models/manifest';

/** Copies when size or time differ. */
export function copy(from: string, to: string): void {
  const source = statSync(from);
  const target = statSync(to, { throwIfNoEntry: false });
  if (target?.size === source.size && target.mtimeMs >= source.mtimeMs) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The manifest of a package's folder; undefined, with a word why, for what is none. */
function manifestIn(folder: string, say: (line: string) => void): PackageManifest | undefined {
  const file = join(folder, 'manifest.json');
  if (!isFile(file)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    say(`models: ${file} is left out: it is not JSON`);
    return undefined;
  }
  // Other programs call their files so too.
  if (typeof json !== 'object' || json === null || Reflect.get(json, 'format') !== 'latent-loom-package')
    return undefined;
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  say(`models: ${file} is left out: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'malformed'}`);
  return undefined;
}

/**
 * Copies every package below `folders` into `target`, writes its index, and removes what is no package any more.
 * A manifest is parsed with the package's own schema, so that its id and its files are plain names; files and folders
 * that are symbolic links are not followed.
 * @returns the ids of the packages, in order
 */
export function copyPackages(
  folders: readonly string[],
  target: string,
  say: (line: string) => void = console.warn,
): readonly string[] {
  const ids: string[] = [];
  for (const folder of folders) {
    if (!isFolder(folder)) continue;
    for (const name of readdirSync(folder).toSorted()) {
      const from = join(folder, name);
      const manifest = isFolder(from) ? manifestIn(from, say) : undefined;
      if (manifest === undefined) continue;
      const missing = Object.keys(manifest.files).filter((file) => !isFile(join(from, file)));
      if (missing.length > 0) {
        say(`models: "${name}" is left out: ${missing.join(', ')} is missing or no file of its own`);
        continue;
      }
      const to = join(target, manifest.id);
      const wanted = new Set(['manifest.json', ...Object.keys(manifest.files)]);
      mkdirSync(to, { recursive: true });
      for (const old of readdirSync(to)) if (!wanted.has(old)) rmSync(join(to, old), { recursive: true });
      for (const file of wanted) copy(join(from, file), join(to, file));
      if (!ids.includes(manifest.id)) ids.push(manifest.id);
    }
  }
  mkdirSync(target, { recursive: true });
  for (const old of readdirSync(target, { withFileTypes: true }))
    if (old.isDirectory() && !ids.includes(old.name)) rmSync(join(target, old.name), { recursive: true });
  const packages = ids.map((id) => ({ id, manifest: `/models/${id}/manifest.json` }));
  writeFileSync(join(target, 'index.json'), `${JSON.stringify({ packages }, null, 2)}\n`);
  return ids;
}

/** Everything, for the repository at `root`. `tests` adds the packages of tests/fixtures. */
export function copyAssets(root: string, { tests }: { readonly tests: boolean }): void {
  const at = (...parts: string[]): string => join(root, ...parts);
  for (const flavour of ['', '.asyncify', '.jspi'])
    for (const ending of ['wasm', 'mjs']) {
      const name = `ort-wasm-simd-threaded${flavour}.${ending}`;
      copy(at('node_modules/onnxruntime-web/dist', name), at('public/ort', name));
    }
  for (const name of ['vips-es6.js', 'vips.wasm', 'vips-heif.wasm'])
    copy(at('node_modules/wasm-vips/lib', name), at('public/vips', name));
  copy(at('node_modules/elkjs/lib/elk-worker.min.js'), at('public/vendor/elk-worker.min.js'));
  const folders = [at('models'), ...(tests ? [at('tests/fixtures'), at('tests/fixtures/packages')] : [])];
  const ids = copyPackages(
    folders.filter((folder) => existsSync(folder)),
    at('public/models'),
  );
  // CLIP's words, for checkpoints without a tokenizer: fetched only when one encodes a prompt.
  copy(at('models/clip/merges.txt'), at('public/models/clip/merges.txt'));
  console.log(`models: ${ids.join(', ') || 'none installed'}`);
}
