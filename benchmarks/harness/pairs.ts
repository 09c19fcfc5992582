import type { PeerProcess } from './peer-process.ts';

/** Two sides, measured in turns. */
export interface PairedTimes {
  /** Median milliseconds of a step: of all our steps, and of all the peer's. */
  readonly ours: number;
  readonly peers: number;
  /** Our median over the peer's, of each pair. */
  readonly ratios: number[];
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Runs ours and the peer in turns, `pairs` times, after a warm-up. What slows the machine then slows both. */
export async function measurePairs(
  ours: { process: PeerProcess; steps: number; warmUp?: number },
  peer: { process: PeerProcess; steps: number; warmUp: number },
  pairs: number,
): Promise<PairedTimes> {
  if (ours.warmUp !== 0) await ours.process.run(ours.warmUp ?? 5);
  if (peer.warmUp > 0) await peer.process.run(peer.warmUp);
  const mine: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const own = (await ours.process.run(ours.steps)).milliseconds;
    const other = (await peer.process.run(peer.steps)).milliseconds;
    mine.push(...own);
    theirs.push(...other);
    ratios.push(median(own) / median(other));
  }
  return { ours: median(mine), peers: median(theirs), ratios };
}
