internal import Foundation

/// What gnuplot can draw.
public protocol Drawing: Sendable {
    /// A script `figure.gp`, which writes `figure.svg` or the other format, and its data.
    func files(format: FigureFormat) -> [FigureFile]
}

extension Drawing {
    /// Writes a picture, or the gnuplot script and its data.
    ///
    /// Nobody sees half a file: each is written beside its place and then renamed.
    ///
    /// - Parameter path: Ends with `.svg`, `.png` or `.pdf`, else a folder, made where there is
    ///   none.
    /// - Throws: `FigureError`; `CancellationError`.
    public func write(to path: String, gnuplot: Gnuplot = Gnuplot()) async throws {
        let place = URL(filePath: path)
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if (exists && isFolder.boolValue) || place.pathExtension.isEmpty {
            try FigureFile.reporting(place) {
                try FileManager.default.createDirectory(
                    at: place, withIntermediateDirectories: true)
            }
            try FigureFile.write(files(format: .svg), to: place)
            return
        }
        guard let format = FigureFormat(rawValue: place.pathExtension.lowercased()) else {
            throw FigureError.unknownFormat(path: path)
        }
        let picture = try await gnuplot.picture(of: files(format: format), format: format)
        try FigureFile.reporting(place) { try picture.write(to: place, options: .atomic) }
    }
}
