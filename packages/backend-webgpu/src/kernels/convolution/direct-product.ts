import type { Dispatch, Gpu } from '../../kernel.ts';
import { linearWorkgroups } from '../../linear.ts';
import { wholeInner, type MatrixProduct } from './matrix-product.ts';
import { elementCode } from './operand.ts';

/** Invocations that share a sum, and sums of a workgroup. */
const [lanes, elements] = [8, 8];

/**
 * Some invocations compute an element together, without tiles. All sizes are uniforms, so that products of all shapes
 * share a program: numbers among the constants are passed as u32 under the same names, and flags steer the code.
 */
export function directProduct(
  gpu: Gpu,
  { name, constants, sizes, inputs, a, b, store, innerOf = wholeInner, columnSums = false }: MatrixProduct,
): void {
  const rows = sizes.rows + Number(columnSums);
  const total = rows * sizes.columns * sizes.batches;
  const entries = Object.entries(constants);
  const flags = entries.filter(([, value]) => typeof value === 'boolean');
  const numbers = entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const uniforms: Dispatch['uniforms'] = Object.fromEntries(
    [['total', total] as const, ...Object.entries(sizes), ...numbers].map(([key, value]) => [
      key,
      { type: 'u32', value },
    ]),
  );
  gpu.dispatch({
    name: `${name}.direct`,
    constants: Object.fromEntries(flags),
    inputs: { ...inputs, ...store.inputs },
    outputs: store.outputs,
    uniforms,
    code: () => {
      const code = `
        alias Value = f32;
        var<workgroup> sums: array<f32, ${lanes * elements}>;
        ${elementCode('A', a)}
        ${elementCode('B', b)}
        ${innerOf}
        ${store.code}
        @compute @workgroup_size(${lanes * elements})
        fn main(
          @builtin(workgroup_id) group: vec3u,
          @builtin(num_workgroups) groups: vec3u,
          @builtin(local_invocation_index) thread: u32,
        ) {
          let index = (group.y * groups.x + group.x) * ${elements} + thread / ${lanes};
          let lane = thread % ${lanes};
          let column = index % uniforms.columns;
          let line = index / uniforms.columns;
          let rows = uniforms.rows + ${Number(columnSums)};
          let row = line % rows;
          let z = line / rows;
          let end = select(0u, innerOf(z), index < uniforms.total);
          let placeOfA = placeA(z, row);
          let placeOfB = placeB(z, column);
          var sum = 0.0;
          for (var k = lane; k < end; k += ${lanes}) {
            let b = elementB(column, k, end, placeOfB);
            ${columnSums ? 'if (row == uniforms.rows) { sum += b; continue; }' : ''}
            sum += elementA(row, k, end, placeOfA) * b;
          }
          sums[thread] = sum;
          workgroupBarrier();
          if (lane != 0 || index >= uniforms.total) { return; }
          for (var other = 1u; other < ${lanes}; other++) { sum += sums[thread + other]; }
          store(z, row, column, sum);
        }`;
      return numbers.reduce((text, [key]) => text.replaceAll(new RegExp(`\\b${key}\\b`, 'g'), `uniforms.${key}`), code);
    },
    workgroups: linearWorkgroups(total, elements),
  });
}
