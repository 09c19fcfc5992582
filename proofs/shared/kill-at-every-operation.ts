import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from '../../benchmarks/harness/machine.ts';
import { createKillWalk, type KillWalk, type Scene } from '../../packages/cli/src/testing/kill-walk.ts';
import { conclude } from './conclude.ts';

/** A kill of a scene: before or half-way through one of its file operations. */
interface Kill {
  scene: Scene;
  at: number;
  how: 'before' | 'half';
  operation: string;
}

/** Kills each scene at each of its file operations, so many at a time, and tells what became of it. */
export async function killAtEveryOperation(jobs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'striate-kill-'));
  console.log(`${describeMachine()}; ${jobs} at a time`);
  const shortfalls: string[] = [];
  const ends = new Map<string, number>();
  try {
    const walk = await createKillWalk(folder);
    const kills = await killsOf(walk);
    const waiting = kills.entries();
    // Each takes the next kill from the same iterator.
    const work = async (): Promise<void> => {
      for (const [index, { scene, at, how, operation }] of waiting) {
        const { end, problems } = await walk.kill(scene, at, how);
        ends.set(end, (ends.get(end) ?? 0) + 1);
        const name = `${scene.name}, ${how === 'half' ? 'half-way through' : 'before'} operation ${at} (${operation})`;
        shortfalls.push(...problems.map((problem) => `${name}: ${problem}`));
        if ((index + 1) % 20 === 0) console.log(`${index + 1} of ${kills.length}: ${name}: ${end}`);
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
    const counts = Array.from(ends, ([end, count]) => `${count} ${end}`).join(', ');
    conclude('kill', `--every-operation: ${kills.length} kills: ${counts}; strangers' files unchanged`, shortfalls);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function killsOf(walk: KillWalk): Promise<Kill[]> {
  const kills: Kill[] = [];
  for (const scene of walk.scenes) {
    const operations = await walk.operationsOf(scene);
    console.log(`${scene.name}: ${operations.length} file operations`);
    for (const [index, operation] of operations.entries()) {
      for (const how of ['before', 'half'] as const) kills.push({ scene, at: index + 1, how, operation });
    }
  }
  return kills;
}
