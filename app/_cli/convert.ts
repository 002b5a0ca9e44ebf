/** `loom convert`: graphs of one tool in the form of another, with a report of what is not the same. */
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import words from '@/app/_i18n/en/messages.json' with { type: 'json' };
import { readIncomingFile } from '@/app/_formats/read-incoming';
import { exportPrompt, exportWorkflow } from '@/app/_interop/comfy/export';
import { writeLooseJson } from '@/app/_interop/comfy/json';
import type { NodeReport } from '@/app/_interop/comfy/report';
import { LoomError, serialise, toLoomError, type LoomDocument } from '@/engine';
import { errorLines } from './document';

const forms = ['comfy', 'comfy-api', 'loom'] as const;
type Form = (typeof forms)[number];
const optionsSchema = z.object({
  to: z.enum(forms, { error: 'Say --to comfy, --to comfy-api or --to loom.' }),
  out: z.string().optional(),
  json: z.boolean().optional(),
});
const readable = /\.(json|png|webp|jpe?g|txt)$/i;

interface Converted {
  readonly file: string;
  readonly out: string;
  /** What the reading and the writing changed. */
  readonly nodes: readonly NodeReport[];
  readonly missing: readonly string[];
}

/**
 * Converts a file, or every graph in a folder; in a folder a file that holds none is passed over.
 * @returns the exit code: 1 when a file could not be converted
 */
export async function convert(input: string, given: unknown): Promise<number> {
  const parsed = optionsSchema.safeParse(given);
  if (!parsed.success)
    throw new LoomError('invalid-param', parsed.error.issues[0]?.message ?? 'The options are wrong.');
  const options = parsed.data;
  const folder = await stat(input).then(
    (found) => found.isDirectory(),
    (cause: unknown) => {
      throw new LoomError(
        'file-missing',
        `${input} cannot be read.`,
        { file: input },
        { cause, fix: 'Check the path.' },
      );
    },
  );
  const files = folder
    ? (await readdir(input))
        .filter((name) => readable.test(name))
        .toSorted()
        .map((name) => join(input, name))
    : [input];
  const done: Converted[] = [];
  let failed = 0;
  for (const file of files)
    try {
      const converted = await one(file, options.to, target(file, folder, options));
      if (converted) done.push(converted);
      else if (!folder) throw new LoomError('invalid-document', `${file} carries no graph.`, { file });
    } catch (thrown) {
      failed += 1;
      for (const line of errorLines(toLoomError(thrown))) console.error(line);
    }
  if (options.json) console.log(JSON.stringify(done, null, 2));
  else for (const converted of done) print(converted);
  return failed > 0 ? 1 : 0;
}

function target(file: string, folder: boolean, { out, to }: z.output<typeof optionsSchema>): string {
  const ending = { comfy: '.comfy.json', 'comfy-api': '.api.json', loom: '.loom.json' }[to];
  const name = `${basename(file, extname(file))}${ending}`;
  if (out === undefined) return join(dirname(file), name);
  return folder ? join(out, name) : out;
}

async function one(file: string, to: Form, out: string): Promise<Converted | undefined> {
  const bytes = new Uint8Array(await readFile(file));
  const incoming = await readIncomingFile(Object.assign(new Blob([bytes]), { name: basename(file) }));
  if (incoming.kind !== 'document') {
    if (incoming.kind === 'image' && incoming.foreign) throw incoming.foreign.at({ file });
    return undefined;
  }
  const { text, nodes } = written(incoming.document, to);
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, text);
  const report = incoming.report;
  return {
    file,
    out,
    nodes: [...(report?.nodes ?? []), ...nodes].filter(({ outcome }) => outcome !== 'exact'),
    missing: (report?.missing ?? []).map(({ kind, name }) => `${words.interop.models[kind]}: ${name}`),
  };
}

function written(document: LoomDocument, to: Form): { text: string; nodes: readonly NodeReport[] } {
  switch (to) {
    case 'loom':
      return { text: serialise(document), nodes: [] };
    case 'comfy': {
      const { workflow, report } = exportWorkflow(document);
      return { text: writeLooseJson(workflow, 2), nodes: report.nodes };
    }
    case 'comfy-api': {
      const { prompt, report } = exportPrompt(document);
      return { text: writeLooseJson(prompt, 2), nodes: report.nodes };
    }
  }
}

function print({ file, out, nodes, missing }: Converted): void {
  console.log(`${file} → ${out}`);
  for (const node of nodes) {
    const why = [
      ...(node.needs === undefined ? [] : [words.interop.needs[node.needs]]),
      ...node.differences.map(({ code, what = '' }) =>
        words.interop.differs[code].replaceAll('{what}', what),
      ),
    ];
    console.error(
      `  ${node.outcome} ${node.id} ${node.type}: ${why.join(' ') || words.interop.needs.unknown}`,
    );
  }
  for (const model of missing) console.error(`  missing ${model}`);
}
