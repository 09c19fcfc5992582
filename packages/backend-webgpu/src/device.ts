import { BackendError } from '@striate/core';
import { importDawn, missingDriver } from '#dawn';

export interface DeviceOptions {
  powerPreference: GPUPowerPreference;
}

/** A device of our own, and what it was made from. */
export interface OpenDevice {
  device: GPUDevice;
  info: GPUAdapterInfo;
  /** Human-readable: 'WebGPU, NVIDIA H100'. */
  text: string;
  /** Destroys the device, and takes `navigator.gpu` away where it was put there by us. */
  release(): void;
}

/** Why there is no WebGPU here, and what would mend it. */
export interface Missing {
  reason: string;
  remedy: string;
}

/** An adapter, and how to let go of it. */
export interface FoundAdapter {
  adapter: GPUAdapter;
  release(): void;
}

/** The first three are asked for because kernels may use them, the last because stock kernels look for it. */
const wantedFeatures: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query', 'bgra8unorm-storage'];

/**
 * Opens a device with all that its adapter allows.
 *
 * @throws {BackendError} if there is no WebGPU or no adapter: why, and what would mend it.
 */
export async function openDevice(options: DeviceOptions): Promise<OpenDevice> {
  const found = await findAdapter(options);
  if ('reason' in found) throw new BackendError(`webgpu: ${found.reason} ${found.remedy}`);
  const { adapter, release } = found;
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: wantedFeatures.filter((name) => adapter.features.has(name)),
      requiredLimits: allLimits(adapter.limits),
    });
    return {
      device,
      info: adapter.info,
      text: adapterText(adapter),
      release() {
        device.destroy();
        release();
      },
    };
  } catch (cause) {
    release();
    throw new BackendError(`webgpu: the adapter gives no device: ${(cause as Error).message}`, { cause });
  }
}

/** The adapter that a device would be opened on. */
export async function findAdapter({ powerPreference }: DeviceOptions): Promise<FoundAdapter | Missing> {
  const found = await findGpu();
  if ('reason' in found) return found;
  const { gpu, release } = found;
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (adapter) return { adapter, release };
  release();
  return missingDriver?.() ?? noAdapter;
}

/** 'WebGPU, NAME'. */
export function adapterText({ info: { description, device, vendor, architecture } }: GPUAdapter): string {
  const name = description || device || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter';
  return `WebGPU, ${name}`;
}

/** Else in a page or its worker. */
export const inNode: boolean = importDawn !== undefined;

/** `navigator.gpu`; in Node put there, out of the package `webgpu`, until it is released. */
async function findGpu(): Promise<{ gpu: GPU; release(): void } | Missing> {
  const { navigator } = globalThis;
  if (navigator.gpu) return { gpu: navigator.gpu, release: () => undefined };
  if (!importDawn) return noWebGpu;
  const dawn = await loadDawn(importDawn);
  if ('reason' in dawn) return dawn;
  Object.assign(globalThis, dawn.globals);
  const gpu = await createGpu(dawn);
  // tfjs looks for navigator.gpu; as long as that is referenced, the process does not exit.
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  return {
    gpu,
    release() {
      if (navigator.gpu === gpu) delete (navigator as { gpu?: GPU }).gpu;
    },
  };
}

/**
 * Adapters that compute on the CPU compile a shader several times as fast when a loop sets workgroup memory to zero,
 * instead of Vulkan's extension: SwiftShader writes an instruction for each element.
 */
async function createGpu({ create }: typeof import('webgpu')): Promise<GPU> {
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  if (!adapter?.info.isFallbackAdapter) return gpu;
  return create(['disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension']);
}

async function loadDawn(load: NonNullable<typeof importDawn>): Promise<typeof import('webgpu') | Missing> {
  try {
    return await load();
  } catch (error) {
    const { message } = error as Error;
    if (/Cannot find (package|module) '?webgpu/.test(message)) return noPackage;
    return {
      reason: `the package 'webgpu' (Dawn) does not load here: ${message}`,
      remedy: 'It has builds for Linux, Windows (x64, arm64) and macOS; `npm install webgpu@latest` installs it anew.',
    };
  }
}

/** All limits of the adapter, in place of the defaults. */
function allLimits(limits: GPUSupportedLimits): Record<string, number> {
  const found: Record<string, number> = {};
  // They are accessors of the prototype, which only for-in lists.
  for (const name in limits) {
    const value = limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') found[name] = value;
  }
  return found;
}

const noPackage: Missing = {
  reason: "Node has no WebGPU of its own, and the package 'webgpu' (Dawn) is not installed.",
  remedy: 'Add it: npm install webgpu',
};

const noWebGpu: Missing = {
  reason: 'this page has no navigator.gpu.',
  remedy:
    'WebGPU needs Chrome or Edge 113, Safari 26, or Firefox 141 (Windows) or 145 (macOS) and later, and a page from ' +
    'https or localhost. In Chrome on Linux set chrome://flags/#enable-unsafe-webgpu and #enable-vulkan.',
};

const noAdapter: Missing = {
  reason: 'this browser gives no GPU adapter: the GPU is blocked, or graphics acceleration is switched off.',
  remedy:
    'Switch graphics acceleration on in the settings and look at chrome://gpu; ' +
    'chrome://flags/#enable-unsafe-webgpu lets blocked GPUs in.',
};
