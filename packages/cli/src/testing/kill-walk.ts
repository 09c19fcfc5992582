import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from './fingerprint.ts';
import { writeSmallMnist } from './small-mnist.ts';

const sourceOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Something that writes a run's folder, and may be killed at any file operation. */
export interface Scene {
  name: string;
  /** What the folder holds before; absent: nothing. */
  from?: string;
  words: readonly string[];
  /** How a training goes on after a kill; a save does so by itself. */
  resume?: readonly string[];
  /** The weights that it must end with. */
  weights: string;
  /** Those of the run that was there; it may go on if nothing had been changed. */
  weightsBefore?: string;
}

/** How a kill ended. */
export interface Outcome {
  end: 'resumed' | 'refused, then started again' | 'unchanged' | 'saved';
  problems: string[];
}

/** A place for kills: a small data set, a compile cache, and runs to begin with. */
export interface KillWalk {
  scenes: Scene[];
  /** The operations of a scene that is left alone. */
  operationsOf(scene: Scene): Promise<string[]>;
  /** Kills a scene before or half-way through operation `at` (from 1), and lets it go on. */
  kill(scene: Scene, at: number, how: 'before' | 'half'): Promise<Outcome>;
}

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  json: { weightsSha256?: string; error?: { message: string } };
  errors: string;
}

const recipe = '--json --quiet --model lenet5 --batch 32 --threads 1 --checkpoint-every 1 --directory data --out run';
const train = (...more: readonly string[]): string[] => ['train', ...recipe.split(' '), ...more];

/** Makes a place for kills in a folder. */
export async function createKillWalk(folder: string): Promise<KillWalk> {
  await writeSmallMnist(join(folder, 'data'), { train: 36, test: 4 });
  const run = (place: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    runProgram(place, words, { NODE_COMPILE_CACHE: join(folder, 'cache'), ...environment });

  const makePlace = (name: string, from?: string): string => {
    const place = join(folder, name);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
    symlinkSync(join(folder, 'data'), join(place, 'data'));
    if (from !== undefined) cpSync(from, join(place, 'run'), { recursive: true, verbatimSymlinks: true });
    addForeign(place);
    return place;
  };
  const finished = async (name: string, words: readonly string[], from?: string): Promise<string> => {
    const place = makePlace(name, from);
    const { code, json, errors } = await run(place, words);
    if (code !== 0 || json.weightsSha256 === undefined) throw new Error(`${name} ended with ${code}: ${errors}`);
    return json.weightsSha256;
  };

  const whole = await finished('whole', train('--epochs', '2'));
  await finished('half', train('--epochs', '1'));
  const other = await finished('other', train('--epochs', '2', '--seed', '2'));
  const runOf = (name: string): string => join(folder, name, 'run');
  const scenes: Scene[] = [
    { name: 'train', words: train('--epochs', '2'), resume: ['--resume'], weights: whole },
    {
      name: 'train --overwrite',
      from: runOf('whole'),
      words: train('--epochs', '2', '--seed', '2', '--overwrite'),
      resume: ['--resume'],
      weights: other,
      weightsBefore: whole,
    },
    {
      name: 'train --resume',
      from: runOf('half'),
      words: train('--resume', '--epochs', '2'),
      resume: ['--resume', '--epochs', '2'],
      weights: whole,
    },
    {
      name: 'save',
      from: runOf('whole'),
      words: ['save', join(runOf('other'), 'model'), 'run/model'],
      weights: other,
      weightsBefore: whole,
    },
  ];

  return {
    scenes,
    async operationsOf({ name, from, words }) {
      const place = makePlace('counted', from);
      const log = join(folder, 'operations.json');
      const { code, errors } = await run(place, words, { KILL_BELOW: join(place, 'run'), KILL_LOG: log });
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${errors}`);
      return JSON.parse(readFileSync(log, 'utf8')) as string[];
    },
    async kill({ name, from, words, resume, weights, weightsBefore }, at, how) {
      const place = makePlace(`killed-${name.replaceAll(/\W+/g, '-')}-${at}-${how}`, from);
      const problems: string[] = [];
      const foreign = foreignIn(place);
      const before = ofOurs(place);
      const look = (when: string): void => {
        if (JSON.stringify(foreignIn(place)) !== JSON.stringify(foreign))
          problems.push(`${when}: a stranger's file changed`);
      };
      const killed = await run(place, words, {
        KILL_BELOW: join(place, 'run'),
        KILL_AT: String(at),
        KILL_HOW: how,
      });
      if (killed.signal !== 'SIGKILL') problems.push(`was not killed: ${killed.errors}`);
      look('after the kill');
      const isUnchanged = JSON.stringify(ofOurs(place)) === JSON.stringify(before);
      const goOn = async (): Promise<{ end: Outcome['end']; ended: Ended }> => {
        if (!resume) {
          const found = await run(place, ['load', 'run/model']);
          if (found.json.weightsSha256 !== weights && found.json.weightsSha256 !== weightsBefore)
            problems.push(`neither the old model nor the new one: ${found.errors}`);
          return { end: 'saved', ended: await run(place, words) };
        }
        // A run that was not there yet has no options to recall.
        const isNew = isUnchanged && from === undefined;
        const again = ['train', '--json', '--quiet', '--threads', '1', '--out', 'run', ...resume];
        const ended = await run(place, isNew ? [...words, '--resume'] : again);
        look('after resuming');
        if (ended.code !== 1) return { end: 'resumed', ended };
        const { message = '' } = ended.json.error ?? {};
        if (!/^run: the start of a training was interrupted there .* [Ss]tart (it|the new one) again/.test(message))
          problems.push(`refused: ${ended.errors}`);
        return { end: 'refused, then started again', ended: await run(place, words) };
      };
      const gone = await goOn();
      const { ended } = gone;
      let { end } = gone;
      look('in the end');
      const found = ended.json.weightsSha256;
      if (found !== weights && isUnchanged && found === weightsBefore) end = 'unchanged';
      else if (found !== weights) problems.push(`other weights (exit code ${ended.code}): ${ended.errors}`);
      const leftovers = Object.keys(ofOurs(place)).filter((path) => /partial|in-use|replaced|overwritten/.test(path));
      if (leftovers.length > 0) problems.push(`left behind: ${leftovers.join(', ')}`);
      if (problems.length === 0) rmSync(place, { recursive: true });
      return { end, problems };
    },
  };
}

