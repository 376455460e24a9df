"""A peer of `swingby bench sim`: the same nets, data, first weights and batches in another library.

    sim_peer.py IMPL FOLDER [--picked]     IMPL: numpy, torch-eager, torch-compile, jax, jax-moments,
                                           jax-symmetric, jax-symmetric-moments

FOLDER is what `swingby bench sim --write` wrote. Answers each line `NET STEPS` on standard input
with one JSON line: the time of a step and the loss at the end. The first answer for a net comes
after the peer has compiled it and has warmed up, which is not timed. Plain gradient descent on
½ ‖f(x) − x‖², the mean over a batch; one thread; batches are slices in order, as Swingby's are, or
with --picked the same batches picked point by point, as scripts do that shuffle every epoch.
"""

import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
# One core, whatever threads a library starts.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])

import numpy as np

RATE, RECORD = 0.02, 10
PICKED = "--picked" in sys.argv


def batches(x, batch):
    """The points, shuffled where they are picked, and which of them each batch has."""
    count = len(x) // batch
    if not PICKED or count == 1:
        return x, [slice(i * batch, (i + 1) * batch) for i in range(count)]
    order = np.random.default_rng(1).permutation(len(x))
    shuffled = np.empty_like(x)
    shuffled[order] = x
    return shuffled, list(order[: count * batch].reshape(count, batch))


def load(folder, net):
    x = np.load(f"{folder}/{net}/x.npy")
    weights = []
    while os.path.exists(f"{folder}/{net}/layers.{len(weights)}.npy"):
        weights.append(np.load(f"{folder}/{net}/layers.{len(weights)}.npy"))
    batch = len(x) if net.endswith("-full") else int(net.rsplit("-b", 1)[1])
    return x, weights, batch


class Numpy:
    """Backpropagation by hand, into buffers made once."""

    def __init__(self, x, weights, batch, steps):
        self.x, self.rows = batches(x, batch)
        self.first, self.batch, self.steps = weights, batch, steps

    def train(self):
        x, batch, rate = self.x, self.batch, np.float32(RATE)
        weights = [w.copy() for w in self.first]
        last = len(weights) - 1
        hidden = [None] + [np.empty((batch, len(w)), np.float32) for w in weights]
        gradient = [None] + [np.empty((batch, len(w)), np.float32) for w in weights]
        change = [np.empty_like(w) for w in weights]
        began = time.perf_counter()
        for step in range(self.steps):
            hidden[0] = x[self.rows[step % len(self.rows)]]
            for k, w in enumerate(weights):
                np.matmul(hidden[k], w.T, out=hidden[k + 1])
                if k < last:
                    np.maximum(hidden[k + 1], 0, out=hidden[k + 1])
            np.subtract(hidden[-1], hidden[0], out=gradient[-1])
            gradient[-1] *= np.float32(1 / batch)
            for k in range(last, -1, -1):
                np.matmul(gradient[k + 1].T, hidden[k], out=change[k])
                if k:
                    np.matmul(gradient[k + 1], weights[k], out=gradient[k])
                    gradient[k] *= hidden[k] > 0
                change[k] *= rate
                weights[k] -= change[k]
            if step % RECORD == RECORD - 1:
                self.apply(weights, x[:1])
        seconds = time.perf_counter() - began
        return seconds, 0.5 * float(((self.apply(weights, x) - x) ** 2).sum(1).mean())

    @staticmethod
    def apply(weights, x):
        for k, w in enumerate(weights):
            x = x @ w.T
            if k < len(weights) - 1:
                x = np.maximum(x, 0)
        return x


