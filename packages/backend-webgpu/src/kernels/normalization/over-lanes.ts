/** Threads of a workgroup that reduces. More cost software adapters far more than they are worth. */
export const workgroupThreads = 64;

/** The least power of two that is not below `count`. */
export const powerOfTwo = (count: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, count)));

/**
 * WGSL: `overLanes(own, first, step, lane)` combines, as a tree and so always in the same order, what `lanes` threads hold
 * (a power of two), whose places in the workgroup's memory are first, first + step, ..; every thread gets the result. The
 * program says what `combined` makes of two of `type`.
 */
export function overLanesCode(type: string, lanes: number, threads: number = workgroupThreads): string {
  return `
var<workgroup> held: array<${type}, ${threads}>;

fn overLanes(own: ${type}, first: u32, step: u32, lane: u32) -> ${type} {
  let place = first + lane * step;
  held[place] = own;
  for (var half = ${Math.floor(lanes / 2)}u; half > 0u; half = half / 2u) {
    workgroupBarrier();
    if (lane < half) {
      held[place] = combined(held[place], held[place + half * step]);
    }
  }
  workgroupBarrier();
  let result = held[first];
  workgroupBarrier();
  return result;
}
`;
}
