/** Files of the machine, in and out: what goes wrong is said in words, nothing is read without end, nothing is half written. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { LoomError, type ErrorCode } from '@/engine/types';

/** Bytes of a file name at most, on every file system in use. */
const maxNameBytes = 255;

const systemError = z.object({
  code: z.string().regex(/^E[A-Z_]+$/),
  path: z.string().optional(),
  syscall: z.string().optional(),
});

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what should be a folder on the way to it is a file',
  EEXIST: 'a file stands where a folder is wanted',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EFBIG: 'it would be too large',
  EMFILE: 'too many files are open',
  ELOOP: 'its symbolic links lead in a circle',
  EIO: 'the disk fails',
  EINVAL: 'its name is none',
  ERR_INVALID_ARG_VALUE: 'its name is none',
};

/** What the operating system refused, as an error in words; undefined for any other error. */
export function inWords(thrown: unknown, code: ErrorCode, what: string): LoomError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof LoomError) return undefined;
  const parsed = systemError.safeParse(thrown);
  if (!parsed.success) return undefined;
  const reason = reasons[parsed.data.code] ?? `the system says ${parsed.data.code}`;
  return new LoomError(code, `${what}: ${reason}.`, {}, { cause: thrown });
}

const refused = (thrown: unknown, code: ErrorCode, what: string): unknown =>
  inWords(thrown, code, what) ?? thrown;

/**
 * The bytes of a file, or of standard input for `-`.
 * @param limit more than this is refused, however long the file says it is: `/dev/zero` has no end
 * @throws LoomError `file-missing`, `too-large`
 */
export async function readInput(file: string, limit: number): Promise<Uint8Array> {
  const what = file === '-' ? 'Standard input cannot be read' : `${file} cannot be read`;
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    if (file !== '-' && (await stat(file)).isDirectory())
      throw new LoomError('file-missing', `${file} is a folder.`, { file }, { fix: 'Name the file in it.' });
    const stream = file === '-' ? process.stdin : createReadStream(file);
    for await (const chunk of stream) {
      const bytes: unknown = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
      if (!(bytes instanceof Uint8Array)) throw new TypeError('expected bytes');
      size += bytes.length;
      if (size > limit)
        throw new LoomError(
          'too-large',
          `${file === '-' ? 'Standard input' : file} has more than ${limit / 2 ** 20} MiB.`,
          file === '-' ? {} : { file },
          { details: { limit } },
        );
      parts.push(bytes);
    }
  } catch (thrown) {
    throw refused(thrown, 'file-missing', what);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Throws `bad-input` for a name that no file system takes. */
export function checkName(path: string): void {
  const bytes = new TextEncoder().encode(basename(path)).length;
  if (bytes > maxNameBytes)
    throw new LoomError(
      'bad-input',
      `The file name ${basename(path).slice(0, 40)}… has ${bytes} bytes; at most ${maxNameBytes} are taken.`,
      {},
      { fix: 'Choose a shorter name.', details: { size: bytes, limit: maxNameBytes } },
    );
  if (path.includes('\0')) throw new LoomError('bad-input', 'A file name holds no NUL character.');
}

/**
 * Writes a file whole or not at all: beside it under another name, then renamed, so that a full disk leaves the old
 * one as it was. What is no ordinary file (`/dev/null`, a pipe) is written to as it is; `-` is standard output.
 * @throws LoomError `bad-output` in words
 */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  if (path === '-') {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    return;
  }
  checkName(path);
  const what = `${path} cannot be written`;
  try {
    const before = await stat(path).catch(() => undefined);
    if (before !== undefined && !before.isFile() && !before.isDirectory()) {
      await writeFile(path, bytes);
      return;
    }
    await mkdir(dirname(path), { recursive: true });
    const beside = join(dirname(path), `.loom-${randomBytes(6).toString('hex')}.tmp`);
    try {
      await writeFile(beside, bytes, { flag: 'wx' });
      await rename(beside, path);
    } catch (thrown) {
      await rm(beside, { force: true }).catch(() => undefined);
      throw thrown;
    }
  } catch (thrown) {
    throw refused(thrown, 'bad-output', what);
  }
}
