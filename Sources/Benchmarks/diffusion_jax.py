"""A peer of `swingby bench diffusion`: the same U-Net, batches and AdamW steps in JAX, one compiled function.

    diffusion_jax.py NET THREADS FOLDER

As diffusion_peer.py, in single precision; images lie channels last, which is the faster way here.
"""

import json
import math
import os
import pathlib
import resource
import sys
import time

net, threads = sys.argv[1], int(sys.argv[2])
folder = pathlib.Path(sys.argv[3]) / net
os.environ["JAX_PLATFORMS"] = "cpu"
if threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

import jax
import jax.numpy as jnp
import numpy
from diffusion_nets import NETS

shape = NETS[net]
LAYOUT = ("NHWC", "HWIO", "NHWC")


def read(path):
    """The tensors of a safetensors file."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:end]).items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        numbers = numpy.frombuffer(data[end + first : end + last], dtype="<f4")
        tensors[name] = numbers.reshape(entry["shape"])
    return tensors


def laid_out(name, tensor):
    """A weight as JAX reads it: inputs before outputs."""
    if tensor.ndim == 4:
        # PyTorch has [out, in, rows, columns], and [in, out, rows, columns] where images grow.
        return tensor.transpose(2, 3, 0, 1) if name.endswith("grow.weight") else tensor.transpose(2, 3, 1, 0)
    return tensor.T if tensor.ndim == 2 else tensor


def act(x):
    if shape["activation"] == "gelu":
        return jax.nn.gelu(x, approximate=False)
    return jax.nn.silu(x)


def linear(w, name, x):
    return x @ w[name + ".weight"] + w[name + ".bias"]


def pair(w, name, x):
    return act(linear(w, name + ".1", act(linear(w, name + ".0", x))))


def norm(w, name, x):
    n, s, _, c = x.shape
    groups = x.reshape(n, s * s, shape["groups"], c // shape["groups"])
    mean = groups.mean((1, 3), keepdims=True)
    square = ((groups - mean) ** 2).mean((1, 3), keepdims=True)
    unit = ((groups - mean) / jnp.sqrt(square + 1e-6)).reshape(x.shape)
    return unit * w[name + ".weight"] + w[name + ".bias"]


def convolution(w, name, x, stride=1):
    weight = w[name + ".weight"]
    padding = "SAME" if weight.shape[0] == 3 else "VALID"
    y = jax.lax.conv_general_dilated(x, weight, (stride, stride), padding, dimension_numbers=LAYOUT)
    return y + w[name + ".bias"]


def grow(w, name, x):
    n, s, _, _ = x.shape
    y = jnp.einsum("nyxi,abio->nyaxbo", x, w[name + ".weight"])
    return y.reshape(n, 2 * s, 2 * s, -1) + w[name + ".bias"]


def block(w, name, x, time, condition):
    h = convolution(w, name + ".convolution1", act(norm(w, name + ".norm1", x)))
    told = pair(w, name + ".time", time) + pair(w, name + ".condition", condition)
    h = h + told[:, None, None, :]
    h = convolution(w, name + ".convolution2", act(norm(w, name + ".norm2", h)))
    return h + (convolution(w, name + ".skip", x) if name + ".skip.weight" in w else x)


def attention(w, name, x):
    n, s, _, c = x.shape
    h = norm(w, name + ".norm", x)
    heads = lambda part: convolution(w, f"{name}.{part}", h).reshape(n, s * s, shape["heads"], -1)
    q, k, v = heads("query"), heads("key"), heads("value")
    scores = jnp.einsum("nihc,njhc->nhij", q, k) / math.sqrt(c // shape["heads"])
    mixed = jnp.einsum("nhij,njhc->nihc", jax.nn.softmax(scores), v).reshape(x.shape)
    return x + convolution(w, name + ".out", mixed)


def predict(w, images, waves, condition):
    time = pair(w, "time", waves)
    h, kept, levels = convolution(w, "in", images), [], len(shape["channels"])
    for i in range(levels):
        for b in range(shape["blocks"]):
            h = block(w, f"down.{i}.blocks.{b}", h, time, condition)
        if i < levels - 1:
            kept.append(h)
            h = convolution(w, f"down.{i}.shrink", h, stride=2)
    h = block(w, "middle.0", h, time, condition)
    if shape["heads"]:
        h = attention(w, "middle.1", h)
    h = block(w, "middle.2", h, time, condition)
    for i in reversed(range(levels)):
        if i < levels - 1:
            h = jnp.concatenate([h, kept[i]], 3)
        for b in range(shape["blocks"]):
            h = block(w, f"up.{i}.blocks.{b}", h, time, condition)
        if i > 0:
            h = grow(w, f"up.{i}.grow", h)
    return images + convolution(w, "out.convolution", act(norm(w, "out.norm", h)))


def loss_of(w, batch):
    predicted = predict(w, batch["images"], batch["waves"], batch["condition"])
    return ((predicted - batch["noise"]) ** 2).mean()


given = json.loads((folder / "optimizer.json").read_text())
rate, decay, (beta1, beta2) = given["rate"][0], given["decay"][0], given["betas"]


def step_of(w, means, squares, t, batch):
    loss, gradients = jax.value_and_grad(loss_of)(w, batch)
    moved = lambda mean, gradient, beta: beta * mean + (1 - beta) * gradient
    means = jax.tree.map(lambda m, g: moved(m, g, beta1), means, gradients)
    squares = jax.tree.map(lambda v, g: moved(v, g * g, beta2), squares, gradients)
    scale, correction = rate / (1 - beta1**t), 1 / jnp.sqrt(1 - beta2**t)
    new = lambda p, m, v: p * (1 - rate * decay) - scale * m / (correction * jnp.sqrt(v) + 1e-8)
    return jax.tree.map(new, w, means, squares), means, squares, loss


weights = {
    name: jnp.asarray(laid_out(name, tensor))
    for name, tensor in read(folder / "weights.safetensors").items()
}
means = jax.tree.map(jnp.zeros_like, weights)
squares = jax.tree.map(jnp.zeros_like, weights)
take = jax.jit(step_of, donate_argnums=(0, 1, 2))

seconds = []
steps = len(list(folder.glob("batch.*.safetensors")))
for step in range(1, steps + 1):
    batch = {name: jnp.asarray(t) for name, t in read(folder / f"batch.{step}.safetensors").items()}
    start = time.perf_counter()
    weights, means, squares, loss = jax.block_until_ready(
        take(weights, means, squares, jnp.float32(step), batch))
    seconds.append(time.perf_counter() - start)
# The first step compiles.
seconds = sorted(seconds[1:])
print(
    json.dumps(
        {
            "bench": "diffusion", "impl": "jax", "net": net, "threads": threads,
            "batch": len(batch["noise"]), "s_per_step": round(seconds[0], 5),
            "s_median": round(seconds[len(seconds) // 2], 5), "final_loss": float(loss),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    )
)
