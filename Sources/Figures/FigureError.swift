internal import Sweeps

/// What can go wrong between a sweep and its picture.
public enum FigureError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownCurve(String, known: [String])
    case unknownUnit(String, kind: String)
    case noCurves([String])
    case noNumbers(String)
    case noImages([String])
    case notImages(String, shape: [Int])
    case imagesDiffer([Int], [Int])
    case nothingToDraw(x: String, y: String)
    case unknownFormat(path: String)
    case gnuplotMissing(executable: String)
    case gnuplotFailed(status: String, message: String)
    case timedOut(Duration)
    case notWritable(path: String, reason: String)

    /// Whether waiting for trials mends it.
    var isForNow: Bool {
        switch self {
        case .noCurves, .noNumbers, .noImages, .nothingToDraw: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .unknownCurve(let name, let known):
            "no curve '\(name.visible)'; there are "
                + known.map { "'\($0.visible)'" }.joined(separator: ", ")
        case .unknownUnit(let unit, let kind):
            "kind '\(kind)' has no unit '\(unit.visible)'; 'step' always works"
        case .noCurves(let names):
            "no finished trial has \(names.map { "'\($0.visible)'" }.joined(separator: " or ")) yet; "
                + "wait for the first one"
        case .noNumbers(let label):
            "no finished trial has a number for '\(label.visible)' yet; wait for the first one"
        case .noImages(let names):
            "no trial has images \(names.map { "'\($0.visible)'" }.joined(separator: " or ")) yet; "
                + "wait for the first one that ends"
        case .notImages(let name, let shape):
            "'\(name.visible)' has the shape \(shape), which is none of images in red, green and blue"
        case .imagesDiffer(let one, let other):
            "images of \(one[1]) × \(one[2]) and of \(other[1]) × \(other[2]) pixels do not go on one "
                + "sheet; choose one size by where"
        case .nothingToDraw(let x, let y):
            "no finished trial has the curves '\(x.visible)' and '\(y.visible)' yet; "
                + "wait for the first one"
        case .unknownFormat(let path):
            "\(path.visible): unknown kind of picture; end the name with .svg, .png or .pdf, or "
                + "name a folder for the script and its data"
        case .gnuplotMissing(let executable):
            "no program '\(executable.visible)'; install the Debian package gnuplot-nox, or name "
                + "a folder instead of a picture to get the script and its data"
        case .gnuplotFailed(let status, let message):
            "gnuplot ended with \(status): "
                + (message.isEmpty ? "it said nothing" : message.visible)
        case .timedOut(let limit):
            "gnuplot was stopped, as it took longer than \(limit.components.seconds) s"
        case .notWritable(let path, let reason):
            "\(path.visible): cannot be written: \(reason)"
        }
    }
}
