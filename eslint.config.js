// ESLint runs for the promise rules only; Biome does everything else.
import tseslint from 'typescript-eslint';

const promises = {
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/await-thenable': 'error',
    '@typescript-eslint/require-await': 'error',
    '@typescript-eslint/return-await': ['error', 'in-try-catch'],
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    '@typescript-eslint/only-throw-error': 'error',
    '@typescript-eslint/prefer-promise-reject-errors': 'error',
  },
};

function rulesFor(files, project) {
  return { files, languageOptions: { parser: tseslint.parser, parserOptions: { project } }, ...promises };
}

export default tseslint.config(
  { ignores: ['src/formats/*/assembly/**', 'dist/**', '**/*.generated.ts'] },
  rulesFor(['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'], './tsconfig.json'),
  rulesFor(['web/src/**/*.ts', 'web/src/**/*.tsx'], './web/tsconfig.json'),
);