class Torch:
    """Eager: layers, autograd and SGD as anyone writes them. Compiled: gradient and update in one
    function, the fastest of the ways to compile this."""

    compiled = False

    def __init__(self, x, weights, batch, steps):
        import torch

        self.torch = torch
        torch.set_num_threads(1)
        x, rows = batches(x, batch)
        self.x = torch.from_numpy(x)
        self.rows = [r if isinstance(r, slice) else torch.from_numpy(r) for r in rows]
        self.first = [torch.from_numpy(w) for w in weights]
        self.steps = steps
        if self.compiled:
            # Each net anew: shapes that vary would be compiled as variable.
            torch._dynamo.reset()
            gradient = torch.func.grad(self.loss)
            self.step = torch.compile(
                lambda ws, b: [w - RATE * g for w, g in zip(ws, gradient(ws, b))], dynamic=False)
        self.training(self.first, 20)

    def apply(self, weights, x):
        functional = self.torch.nn.functional
        for k, w in enumerate(weights):
            x = functional.linear(x, w)
            if k < len(weights) - 1:
                x = functional.relu(x)
        return x

    def loss(self, weights, x):
        return 0.5 * ((self.apply(weights, x) - x) ** 2).sum(1).mean()

    def training(self, first, steps):
        torch = self.torch
        if self.compiled:
            weights = [w.clone() for w in first]
        else:
            weights = [torch.nn.Parameter(w.clone()) for w in first]
            optimizer = torch.optim.SGD(weights, lr=RATE)
        for step in range(steps):
            batch = self.x[self.rows[step % len(self.rows)]]
            if self.compiled:
                with torch.no_grad():
                    weights = self.step(weights, batch)
            else:
                optimizer.zero_grad(set_to_none=True)
                self.loss(weights, batch).backward()
                optimizer.step()
            if step % RECORD == RECORD - 1:
                with torch.no_grad():
                    self.apply(weights, self.x[:1])
        return weights

    def train(self):
        began = time.perf_counter()
        weights = self.training(self.first, self.steps)
        seconds = time.perf_counter() - began
        with self.torch.no_grad():
            return seconds, float(self.loss(weights, self.x))


class CompiledTorch(Torch):
    compiled = True


class Jax:
    """The whole training in one compiled scan."""

    def __init__(self, x, weights, batch, steps):
        import jax
        import jax.numpy as jnp

        self.jax = jax
        x, rows = batches(x, batch)
        is_picked = not isinstance(rows[0], slice)
        starts = np.array([r if is_picked else r.start for r in rows], np.int32)

        def apply(ws, x):
            for k, w in enumerate(ws):
                x = x @ w.T
                if k < len(ws) - 1:
                    x = jax.nn.relu(x)
            return x

        def loss(ws, x):
            return 0.5 * ((apply(ws, x) - x) ** 2).sum(1).mean()

        def train(ws, x, starts):
            def one(ws, start):
                if is_picked:
                    part = x[start]
                elif batch < len(x):
                    part = jax.lax.dynamic_slice(x, (start, 0), (batch, x.shape[1]))
                else:
                    part = x
                return [w - RATE * g for w, g in zip(ws, jax.grad(loss)(ws, part))], None

            def chunk(ws, starts):
                ws, _ = jax.lax.scan(one, ws, starts)
                return ws, apply(ws, x[:1])

            return jax.lax.scan(chunk, ws, starts)

        chunks = steps // RECORD
        order = starts[np.arange(chunks * RECORD) % len(rows)]
        self.arguments = (
            [jnp.asarray(w) for w in weights], jnp.asarray(x),
            jnp.asarray(order.reshape(chunks, RECORD, *starts.shape[1:])))
        self.compiled = jax.jit(train).lower(*self.arguments).compile()
        self.loss = jax.jit(loss)
        self.train()

    def train(self):
        began = time.perf_counter()
        weights, _ = self.jax.block_until_ready(self.compiled(*self.arguments))
        seconds = time.perf_counter() - began
        return seconds, float(self.loss(weights, self.arguments[1]))


