public import CVec

/// The largest value of each channel over an image's pixels.
///
/// - Parameters:
///   - places: Left: which pixel that was, the first where there are several; a row an image.
///   - output: Left: a row an image.
@inline(never)
public func maximize(images: ImageView, places: RowView, output: RowView) {
    let pixels = images.size * images.size
    for image in 0..<images.count {
        for c in stride(from: 0, to: images.channels, by: lanes) {
            let source = images.image(image) + c
            var largest = load(source)
            var place = Vector(repeating: 0)
            for p in 1..<max(pixels, 1) {
                let value = load(source + p * images.stride)
                let isLarger = value .> largest
                largest = largest.replacing(with: value, where: isLarger)
                place = place.replacing(with: Vector(repeating: Float(p)), where: isLarger)
            }
            store(largest, at: output.base + image * output.stride + c)
            store(place, at: places.base + image * places.stride + c)
        }
    }
}

/// The gradient of `maximize`: it belongs to the pixel that was the largest, the others get 0.
@inline(never)
public func maximizeBack(gradient: RowView, places: RowView, images: ImageView) {
    let pixels = images.size * images.size
    for image in 0..<images.count {
        let target = images.image(image)
        for p in 0..<pixels {
            for c in stride(from: 0, to: images.channels, by: lanes) {
                store(Vector(repeating: 0), at: target + p * images.stride + c)
            }
        }
        for c in 0..<images.channels {
            let place = Int(places.base[image * places.stride + c])
            target[place * images.stride + c] = gradient.base[image * gradient.stride + c]
        }
    }
}
