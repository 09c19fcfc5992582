/** Of each dimension of workgroups, on every device. */
const maximumWorkgroups = 65_535;

/**
 * Workgroups for `count` items of which each group does `perGroup`: more than fit one dimension are spread over two.
 * The shader gets its item from {@link linearIndexCode}, and must leave out those from `count` on.
 *
 * @example
 * linearWorkgroups(1_000_000, 64); // [15_625, 1, 1]
 */
export function linearWorkgroups(count: number, perGroup: number): [x: number, y: number, z: 1] {
  const groups = Math.ceil(count / perGroup);
  const y = Math.ceil(groups / maximumWorkgroups);
  return [y > 0 ? Math.ceil(groups / y) : 0, y, 1];
}

/**
 * WGSL: `linearIndex(id, groups, SIZE)` is the item of an invocation, out of `@builtin(global_invocation_id) id: vec3u`
 * and `@builtin(num_workgroups) groups: vec3u`, in workgroups of SIZE by 1 by 1.
 */
export const linearIndexCode: string = `
fn linearIndex(id: vec3u, groups: vec3u, size: u32) -> u32 { return id.x + id.y * groups.x * size; }
`;