class JaxMoments:
    """One linear layer by the second moments of all points, for 16 trials at once (vmap); the time
    is that of a trial's step. The moments are made before, as Swingby's are."""

    TRIALS = 16

    def __init__(self, x, weights, batch, steps):
        import jax
        import jax.numpy as jnp

        self.jax, self.x = jax, jnp.asarray(x)

        def train(w, moments, probe):
            def chunk(w, _):
                one = lambda w, _: (w - RATE * (w @ moments - moments), None)
                w, _ = jax.lax.scan(one, w, None, length=RECORD)
                return w, probe @ w.T

            return jax.lax.scan(chunk, w, None, length=steps // RECORD)

        stack = lambda a: jnp.stack([jnp.asarray(a)] * self.TRIALS)
        self.arguments = (stack(weights[0]), stack(self.x.T @ self.x / len(x)), stack(x[:1]))
        self.compiled = jax.jit(jax.vmap(train)).lower(*self.arguments).compile()
        self.train()

    def train(self):
        began = time.perf_counter()
        w, _ = self.jax.block_until_ready(self.compiled(*self.arguments))
        seconds = (time.perf_counter() - began) / self.TRIALS
        return seconds, 0.5 * float(((self.x @ w[0].T - self.x) ** 2).sum(1).mean())


class JaxSymmetric:
    """f(x) = U Uᵀ x on all points, the gradient by JAX, in single precision."""

    def __init__(self, x, weights, batch, steps):
        import jax
        import jax.numpy as jnp

        self.jax = jax

        def loss(u, x):
            return 0.5 * ((x @ u @ u.T - x) ** 2).sum(1).mean()

        def train(u, x):
            one = lambda u, _: (u - RATE * jax.grad(loss)(u, x), None)
            return jax.lax.scan(one, u, None, length=steps)[0]

        self.arguments = (jnp.asarray(weights[0]), jnp.asarray(x))
        self.compiled = jax.jit(train).lower(*self.arguments).compile()
        self.loss = jax.jit(loss)
        self.train()

    def train(self):
        began = time.perf_counter()
        u = self.jax.block_until_ready(self.compiled(*self.arguments))
        seconds = time.perf_counter() - began
        return seconds, float(self.loss(u, self.arguments[1]))


class JaxSymmetricMoments:
    """The same by second moments, in double precision as Swingby's, for 16 trials at once (vmap);
    the time is that of a trial's step."""

    TRIALS = 16

    def __init__(self, x, weights, batch, steps):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        self.jax = jax

        def train(u, a):
            def one(u, _):
                distance = u @ u.T - jnp.eye(len(u))
                return u - RATE * ((distance * (a[:, None] + a[None, :])) @ u), None

            return jax.lax.scan(one, u, None, length=steps)[0]

        x = x.astype(np.float64)
        self.moment = (x * x).mean(0)
        stack = lambda a: jnp.stack([jnp.asarray(a, jnp.float64)] * self.TRIALS)
        self.arguments = (stack(weights[0]), stack(self.moment))
        self.compiled = jax.jit(jax.vmap(train)).lower(*self.arguments).compile()
        self.train()

    def train(self):
        began = time.perf_counter()
        u = self.jax.block_until_ready(self.compiled(*self.arguments))
        seconds = (time.perf_counter() - began) / self.TRIALS
        u = np.asarray(u[0])
        distance = u @ u.T - np.eye(len(u))
        return seconds, 0.5 * float((distance**2 * self.moment).sum())


IMPLEMENTATIONS = {
    "numpy": Numpy, "torch-eager": Torch, "torch-compile": CompiledTorch, "jax": Jax,
    "jax-moments": JaxMoments, "jax-symmetric": JaxSymmetric,
    "jax-symmetric-moments": JaxSymmetricMoments}


def normal(impl, count):
    """The fastest way of each library to `count` normal numbers in single precision."""
    if impl == "numpy":
        generator = np.random.Generator(np.random.SFC64(1))
        return lambda: generator.standard_normal(count, dtype=np.float32)
    if impl == "jax":
        import jax

        draw = jax.jit(lambda key: jax.random.normal(key, (count,)))
        key = jax.random.key(1)
        return lambda: jax.block_until_ready(draw(key))
    import torch

    torch.set_num_threads(1)
    return lambda: torch.randn(count)


def main():
    impl, folder = sys.argv[1:3]
    ready = {}
    print(json.dumps({"impl": impl}), flush=True)
    for line in sys.stdin:
        net, steps = line.split()
        steps = int(steps)
        if net == "normal":
            draw = ready.setdefault(net, None) or normal(impl, steps)
            ready[net] = draw
            best = float("inf")
            for _ in range(5):
                began = time.perf_counter()
                for _ in range(16):
                    draw()
                best = min(best, time.perf_counter() - began)
            answer = {"ns_per_value": best / 16 / steps * 1e9}
        else:
            if net not in ready:
                ready[net] = IMPLEMENTATIONS[impl](*load(folder, net), steps)
            seconds, loss = ready[net].train()
            answer = {"us_per_step": seconds / steps * 1e6, "final_loss": loss}
        print(json.dumps({"schema": 1, "impl": impl, "net": net, **answer}), flush=True)


main()
