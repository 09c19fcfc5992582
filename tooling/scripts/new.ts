// pnpm new THING NAME: makes the files of an op, a layer, a backend and so on, with a test, so that pnpm check passes.
import { makeFiles, things } from './new/make-files.ts';
import { run } from './run.ts';

/** What brings it to where it is used. */
const next: Readonly<Record<string, string>> = {
  op: ' pnpm generate lists it for kernels.',
  kernel: ' pnpm generate lists and compiles it.',
  backend: ' pnpm install links it.',
};

const [thing, name] = process.argv.slice(2);
if (thing === undefined || name === undefined) {
  console.log(`pnpm new THING NAME, THING being one of: ${things.join(', ')}.`);
} else {
  try {
    const files = makeFiles('.', thing, name);
    run('oxfmt', files);
    console.log(
      `${files.join('\n')}\n\nWrite what it computes in the first, and what shows it in a test; a row in the README.${next[thing] ?? ''}`,
    );
  } catch (error) {
    console.error(`pnpm new: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
