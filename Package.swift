// swift-tools-version: 6.1
import PackageDescription

// The rooms and the arrows between them; docs/architecture.md says why, and
// Tests/HouseTests holds every import to this table.
let package = Package(
  name: "winnow",
  products: [.executable(name: "winnow", targets: ["winnow"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "Foundations"),
    .systemLibrary(name: "CNcursesw"),
    .systemLibrary(name: "CZlib"),
    .target(
      name: "Storage",
      dependencies: ["CKernels", "CZlib", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Ingest", dependencies: ["Storage"]),
    .target(name: "Clustering", dependencies: ["Storage", "CKernels", "Foundations"]),
    .target(name: "Pruning"),
    .target(
      name: "Workspace",
      dependencies: ["Clustering", "Ingest", "Pruning", "Storage"]),
    .target(name: "Manifests", dependencies: ["Workspace", "Ingest", "Pruning", "Storage"]),
    .target(name: "Canvas"),
    .target(
      name: "Explorer",
      dependencies: ["Canvas", "Ingest", "Manifests", "Pruning", "Workspace"]),
    .target(name: "Terminal", dependencies: ["CNcursesw", "Canvas", "Explorer"]),
    .executableTarget(
      name: "winnow",
      dependencies: [
        "Terminal", "Explorer", "Manifests", "Workspace", "Clustering", "Ingest", "Pruning",
        "Storage",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(
      name: "TestSupport", dependencies: ["Storage"], path: "Tests/TestSupport"),
    .target(name: "MachinePeak", path: "Tests/MachinePeak"),
    .executableTarget(
      name: "winnow-bench",
      dependencies: [
        "MachinePeak", "Storage", "Clustering", "Pruning", "Explorer", "Canvas",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Benchmarks"),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "TestSupport"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"]),
    .testTarget(name: "IngestTests", dependencies: ["Ingest", "Storage", "TestSupport"]),
    .testTarget(
      name: "ClusteringTests",
      dependencies: ["Clustering", "Foundations", "Storage", "TestSupport"]),
    .testTarget(name: "PruningTests", dependencies: ["Pruning", "TestSupport"]),
    .testTarget(
      name: "WorkspaceTests",
      dependencies: ["Workspace", "Clustering", "Ingest", "Pruning", "Storage", "TestSupport"]),
    .testTarget(
      name: "ManifestsTests",
      dependencies: [
        "Manifests", "Workspace", "Clustering", "Ingest", "Pruning", "Storage", "TestSupport",
      ]),
    .testTarget(name: "CanvasTests", dependencies: ["Canvas", "TestSupport"]),
    .testTarget(
      name: "ExplorerTests",
      dependencies: [
        "Explorer", "Terminal", "Canvas", "Pruning", "Manifests", "Workspace", "Clustering",
        "Ingest", "TestSupport",
      ], exclude: ["Golden"]),
    .testTarget(name: "CommandTests", dependencies: ["winnow", "Storage", "TestSupport"]),
    .testTarget(
      name: "TerminalTests",
      dependencies: ["winnow", "Terminal", "Explorer", "Canvas", "TestSupport"]),
    .testTarget(name: "HouseTests", dependencies: ["TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
