import Sweeps

/// `plan --keys`: what a trial kind can be given.
struct PlanKeys {
    private let kind: any TrialKind

    init(of name: String) throws {
        guard let kind = trialKinds.first(where: { $0.name == name }) else {
            let known = trialKinds.filter(\.isListed).map(\.name).joined(separator: ", ")
            throw CommandFailure(.usage, "no trial kind '\(name.visible)'; known are \(known)")
        }
        self.kind = kind
    }

    func show(json: Bool) {
        if json {
            let keys = kind.parameters.map { parameter -> JSONValue in
                [
                    "key": .string(parameter.name), "type": .string(parameter.domain.description),
                    "unit": parameter.unit.map(JSONValue.string) ?? .null,
                    "default": parameter.defaultValue.map { JSONValue($0) } ?? .null,
                    "doc": .string(parameter.documentation),
                ]
            }
            Terminal.printJSON([
                "schema": 1, "kind": .string(kind.name), "version": .integer(kind.version),
                "keys": .array(keys),
            ])
            return
        }
        Terminal.printTable(
            header: ["key", "type", "unit", "default", "meaning"],
            rows: kind.parameters.map { parameter in
                [
                    parameter.name, parameter.domain.description, parameter.unit ?? "",
                    parameter.defaultValue?.description ?? "–", parameter.documentation,
                ]
            })
    }
}
