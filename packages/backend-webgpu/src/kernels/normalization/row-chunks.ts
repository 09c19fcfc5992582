import { sizeOf } from '@striate/core';
import { powerOfTwo, workgroupThreads } from './over-lanes.ts';
import { valuesOf, type Values } from './values.ts';

/** How the rows of x [..., C] are cut for sums over them; depends on shapes alone, so that sums do too. */
export interface RowChunks extends Values {
  /** Threads of a workgroup side by side, along the channels; so many fewer lie along the rows. */
  width: number;
  lanes: number;
  chunks: number;
  constants: Record<'ROWS' | 'COLUMNS' | 'CHUNK_ROWS' | 'CHUNKS', number>;
  /** One for each chunk of rows and each `width` of columns. */
  workgroups: readonly [number, number, 1];
}

/** `unit`: where rows may be cut into values, at multiples of it. */
export function rowChunks(shape: readonly number[], unit: number = shape.at(-1)!): RowChunks {
  const channels = shape.at(-1)!;
  const rows = sizeOf(shape) / channels;
  const values = valuesOf(channels, unit);
  const width = Math.min(powerOfTwo(values.columns), values.vectors ? 8 : 32);
  const lanes = workgroupThreads / width;
  // The chunks' sums are combined by every workgroup that needs them: about as many chunks as a lane has rows.
  const wanted = rows <= 8 * lanes ? 1 : Math.min(256, Math.round(Math.sqrt(rows / 4)));
  const chunkRows = Math.max(1, Math.ceil(rows / wanted / lanes)) * lanes;
  const chunks = Math.max(1, Math.ceil(rows / chunkRows));
  return {
    ...values,
    width,
    lanes,
    chunks,
    constants: { ROWS: rows, COLUMNS: values.columns, CHUNK_ROWS: chunkRows, CHUNKS: chunks },
    workgroups: [chunks, Math.ceil(values.columns / width), 1],
  };
}

/**
 * WGSL: the entry point around a body that knows its `column`, its `lane` in the chunk `chunk` from row `start` to before
 * `end`, and `writes`: whether it is the thread that writes what the column's lanes have found together.
 */
export function mainOfChunks({ width, lanes }: RowChunks, body: string): string {
  return `
@compute @workgroup_size(${width}, ${lanes})
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let inside = group.y * ${width} + local.x < COLUMNS;
  let column = min(group.y * ${width} + local.x, COLUMNS - 1);
  let lane = local.y;
  let chunk = group.x;
  let start = chunk * CHUNK_ROWS;
  let end = min(start + CHUNK_ROWS, ROWS);
  let writes = lane == 0 && inside;
${body}
}
`;
}

/** WGSL: runs `each` for the rows of a lane. */
export const rowsLoop = ({ lanes }: RowChunks, each: string): string => `
  for (var row = start + lane; row < end; row += ${lanes}) {
    let place = row * COLUMNS + column;
    ${each}
  }`;

/** WGSL: runs `each` for the chunks that a lane combines. */
export const chunksLoop = ({ lanes }: RowChunks, each: string): string => `
  for (var other = lane; other < CHUNKS; other += ${lanes}) {
    let place = other * 2 * COLUMNS + column;
    ${each}
  }`;
