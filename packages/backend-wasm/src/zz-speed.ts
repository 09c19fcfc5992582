import { createRuntime } from './runtime.ts';
import { compileBase64 } from './build.ts';
import { conv2d } from './kernels/conv2d.ts';
import { conv2dInputGradient } from './kernels/conv2d-input-gradient.ts';
import { conv2dKernelGradient } from './kernels/conv2d-kernel-gradient.ts';
import { matMul } from './kernels/mat-mul.ts';
const threads = Number(process.env.T ?? 1);
const only = process.env.ONLY;
const prof = process.env.PROF;
const rt = await createRuntime({ threads, simd: 'relaxed', memory: 'shared', compile: async b => compileBase64((await import(`${process.env.STRIATE_WASM_BUILDS ?? '/tmp/gemmwork/generated'}/relaxed-shared.ts`)).default) } as any);
const times: Record<string, number> = {};
function go(kernel: any, inputShapes: Record<string, number[]>, attributes: any, flop: number, label: string) {
  if (only && !label.includes(only)) return;
  const blocks = new Map<object, number>(); 
  const size = (s: number[]) => s.reduce((a, b) => a * b, 1);
  const inputs: any = {};
  for (const [k, s] of Object.entries(inputShapes)) { const id = {}; const a = rt.allocator.allocate(size(s) * 4); const f = new Float32Array(rt.memory.buffer, a, size(s)); for (let i = 0; i < f.length; i++) f[i] = Math.random() - 0.5; blocks.set(id, a); inputs[k] = { dataId: id, shape: s, dtype: 'float32' }; }
  let temps: number[] = [];
  const backend = { winograd: false, address: (t: any) => blocks.get(t.dataId), output: (s: number[]) => { const id = {}; const a = rt.allocator.allocate(size(s) * 4); temps.push(a); blocks.set(id, a); return { dataId: id, shape: s, dtype: 'float32' }; }, temporary: (n: number) => { const a = rt.allocator.allocate(n); temps.push(a); return a; }, run: (n: string, a: number[], w: any) => { const t = performance.now(); rt.run(n, a, w); times[n] = Math.min(times[n] ?? 1e9, performance.now() - t); its[n]=w.items; } };
  const its: any = {};
  for (const k in times) delete times[k];
  let best = 1e9; const t0 = performance.now();
  while (performance.now() - t0 < Number(process.env.MS ?? 500)) { const t = performance.now(); kernel.run({ inputs, attributes, backend }); best = Math.min(best, performance.now() - t); for (const a of temps) rt.allocator.free(a); temps = []; }
  for (const id of Object.values(inputs) as any[]) rt.allocator.free(blocks.get(id.dataId)!);
  console.log(label.padEnd(44), (best).toFixed(3).padStart(8), 'ms', (flop / best / 1e6).toFixed(1).padStart(6), 'GFLOP/s', prof ? Object.entries(times).map(([k, v]) => `${k}[${its[k]}] ${v.toFixed(3)}`).join('  ') : '');
}
function convs(label: string, x: number[], kernel: number[], s: number, p: number, groups = 1) {
  const oh = Math.floor((x[1] + 2 * p - kernel[0]) / s) + 1, ow = Math.floor((x[2] + 2 * p - kernel[1]) / s) + 1, y = [x[0], oh, ow, kernel[3]];
  const flop = 2 * x[0] * oh * ow * kernel.reduce((a, b) => a * b, 1);
  const g = { strides: [s, s], padding: [p, p, p, p], dilations: [1, 1], groups };
  go(conv2d, { x, kernel, bias: [kernel[3]] }, { ...g, activation: 'relu' }, flop, label + ' forward');
  go(conv2dInputGradient, { dy: y, kernel, y }, { ...g, inputShape: x }, flop, label + ' input gradient');
  go(conv2dKernelGradient, { x, dy: y, y }, { ...g, kernelShape: kernel }, flop, label + ' kernel gradient');
}
convs('28x28x1->32 3x3 valid b64', [64, 28, 28, 1], [3, 3, 1, 32], 1, 0);
convs('13x13x32->64 3x3 valid b64', [64, 13, 13, 32], [3, 3, 32, 64], 1, 0);
convs('32x32x3->16 3x3 same b128', [128, 32, 32, 3], [3, 3, 3, 16], 1, 1);
convs('32x32x16->16 3x3 same b128', [128, 32, 32, 16], [3, 3, 16, 16], 1, 1);
convs('16x16x32->32 3x3 same b128', [128, 16, 16, 32], [3, 3, 32, 32], 1, 1);
convs('32x32x16->32 3x3 s2 b128', [128, 32, 32, 16], [3, 3, 16, 32], 2, 1);
convs('8x8x64->64 3x3 same b128', [128, 8, 8, 64], [3, 3, 64, 64], 1, 1);
convs('32x32x16->32 1x1 s2 b128', [128, 32, 32, 16], [1, 1, 16, 32], 2, 0);
const mm = (a: number[], b: number[], tA: boolean, tB: boolean, label: string) => { const m = tA ? a[1] : a[0], k = tA ? a[0] : a[1], n = tB ? b[0] : b[1]; go(matMul, { a, b, bias: [n] }, { transposeA: tA, transposeB: tB, activation: 'relu' }, 2 * m * n * k, label); };
mm([64, 1600], [1600, 128], false, false, 'dense 64x1600x128 forward');
mm([64, 1600], [64, 128], true, false, 'dense 64x1600x128 kernel gradient');
mm([64, 128], [1600, 128], false, true, 'dense 64x1600x128 input gradient');
await rt.stop(); process.exit(0);
