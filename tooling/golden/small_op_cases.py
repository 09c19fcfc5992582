"""Products, activations, losses, reductions and sums."""

import numpy
import torch
import torch.nn.functional as F

ACTIVATIONS = {
    "relu": F.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softmax": lambda x: F.softmax(x, -1),
    "logSoftmax": lambda x: F.log_softmax(x, -1),
}


def small_op_cases(golden):
    mat_mul_cases(golden)
    activation_cases(golden)
    cross_entropy_cases(golden)
    top_k_cases(golden)
    for shape in ([5], [3, 4, 5], [1, 1]):
        draw = lambda: {"x": golden.normal(*shape)}
        case = golden.add(f"mean {shape}", "striate.Mean", draw, {}, lambda inputs, _: {"y": inputs["x"].mean()})
        gradient = case["gradients"]["x"]
        golden.add_gradient(case, "striate.MeanGradient", {"dy": case["dy"]["y"]}, {"inputShape": shape}, {"dx": gradient})
    for shape in ([7], [2, 3, 5, 4]):
        draw = lambda: {"a": golden.normal(*shape), "b": golden.normal(*shape)}
        golden.add(f"add {shape}", "striate.Add", draw, {}, lambda inputs, _: {"y": inputs["a"] + inputs["b"]})
    for shape in ([9, 5], [2, 3, 4, 7], [1, 1]):
        draw = lambda: {"dy": golden.normal(*shape)}
        total = lambda inputs, _: {"y": inputs["dy"].reshape(-1, inputs["dy"].shape[-1]).sum(0)}
        golden.add(f"biasGradient {shape}", "striate.BiasGradient", draw, {}, total, differentiable=[])


def mat_mul_cases(golden):
    # rows, inner, columns, transposeA, transposeB, bias, activation
    cases = [
        (5, 7, 9, False, False, False, "linear"),
        (5, 7, 9, True, False, False, "linear"),
        (5, 7, 9, False, True, False, "linear"),
        (5, 7, 9, True, True, False, "linear"),
        (13, 17, 10, False, False, True, "linear"),
        (6, 33, 21, False, False, True, "relu"),
        (6, 9, 11, True, False, True, "relu"),
        (1, 19, 3, False, True, True, "linear"),
        (8, 1, 5, False, False, False, "linear"),
        (11, 65, 1, False, False, True, "relu"),
    ]
    for rows, inner, columns, transpose_a, transpose_b, has_bias, activation in cases:
        attributes = {"transposeA": transpose_a, "transposeB": transpose_b, "activation": activation}

        def draw():
            inputs = {
                "a": golden.normal(*((inner, rows) if transpose_a else (rows, inner))),
                "b": golden.normal(*((columns, inner) if transpose_b else (inner, columns))),
            }
            return {**inputs, "bias": golden.normal(columns)} if has_bias else inputs

        name = f"matMul {rows}x{inner}x{columns}" + "".join(
            label
            for label, holds in (
                (", transposeA", transpose_a),
                (", transposeB", transpose_b),
                (", bias", has_bias),
                (", relu", activation == "relu"),
            )
            if holds
        )
        margin = lambda inputs, attributes: product(inputs, attributes).abs().min().item()
        golden.add(name, "striate.MatMul", draw, attributes, mat_mul, margin if activation == "relu" else None)


def product(inputs, attributes):
    a = inputs["a"].T if attributes["transposeA"] else inputs["a"]
    b = inputs["b"].T if attributes["transposeB"] else inputs["b"]
    return a @ b + inputs.get("bias", 0)


def mat_mul(inputs, attributes):
    y = product(inputs, attributes)
    return {"y": F.relu(y) if attributes["activation"] == "relu" else y}


def activation_cases(golden):
    for kind, function in ACTIVATIONS.items():
        for shape in ([3, 7], [2, 3, 5, 4]):
            case = golden.add(
                f"activation {kind} {shape}",
                "striate.Activation",
                lambda: {"x": golden.distinct(*shape) * 2},
                {"kind": kind},
                lambda inputs, _: {"y": function(inputs["x"])},
            )
            golden.add_gradient(
                case,
                "striate.ActivationGradient",
                {"dy": case["dy"]["y"], "y": case["outputs"]["y"]},
                {"kind": kind},
                {"dx": case["gradients"]["x"]},
            )


def cross_entropy_cases(golden):
    def one_hot(samples, classes):
        return numpy.eye(classes, dtype=numpy.float32)[golden.random.integers(0, classes, samples)]

    def soft(samples, classes):
        return golden.random.dirichlet(numpy.ones(classes), samples).astype(numpy.float32)

    def integers(samples, classes):
        return golden.random.integers(0, classes, samples, dtype=numpy.int32)

    # name: samples, classes, labels, labelSmoothing, scale of the logits
    cases = {
        "integer labels": (7, 10, integers, 0.0, 1),
        "integer labels, smoothing": (5, 11, integers, 0.1, 1),
        "one-hot labels": (6, 10, one_hot, 0.0, 1),
        "soft labels": (5, 9, soft, 0.0, 1),
        "soft labels, smoothing": (9, 7, soft, 0.2, 2),
        "soft labels of sums other than 1": (4, 6, lambda *size: soft(*size) * numpy.float32(1.5), 0.0, 1),
        "large logits": (5, 10, integers, 0.0, 40),
        "two classes": (3, 2, integers, 0.0, 1),
        "one sample, 1000 classes": (1, 1000, integers, 0.1, 1),
    }
    for name, (samples, classes, labels, smoothing, scale) in cases.items():
        attributes = {"labelSmoothing": smoothing}
        case = golden.add(
            f"softmaxCrossEntropy {name}",
            "striate.SoftmaxCrossEntropy",
            lambda: {"logits": golden.normal(samples, classes, scale=scale), "labels": labels(samples, classes)},
            attributes,
            cross_entropy,
            differentiable=["logits"],
        )
        golden.add_gradient(
            case,
            "striate.SoftmaxCrossEntropyGradient",
            {"dy": case["dy"]["losses"], **case["inputs"]},
            attributes,
            {"dLogits": case["gradients"]["logits"]},
        )


def cross_entropy(inputs, attributes):
    labels = inputs["labels"]
    targets = labels if labels.is_floating_point() else labels.long()
    smoothing = attributes["labelSmoothing"]
    return {"losses": F.cross_entropy(inputs["logits"], targets, reduction="none", label_smoothing=smoothing)}


def top_k_cases(golden):
    def count(inputs, attributes):
        labels = inputs["labels"]
        index = labels.argmax(-1) if labels.is_floating_point() else labels.long()
        top = inputs["logits"].topk(attributes["k"]).indices
        return {"y": (top == index[:, None]).any(-1).sum().to(inputs["logits"].dtype)}

    for samples, classes, k, is_integer in ((17, 10, 1, True), (31, 12, 5, True), (9, 5, 2, False)):

        def draw():
            labels = golden.random.integers(0, classes, samples, dtype=numpy.int32)
            one_hot = numpy.eye(classes, dtype=numpy.float32)[labels]
            return {"logits": golden.distinct(samples, classes), "labels": labels if is_integer else one_hot}

        kind = "integer" if is_integer else "one-hot"
        golden.add(f"topKCorrect k {k}, {kind} labels", "striate.TopKCorrect", draw, {"k": k}, count, differentiable=[])
