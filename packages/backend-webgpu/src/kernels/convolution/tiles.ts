import type { ProductSizes } from './product-sizes.ts';

/** How a matrix product is cut: workgroups compute tiles, invocations several rows and four columns of a tile. */
export interface Tiles {
  columnThreads: number;
  rowThreads: number;
  rowsPerThread: number;
  /** So many workgroups share the sum of one tile, each over `chunk` of its terms. */
  splits: number;
  chunk: number;
}

/** Terms that a workgroup holds at a time. */
export const step = 16;

/** Workgroups that keep a large GPU busy. */
const enough = 512;
/** Fewest terms of a sum that are worth a workgroup and an addition. */
const smallestChunk = 128;

const tilesAlong = (size: number, tile: number): number => Math.ceil(size / tile);

/** The largest tile that computes not much more beyond the edge than the smallest would. */
function largestTile(size: number, tiles: readonly number[], waste: number): number {
  const padded = (tile: number): number => tilesAlong(size, tile) * tile;
  const least = Math.min(...tiles.map(padded));
  return tiles.find((tile) => padded(tile) <= waste * least)!;
}

/** Depends on sizes alone, so that the same sums are added in the same order on every run. */
export function tilesOf({ rows, columns, inner, batches }: ProductSizes): Tiles {
  const tileColumns = largestTile(columns, [64, 32, 16, 8], 1.15);
  const workgroups = (tileRows: number): number =>
    tilesAlong(rows, tileRows) * tilesAlong(columns, tileColumns) * batches;
  const tileRows = largestTile(rows, workgroups(128) >= enough ? [128, 64, 32, 16] : [64, 32, 16], 1.35);
  const columnThreads = tileColumns / 4;
  const rowThreads = Math.min(tileRows / 4, 256 / columnThreads);
  const most = Math.max(1, Math.min(Math.floor(enough / workgroups(tileRows)), Math.floor(inner / smallestChunk)));
  const chunk = Math.max(step, Math.ceil(inner / most / step) * step);
  return {
    columnThreads,
    rowThreads,
    rowsPerThread: tileRows / rowThreads,
    splits: Math.max(1, Math.ceil(inner / chunk)),
    chunk,
  };
}

/** Workgroups that compute a product. */
export function workgroupsOf({ rows, columns, batches }: ProductSizes, tiles: Tiles): number {
  const { columnThreads, rowThreads, rowsPerThread, splits } = tiles;
  return tilesAlong(rows, rowThreads * rowsPerThread) * tilesAlong(columns, columnThreads * 4) * batches * splits;
}
