// Packs every public package and looks at it as those will who install it: publint, types as an ESM-only consumer sees
// them, no files of tests, declarations in strict projects that check libraries too, and a program that uses them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeConsumer, runProgram } from '../published/consumer.ts';
import { packAll } from '../published/pack-all.ts';
import { tarballProblems } from '../published/tarball-problems.ts';
import { typeErrors } from '../published/type-errors.ts';

const destination = mkdtempSync(join(tmpdir(), 'striate-pack-'));
try {
  const packages = packAll(destination);
  const project = join(destination, 'project');
  makeConsumer(project, packages);
  const problems = [
    ...(await Promise.all(packages.map(tarballProblems))).flat(),
    ...runProgram(project, packages),
    ...typeErrors(project, packages),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${packages.length} packages: nothing to complain of`);
} finally {
  rmSync(destination, { recursive: true });
}
