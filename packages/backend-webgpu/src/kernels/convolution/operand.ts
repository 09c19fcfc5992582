/** One side of a matrix product that is read from a tensor in place, by index arithmetic. */
export interface Operand {
  /** Name of the array. */
  array: string;
  /** Name of an array of the same shape: only elements at which it is positive count. */
  mask?: string | undefined;
  /** Direction in which elements are read by fours: along the sum, or across it, along the rows of a or columns of b. */
  along: 'inner' | 'outer';
  /** Whether such four are one vector in memory; the arrays are then bound as vectors. */
  vectors: boolean;
  /**
   * WGSL, with the operand's letter for `@`: `struct Place@`, `fn place@(z: u32, outer: u32) -> Place@` (what stays the
   * same along the sum, for row or column `outer` of product `z`) and `fn index@(place: Place@, k: u32) -> i32`, the
   * index of an element, or a negative number where there is a zero.
   */
  code: string;
}

/** WGSL of `fn element@(outer, k, end, place)`: one element, or one vector, with zeros beyond the edges. */
export function elementCode(letter: 'A' | 'B', { array, mask, vectors, code }: Operand): string {
  const limit = letter === 'A' ? 'uniforms.rows' : 'uniforms.columns';
  const type = vectors ? 'vec4f' : 'f32';
  const at = vectors ? 'index >> 2' : 'index';
  // Functions that return at one place only: some compilers take very long to inline others.
  const element = `
    fn element@(outer: u32, k: u32, end: u32, place: Place@) -> ${type} {
      var value = ${type}(0);
      if (outer < ${limit} && k < end) {
        let index = index@(place, k);
        if (index >= 0) {
          value = ${mask ? `select(${type}(0), ${array}[${at}], ${mask}[${at}] > ${type}(0))` : `${array}[${at}]`};
        }
      }
      return value;
    }`;
  return `${code}${element}`.replaceAll('@', letter);
}

/** WGSL of `fn read@(z, outer, k, end, place) -> vec4f` as well: four elements. */
export function operandCode(letter: 'A' | 'B', operand: Operand): string {
  const { along, vectors } = operand;
  const each =
    along === 'inner' ? 'element@(outer, k + i, end, place)' : 'element@(outer + i, k, end, place@(z, outer + i))';
  const four = `
      var four = vec4f(0);
      for (var i = 0u; i < 4; i++) { four[i] = ${each}; }
      return four;`;
  const read = `
    fn read@(z: u32, outer: u32, k: u32, end: u32, place: Place@) -> vec4f {
      ${vectors ? 'return element@(outer, k, end, place);' : four}
    }`;
  return elementCode(letter, operand) + read.replaceAll('@', letter);
}
