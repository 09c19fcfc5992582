"""striate.BatchNorm (training), striate.BatchNormInference, and their gradients."""

import torch.nn.functional as F

# name: shape, epsilon, activation, with a residual
CASES = {
    "images": ([3, 4, 5, 7], 1e-3, "linear", False),
    "images, relu": ([2, 5, 3, 9], 1e-5, "relu", False),
    "images, residual": ([2, 3, 5, 4], 1e-5, "linear", True),
    "images, residual, relu": ([2, 4, 4, 6], 1e-5, "relu", True),
    "features": ([9, 13], 1e-3, "linear", False),
    "features, relu": ([7, 5], 1e-3, "relu", False),
    "many channels, relu": ([2, 3, 3, 35], 1e-5, "relu", False),
    "far mean": ([4, 3, 3, 5], 1e-5, "linear", False),
}


def batch_norm_cases(golden):
    for name, (shape, epsilon, activation, has_residual) in CASES.items():
        attributes = {"epsilon": epsilon, "activation": activation}
        for training in (True, False):

            def draw():
                inputs = {
                    # A mean far from 0 shows a variance that is computed as E[x^2] - E[x]^2.
                    "x": golden.normal(*shape) * 0.5 + (30 if name == "far mean" else 1),
                    "gamma": golden.normal(shape[-1]) + 1,
                    "beta": golden.normal(shape[-1]),
                }
                if not training:
                    inputs["mean"] = golden.normal(shape[-1]) + (30 if name == "far mean" else 1)
                    inputs["variance"] = abs(golden.normal(shape[-1])) + 0.1
                if has_residual:
                    inputs["residual"] = golden.normal(*shape)
                return {key: value.astype("float32") for key, value in inputs.items()}

            add_case(golden, name, attributes, draw, training, has_residual)


def add_case(golden, name, attributes, draw, training, has_residual):
    is_relu = attributes["activation"] == "relu"
    differentiable = ["x", "gamma", "beta"] + (["residual"] if has_residual else [])
    case = golden.add(
        f"batchNorm {'training' if training else 'inference'}, {name}",
        "striate.BatchNorm" if training else "striate.BatchNormInference",
        draw,
        attributes,
        forward,
        (lambda inputs, attributes: normalize(inputs, attributes)[0].abs().min().item()) if is_relu else None,
        differentiable,
    )
    inputs, gradients = case["inputs"], case["gradients"]
    statistics = case["outputs"] if training else inputs
    golden.add_gradient(
        case,
        "striate.BatchNormGradient" if training else "striate.BatchNormInferenceGradient",
        {
            "dy": case["dy"]["y"],
            "x": inputs["x"],
            "gamma": inputs["gamma"],
            "mean": statistics["mean"],
            "variance": statistics["variance"],
            "y": case["outputs"]["y"] if is_relu else None,
        },
        {"epsilon": attributes["epsilon"], "residual": has_residual},
        {
            "dx": gradients["x"],
            "dGamma": gradients["gamma"],
            "dBeta": gradients["beta"],
            "dResidual": gradients.get("residual"),
        },
    )


def normalize(inputs, attributes):
    x = inputs["x"].movedim(-1, 1)
    training = "mean" not in inputs
    y = F.batch_norm(
        x,
        None if training else inputs["mean"],
        None if training else inputs["variance"],
        inputs["gamma"],
        inputs["beta"],
        training=training,
        eps=attributes["epsilon"],
    ).movedim(1, -1)
    if "residual" in inputs:
        y = y + inputs["residual"]
    return y, training


def forward(inputs, attributes):
    y, training = normalize(inputs, attributes)
    outputs = {"y": F.relu(y) if attributes["activation"] == "relu" else y}
    if training:
        axes = tuple(range(y.dim() - 1))
        outputs["mean"] = inputs["x"].mean(axes)
        outputs["variance"] = inputs["x"].var(axes, correction=0)
    return outputs
