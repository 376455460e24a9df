internal import CZeroMQ
internal import Glibc

/// Runs `body` on a new thread that ends with it.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        let name: String
        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.run = run
            self.name = name
        }
    }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Body(name, body))
    let code = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
            czeromq_name_this_thread(body.name)
            body.run()
            return nil
        }, argument.toOpaque())
    precondition(code == 0, "pthread_create: error \(code)")
    pthread_detach(thread)
}
