// The operation StriateAdam: one step of Adam for all parameters at once. TensorFlow's own (ResourceApplyAdam) updates
// variables, one parameter at a time, and has to copy whatever somebody still holds.
#include <cmath>

#include "call.h"

namespace {

// What the tensor `settings` holds, before `shrink` and `added` of each parameter.
struct Settings {
  float beta1, beta1_rest, beta2, beta2_rest, step_size, deviation_scale, epsilon;
};
constexpr int kCommonSettings = 7;

// Restricted parameters, not members of a structure: else GCC does not vectorise the loop.
FOR_EVERY_PROCESSOR
void Update(const Settings s, float shrink, float added, int64_t size, const float* __restrict__ parameter,
            const float* __restrict__ mean, const float* __restrict__ variance, const float* __restrict__ gradient,
            float* __restrict__ new_parameter, float* __restrict__ new_mean, float* __restrict__ new_variance) {
  for (int64_t i = 0; i < size; i++) {
    const float g = gradient[i] + added * parameter[i];
    const float m = s.beta1 * mean[i] + s.beta1_rest * g;
    const float v = s.beta2 * variance[i] + s.beta2_rest * (g * g);
    new_mean[i] = m;
    new_variance[i] = v;
    new_parameter[i] = parameter[i] * shrink - s.step_size * (m / (std::sqrt(v) * s.deviation_scale + s.epsilon));
  }
}

void Compute(void*, TF_OpKernelContext* context) {
  striate::Call call(context);
  const int count = (TF_NumInputs(context) - 1) / 4;
  const TF_Tensor* settings = call.Input(0);
  if (!settings) return;
  if (TF_TensorElementCount(settings) != kCommonSettings + 2 * count) return call.Fail("StriateAdam: settings do not fit");
  const float* values = striate::Floats(settings);
  const Settings common = {values[0], values[1], values[2], values[3], values[4], values[5], values[6]};
  for (int i = 0; i < count; i++) {
    const TF_Tensor* inputs[4];
    const TF_Tensor* outputs[3];
    for (int role = 0; role < 4; role++) {
      inputs[role] = call.Input(1 + role * count + i);
      if (!inputs[role]) return;
      if (TF_TensorElementCount(inputs[role]) != TF_TensorElementCount(inputs[0])) {
        return call.Fail("StriateAdam: a parameter, its gradient and its moments differ in size");
      }
    }
    for (int role = 0; role < 3; role++) {
      outputs[role] = call.Output(role * count + i, inputs[0]);
      if (!outputs[role]) return;
    }
    using striate::Floats;
    const float* own = values + kCommonSettings + 2 * i;
    Update(common, own[0], own[1], TF_TensorElementCount(inputs[0]), Floats(inputs[0]), Floats(inputs[1]),
           Floats(inputs[2]), Floats(inputs[3]), Floats(outputs[0]), Floats(outputs[1]), Floats(outputs[2]));
  }
}

const bool registered = striate::Register(
    "StriateAdam", {"N: int >= 1"},
    {"settings: float", "parameters: N * float", "means: N * float", "variances: N * float", "gradients: N * float"},
    {"new_parameters: N * float", "new_means: N * float", "new_variances: N * float"}, Compute);

}  // namespace
