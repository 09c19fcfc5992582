"""striate.Conv2d and its two gradients."""

import torch.nn.functional as F

# name: input NHWC, kernel [h, w], filters, options
CASES = {
    "conv2d 3x3 valid, one channel, bias, relu": ([2, 7, 9, 1], [3, 3], 5, {"bias": True, "activation": "relu"}),
    "conv2d 3x3 same": ([2, 6, 5, 3], [3, 3], 8, {"padding": [1, 1, 1, 1]}),
    "conv2d 3x3 same, bias, relu": ([3, 5, 5, 4], [3, 3], 7, {"padding": [1, 1, 1, 1], "bias": True, "activation": "relu"}),
    "conv2d 3x3 strides 2, padding 1": ([2, 9, 7, 3], [3, 3], 6, {"padding": [1, 1, 1, 1], "strides": [2, 2]}),
    "conv2d 3x2 strides 2x1, uneven padding": ([2, 8, 7, 3], [3, 2], 5, {"padding": [0, 1, 1, 0], "strides": [2, 1], "bias": True}),
    "conv2d 3x3 strides 2, tensorflow same": ([1, 8, 8, 5], [3, 3], 9, {"padding": [0, 1, 0, 1], "strides": [2, 2]}),
    "conv2d 1x1": ([2, 5, 3, 7], [1, 1], 11, {"bias": True}),
    "conv2d 1x1 strides 2": ([2, 7, 6, 8], [1, 1], 16, {"strides": [2, 2]}),
    "conv2d 5x5 padding 2, relu": ([1, 9, 8, 3], [5, 5], 4, {"padding": [2, 2, 2, 2], "activation": "relu"}),
    "conv2d 7x7 strides 2 padding 3": ([1, 15, 13, 3], [7, 7], 8, {"padding": [3, 3, 3, 3], "strides": [2, 2]}),
    "conv2d 1x5 padding 2": ([2, 4, 9, 3], [1, 5], 6, {"padding": [0, 0, 2, 2]}),
    "conv2d kernel as large as the image": ([3, 4, 5, 6], [4, 5], 7, {"bias": True}),
    "conv2d strides beyond the kernel": ([2, 10, 11, 3], [2, 2], 4, {"strides": [3, 3]}),
    "conv2d padding as wide as the kernel": ([1, 5, 4, 2], [3, 3], 3, {"padding": [3, 3, 3, 3]}),
    "conv2d one filter": ([1, 6, 6, 4], [3, 3], 1, {"bias": True}),
    "conv2d dilations 2": ([2, 9, 8, 3], [3, 3], 5, {"padding": [2, 2, 2, 2], "dilations": [2, 2]}),
    "conv2d dilations 1x3, strides 2": ([1, 9, 12, 4], [3, 3], 6, {"dilations": [1, 3], "strides": [2, 2], "bias": True, "activation": "relu"}),
    "conv2d 2 groups": ([2, 6, 7, 6], [3, 3], 8, {"padding": [1, 1, 1, 1], "groups": 2, "bias": True}),
    "conv2d depthwise": ([2, 7, 6, 5], [3, 3], 5, {"padding": [1, 1, 1, 1], "groups": 5, "bias": True, "activation": "relu"}),
    "conv2d depthwise, multiplier 2, strides 2": ([1, 9, 9, 4], [3, 3], 8, {"padding": [1, 1, 1, 1], "groups": 4, "strides": [2, 2]}),
    "conv2d 3 groups, dilated, strided": ([2, 11, 10, 6], [3, 3], 9, {"padding": [1, 2, 2, 1], "groups": 3, "strides": [2, 2], "dilations": [2, 2]}),
    "conv2d 3x3 same, many channels, relu": ([2, 13, 11, 16], [3, 3], 24, {"padding": [1, 1, 1, 1], "bias": True, "activation": "relu"}),
    "conv2d 3x3 valid, 33 filters": ([2, 14, 12, 9], [3, 3], 33, {"bias": True}),
    "conv2d 1x1, many channels, relu": ([2, 5, 7, 33], [1, 1], 40, {"bias": True, "activation": "relu"}),
}  # fmt: skip


def convolution_cases(golden):
    for name, (shape, window, filters, options) in CASES.items():
        attributes = {
            "strides": options.get("strides", [1, 1]),
            "padding": options.get("padding", [0, 0, 0, 0]),
            "dilations": options.get("dilations", [1, 1]),
            "groups": options.get("groups", 1),
            "activation": options.get("activation", "linear"),
        }
        kernel_shape = [*window, shape[3] // attributes["groups"], filters]

        def draw():
            fan = kernel_shape[0] * kernel_shape[1] * kernel_shape[2]
            inputs = {"x": golden.normal(*shape), "kernel": golden.normal(*kernel_shape, scale=fan**-0.5)}
            if options.get("bias"):
                inputs["bias"] = golden.normal(filters)
            return inputs

        is_relu = attributes["activation"] == "relu"
        case = golden.add(name, "striate.Conv2d", draw, attributes, forward, margin if is_relu else None)
        geometry = {key: attributes[key] for key in ("strides", "padding", "dilations", "groups")}
        dy, y = case["dy"]["y"], case["outputs"]["y"] if is_relu else None
        golden.add_gradient(
            case,
            "striate.Conv2dInputGradient",
            {"dy": dy, "kernel": case["inputs"]["kernel"], "y": y},
            {"inputShape": shape, **geometry},
            {"dx": case["gradients"]["x"]},
        )
        golden.add_gradient(
            case,
            "striate.Conv2dKernelGradient",
            {"x": case["inputs"]["x"], "dy": dy, "y": y},
            {"kernelShape": kernel_shape, **geometry},
            {"dKernel": case["gradients"]["kernel"], "dBias": case["gradients"].get("bias")},
        )


def convolve(inputs, attributes):
    top, bottom, left, right = attributes["padding"]
    x = F.pad(inputs["x"].permute(0, 3, 1, 2), (left, right, top, bottom))
    return F.conv2d(
        x,
        inputs["kernel"].permute(3, 2, 0, 1).contiguous(),
        inputs.get("bias"),
        stride=attributes["strides"],
        dilation=attributes["dilations"],
        groups=attributes["groups"],
    ).permute(0, 2, 3, 1)


def forward(inputs, attributes):
    y = convolve(inputs, attributes)
    return {"y": F.relu(y) if attributes["activation"] == "relu" else y}


def margin(inputs, attributes):
    return convolve(inputs, attributes).abs().min().item()
