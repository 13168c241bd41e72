import { defineConfig } from 'vitest/config'

// `vitest run` is what `npm test` runs; `vitest run --mode full` runs the long counts and long fuzzing (`*.full.ts`), nothing else.
export default defineConfig(({ mode }) => {
  const full = mode === 'full'
  return {
    test: {
      include: full ? ['src/**/*.full.ts', 'test/**/*.full.ts'] : ['src/**/*.test.ts', 'test/**/*.test.ts'],
      // A process a worker: a test may exhaust its heap or leave a handle open without taking the others along.
      pool: 'forks',
      // By default one processor is left free: on two that would be half of them.
      maxWorkers: '100%',
      setupFiles: ['test/support/setup.ts'],
      // Limits are there to end a hang, not to judge speed: a loaded machine is slow and still right.
      testTimeout: full ? 3_600_000 : 120_000,
      hookTimeout: 120_000,
      teardownTimeout: 10_000,
      passWithNoTests: full,
      // Nothing is retried: the engine is deterministic, so a test that sometimes fails is a finding.
      retry: 0,
      reporters: full ? ['verbose'] : ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    },
  }
})
