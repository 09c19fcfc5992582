// The operation StriateAdam: one step of Adam for all parameters at once. TensorFlow's own (ResourceApplyAdam) updates
// variables, one parameter at a time, and has to copy whatever somebody still holds.
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

namespace {

// What the tensor `settings` holds, then `shrink` and `added` of each parameter.
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

/** Tensors and the status of a call, given back at its end. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    if (TF_GetCode(status_) != TF_OK) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
  }

  /** nullptr after an error. */
  TF_Tensor* Input(int place) {
    TF_Tensor* tensor = nullptr;
    if (TF_GetCode(status_) == TF_OK) TF_GetInput(context_, place, &tensor, status_);
    if (tensor) tensors_.push_back(tensor);
    return tensor;
  }

  /** A result of the same shape. */
  TF_Tensor* Output(int place, const TF_Tensor* like) {
    std::vector<int64_t> shape(TF_NumDims(like));
    for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = TF_Dim(like, axis);
    TF_Tensor* tensor = TF_AllocateOutput(context_, place, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                          TF_TensorByteSize(like), status_);
    if (tensor) tensors_.push_back(tensor);
    return TF_GetCode(status_) == TF_OK ? tensor : nullptr;
  }

  void Fail(const char* message) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, message); }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

float* Floats(TF_Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); }

void Compute(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int count = (TF_NumInputs(context) - 1) / 4;
  TF_Tensor* settings = call.Input(0);
  if (!settings) return;
  if (TF_TensorElementCount(settings) != kCommonSettings + 2 * count) return call.Fail("StriateAdam: settings do not fit");
  const float* values = Floats(settings);
  const Settings common = {values[0], values[1], values[2], values[3], values[4], values[5], values[6]};
  for (int i = 0; i < count; i++) {
    TF_Tensor* inputs[4];
    TF_Tensor* outputs[3];
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
    const float* of_parameter = values + kCommonSettings + 2 * i;
    Update(common, of_parameter[0], of_parameter[1], TF_TensorElementCount(inputs[0]),
           Floats(inputs[0]), Floats(inputs[1]), Floats(inputs[2]), Floats(inputs[3]), Floats(outputs[0]),
           Floats(outputs[1]), Floats(outputs[2]));
  }
}

/** When the library is loaded. */
const bool registered = [] {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder("StriateAdam");
  TF_OpDefinitionBuilderAddAttr(op, "N: int >= 1");
  TF_OpDefinitionBuilderAddInput(op, "settings: float");
  for (const char* list : {"parameters", "means", "variances", "gradients"}) {
    TF_OpDefinitionBuilderAddInput(op, (std::string(list) + ": N * float").c_str());
  }
  for (const char* list : {"new_parameters", "new_means", "new_variances"}) {
    TF_OpDefinitionBuilderAddOutput(op, (std::string(list) + ": N * float").c_str());
  }
  TF_RegisterOpDefinition(op, status);
  bool is_fine = TF_GetCode(status) == TF_OK;
  if (is_fine) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder("StriateAdam", "CPU", nullptr, Compute, nullptr);
    TF_RegisterKernelBuilder("StriateAdam", kernel, status);
    is_fine = TF_GetCode(status) == TF_OK;
  }
  TF_DeleteStatus(status);
  return is_fine;
}();

}  // namespace
