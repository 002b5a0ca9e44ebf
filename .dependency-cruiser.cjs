/** The architecture's import rules; tests/tools/check.mjs proves that each one can fail. */
const rule = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
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
