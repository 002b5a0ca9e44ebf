/** The command line: the editor's engine on Node. */
import { Command, CommanderError } from 'commander';
import { toLoomError } from '@/engine';
import { errorLines } from './document';
import { inWords } from './system-files';

const modelsHelp =
  'models beside the built-in ones: a folder of packages, one package (ours or a diffusers folder), or one .safetensors file';
const packHelp = 'a node pack (an ES module: it runs as a program); may be given several times';
const collect = (value: string, before: readonly string[]) => [...before, value];

function program(finish: (code: number) => void): Command {
  const loom = new Command('loom')
    .description('Runs, checks and looks into Latent Loom graphs, with the same engine as the editor.')
    .version('0.1.0')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });

  loom
    .command('run')
    .description('run a graph and write the picture it makes')
    .argument('<graph>', 'a graph as JSON, or a PNG made by Latent Loom; - is standard input')
    .option(
      '--set <node.param=value>',
      'change a parameter (@FILE for a picture); may be given several times',
      collect,
      [],
    )
    .option('--seed <n>', 'replace every seed (unsigned 64-bit integer)')
    .option(
      '--out <file.png>',
      'where to write the picture (.png, .jpg, .webp; - is standard output); several are numbered',
      'out.png',
    )
    .option('--node <id>', 'run only up to this node')
    .option('--models <path>', modelsHelp)
    .option('--nodes <file>', packHelp, collect, [])
    .option('--threads <n>', 'wasm threads')
    .option('--no-metadata', 'leave the graph out of the picture')
    .option('--json', 'print timings as JSON on standard output')
    .action(async (graph, options) => finish(await (await import('./run')).run(graph, options)));

  loom
    .command('validate')
    .description('say what is wrong with a graph: one line per problem, exit code 1 if there is any error')
    .argument('<graph>', 'a graph as JSON, or a PNG made by Latent Loom; - is standard input')
    .option('--models <path>', modelsHelp)
    .option('--nodes <file>', packHelp, collect, [])
    .option('--json', 'print the diagnostics as JSON')
    .option(
      '--fix <file.json>',
      'write the graph with the first fix of every error applied; - is standard output',
    )
    .action(async (graph, options) => finish(await (await import('./validate')).validate(graph, options)));

  loom
    .command('nodes')
    .description('list the nodes with their ports and parameters')
    .option('--nodes <file>', packHelp, collect, [])
    .option('--json', 'as JSON, parameters as JSON Schema')
    .action(async (options) => finish(await (await import('./nodes')).nodes(options)));

  loom
    .command('models')
    .description('list the models there are, or describe one: what is known of it and from where')
    .argument('[id]', 'a model, by its id or a part of it')
    .option('--models <path>', modelsHelp)
    .option('--verify', 'read every file to its end and check its hash where it is known')
    .option('--json', 'as JSON')
    .action(async (id, options) => finish(await (await import('./models')).models(id, options)));

  loom
    .command('inspect')
    .description('write what flows at a port: statistics, tensors and pictures')
    .argument('<graph>', 'a graph as JSON, or a PNG made by Latent Loom; - is standard input')
    .requiredOption('--node <id>', 'the node')
    .requiredOption('--port <name>', 'its output (or input) port')
    .requiredOption('--out <folder>', 'where to write')
    .option(
      '--set <node.param=value>',
      'change a parameter (@FILE for a picture); may be given several times',
      collect,
      [],
    )
    .option('--seed <n>', 'replace every seed')
    .option('--models <path>', modelsHelp)
    .option('--nodes <file>', packHelp, collect, [])
    .option('--threads <n>', 'wasm threads')
    .action(async (graph, options) => finish(await (await import('./inspect')).inspect(graph, options)));

  loom
    .command('convert')
    .description("write graphs in another form: ComfyUI's workflow, ComfyUI's prompt (API), or ours")
    .argument(
      '<input>',
      'a graph (ours, ComfyUI, InvokeAI, A1111 text), a picture that carries one, or a folder of them',
    )
    .requiredOption('--to <form>', 'comfy (workflow), comfy-api (prompt) or loom')
    .option('--out <path>', 'the file to write, or the folder where the input is one')
    .option('--json', 'print the report as JSON')
    .action(async (input, options) => finish(await (await import('./convert')).convert(input, options)));

  loom
    .command('run-comfy')
    .description('run a graph on a ComfyUI server and write the pictures that it makes')
    .argument('<graph>', 'a graph of ours or of ComfyUI')
    .requiredOption(
      '--server <address>',
      'the address of the server, such as http://127.0.0.1:8188; nothing else is asked',
    )
    .requiredOption('--out <folder>', 'where to write')
    .option('--seed <n>', 'replace every seed')
    .action(async (graph, options) => finish(await (await import('./run-comfy')).runComfy(graph, options)));

  return loom;
}

/**
 * Runs one command. Exit codes: 0 done, 1 the graph or the run has errors, 2 the command was wrong.
 * @param argv as `process.argv`
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exit = 0;
  try {
    await program((code) => (exit = code)).parseAsync([...argv]);
    return exit;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    // What the operating system refused is no fault of ours.
    const error = inWords(thrown, 'bad-input', 'A file cannot be used') ?? toLoomError(thrown);
    for (const line of errorLines(error)) console.error(line);
    return 1;
  }
}
