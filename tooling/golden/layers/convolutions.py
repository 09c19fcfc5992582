"""conv2d, conv1d, depthwiseConv2d, separableConv2d, conv2dTranspose, locallyConnected2d."""

import keras
import torch
import torch.nn.functional as F

from activations import activate, draw_activation
from draw import both
from layer_file import LayerCase
from penalties import add_penalties, constraints_of, draw_regularization
from windows import draw_window, keras_padding, pad, sides_of


def scaled_kernel(draw, shape, fan_in):
    return draw.normal(*shape, scale=fan_in**-0.5)


def image_case(draw, kind, window, size, channels, kernels, bias_shape, convolve, oracle="torch", formats=True, rest=None):
    """What all convolutions share. `kernels`: parameter -> (prefix of its options, shape, fan in);
    convolve(x, parameters) takes and gives NHWC, without bias."""
    options = {**window, **(rest or {})}
    if draw.chance(0.6):
        options["activation"] = draw_activation(draw)
    if draw.chance(0.4):
        options["useBias"] = draw.chance(0.4)
    if formats and draw.chance(0.2):
        options["dataFormat"] = draw.pick(["channelsFirst", "channelsLast"])
    use_bias = options.get("useBias", True)
    shapes = {prefix: shape for prefix, shape, _ in kernels.values()}
    options.update(draw_regularization(draw, shapes, use_bias, len(bias_shape), share=0.15))
    channels_first = options.get("dataFormat") == "channelsFirst"
    batch = draw.integer(1, 3)
    parameters = {name: scaled_kernel(draw, shape, fan_in) for name, (_, shape, fan_in) in kernels.items()}
    if use_bias:
        parameters["bias"] = draw.normal(*bias_shape)
    names = {**{prefix: name for name, (prefix, _, _) in kernels.items()}, "bias": "bias"}

    def forward(given):
        x = given.x.permute(0, 2, 3, 1) if channels_first else given.x
        z = convolve(x, given.parameters)
        if use_bias:
            z = z + given.parameters["bias"]
        y = activate(given, z, options.get("activation", "linear"))
        y = y.permute(0, 3, 1, 2) if channels_first else y
        add_penalties(given, options, y, names)
        return y

    shape = [batch, channels, *size] if channels_first else [batch, *size, channels]
    return LayerCase(
        kind,
        options,
        [draw.normal(*shape)],
        forward,
        parameters,
        training=draw.chance(0.6),
        oracle=oracle,
        constraints=constraints_of({key: options[key] for key in options if use_bias or key != "biasConstraint"}, names),
    )


def convolved(x, kernel, window, groups):
    """NHWC by PyTorch."""
    image = pad(x, sides_of(window, x.shape[1:3]), window.get("paddingMode", "zeros")).permute(0, 3, 1, 2)
    y = F.conv2d(
        image,
        kernel.permute(3, 2, 0, 1).contiguous(),
        stride=both(window.get("strides", 1)),
        dilation=both(window.get("dilation", 1)),
        groups=groups,
    )
    return y.permute(0, 2, 3, 1)


def filters_first(kernel):
    """The same kernel, in memory as PyTorch's gradients want it to lie after Keras has moved its axes."""
    spatial = list(range(kernel.dim() - 2))
    first = [kernel.dim() - 1, kernel.dim() - 2, *spatial]
    back = [axis + 2 for axis in spatial] + [1, 0]
    return kernel.permute(first).contiguous().permute(back)


def keras_window(window):
    return {
        "strides": tuple(both(window.get("strides", 1))),
        "padding": keras_padding(window),
        "data_format": "channels_last",
        "dilation_rate": tuple(both(window.get("dilation", 1))),
    }


def conv2d(draw):
    window, size = draw_window(draw)
    groups = draw.pick([1, 1, 1, 2, 3])
    channels, filters = groups * draw.integer(1, 3), groups * draw.integer(1, 4)
    return any_conv2d(draw, window, size, channels, filters, groups)


def conv2d_of_many_channels(draw):
    """3x3 with strides 1, which backends compute in a way of its own, beside others."""
    kernel, strides = draw.pick([(3, 1), (3, 1), (1, 1), (3, 2)])
    window = {"kernelSize": kernel, "padding": draw.pick(["same", "valid", 1]), "strides": strides}
    size = [draw.integer(4, 9), draw.integer(4, 9)]
    return any_conv2d(draw, window, size, draw.pick([8, 12, 16]), draw.pick([8, 16, 24]), 1)


