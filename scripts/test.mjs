// `npm test`: sets the machine up, builds, runs every test and ends with the line `N passed, N failed`.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
setup('test');
execFileSync(process.execPath, [`${root}scripts/build.mjs`], { stdio: 'inherit' });

const scratch = mkdtempSync(`${tmpdir()}/streetwatch-test-`);
const report = `${scratch}/report.json`;
const vitestArguments = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
const vitest = spawnSync(`${root}node_modules/.bin/vitest`, vitestArguments, { cwd: root, stdio: 'inherit' });

let failed = 1;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const brokenFiles = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  failed = result.numFailedTests + brokenFiles.length;
  const skipped = result.numPendingTests + result.numTodoTests;
  if (skipped > 0) {
    console.log('\nskipped:');
    for (const file of result.testResults) {
      for (const test of file.assertionResults) {
        if (test.status !== 'passed' && test.status !== 'failed') console.log(`  ${test.fullName}`);
      }
    }
  }
  console.log(
    `\n${result.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
} catch (error) {
  console.error('the test run left no report:', error.message);
  console.log('0 passed, 1 failed');
}
rmSync(scratch, { recursive: true, force: true });
process.exit(vitest.status === 0 && failed === 0 ? 0 : 1);
