internal import Glibc

/// The names and addresses by which other hosts may reach this one.
enum HostAddresses {
    /// What peers connect to, for a socket bound to `endpoint`: itself, or all of the host's where
    /// it is bound to all of them.
    ///
    /// - Parameter endpoint: `tcp://HOST:PORT`, its port the real one.
    static func peersEndpoints(for endpoint: String) -> [String] {
        guard let colon = endpoint.lastIndex(of: ":") else { return [endpoint] }
        let port = endpoint[endpoint.index(after: colon)...]
        let host = endpoint[..<colon].dropFirst("tcp://".count)
        switch host {
        case "0.0.0.0", "*":
            // Last the loopback, for workers on a host that is off the network.
            let hosts = name() + addresses(AF_INET) + ["127.0.0.1"]
            return hosts.map { "tcp://\($0):\(port)" }
        case "[::]":
            let hosts =
                name() + addresses(AF_INET)
                + (addresses(AF_INET6) + ["::1"]).map { "[\($0)]" } + ["127.0.0.1"]
            return hosts.map { "tcp://\($0):\(port)" }
        default:
            return [endpoint]
        }
    }

    /// The endpoint with a host's name replaced by its address, as libzmq binds to these alone.
    static func numeric(_ endpoint: String) -> String {
        guard let colon = endpoint.lastIndex(of: ":"), endpoint.hasPrefix("tcp://") else {
            return endpoint
        }
        let host = String(endpoint[..<colon].dropFirst("tcp://".count))
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        // What is no name goes through: libzmq knows more forms, and says what is wrong.
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else {
            return endpoint
        }
        defer { freeaddrinfo(list) }
        guard let address = text(first.pointee.ai_addr, first.pointee.ai_addrlen) else {
            return endpoint
        }
        return "tcp://\(address)\(endpoint[colon...])"
    }

    private static func name() -> [String] {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return [] }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        return name.isEmpty ? [] : [name]
    }

    /// Those of the interfaces that are up, in the order of the system, apart from the loopback
    /// and from addresses that need an interface's name.
    private static func addresses(_ family: Int32) -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var addresses: [String] = []
        var next = list
        while let interface = next {
            defer { next = interface.pointee.ifa_next }
            let flags = interface.pointee.ifa_flags
            guard flags & UInt32(IFF_UP) != 0, flags & UInt32(IFF_LOOPBACK) == 0,
                let address = interface.pointee.ifa_addr,
                Int32(address.pointee.sa_family) == family
            else { continue }
            let size =
                family == AF_INET
                ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
            if let text = text(address, socklen_t(size)), !text.contains("%") {
                addresses.append(text)
            }
        }
        return addresses
    }

    private static func text(_ address: UnsafeMutablePointer<sockaddr>, _ size: socklen_t)
        -> String?
    {
        var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(address, size, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
                == 0
        else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}
