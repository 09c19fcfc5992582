import { ops, type AttributesOf, type KernelInputsOf } from '@striate/core/backend';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel } from '@striate/backend-wasm/extend';
import type { OneDnnContext } from '../context.ts';
import type { Engine } from '../engine.ts';
import { inWorkshop, type ElementType } from '../workshop.ts';
import { dnnl } from '../library/constants.ts';
import type { Primitive } from '../primitive.ts';

interface Product {
  rows: number;
  depth: number;
  columns: number;
  transposeA: boolean;
  transposeB: boolean;
  bias: boolean;
  relu: boolean;
}

/** Below this many multiplications ours is as fast. */
const smallestProduct = 20_000;

/** y = act(op(a) op(b) + bias) */
export function matMul({ engine, precision }: OneDnnContext): Kernel {
  return defineKernel(ops.matMul, {
    accepts({ inputs, attributes }) {
      const { rows, depth, columns } = productOf(inputs, attributes);
      return rows * depth * columns >= smallestProduct;
    },
    run({ inputs, attributes, backend }) {
      const product = productOf(inputs, attributes);
      const { convertA, convertB, primitive } = planOf(engine, product, precision);
      const y = backend.output([product.rows, product.columns]);
      const converted = (conversion: Primitive | undefined, tensor: TensorInfo): number => {
        const address = backend.address(tensor);
        if (!conversion) return address;
        const target = backend.temporary(2 * tensor.shape[0]! * tensor.shape[1]!);
        conversion.run(address, target);
        return target;
      };
      primitive.run(
        converted(convertA, inputs.a),
        converted(convertB, inputs.b),
        ...(inputs.bias ? [backend.address(inputs.bias)] : []),
        backend.address(y),
      );
      return y;
    },
  });
}

function productOf(
  { a, b, bias }: KernelInputsOf<typeof ops.matMul>,
  { transposeA, transposeB, activation }: AttributesOf<typeof ops.matMul>,
): Product {
  const [rows, depth] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const columns = transposeB ? b.shape[0]! : b.shape[1]!;
  return { rows, depth, columns, transposeA, transposeB, bias: bias !== undefined, relu: activation === 'relu' };
}

interface Plan {
  primitive: Primitive;
  convertA: Primitive | undefined;
  convertB: Primitive | undefined;
  destroy(): void;
}

function planOf(engine: Engine, product: Product, precision: ElementType): Plan {
  const { rows, depth, columns, transposeA, transposeB, bias, relu } = product;
  return engine.cached(`matMul,${Object.values(product).join()},${precision}`, () =>
    inWorkshop(engine, (workshop) => {
      const matrix = (height: number, width: number, turned: boolean, type: ElementType): bigint =>
        workshop.describe([height, width], turned ? [1, height] : [width, 1], type);
      const a = matrix(rows, depth, transposeA, precision);
      const b = matrix(depth, columns, transposeB, precision);
      const biasRow = bias ? workshop.describe([1, columns], [columns, 1]) : null;
      const y = matrix(rows, columns, false, 'float32');
      const attributes = workshop.attributes({ relu });
      const plan = workshop.plan('dnnl_matmul_primitive_desc_create', a, b, biasRow, y, attributes)!;
      const { argument } = dnnl;
      const primitive = workshop.primitive(plan, [
        [argument.source, a],
        [argument.weights, b],
        ...(biasRow === null ? [] : [[argument.bias, biasRow] as [number, bigint]]),
        [argument.destination, y],
      ]);
      const convertA = workshop.reorder(matrix(rows, depth, transposeA, 'float32'), a);
      const convertB = workshop.reorder(matrix(depth, columns, transposeB, 'float32'), b);
      return {
        primitive,
        convertA,
        convertB,
        destroy: () => [primitive, convertA, convertB].forEach((part) => part?.destroy()),
      };
    }),
  );
}
