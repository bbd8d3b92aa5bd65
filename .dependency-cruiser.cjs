// The walls of the house: a room imports only from rooms to its left, plugins do not know each other,
// pure rooms do no I/O, and everything is reachable from the program.
const rooms = ['core', 'formats', 'kata', 'readers', 'config', 'search', 'store', 'plugins', 'pipeline', 'api', 'cli'];

const directions = rooms.slice(0, -1).map((room, index) => ({
  name: `${room}-imports-left-only`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${rooms.slice(index + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...directions,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'plugins-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/plugins/(\\w+)/(\\w+)/' },
      to: { path: '^src/plugins/(\\w+)/(\\w+)/', pathNot: ['^src/plugins/$1/$2/', '^src/plugins/shared/'] },
    },
    {
      name: 'only-the-catalog-is-visible',
      severity: 'error',
      from: { path: '^src/(pipeline|api|cli)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/plugins/', pathNot: '^src/plugins/catalog\\.ts$' },
    },
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      from: { path: '^src/(core|formats|kata)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(node:)?(fs|fs/promises|net|http|https|child_process|worker_threads|dgram|tls)$' },
    },
    {
      name: 'the-page-sees-the-contract-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/(api/contract\\.ts$|formats/kql/)' },
    },
    {
      name: 'reachable-from-the-program',
      severity: 'error',
      from: { path: '^src/cli/main\\.ts$' },
      to: { path: '^src/', reachable: false, pathNot: ['\\.test\\.ts$', '\\.d\\.ts$', '^src/formats/[^/]+/assembly/', '/plain-'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/formats/[^/]+/assembly' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js'] },
  },
};
