import { BackendError } from '@striate/core';

/** Says where a shader is wrong, with the lines meant. */
export async function compileError(shader: {
  name: string;
  code: string;
  module: GPUShaderModule;
  error: GPUError;
}): Promise<BackendError> {
  const { name, code, module, error } = shader;
  const lines = code.split('\n');
  const { messages } = await module.getCompilationInfo();
  const texts = messages
    .filter(({ type }) => type === 'error')
    .map(({ lineNum, linePos, message }) => `${message} at ${lineNum}:${linePos}: ${lines[lineNum - 1]?.trim() ?? ''}`);
  // A pipeline can be wrong although its shader compiles.
  const text = texts.length > 0 ? texts.join('\n  ') : error.message;
  return new BackendError(
    `webgpu: program '${name}' does not compile on this GPU, whose driver may be to blame:\n  ${text}\n` +
      'Another backend goes on in its place; please report this message.',
  );
}
