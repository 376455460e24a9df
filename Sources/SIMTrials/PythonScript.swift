import NumericCore
import Sweeps

/// A PyTorch program that trains a SIM trial from the files beside it.
struct PythonScript {
    private let configuration: SIMConfiguration

    init(_ configuration: SIMConfiguration) {
        self.configuration = configuration
    }

    /// What the program shows its own losses beside.
    static func losses(of result: TrialResult) -> JSONValue {
        func values(_ name: String) -> JSONValue {
            .array((result.curve(name)?.values ?? []).map(JSONValue.number))
        }
        return [
            "steps": .array((result.curve("train_loss")?.steps ?? []).map { .integer(Int($0)) }),
            "train_loss": values("train_loss"), "ood_loss": values("ood_loss"),
        ]
    }

    var text: String {
        """
        \"\"\"A Swingby trial in PyTorch: prints its losses at each logged step beside Swingby's.

            python train.py

        weights.safetensors is what it starts from, data.safetensors its points in the order of
        training (x), the OOD point (x_test) and the concepts' directions (axes).
        \"\"\"

        import json
        import pathlib

        import numpy
        import torch

        WIDTHS = \(configuration.widths)
        RECTIFIED = \(Self.python(configuration.isRectified))
        BIAS = \(Self.python(configuration.hasBias))
        BATCH = \(configuration.batchSize)
        OPTIMIZER = \(optimizer)

        FOLDER = pathlib.Path(__file__).parent


        def read_tensors(name):
            \"\"\"The arrays of a safetensors file: a JSON header, then all values.\"\"\"
            content = (FOLDER / name).read_bytes()
            start = 8 + int.from_bytes(content[:8], "little")
            tensors = {}
            for key, entry in json.loads(content[8:start]).items():
                begin, end = (start + offset for offset in entry["data_offsets"])
                values = numpy.frombuffer(content[begin:end], "<f4").reshape(entry["shape"])
                tensors[key] = torch.from_numpy(values.copy())
            return tensors


        class Network(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = torch.nn.ModuleList(
                    torch.nn.Linear(inputs, outputs, bias=BIAS)
                    for inputs, outputs in zip(WIDTHS, WIDTHS[1:])
                )

            def forward(self, x):
                for layer in self.layers[:-1]:
                    x = layer(x)
                    if RECTIFIED:
                        x = torch.relu(x)
                return self.layers[-1](x)


        def main():
            torch.set_num_threads(1)
            data = read_tensors("data.safetensors")
            x_test = data["x_test"]
            batches = data["x"].split(BATCH)
            network = Network()
            network.load_state_dict(read_tensors("weights.safetensors"))
            optimizer = OPTIMIZER(network.parameters())
            swingby = json.loads((FOLDER / "swingby.json").read_text())
            rows = list(zip(*(swingby[key] for key in ("steps", "train_loss", "ood_loss"))))

            print("step,train_loss,swingby_train_loss,ood_loss,swingby_ood_loss")
            for step in range(rows[-1][0] + 1 if rows else 0):
                # At step 0 the loss of the first batch, then that which led to the step.
                batch = batches[max(step - 1, 0) % len(batches)]
                loss = torch.nn.functional.mse_loss(network(batch), batch)
                if step > 0:
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                if step == rows[0][0]:
                    _, train_loss, ood_loss = rows.pop(0)
                    with torch.no_grad():
                        ood = ((network(x_test) - x_test) ** 2).sum() / 2
                    print(f"{step},{loss.item():.9g},{train_loss:.9g},{ood.item():.9g},{ood_loss:.9g}")


        if __name__ == "__main__":
            main()

        """
    }

    /// A function of the parameters.
    private var optimizer: String {
        let rate = "lr=\(configuration.learningRate)"
        return switch configuration.rule {
        case .descent(let momentum, let decay):
            "lambda p: torch.optim.SGD(p, \(rate), momentum=\(momentum), weight_decay=\(decay))"
        case .adam(let beta1, let beta2, let decay):
            "lambda p: torch.optim.Adam(p, \(rate), betas=(\(beta1), \(beta2)), "
                + "weight_decay=\(decay))"
        case .adamW(let beta1, let beta2, let decay):
            "lambda p: torch.optim.AdamW(p, \(rate), betas=(\(beta1), \(beta2)), "
                + "weight_decay=\(decay))"
        }
    }

    private static func python(_ flag: Bool) -> String { flag ? "True" : "False" }
}
