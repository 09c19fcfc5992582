import { expect, test } from 'vitest';
import { StriateCommand, shortened } from './striate-command.ts';

/** What an unknown option of `train` is answered with. */
function refusal(...words: readonly string[]): string {
  const program = new StriateCommand('striate')
    .option('--json')
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  program
    .command('train')
    .option('--learning-rate <number>')
    .option('--batch <size>')
    .action(() => {});
  try {
    program.parse(['train', ...words], { from: 'user' });
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
}

test.each([
  ['--lr', '--learning-rate'],
  ['--lr=0.1', '--learning-rate'],
  ['--learning_rate', '--learning-rate'],
  ['--batch_size', '--batch'],
  ['--batch-size', '--batch'],
  ['--jsno', '--json'],
])('%s means %s', (given, meant) => {
  expect(refusal(given)).toBe(`error: unknown option '${given.split('=')[0]}'\n(Did you mean ${meant}?)`);
});

test('what is near to nothing gets no advice, and a long word is cut', () => {
  expect(refusal('--zzz')).toBe("error: unknown option '--zzz'");
  const word = 'x'.repeat(1e6);
  expect(refusal(`--${word}`).length).toBeLessThan(100);
  expect(shortened(`argument '${word}' is 'no'`, [`--model=${word}`])).toBe(`argument '${'x'.repeat(60)}...' is 'no'`);
});
