internal import Coordination

/// What a message is; the number is the header's.
public enum MessageType: UInt16, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    // From a worker.
    case hello = 1
    case credit = 2
    case started = 3
    case metrics = 4
    case result = 5
    case renew = 6
    case leave = 7
    case returned = 8
    case checkpoint = 9
    // To a worker.
    case welcome = 33
    case assign = 34
    case resultAck = 35
    case renewed = 36
    case cancel = 37
    case stale = 38
    case drain = 39
    case goodbye = 40
    case error = 41
    // From a command.
    case submit = 65
    case info = 66
    case stop = 67
    case steer = 68
    case steerWorkers = 70
    // To the second socket.
    case getFile = 80
    case putFile = 81
    // To a command.
    case submitted = 97
    case coordinatorInfo = 98
    case stopping = 99
    case rejected = 100
    case steered = 101
    case working = 102
    case steeredWorkers = 103
    // From the second socket.
    case filePart = 112
    case fileStored = 113
    case fileRefused = 114

    /// The name that docs/protocol.md has for it.
    public var description: String {
        switch self {
        case .hello: "HELLO"
        case .credit: "CREDIT"
        case .started: "STARTED"
        case .metrics: "METRICS"
        case .result: "RESULT"
        case .renew: "RENEW"
        case .leave: "LEAVE"
        case .returned: "RETURN"
        case .checkpoint: "CHECKPOINT"
        case .welcome: "WELCOME"
        case .assign: "ASSIGN"
        case .resultAck: "RESULT_ACK"
        case .renewed: "RENEWED"
        case .cancel: "CANCEL"
        case .stale: "STALE"
        case .drain: "DRAIN"
        case .goodbye: "GOODBYE"
        case .error: "ERROR"
        case .submit: "SUBMIT"
        case .info: "INFO"
        case .stop: "STOP"
        case .steer: "STEER"
        case .steerWorkers: "STEER_WORKERS"
        case .submitted: "SUBMITTED"
        case .coordinatorInfo: "COORDINATOR_INFO"
        case .stopping: "STOPPING"
        case .rejected: "REJECTED"
        case .steered: "STEERED"
        case .working: "WORKING"
        case .steeredWorkers: "STEERED_WORKERS"
        case .getFile: "GET_FILE"
        case .putFile: "PUT_FILE"
        case .filePart: "FILE_PART"
        case .fileStored: "FILE_STORED"
        case .fileRefused: "FILE_REFUSED"
        }
    }
}

/// The first frame of every message: 32 bytes, little-endian, laid out in docs/protocol.md.
struct FrameHeader: Hashable {
    static let sizeInBytes = 32
    static let version: UInt16 = 1
    /// `SWBY`, read as a little-endian number.
    private static let magic: UInt32 = 0x5942_5753

    let type: MessageType
    let envelope: Envelope

    init(type: MessageType, envelope: Envelope) {
        self.type = type
        self.envelope = envelope
    }

    /// - Throws: `CodecError`.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count == Self.sizeInBytes else {
            throw CodecError.frame("a header of \(bytes.count) bytes; it has \(Self.sizeInBytes)")
        }
        func load<Number: FixedWidthInteger & BitwiseCopyable>(
            _ offset: Int, _: Number.Type
        ) -> Number {
            Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        guard load(0, UInt32.self) == Self.magic else {
            throw CodecError.frame("the header does not begin with SWBY")
        }
        guard load(4, UInt16.self) == Self.version else {
            throw CodecError.version(load(4, UInt16.self))
        }
        guard let type = MessageType(rawValue: load(6, UInt16.self)) else {
            throw CodecError.type(load(6, UInt16.self))
        }
        guard load(8, UInt32.self) == 0, load(28, UInt32.self) == 0 else {
            throw CodecError.frame("flags or reserved bytes of the header are not zero")
        }
        self.type = type
        envelope = Envelope(
            epoch: load(12, UInt32.self), session: load(16, UInt32.self),
            sequence: load(20, UInt64.self))
    }

    /// Writes itself to the first 32 bytes.
    func write(to bytes: UnsafeMutableRawBufferPointer) {
        func store(_ number: some FixedWidthInteger & BitwiseCopyable, _ offset: Int) {
            bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: type(of: number))
        }
        func type<Number>(of _: Number) -> Number.Type { Number.self }
        store(Self.magic, 0)
        store(Self.version, 4)
        store(self.type.rawValue, 6)
        store(UInt32(0), 8)
        store(envelope.epoch, 12)
        store(envelope.session, 16)
        store(envelope.sequence, 20)
        store(UInt32(0), 28)
    }
}
