/**
 * What ESLint's module boundaries do not see: circles between files, those of types included.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Ground words live at the bottom, recipes on top: move what both need below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|dist-cjs|out-tsc|test-output|fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      conditionNames: ['@atalaya/source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
