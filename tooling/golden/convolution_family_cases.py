"""striate.Conv2dTranspose, striate.LocallyConnected2d and striate.Pad2d."""

import torch
import torch.nn.functional as F

# name: input NHWC, kernel [h, w], filters, options of torch's conv_transpose2d and ours
TRANSPOSED = {
    "conv2dTranspose 3x3": ([2, 4, 5, 3], [3, 3], 4, {}),
    "conv2dTranspose 3x3 strides 2, padding 1, output padding 1, bias, relu": ([2, 4, 3, 5], [3, 3], 6, {"stride": [2, 2], "padding": [1, 1], "output_padding": [1, 1], "bias": True, "activation": "relu"}),
    "conv2dTranspose 2x2 strides 2": ([1, 5, 4, 8], [2, 2], 9, {"stride": [2, 2], "bias": True}),
    "conv2dTranspose strides beyond the kernel": ([1, 3, 4, 2], [2, 1], 3, {"stride": [3, 4], "output_padding": [1, 2], "bias": True}),
    "conv2dTranspose 4x3 dilations 2x3": ([2, 3, 4, 3], [4, 3], 2, {"dilation": [2, 3], "stride": [1, 2], "padding": [2, 0]}),
    "conv2dTranspose 2 groups": ([2, 4, 4, 6], [3, 3], 8, {"groups": 2, "stride": [2, 1], "bias": True, "activation": "relu"}),
    "conv2dTranspose depthwise, multiplier 2": ([1, 4, 5, 3], [3, 3], 6, {"groups": 3, "stride": [2, 2], "padding": [1, 1]}),
    "conv2dTranspose one pixel": ([1, 1, 1, 1], [1, 1], 1, {"bias": True}),
    "conv2dTranspose 3x3 as large, many channels": ([2, 9, 8, 16], [3, 3], 24, {"padding": [1, 1], "bias": True}),
}  # fmt: skip

# name: input NHWC, kernel [h, w], filters, options
LOCAL = {
    "locallyConnected2d 3x3": ([2, 5, 6, 3], [3, 3], 4, {"bias": True}),
    "locallyConnected2d 3x2 strides 2, uneven padding, relu": ([2, 6, 5, 2], [3, 2], 5, {"strides": [2, 1], "padding": [1, 0, 0, 1], "bias": True, "activation": "relu"}),
    "locallyConnected2d one place": ([3, 4, 4, 3], [4, 4], 2, {}),
    "locallyConnected2d 1x1": ([1, 3, 4, 5], [1, 1], 9, {"bias": True}),
}  # fmt: skip

# PyTorch has no symmetric padding: conformance compares that one with the reference.
PADDED = {
    "zeros": "constant",
    "reflect": "reflect",
    "replicate": "replicate",
    "circular": "circular",
}


def convolution_family_cases(golden):
    for name, (shape, window, filters, options) in TRANSPOSED.items():
        add_transposed(golden, name, shape, window, filters, options)
    for name, (shape, window, filters, options) in LOCAL.items():
        add_local(golden, name, shape, window, filters, options)
    for mode in PADDED:
        for shape, padding in (([2, 4, 5, 3], [1, 3, 2, 0]), ([1, 3, 3, 1], [2, 2, 1, 2])):
            attributes = {"padding": padding, "mode": mode}
            name = f"pad2d {mode} {'x'.join(map(str, shape))}"
            golden.add(name, "striate.Pad2d", lambda shape=shape: {"x": golden.normal(*shape)}, attributes, pad)


def add_transposed(golden, name, shape, window, filters, options):
    stride, dilation = options.get("stride", [1, 1]), options.get("dilation", [1, 1])
    padding, extra = options.get("padding", [0, 0]), options.get("output_padding", [0, 0])
    groups = options.get("groups", 1)
    size = [
        (shape[axis + 1] - 1) * stride[axis] - 2 * padding[axis] + dilation[axis] * (window[axis] - 1) + extra[axis] + 1
        for axis in (0, 1)
    ]
    attributes = {
        "outputSize": size,
        "strides": stride,
        "padding": [padding[0], padding[0], padding[1], padding[1]],
        "dilations": dilation,
        "groups": groups,
        "activation": options.get("activation", "linear"),
    }

    def sums(inputs, _):
        return F.conv_transpose2d(
            inputs["x"].permute(0, 3, 1, 2),
            inputs["kernel"].permute(3, 2, 0, 1),
            inputs.get("bias"),
            stride=stride,
            padding=padding,
            output_padding=extra,
            groups=groups,
            dilation=dilation,
        ).permute(0, 2, 3, 1)

    kernel_shape = [*window, filters // groups, shape[3]]
    add(golden, name, "striate.Conv2dTranspose", shape, kernel_shape, [filters], options, attributes, sums)


def add_local(golden, name, shape, window, filters, options):
    strides, padding = options.get("strides", [1, 1]), options.get("padding", [0, 0, 0, 0])
    top, bottom, left, right = padding
    rows = (shape[1] + top + bottom - window[0]) // strides[0] + 1
    columns = (shape[2] + left + right - window[1]) // strides[1] + 1
    attributes = {
        "kernelSize": window,
        "strides": strides,
        "padding": padding,
        "activation": options.get("activation", "linear"),
    }

    def sums(inputs, _):
        x = F.pad(inputs["x"].permute(0, 3, 1, 2), (left, right, top, bottom))
        batch, channels = x.shape[:2]
        # [N, C kh kw, places] -> [N, places, kh kw C]: our kernels have the channels last.
        seen = F.unfold(x, window, stride=strides).reshape(batch, channels, window[0] * window[1], rows * columns)
        seen = seen.permute(0, 3, 2, 1).reshape(batch, rows * columns, -1)
        y = torch.einsum("npd,pdf->npf", seen, inputs["kernel"]).reshape(batch, rows, columns, filters)
        return y + inputs["bias"] if "bias" in inputs else y

    kernel_shape = [rows * columns, window[0] * window[1] * shape[3], filters]
    bias_shape = [rows, columns, filters]
    add(golden, name, "striate.LocallyConnected2d", shape, kernel_shape, bias_shape, options, attributes, sums)


def add(golden, name, op, shape, kernel_shape, bias_shape, options, attributes, sums):
    def draw():
        inputs = {"x": golden.normal(*shape), "kernel": golden.normal(*kernel_shape, scale=0.3)}
        if options.get("bias"):
            inputs["bias"] = golden.normal(*bias_shape)
        return inputs

    is_relu = attributes["activation"] == "relu"

    def forward(inputs, _):
        y = sums(inputs, _)
        return {"y": F.relu(y) if is_relu else y}

    def margin(inputs, _):
        return sums(inputs, _).abs().min().item()

    golden.add(name, op, draw, attributes, forward, margin if is_relu else None)


def pad(inputs, attributes):
    top, bottom, left, right = attributes["padding"]
    x = inputs["x"].permute(0, 3, 1, 2)
    return {"y": F.pad(x, (left, right, top, bottom), mode=PADDED[attributes["mode"]]).permute(0, 2, 3, 1)}
