/** Values of the enumerations in oneDNN 3's C headers (dnnl_types.h, dnnl_common_types.h), which never change within a major version. */
export const dnnl = {
  engineKind: { cpu: 1 },
  streamFlags: { default: 1 },
  dataType: { bfloat16: 2, float32: 3, uint8: 6 },
  formatTag: { any: 1 },
  propKind: { forwardTraining: 64, forwardInference: 96, backward: 128 },
  algorithm: {
    convolutionDirect: 1,
    deconvolutionDirect: 10,
    tanh: 33,
    elu: 34,
    abs: 36,
    softRelu: 39,
    logistic: 41,
    geluTanh: 43,
    swish: 44,
    geluErf: 49,
    mish: 51,
    hardSwish: 52,
    tanhFromOutput: 257,
    logisticFromOutput: 260,
    resamplingNearest: 196_592,
    resamplingLinear: 196_593,
    softmax: 196_608,
    logSoftmax: 196_609,
    poolingMax: 511,
    poolingAverageIncludingPadding: 767,
    poolingAverageExcludingPadding: 1023,
    acrossChannels: 2815,
    binaryAdd: 131_056,
  },
  normalizationFlags: { useScale: 2, useShift: 4, fuseRelu: 8 },
  query: {
    implementation: 8,
    source: 129,
    sourceGradient: 130,
    weights: 131,
    weightsGradient: 132,
    destination: 133,
    destinationGradient: 134,
    workspace: 135,
  },
  argument: {
    source: 1,
    destination: 17,
    weights: 33,
    bias: 41,
    mean: 49,
    variance: 50,
    scale: 51,
    shift: 52,
    workspace: 64,
    sourceGradient: 129,
    destinationGradient: 145,
    weightsGradient: 161,
    biasGradient: 169,
    scaleGradient: 255,
    shiftGradient: 256,
    /** The second operand of the first operation behind the primitive. */
    firstPostOperand: 32_770,
  },
} as const;

const statuses = [
  'success',
  'out of memory',
  'invalid arguments',
  'unimplemented',
  'last implementation reached',
  'run-time error',
  'not required',
  'invalid graph',
];

/** What a status that a oneDNN function returned stands for. */
export function statusText(status: number): string {
  return `${statuses[status] ?? 'unknown'} (status ${status})`;
}

/** AVX-512 with products of bfloat16 numbers. */
export const avx512Bfloat16 = 231;

/** Bits of the instruction sets, best first: a set includes those of lesser ones. */
const instructionSets: readonly (readonly [name: string, bits: number])[] = [
  ['AVX-512 with AMX fp16', 8175],
  ['AVX-512 with AMX', 4079],
  ['AVX-512 fp16', 495],
  ['AVX-512 bf16', avx512Bfloat16],
  ['AVX-512 VNNI', 103],
  ['AVX-512', 39],
  ['AVX2 VNNI 2', 31],
  ['AVX2 VNNI', 15],
  ['AVX2', 7],
  ['AVX', 3],
  ['SSE4.1', 1],
];

/** The name of what `dnnl_get_effective_cpu_isa` returns. */
export function instructionSetName(bits: number): string {
  return instructionSets.find(([, all]) => (bits & all) === all)?.[0] ?? `unknown (${bits})`;
}

/** Whether this instruction set multiplies bfloat16 numbers in hardware. */
export function hasBfloat16(bits: number): boolean {
  return (bits & avx512Bfloat16) === avx512Bfloat16;
}
