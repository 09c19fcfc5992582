/**
 * A matrix with orthonormal columns: Q of the QR decomposition of `a`, with the signs that make R's diagonal positive, so
 * that Gaussian values give every orthogonal matrix the same chance. By Householder reflections in float64, in a fixed
 * order: equal values give equal bits.
 *
 * Source: Mezzadri 2007, "How to generate random matrices from the classical compact groups".
 *
 * @param a [rows, columns] row by row, rows >= columns; it is left alone
 * @returns [rows, columns] row by row
 */
export function orthogonalMatrix(a: ArrayLike<number>, rows: number, columns: number): Float64Array {
  // Column by column, so that each reflection runs along memory.
  const work = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) work[column * rows + row] = a[row * columns + column]!;
  const signs = new Float64Array(columns);
  const scales = new Float64Array(columns);
  for (let k = 0; k < columns; k++) {
    const head = k * rows + k;
    const norm = Math.sqrt(dot(work, head, head, rows - k));
    const diagonal = work[head]! > 0 ? -norm : norm;
    signs[k] = diagonal < 0 ? -1 : 1;
    // The reflection's vector takes the column's place.
    work[head]! -= diagonal;
    const square = dot(work, head, head, rows - k);
    scales[k] = square === 0 ? 0 : 2 / square;
    for (let column = k + 1; column < columns; column++)
      reflect(work, column * rows + k, work, head, scales[k]!, rows - k);
  }
  const q = new Float64Array(rows * columns);
  for (let k = 0; k < columns; k++) q[k * rows + k] = signs[k]!;
  for (let k = columns - 1; k >= 0; k--) {
    for (let column = k; column < columns; column++)
      reflect(q, column * rows + k, work, k * rows + k, scales[k]!, rows - k);
  }
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[row * columns + column] = q[column * rows + row]!;
  return result;
}

/** x = x - scale v (v . x) */
function reflect(
  values: Float64Array,
  x: number,
  vectors: Float64Array,
  v: number,
  scale: number,
  length: number,
): void {
  let product = 0;
  for (let i = 0; i < length; i++) product += values[x + i]! * vectors[v + i]!;
  const factor = scale * product;
  for (let i = 0; i < length; i++) values[x + i]! -= factor * vectors[v + i]!;
}

function dot(values: Float64Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[a + i]! * values[b + i]!;
  return sum;
}
