import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import type { Missing } from './device.ts';

// Under Node alone; comes by '#dawn'.

/** Where the system keeps things, so that tests can put others in their place. */
export interface Places {
  /** Folders with the loader, libvulkan.so.1. */
  loaders: readonly string[];
  /** Folders with the drivers' manifests. */
  drivers: readonly string[];
  /** Patterns of the devices that GPUs appear as. */
  devices: readonly string[];
  /** Manifests of the SwiftShader that a Chromium brings. */
  swiftShaders: readonly string[];
}

const places: Places = {
  loaders: [
    ...(process.env['LD_LIBRARY_PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib',
  ],
  drivers: ['/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/usr/share/vulkan/icd.d'],
  devices: ['/dev/dri/renderD*', '/dev/nvidia[0-9]*', '/dev/dxg'],
  swiftShaders: ['/usr/lib/chromium', '/usr/lib64/chromium-browser', '/opt/google/chrome'].map((folder) =>
    join(folder, 'vk_swiftshader_icd.json'),
  ),
};

/** Why Dawn finds no adapter on this machine: what there is, what it lacks, and what would mend it. */
export function missingDriver(
  { loaders, drivers, devices, swiftShaders }: Places = places,
  environment: NodeJS.ProcessEnv = process.env,
): Missing {
  const none = 'no GPU adapter was found:';
  if (process.platform !== 'linux') {
    return { reason: `${none} no driver here has a GPU that Dawn can use.`, remedy: "Update the GPU's driver." };
  }
  const gpus = devices.flatMap((pattern) => globSync(pattern));
  const seen = gpus.length > 0 ? `The GPU is there (${gpus.join(', ')}).` : `No GPU is seen (${devices.join(', ')}).`;
  const remedy = [
    gpus.length > 0 ? "Install the GPU's driver for Vulkan." : '',
    onProcessor(swiftShaders.find((file) => existsSync(file))),
  ];
  return {
    reason: `${none} ${loaderProblem(loaders) ?? driverProblem(drivers, environment)} ${seen}`,
    remedy: remedy.filter((part) => part !== '').join(' '),
  };
}

function loaderProblem(folders: readonly string[]): string | undefined {
  const isThere = folders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
  return isThere ? undefined : "Vulkan's loader, libvulkan.so.1, is not installed (apt-get install libvulkan1).";
}

function driverProblem(folders: readonly string[], environment: NodeJS.ProcessEnv): string {
  const variable = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'].find((name) => environment[name]);
  const files = variable ? environment[variable]!.split(delimiter) : folders.flatMap(manifestsIn);
  const gone = files.find((file) => !existsSync(file));
  if (gone !== undefined) return `${variable} names ${gone}, which is not there.`;
  if (files.length === 0) return `Vulkan has no driver (looked in ${folders.join(', ')}).`;
  const found = `Vulkan's drivers here (${files.map(describe).join(', ')}) have no device that Dawn can use.`;
  const isMesaOnProcessor = files.some((file) => basename(file).startsWith('lvp_'));
  return isMesaOnProcessor
    ? `${found} lvp, Mesa's driver for the processor, is too old for it in Mesa 22.3 (Debian 12).`
    : found;
}

const manifestsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name))
    : [];

/** `lvp_icd.x86_64.json for Vulkan 1.1.230` */
function describe(file: string): string {
  try {
    const { ICD } = JSON.parse(readFileSync(file, 'utf8')) as { ICD: { api_version: string } };
    return `${basename(file)} for Vulkan ${ICD.api_version}`;
  } catch {
    return `${basename(file)}, which cannot be read`;
  }
}

/** Tried on Debian 12, whose mesa-vulkan-drivers do not help. */
function onProcessor(swiftShader: string | undefined): string {
  return swiftShader === undefined
    ? 'Without a GPU, the SwiftShader in Chromium computes on the processor: apt-get install chromium libvulkan1, and set VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json. wasm() is faster there.'
    : `Without a GPU, the SwiftShader in Chromium computes on the processor: set VK_ICD_FILENAMES=${swiftShader}. wasm() is faster there.`;
}
