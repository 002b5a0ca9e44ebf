/** Where pictures go and as what: decided before a run, so that no minute is spent for a name that cannot be. */
import { stat } from 'node:fs/promises';
import { dirname, extname, parse, resolve } from 'node:path';
import { LoomError } from '@/engine/types';
import { openVips } from './codec';
import { checkName, inWords } from './system-files';

/** Formats that are written, by the ending of the name. */
const endings = { '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.webp': 'webp' } as const;
export type OutputFormat = (typeof endings)[keyof typeof endings];
const isEnding = (text: string): text is keyof typeof endings => Object.hasOwn(endings, text);

export interface PictureOutput {
  readonly format: OutputFormat;
  /** Folder for what saving nodes make. */
  readonly folder: string;
  /** The path of picture `index` of `count`. */
  pathOf(index: number, count: number): string;
}

/** More pictures than this are never numbered: room for it in a name. */
const numberRoom = 6;

/**
 * Reads `--out`.
 * @throws LoomError `bad-input` for an empty name, a folder, an ending that is not written, a name too long, or a file
 *   where a folder is wanted
 */
export async function pictureOutput(out: string): Promise<PictureOutput> {
  const wrong = (message: string, fix: string): LoomError =>
    new LoomError('bad-input', `--out ${message}`, {}, { fix });
  if (out.trim() === '') throw wrong('is empty.', 'Name a file, e.g. --out picture.png.');
  if (out === '-')
    return {
      format: 'png',
      folder: resolve('.'),
      pathOf(_, count) {
        if (count > 1)
          throw wrong(`- takes one picture; this graph makes ${count}.`, 'Name a file: they are numbered.');
        return '-';
      },
    };
  const path = resolve(out);
  checkName(path);
  const there = await stat(path).catch((thrown: unknown) => {
    const error = inWords(thrown, 'bad-input', `--out ${out} cannot be written`);
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
    if (code !== 'ENOENT' && error !== undefined) throw error;
    return undefined;
  });
  if (there?.isDirectory() === true || /[/\\]$/.test(out))
    throw wrong(`${out} is a folder.`, 'Name a file in it, e.g. picture.png.');
  // A device or a pipe takes what comes; its name says nothing.
  if (there !== undefined && !there.isFile())
    return { format: 'png', folder: resolve('.'), pathOf: () => path };
  const ending = extname(path).toLowerCase();
  if (ending !== '' && !isEnding(ending))
    throw wrong(
      `${out} ends with ${ending}, which is not written.`,
      'Pictures are written as .png, .jpg or .webp.',
    );
  await checkFolder(dirname(path), out);
  const { dir, name, ext } = parse(path);
  const pathOf = (index: number, count: number): string =>
    `${dir}/${name}${count > 1 ? `-${index + 1}` : ''}${ext || '.png'}`.replace(/^\/\//, '/');
  checkName(`${dir}/${name}${'0'.repeat(numberRoom)}${ext || '.png'}`);
  return { format: isEnding(ending) ? endings[ending] : 'png', folder: dir, pathOf };
}

/** The nearest folder on the way that exists must be one. */
async function checkFolder(folder: string, out: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    checkName(at);
    const there = await stat(at).catch(() => undefined);
    if (there?.isDirectory() === true || at === dirname(at)) return;
    if (there !== undefined)
      throw new LoomError(
        'bad-input',
        `--out ${out}: ${at} is a file, not a folder.`,
        {},
        { fix: 'Name a file in a folder.' },
      );
  }
}

/** Quality of JPEG and WebP, of 100: what cannot be told from the PNG by eye. */
const quality = 92;

/** A PNG as another format. */
export async function asFormat(png: Uint8Array, format: OutputFormat): Promise<Uint8Array> {
  if (format === 'png') return png;
  const vips = await openVips({ avif: false });
  const image = vips.Image.newFromBuffer(png);
  try {
    return new Uint8Array(
      format === 'jpeg' ? image.jpegsaveBuffer({ Q: quality }) : image.webpsaveBuffer({ Q: quality }),
    );
  } finally {
    image.delete();
  }
}
