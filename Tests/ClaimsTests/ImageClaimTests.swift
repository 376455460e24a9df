import Foundation
import Sweeps
import Testing

@testable import Claims

@Suite("The claims on generators of images")
struct ImageClaimTests {
    private static let steps: [UInt32] = (0..<30).map { 100 + 100 * $0 }

    /// 0 up to a step and 1 from another one on, between them a line.
    private func ramp(_ from: Double, _ to: Double) -> [Double] {
        Self.steps.map { min(1, max(0, (Double($0) - from) / (to - from))) }
    }

    private func result(color: [Double], size: [Double]) -> TrialResult {
        ClaimTests.result(
            [],
            curves: [("concept/color", color), ("concept/size", size)].map {
                Curve(name: $0.0, steps: Self.steps, values: $0.1)
            })
    }

    /// R23 to R25 on made-up seeds.
    private func verdict(
        _ id: String, _ result: (_ separation: Double, _ replicate: Int) -> TrialResult
    ) throws -> Verdict {
        let judge = ClaimTests.results(of: try ClaimTests.plan("judge")) { _, _ in
            ClaimTests.result([])
        }
        let images = try ["fig6", "fig6-early"].map { name in
            ClaimTests.results(of: try ClaimTests.plan(name)) { cell, replicate in
                result(cell["data.color_separation"]?.number ?? 0, replicate)
            }
        }
        return try ClaimTests.claim(id).findings([judge] + images).verdict
    }

    @Test("hold where size leads at small Δc and colour at large ones, in most seeds")
    func order() throws {
        let (early, late) = (ramp(300, 900), ramp(900, 1500))
        let colorFirst = result(color: early, size: late)
        let sizeFirst = result(color: late, size: early)
        let claim = "R23"
        #expect(
            try verdict(claim) { separation, replicate in
                (separation > 0.4) != (replicate == 1) ? colorFirst : sizeFirst
            } == .pass)
        #expect(try verdict(claim) { separation, _ in colorFirst } == .fail)
        #expect(
            try verdict(claim) { separation, _ in
                separation > 0.4 ? sizeFirst : colorFirst
            } == .fail)
        // Nothing is learned, or an image has no disc: no leader.
        let never = Self.steps.map { _ in 0.3 }
        #expect(try verdict(claim) { _, _ in result(color: never, size: never) } == .fail)
    }

    @Test("hold where the loss at a small Δc rises by more than chance")
    func swing() throws {
        let late = ramp(1500, 2500)
        let detour = zip(ramp(300, 900), ramp(1000, 1600)).map { 0.8 * ($0 - $1) }
        let bent = result(
            color: late, size: zip(detour, ramp(1700, 2800)).map { max($0, $1) })
        let straight = result(color: late, size: ramp(300, 2800))
        #expect(
            try verdict("R24") { separation, _ in separation < 0.3 ? bent : straight } == .pass)
        #expect(
            try verdict("R24") { separation, _ in separation < 0.5 ? straight : bent } == .fail)
    }

    @Test("hold where learned concepts slow down")
    func slowing() throws {
        func approach(_ time: Double) -> [Double] {
            Self.steps.map { 1 - exp(-Double($0) / time) }
        }
        let slowing = result(color: approach(300), size: approach(400))
        #expect(try verdict("R25") { _, _ in slowing } == .pass)
        let accelerating = Self.steps.map { Double($0 * $0) / 9e6 }
        let speeding = result(color: accelerating, size: accelerating)
        #expect(try verdict("R25") { _, _ in speeding } == .fail)
    }

    @Test("hold where larger separations are learned sooner, censored seeds the latest")
    func speed() throws {
        let judge = ClaimTests.results(of: try ClaimTests.plan("judge")) { _, _ in
            ClaimTests.result([])
        }
        func verdict(_ slows: Bool) throws -> Verdict {
            let plan = try ClaimTests.plan("park-speed")
            let images = ClaimTests.results(of: plan) { cell, replicate in
                let color = cell["data.color_separation"]?.number ?? 0
                let size = cell["data.size_separation"]?.number ?? 0
                let start = 10 * Double(replicate) + (slows ? 800 * size : 0)
                let isCensored = color < 0.3 && size > 0.3
                return result(
                    color: isCensored
                        ? Self.steps.map { _ in 0 } : ramp(start, 2000 - 1500 * color),
                    size: ramp(10 * Double(replicate), 2400 - 4000 * size))
            }
            let findings = try ClaimTests.claim("R26").findings([judge, images, images])
            #expect(findings.contains { $0.what == "the same with more steps" })
            return findings.verdict
        }
        #expect(try verdict(true) == .pass)
    }

    @Test("hold where a product comes after its factors, and by distance")
    func product() throws {
        let judge = ClaimTests.results(of: try ClaimTests.plan("judge-shapes")) { _, _ in
            ClaimTests.result([])
        }
        func verdict(_ delay: Double) throws -> Verdict {
            let plan = try ClaimTests.plan("okawa-product")
            let images = ClaimTests.results(of: plan) { _, _ in
                let curves =
                    ["shape", "color", "size"].enumerated().map {
                        ("concept/\($1)", ramp(100, 1000 + 200 * Double($0)))
                    }
                    + ["000", "001", "010", "011", "100", "101", "110", "111"].map { name in
                        let distance = Double(name.count { $0 == "1" })
                        return (
                            "accuracy/\(name)",
                            ramp(100 + delay * distance, 1000 + delay * distance)
                        )
                    }
                return ClaimTests.result(
                    [], curves: curves.map { Curve(name: $0, steps: Self.steps, values: $1) })
            }
            let findings = try ClaimTests.claim("R27").findings(
                [judge, images, images, judge, images, images, images])
            // What further sweeps would be by themselves.
            #expect(findings.count { $0.measured.contains("by itself") } == 8)
            return findings.verdict
        }
        #expect(try verdict(400) == .pass)
        #expect(try verdict(-20) == .fail)
    }
}
