import CZeroMQ
import Coordination
import Foundation
import Logging
import Sweeps
import Testing

@testable import Transport

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

extension CoordinatorSocket {
    /// On a free port of the loopback, with new keys.
    static func loopback(
        _ keys: CoordinatorKeys = CoordinatorKeys(), listen: String = "tcp://127.0.0.1:0"
    ) throws -> CoordinatorSocket {
        try CoordinatorSocket(listen: listen, keys: keys, logger: quiet)
    }

    /// What a peer of this coordinator reads.
    func access(_ keys: CoordinatorKeys) -> AccessFile {
        keys.access(cluster: "test", endpoints: peersEndpoints)
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    let description: String
}

/// Calls `attempt` until it has a result, whenever something may have happened on `sockets`.
func awaiting<Value>(
    _ what: String, on sockets: [Socket], within limit: Duration = .seconds(30),
    sourceLocation: SourceLocation = #_sourceLocation, _ attempt: () throws -> Value?
) throws -> Value {
    let end = SuspendingClock.now + limit
    while SuspendingClock.now < end {
        if let value = try attempt() { return value }
        var items = sockets.filter(\.isOpen).map {
            zmq_pollitem_t(socket: $0.raw, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
        }
        zmq_poll(&items, Int32(items.count), 20)
    }
    throw NeverHappened(description: "\(what): not within \(limit), at \(sourceLocation)")
}

/// A coordinator and a worker that know each other's keys, in one thread.
final class Pair {
    let keys = CoordinatorKeys()
    let coordinator: CoordinatorSocket
    let worker: WorkerSocket
    private var heard: [WorkerSocket.Event] = []

    init() throws {
        coordinator = try .loopback(keys)
        worker = try WorkerSocket(access: coordinator.access(keys), logger: quiet)
    }

    /// Has the worker send as soon as it can.
    func send(_ message: WorkerMessage, _ envelope: Envelope = Envelope()) throws {
        try awaiting("sending", on: worker.polled) {
            heard += worker.receive(upTo: 100)
            return try worker.send(message, envelope) ? () : nil
        }
    }

    /// The next message that the coordinator hears.
    func next() throws -> CoordinatorSocket.Received {
        try awaiting("a worker's message", on: coordinator.polled) {
            coordinator.receive(upTo: 1).first
        }
    }

    /// The next event of the worker that `choose` has a use for.
    func event<Value>(_ what: String, _ choose: (WorkerSocket.Event) -> Value?) throws -> Value {
        try awaiting(what, on: worker.polled) {
            heard += worker.receive(upTo: 100)
            while !heard.isEmpty {
                if let value = choose(heard.removeFirst()) { return value }
            }
            return nil
        }
    }

    func answer() throws -> (CoordinatorMessage, Envelope) {
        try event("a coordinator's message") { event in
            if case .message(let message, let envelope) = event { (message, envelope) } else { nil }
        }
    }
}
