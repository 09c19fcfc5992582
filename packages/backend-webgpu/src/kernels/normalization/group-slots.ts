import { linearWorkgroups } from '../../linear.ts';
import { powerOfTwo, workgroupThreads } from './over-lanes.ts';
import { valuesOf, type Values } from './values.ts';

/** How x [N, places, C] with groups of channels is cut: a workgroup normalises some groups, each with some threads. */
export interface GroupSlots extends Values {
  threads: number;
  /** Threads of a group, and groups of a workgroup. */
  lanes: number;
  slots: number;
  /** Threads of one group that lie side by side. */
  run: number;
  constants: Record<'PLACES' | 'GROUPS' | 'COLUMNS' | 'ROW', number>;
  /** How many groups all samples have. */
  count: number;
  workgroups: [number, number, number];
}

interface Shape {
  samples: number;
  places: number;
  channels: number;
  groups: number;
}

export function groupSlots({ samples, places, channels, groups }: Shape): GroupSlots {
  const unit = channels / groups;
  const values = valuesOf(channels, unit);
  const columns = values.columns / groups;
  const isPower = powerOfTwo(columns) === columns;
  // There may be few groups, so that large ones take more threads.
  const threads = places * columns < 4096 ? workgroupThreads : 4 * workgroupThreads;
  const wanted = Math.min(threads, powerOfTwo((places * columns) / 4));
  // Neighbouring narrow groups share a workgroup, so that memory is read in long runs.
  const lanes = isPower ? Math.min(wanted, Math.max(1, (columns * threads) / (values.vectors ? 8 : 32))) : wanted;
  const slots = threads / lanes;
  const count = samples * groups;
  return {
    ...values,
    threads,
    lanes,
    slots,
    run: isPower ? Math.min(columns, lanes) : lanes,
    constants: { PLACES: places, GROUPS: groups, COLUMNS: columns, ROW: values.columns },
    count,
    workgroups: linearWorkgroups(count, slots),
  };
}

/**
 * WGSL: the entry point around a body that knows its `group` of all samples (`inside` tells whether there is one), its
 * `lane` in it, the `first` place that `overLanes` takes, and where x has its first value, `corner`.
 */
export function mainOfSlots({ threads, lanes, slots, run }: GroupSlots, body: string): string {
  return `
@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let lane = thread / ${run * slots} * ${run} + thread % ${run};
  let slot = thread / ${run} % ${slots};
  let first = slot * ${lanes};
  let wanted = (workgroup.x + workgroup.y * workgroups.x) * ${slots} + slot;
  let inside = wanted < uniforms.count;
  let group = min(wanted, uniforms.count - 1);
  let corner = group / GROUPS * PLACES * ROW + group % GROUPS * COLUMNS;
${body}
}
`;
}

/** WGSL: runs `each` for the values of a lane: `place` in x, and `column` among the channels. */
export const slotLoop = ({ lanes }: GroupSlots, each: string): string => `
  for (var index = lane; index < PLACES * COLUMNS; index += ${lanes}) {
    let place = corner + index / COLUMNS * ROW + index % COLUMNS;
    let column = group % GROUPS * COLUMNS + index % COLUMNS;
    ${each}
  }`;
