import CZeroMQ
import Foundation
import Testing

@testable import Transport

/// A TCP socket that accepts and says nothing.
final class RawListener {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let port: UInt16

    init() throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        try #require(result)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}

/// A TCP connection that speaks no ZeroMQ, or only its first words.
final class RawPeer {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)

    init(_ endpoint: String, saying bytes: [UInt8]) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = try #require(UInt16(endpoint.split(separator: ":").last ?? "")).bigEndian
        let result = withUnsafePointer(to: &address) { [descriptor] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        // Cut off in the middle is as good.
        _ = bytes.withUnsafeBytes { [descriptor] in
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    deinit { close(descriptor) }
}

/// A DEALER that is free to misbehave.
struct FreePeer {
    let context: Context
    let socket: Socket

    init(
        _ endpoint: String, _ keys: CurveKeyPair?, of server: CurveKeyPair,
        routingID: String? = nil
    ) throws {
        context = try Context()
        socket = try Socket(ZMQ_DEALER, in: context)
        if let keys {
            try socket.set(ZMQ_CURVE_SERVERKEY, server.publicKey.text)
            try socket.set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.text)
            try socket.set(ZMQ_CURVE_SECRETKEY, keys.secretKey.text)
        }
        if let routingID { try socket.set(ZMQ_ROUTING_ID, routingID) }
        try socket.connect(endpoint)
    }

    func send(_ frames: [[UInt8]]) {
        for (index, frame) in frames.enumerated() {
            let code = frame.withUnsafeBytes { socket.send($0, more: index < frames.count - 1) }
            #expect(code == 0)
        }
    }

    func close() {
        socket.close()
        context.terminate(within: .seconds(5))
    }
}
