import { launchChromium } from '@striate/browsers';
import { readFileSync } from 'node:fs';
const codes = ['005-conv2dInputGradient', '007-conv2d', '004-matMulNT', '066-biasGradient'].map((n) => readFileSync(`/tmp/g1/wgsl/${n}.wgsl`, 'utf8'));
for (const args of [['--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension'], ['--enable-dawn-features=disable_workgroup_init'], []]) {
  const browser = await launchChromium({ webgpu: true, args });
  const page = await browser.newPage();
  await page.goto('file:///tmp/g1/x.html');
  console.log(args, await page.evaluate(async (codes) => {
    const adapter = await navigator.gpu.requestAdapter(); const device = await adapter!.requestDevice();
    const out: any[] = [adapter!.info.description || adapter!.info.architecture];
    for (const code of codes) for (const r of [1, 2]) { const t = performance.now(); const module = device.createShaderModule({ code: code + `\nconst unused${r} = ${r};` }); await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } }); out.push(Math.round(performance.now() - t)); }
    return out;
  }, codes));
  await browser.close();
}
process.exit(0);
