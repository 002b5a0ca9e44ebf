/** Graphs from files: JSON, or a PNG that carries one. */
import { readFile } from 'node:fs/promises';
import { extractGraph } from '@/app/_formats/png/png';
import { LoomError, parseDocument, type Diagnostic, type LoomDocument } from '@/engine';

const isPng = (bytes: Uint8Array) =>
  bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;

/**
 * Reads and parses a graph. Notices (migrations, things kept verbatim) go to standard error.
 * @throws LoomError `file-missing`, `invalid-document`, or what the PNG reader says.
 */
export async function readDocument(file: string): Promise<LoomDocument> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new LoomError(
      'file-missing',
      `${file} cannot be read.`,
      { file },
      { cause, fix: 'Check the path.' },
    );
  }
  try {
    if (isPng(bytes)) {
      const payload = extractGraph(bytes);
      if (payload === undefined)
        throw new LoomError('invalid-document', `${file} carries no graph.`, { file });
      return payload.document;
    }
    const { document, notices } = parseDocument(new TextDecoder().decode(bytes));
    for (const notice of notices) console.error(`${file}: ${notice.message}`);
    return document;
  } catch (thrown) {
    if (thrown instanceof LoomError) throw thrown.at({ file });
    throw thrown;
  }
}

/** One line for one diagnostic: where, what, and how to fix it. */
export function diagnosticLine(diagnostic: Diagnostic): string {
  const place =
    [diagnostic.node, diagnostic.port ?? diagnostic.path].filter(Boolean).join('.') ||
    (diagnostic.edge ?? 'document');
  return `${diagnostic.severity} ${place} ${diagnostic.code}: ${diagnostic.message}`;
}

/** Whether a message says which node it means: “Decode” (decode), "decode". The bare word may be there by chance. */
const names = (message: string, node: string): boolean =>
  [`(${node})`, `“${node}”`, `"${node}"`].some((name) => message.includes(name));

/** The lines that say what a failure was, where, and what to do about it. */
export function errorLines(error: LoomError): readonly string[] {
  const place = Object.entries(error.place)
    .filter(
      ([key, value]) =>
        value && !(key === 'node' ? names(error.message, value) : error.message.includes(value)),
    )
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  return [
    `error ${error.code}${place ? ` (${place})` : ''}: ${error.message}`,
    ...(error.extra.fix ? [`  ${error.extra.fix}`] : []),
    ...(error.extra.diagnostics ?? []).map((diagnostic) => `  ${diagnosticLine(diagnostic)}`),
  ];
}
