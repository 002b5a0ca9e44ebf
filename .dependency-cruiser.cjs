/** The architecture's import rules; tests/tools/check.mjs proves that each one can fail. */
const rule = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

/**
 * Rooms of a folder, lowest first: each may import those before it, never one after it.
 * `tests/fixtures/architecture` holds one file a room, each importing the next room's.
 */
const inOrder = (folder, rooms) =>
  rooms
    .slice(0, -1)
    .map((room, index) =>
      rule(
        `${folder}: ${room} is below ${rooms[index + 1]}`,
        { path: `^${folder}/${room}/` },
        { path: `^${folder}/(${rooms.slice(index + 1).join('|')})/` },
        `Rooms of ${folder}/ import one way: ${rooms.join(' < ')}.`,
      ),
    );
const engineRooms = [
  'types',
  'network',
  'onnx',
  'webgpu',
  'tensor',
  'document',
  'solver',
  'graph',
  'infer',
  'fixes',
  'plan',
  'run',
];
const appRooms = [
  '_security',
  '_i18n',
  '_interop',
  '_formats',
  '_packs',
  '_snapshots',
  '_ui',
  '_inspect',
  '_painter',
  '_worker',
  '_state',
  '_persistence',
  '_actions',
  '_editor',
];
const editorRooms = [
  'lib',
  'port',
  'form',
  'node',
  'canvas',
  'library',
  'results',
  'dialogs',
  'panels',
  'shell',
];

module.exports = {
  forbidden: [
    rule('no-circular', {}, { circular: true }, 'No cycles.'),
    rule(
      'engine-is-pure',
      { path: '^engine/' },
      { path: '^(app|nodes|models|tests)/' },
      'The engine knows no node, model or page.',
    ),
    rule(
      'engine-dependencies',
      { path: '^engine/' },
      {
        path: 'node_modules',
        pathNot: 'node_modules/(zod|immer|@noble/hashes|onnxruntime-web|onnxruntime-common|fflate|pbf)/',
      },
      'The engine stands on zod, immer, hashes and pbf.',
    ),
    rule(
      'ort-in-one-place',
      { path: '^(engine|nodes|models|app)/', pathNot: '^engine/tensor/ort' },
      { path: 'node_modules/onnxruntime' },
      'onnxruntime-web is imported in engine/tensor/ort*.ts alone.',
    ),
    rule(
      'nodes-are-definitions',
      { path: '^nodes/' },
      { path: '^(app|models|tests)/' },
      'Nodes see the engine types only.',
    ),
    rule(
      'nodes-see-types',
      { path: '^nodes/' },
      { path: '^engine/', pathNot: '^engine/types/' },
      'Nodes see the engine types only.',
    ),
    rule(
      'nodes-dependencies',
      { path: '^nodes/' },
      { path: 'node_modules', pathNot: 'node_modules/zod/' },
      'Nodes stand on zod.',
    ),
    rule(
      'models-see-types',
      { path: '^models/', pathNot: '^models/(build-package|_build/)' },
      { path: '^(app|nodes|tests|engine/(?!types/))' },
      'Models see the engine types only.',
    ),
    ...inOrder('engine', engineRooms),
    ...inOrder('app', appRooms),
    ...inOrder('app/_editor', editorRooms),
    rule(
      'command-line-shares',
      { path: '^app/_cli/' },
      { path: '^app/', pathNot: '^app/(_cli|_i18n|_formats|_interop|_packs|_snapshots)/' },
      'The command line takes from the app only what is shared with it: texts, formats, other tools, node packs, snapshots.',
    ),
    rule(
      'nothing-imports-the-command-line',
      { path: '^app/', pathNot: '^app/_cli/' },
      { path: '^app/_cli/' },
      'The command line is a composition root of its own.',
    ),
    rule(
      'nodes-come-from-one-place',
      {
        path: '^app/',
        // Foreign graphs are mapped onto the library's own nodes: packs have no counterparts elsewhere.
        pathNot:
          '^app/(_cli/node-engine|_formats/read-incoming|_packs/registry-with|_state/nodes|_worker/runtime)\\.ts$',
      },
      { path: '^nodes/registry' },
      'The registry is handed on, with the packs that were loaded; only composition roots name the library.',
    ),
    rule('app-uses-the-surface', { path: '^app/' }, { path: '^tests/' }, 'Nothing imports tests.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
    exclude: { path: '(^|/)(\\.next|models/training)/' },
  },
};
