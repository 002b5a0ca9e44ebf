/** Graphs from files: JSON, or a PNG that carries one. */
import { fileLimit, readIncoming } from '@/app/_formats/read-incoming';
import { LoomError, type Diagnostic, type LoomDocument } from '@/engine';
import { readInput } from './system-files';

/**
 * Reads and parses a graph, through the door of the editor: what it refuses (another encoding than UTF-8, two things of
 * one name, a model, a picture without a graph) is refused here. `-` is standard input. Notices (migrations, things
 * kept verbatim) go to standard error.
 * @throws LoomError `file-missing`, `too-large`, `invalid-document`, or what {@link readIncoming} says.
 */
export async function readDocument(file: string): Promise<LoomDocument> {
  const name = file === '-' ? 'standard input' : file;
  const incoming = readIncoming(await readInput(file, fileLimit), name);
  if (incoming.kind === 'image')
    throw new LoomError('invalid-document', `${name} carries no graph.`, { file: name });
  if (incoming.kind === 'clip')
    throw new LoomError(
      'invalid-document',
      `${name} holds copied nodes, not a graph.`,
      { file: name },
      { fix: 'Paste them in the editor and save the graph.' },
    );
  for (const notice of incoming.notices) console.error(`${name}: ${notice.message}`);
  return incoming.document;
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
