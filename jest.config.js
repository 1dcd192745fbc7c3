/** The tests run as CommonJS: the packaged handlers are CommonJS too. */
const common = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'commonjs' } },
    ],
  },
  // @middy ships ES modules only, and its package.json has no entry that CommonJS could resolve.
  moduleNameMapper: { '^@middy/([^/]+)$': '<rootDir>/node_modules/@middy/$1/index.js' },
  transformIgnorePatterns: ['/node_modules/(?!@middy/)'],
};

module.exports = {
  // Most tests wait for sockets: two at a time use a machine of two cores better than one.
  maxWorkers: 2,
  // Nothing here is judged by its time: this only ends what hangs.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/end-to-end/', '<rootDir>/test/crash/'],
    },
    {
      ...common,
      displayName: 'end-to-end',
      testMatch: ['<rootDir>/test/end-to-end/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/package-functions.ts',
    },
    {
      ...common,
      displayName: 'crash',
      testMatch: ['<rootDir>/test/crash/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/package-functions.ts',
    },
  ],
};
