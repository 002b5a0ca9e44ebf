/** Reading manifests: what is installed, without any weights. */
import { LoomError, type PackageDescription } from '@/engine/types';
import { describeManifest } from './describe/manifest';
import type { FileSource } from './files';
import type { ModelFolder } from './folder';
import { sha256Hex } from './sha256';
import { manifestSchema, type PackageManifest } from './manifest';

/** A package that was read and understood: ours or somebody else's. */
export interface KnownPackage {
  readonly description: PackageDescription;
  /** Changes when any file of the package does: SHA-256 of the manifest's bytes, or of the canonical description. */
  readonly hash: string;
  /** Where its files are; for our packages the model source's own files. */
  readonly folder?: ModelFolder;
}
/** A package of ours. */
export interface InstalledPackage extends KnownPackage {
  readonly manifest: PackageManifest;
}

/** A parsed manifest as an installed package. */
export const installedOf = (manifest: PackageManifest, hash: string): InstalledPackage => ({
  manifest,
  description: describeManifest(manifest),
  hash,
});

/** Reads `<id>/manifest.json`. Throws `package-missing`, `package-invalid` or `network`. */
export async function readPackage(
  files: FileSource,
  id: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<InstalledPackage> {
  const bytes = await readAll(files, `${id}/manifest.json`, signal).catch((thrown: unknown) => {
    if (thrown instanceof LoomError && thrown.code === 'file-missing') throw packageMissing(id, thrown);
    throw thrown;
  });
  return parsePackage(id, bytes);
}

/** Reads several; all must be there. */
export function readPackages(
  files: FileSource,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<InstalledPackage[]> {
  return Promise.all(ids.map((id) => readPackage(files, id, signal)));
}

/** Checks a manifest's bytes. Throws `package-invalid`, naming the first field at fault. */
export async function parsePackage(id: string, bytes: Uint8Array): Promise<InstalledPackage> {
  const file = `${id}/manifest.json`;
  const invalid = (why: string, cause?: unknown) =>
    new LoomError(
      'package-invalid',
      `The manifest ${file} cannot be used: ${why}.`,
      { package: id, file },
      { cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw invalid('it is not JSON', thrown);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(
      issue === undefined ? 'it is malformed' : `${issue.path.join('.') || 'it'}: ${issue.message}`,
      parsed.error,
    );
  }
  if (parsed.data.id !== id) throw invalid(`it is the manifest of "${parsed.data.id}"`);
  return installedOf(parsed.data, await sha256Hex(bytes));
}

/** Said where a document names a package that is not installed. */
export function packageMissing(id: string, cause?: unknown): LoomError {
  return new LoomError(
    'package-missing',
    `The model package "${id}" is not installed.`,
    { package: id },
    {
      fix: 'Choose an installed package, or put its folder into models/.',
      details: { package: id },
      cause,
    },
  );
}

async function readAll(files: FileSource, path: string, signal: AbortSignal): Promise<Uint8Array> {
  const { chunks } = await files.open(path, signal);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
