import Storage

/// One record of `clusters.npy`.
package struct ClusterRecord: BitwiseCopyable {
  package var size: UInt64
  package var dIntra: Double
  package var dInter: Double
  package var complexity: Double

  package init(size: UInt64, dIntra: Double, dInter: Double, complexity: Double) {
    (self.size, self.dIntra, self.dInter, self.complexity) = (size, dIntra, dInter, complexity)
  }

  package static let type = NpyType.fields([
    NpyField(name: "size", type: "<u8"), NpyField(name: "d_intra", type: "<f8"),
    NpyField(name: "d_inter", type: "<f8"), NpyField(name: "complexity", type: "<f8"),
  ])
}

/// Distances are summed as integers, in units of 2^-40.
package let distanceUnit = 0x1p40