def any_conv2d(draw, window, size, channels, filters, groups):
    rest = {"filters": filters, **({"groups": groups} if groups > 1 or draw.chance(0.2) else {})}
    shape = [*both(window["kernelSize"]), channels // groups, filters]
    by_keras = keras_padding(window) and draw.chance(0.5)

    def convolve(x, parameters):
        if by_keras:
            return keras.ops.conv(x, filters_first(parameters["kernel"]), **keras_window(window))
        return convolved(x, parameters["kernel"], window, groups)

    kernels = {"kernel": ("kernel", shape, shape[0] * shape[1] * shape[2])}
    oracle = "keras" if by_keras else "torch"
    return image_case(draw, "conv2d", window, size, channels, kernels, [filters], convolve, oracle, rest=rest)


def conv1d(draw):
    kernel, groups = draw.integer(1, 5), draw.pick([1, 1, 2])
    options = {"kernelSize": kernel}
    options.update(draw.options(0.5, strides=lambda: draw.integer(1, 3), dilation=lambda: draw.integer(1, 3)))
    if draw.chance(0.7):
        sides = [draw.integer(0, 3), draw.integer(0, 3)]
        options["padding"] = draw.pick(["valid", "same", "causal", "causal", sides[0], sides])
    if draw.chance(0.3):
        options["paddingMode"] = draw.pick(["zeros", "reflect", "symmetric", "replicate", "circular"])
    channels, filters = groups * draw.integer(1, 3), groups * draw.integer(1, 4)
    rest = {"filters": filters, **({"groups": groups} if groups > 1 else {})}
    reach = options.get("dilation", 1) * (kernel - 1) + 1
    padding = options.get("padding", "valid")
    # Causal padding of other modes takes as many places as the window reaches back.
    length = max(4, reach) + draw.integer(0, 7)
    row = {**options, "kernelSize": [1, kernel], "strides": [1, options.get("strides", 1)]}
    row["dilation"] = [1, options.get("dilation", 1)]
    if padding == "causal":
        row["padding"] = [0, 0, reach - 1, 0]
    elif padding not in ("valid", "same"):
        before, after = both(padding)
        row["padding"] = [0, 0, before, after]
    by_keras = (padding == "causal" or keras_padding(row)) and keras_padding({**row, "padding": "same"}) and groups == 1

    def convolve(x, parameters):
        if not by_keras:
            return convolved(x[:, None], parameters["kernel"][None], row, groups)[:, 0]
        layer = keras.layers.Conv1D(
            filters,
            kernel,
            strides=options.get("strides", 1),
            dilation_rate=options.get("dilation", 1),
            padding=padding,
            use_bias=False,
        )
        layer.build(x.shape)
        return layer.stateless_call([filters_first(parameters["kernel"])], [], x)[0]

    kernels = {"kernel": ("kernel", [kernel, channels // groups, filters], kernel * channels / groups)}
    oracle = "keras" if by_keras else "torch"
    return image_case(
        draw, "conv1d", options, [length], channels, kernels, [filters], convolve, oracle, formats=False, rest=rest
    )


def depthwise_conv2d(draw):
    window, size = draw_window(draw)
    channels, multiplier = draw.integer(1, 5), draw.pick([1, 1, 2, 3])
    rest = {"depthMultiplier": multiplier} if multiplier > 1 or draw.chance(0.3) else {}
    shape = [*both(window["kernelSize"]), channels, multiplier]
    # Keras' depthwise convolution takes one number for both strides.
    equal = len(set(both(window.get("strides", 1)))) == 1
    by_keras = keras_padding(window) and equal and draw.chance(0.5)

    def convolve(x, parameters):
        kernel = parameters["kernel"]
        if by_keras:
            return keras.ops.depthwise_conv(x, filters_first(kernel), **keras_window(window))
        return convolved(x, kernel.reshape(*shape[:2], 1, -1), window, channels)

    kernels = {"kernel": ("depthwise", shape, shape[0] * shape[1])}
    oracle = "keras" if by_keras else "torch"
    bias = [channels * multiplier]
    return image_case(draw, "depthwiseConv2d", window, size, channels, kernels, bias, convolve, oracle, rest=rest)


def separable_conv2d(draw):
    window, size = draw_window(draw)
    channels, multiplier, filters = draw.integer(1, 4), draw.pick([1, 1, 2, 3]), draw.integer(1, 6)
    rest = {"filters": filters, **({"depthMultiplier": multiplier} if multiplier > 1 or draw.chance(0.3) else {})}
    shape = [*both(window["kernelSize"]), channels, multiplier]
    equal = len(set(both(window.get("strides", 1)))) == 1
    by_keras = bool(keras_padding(window)) and equal

    def convolve(x, parameters):
        depthwise, pointwise = parameters["depthwiseKernel"], parameters["pointwiseKernel"]
        if by_keras:
            return keras.ops.separable_conv(x, filters_first(depthwise), filters_first(pointwise), **keras_window(window))
        return convolved(x, depthwise.reshape(*shape[:2], 1, -1), window, channels) @ pointwise[0, 0]

    kernels = {
        "depthwiseKernel": ("depthwise", shape, shape[0] * shape[1]),
        "pointwiseKernel": ("pointwise", [1, 1, channels * multiplier, filters], channels * multiplier),
    }
    oracle = "keras" if by_keras else "torch"
    return image_case(draw, "separableConv2d", window, size, channels, kernels, [filters], convolve, oracle, rest=rest)


def conv2d_transpose(draw):
    groups = draw.pick([1, 1, 1, 2])
    channels, filters = groups * draw.integer(1, 3), groups * draw.integer(1, 3)
    rest = {"filters": filters, **({"groups": groups} if groups > 1 else {})}
    by_keras = groups == 1 and draw.chance(0.5)
    window = {"kernelSize": draw.pair(draw.pick([1, 2]), 4)}
    if draw.chance(0.75):
        window["strides"] = draw.pair(draw.pick([1, 2]), 3)
    if draw.chance(0.25):
        window["dilation"] = draw.pair(1, 2)
    if max(both(window.get("strides", 1))) > 1 and max(both(window.get("dilation", 1))) > 1:
        by_keras = False
    size = [draw.integer(2, 5), draw.integer(2, 5)]
    strides = both(window.get("strides", 1))
    reach = [d * (k - 1) + 1 for k, d in zip(both(window["kernelSize"]), both(window.get("dilation", 1)))]
    shape = [*both(window["kernelSize"]), filters // groups, channels]
    extra = [draw.integer(min(1, stride - 1), stride - 1) for stride in strides]
    if by_keras:
        if draw.chance(0.8):
            window["padding"] = draw.pick(["valid", "same", "same"])
        if draw.chance(0.6):
            window["outputPadding"] = extra if draw.chance(0.5) else min(extra)
    else:
        # At most half a window, and never more than leaves two pixels.
        most = [min(length - 1, (place - 1) * stride // 2) for length, place, stride in zip(reach, size, strides)]
        vertical, horizontal = draw.integer(0, max(0, most[0])), draw.integer(0, max(0, most[1]))
        sides = [vertical, draw.integer(0, vertical), draw.integer(0, horizontal), horizontal]
        window["padding"] = draw.pick([min(vertical, horizontal), [vertical, horizontal], sides])
        if draw.chance(0.5):
            window["outputPadding"] = extra

    def convolve(x, parameters):
        kernel, dilation = parameters["kernel"], both(window.get("dilation", 1))
        if by_keras:
            return keras.ops.conv_transpose(
                x,
                filters_first(kernel),
                strides=tuple(strides),
                padding=window.get("padding", "valid"),
                output_padding=tuple(both(window["outputPadding"])) if "outputPadding" in window else None,
                data_format="channels_last",
                dilation_rate=tuple(dilation),
            )
        top, bottom, left, right = sides_of(window, size)
        even = top == bottom and left == right
        # [kh, kw, filters / groups, C] -> [C, filters / groups, kh, kw]
        y = F.conv_transpose2d(
            x.permute(0, 3, 1, 2),
            kernel.permute(3, 2, 0, 1).contiguous(),
            stride=strides,
            padding=[top, left] if even else 0,
            output_padding=both(window.get("outputPadding", 0)),
            dilation=dilation,
            groups=groups,
        ).permute(0, 2, 3, 1)
        return y if even else y[:, top : y.shape[1] - bottom, left : y.shape[2] - right]

    kernels = {"kernel": ("kernel", shape, shape[0] * shape[1] * channels / groups)}
    oracle = "keras" if by_keras else "torch"
    return image_case(draw, "conv2dTranspose", window, size, channels, kernels, [filters], convolve, oracle, rest=rest)


def locally_connected2d(draw):
    window, size = draw_window(draw, largest=3, strides=2, dilation=1, modes=False)
    size = [min(length, 6) for length in size]
    channels, filters = draw.integer(1, 3), draw.integer(1, 3)
    kernel_height, kernel_width = both(window["kernelSize"])
    strides = both(window.get("strides", 1))
    sides = sides_of(window, size)
    rows = (size[0] + sides[0] + sides[1] - kernel_height) // strides[0] + 1
    columns = (size[1] + sides[2] + sides[3] - kernel_width) // strides[1] + 1
    fan_in = kernel_height * kernel_width * channels

    def convolve(x, parameters):
        """Keras 3 has no such layer: Keras 2's formula, place by place."""
        padded, places = pad(x, sides), []
        for row in range(rows):
            for column in range(columns):
                top, left = row * strides[0], column * strides[1]
                patch = padded[:, top : top + kernel_height, left : left + kernel_width].reshape(len(x), -1)
                places.append(patch @ parameters["kernel"][row * columns + column])
        return torch.stack(places, 1).reshape(len(x), rows, columns, filters)

    kernels = {"kernel": ("kernel", [rows * columns, fan_in, filters], fan_in)}
    rest = {"filters": filters}
    bias = [rows, columns, filters]
    return image_case(draw, "locallyConnected2d", window, size, channels, kernels, bias, convolve, "formula", rest=rest)


FAMILIES = {
    conv2d: 36,
    conv2d_of_many_channels: 8,
    conv1d: 22,
    depthwise_conv2d: 22,
    separable_conv2d: 20,
    conv2d_transpose: 40,
    locally_connected2d: 14,
}
