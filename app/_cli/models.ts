/** `loom models`: which models there are, what is known of each and from where, and whether its files are whole. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { join } from 'node:path';
import { LoomError, toLoomError } from '@/engine';
import type { FactSource, PackageDescription } from '@/engine/types';
import { bytesOf, type KnownPackage, type ModelFolder } from '@/models';
import { createNodeFolder } from '@/models/folder-node';
import { errorLines } from './document';
import { builtIn, installed } from './packages';

interface ModelsCommand {
  readonly models?: string;
  readonly json?: boolean;
  readonly verify?: boolean;
}

/**
 * Lists all packages, or describes those whose id begins with (or contains) `name`.
 * @returns 1 where a file is damaged or a folder cannot be used, else 0
 */
export async function models(name: string | undefined, options: ModelsCommand): Promise<number> {
  const { packages, loras, failed } = await installed(options.models);
  const chosen =
    name === undefined ? packages : packages.filter(({ description: { id } }) => id.includes(name));
  if (chosen.length === 0)
    throw new LoomError(
      'package-missing',
      `No model is called "${name}".`,
      {},
      { fix: `There are: ${packages.map(({ description }) => description.id).join(', ')}.` },
    );
  const verified = new Map<string, readonly string[]>();
  if (options.verify)
    for (const known of chosen)
      verified.set(known.description.id, await damages(known, options.json !== true));
  if (options.json)
    console.log(
      JSON.stringify(
        {
          models: chosen.map((known) => ({
            ...plain(known),
            ...(options.verify && { damages: verified.get(known.description.id) }),
          })),
          loras: loras.map(({ id, name: title, file }) => ({ id, title, size: file.size })),
          failed: failed.map(({ path, error }) => ({ path, code: error.code, message: error.message })),
        },
        null,
        2,
      ),
    );
  else {
    for (const known of chosen)
      for (const line of name === undefined ? [row(known.description)] : detailed(known.description))
        console.log(line);
    if (name === undefined)
      for (const { id, file } of loras) console.log(`${id}  LoRA  (${megabytes(file.size)})`);
    if (name === undefined)
      for (const { path, error } of failed) {
        console.error(`not usable: ${path}`);
        for (const line of errorLines(error)) console.error(`  ${line}`);
      }
  }
  const broken = [...verified.values()].some((lines) => lines.length > 0);
  return broken || (name === undefined && options.verify === true && failed.length > 0) ? 1 : 0;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const row = (description: PackageDescription): string =>
  `${description.id}  ${description.description.slice(0, 80)}  (${description.layout}, ${megabytes(bytesOf(description))}, licence ${description.licence})`;

const sourceText = (from: FactSource): string => (from.kind === 'file' ? from.file : from.kind);

function detailed(description: PackageDescription): readonly string[] {
  const { latent, facts, notices, unet, conditioner, files } = description;
  return [
    row(description),
    `  latent space ${latent.space}: ${latent.channels} channels, ${latent.factor} pixels a cell`,
    ...(conditioner.text
      ? [`  text: ${conditioner.text.encoders.length} encoder(s), ${conditioner.text.length} tokens`]
      : []),
    ...(unet ? [`  U-Net: ${unet.network.kind}, predicts ${unet.prediction}`] : ['  no U-Net']),
    ...facts.map(({ name, value, from }) => `  ${name}: ${value}  [${sourceText(from)}]`),
    ...notices.map((notice) => `  note: ${notice}`),
    ...Object.entries(files).map(([file, { size }]) => `  file ${file}  ${megabytes(size)}`),
  ];
}

/** A description without the operations of its networks. */
function plain({ description, hash }: KnownPackage) {
  const { firstStage, unet, conditioner, ...rest } = description;
  const { encoder, decoder, ...stage } = firstStage;
  return {
    ...rest,
    hash,
    firstStage: { ...stage, encoder: encoder?.kind, decoder: decoder.kind },
    ...(unet && { unet: { ...unet, network: unet.network.kind } }),
    conditioner: {
      id: conditioner.id,
      ...(conditioner.text && {
        text: {
          ...conditioner.text,
          encoders: conditioner.text.encoders.map(({ network, skips, ...part }) => ({
            ...part,
            network: network.kind,
            clipSkips: [...(skips?.keys() ?? [])],
          })),
        },
      }),
      classes: conditioner.classes?.names,
    },
  };
}

const sliceBytes = 16 << 20;

/** What is wrong with the files of a package: each is read to its end, and hashed where its hash is known. */
async function damages({ description, folder }: KnownPackage, say: boolean): Promise<readonly string[]> {
  const place: ModelFolder = folder ?? createNodeFolder(join(builtIn, description.id));
  const signal = new AbortController().signal;
  const found: string[] = [];
  for (const [file, { size, sha256: expected }] of Object.entries(description.files)) {
    const hash = sha256.create();
    try {
      for (let at = 0; at < size; at += sliceBytes)
        hash.update(await place.read(file, at, Math.min(size, at + sliceBytes), signal));
      const hex = bytesToHex(hash.digest());
      if (expected !== undefined && hex !== expected)
        throw new LoomError('file-damaged', `The file ${file} is damaged: its hash is another.`, { file });
      if (say) console.log(`whole  ${description.id}/${file}  ${hex}`);
    } catch (thrown) {
      const { code, message } = toLoomError(thrown);
      found.push(`${code}: ${message}`);
      if (say) console.log(`broken ${description.id}/${file}  ${code}: ${message}`);
    }
  }
  return found;
}