/** What somebody else has in the folder and beside it. */
const strangers: Readonly<Record<string, string>> = {
  'run/notes.txt': 'notes',
  'run/own/deep/data.bin': '\u0000\u0001',
  'run/model.partial/own.txt': 'mine',
  'run/model.replaced/own.txt': 'mine',
  'run/options.json.partial': 'mine',
  'run/history.json.partial': 'mine',
  'run/checkpoints/own.txt': 'mine',
  'run/checkpoints/checkpoint-last/own.txt': 'mine',
  'run/checkpoints/own.partial/own.txt': 'mine',
  'run.partial/own.txt': 'mine',
  'model/own.txt': 'mine',
  'beside.txt': 'mine',
};

function addForeign(place: string): void {
  for (const [path, text] of Object.entries(strangers)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  rmSync(join(place, 'run', 'link'), { force: true });
  symlinkSync('../beside.txt', join(place, 'run', 'link'));
}

const isForeign = (path: string): boolean => path === 'run/link' || Object.hasOwn(strangers, path);

/** The strangers' files and link, as they are now. */
const foreignIn = (place: string): Record<string, string> =>
  Object.fromEntries(Object.entries(fingerprint(place)).filter(([path]) => isForeign(path)));

/** Everything else in the run's folder, but for a lock in the making. */
const ofOurs = (place: string): Record<string, string> =>
  existsSync(join(place, 'run'))
    ? Object.fromEntries(
        Object.entries(fingerprint(join(place, 'run'))).filter(
          ([path, content]) => content !== 'folder' && !isForeign(`run/${path}`) && !/^in-use-.*\.partial$/.test(path),
        ),
      )
    : {};

function runProgram(place: string, words: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ended> {
  const preload = environment['KILL_BELOW'] === undefined ? [] : [`--import=${sourceOf('kill-at-operation.ts')}`];
  const command = [
    '--conditions=@striate/source',
    ...preload,
    sourceOf(words[0] === 'train' ? '../main.ts' : 'save-model.ts'),
    ...words,
  ];
  const child = spawn(process.execPath, command, {
    cwd: place,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const json = output === '' ? {} : (JSON.parse(output) as Ended['json']);
      resolve({ code, signal, json, errors });
    });
  });
}
