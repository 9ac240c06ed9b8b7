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
    .systemLibrary(name: "CNcursesw"),
    .systemLibrary(name: "CZlib"),
    .target(name: "Foundations"),
    .target(
      name: "Storage",
      dependencies: [
        "Foundations", "CKernels", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(name: "Ingest", dependencies: ["Foundations", "Storage"]),
    .target(name: "Clustering", dependencies: ["Foundations", "Storage", "CKernels"]),
    .target(name: "Pruning", dependencies: ["Foundations"]),
    .target(name: "TextSearch"),
    .target(
      name: "Workspace", dependencies: ["Foundations", "Pruning", "Storage", "TextSearch"]),
    .target(name: "Tasks", dependencies: ["Foundations", "Storage"]),
    .target(
      name: "Build",
      dependencies: [
        "Foundations", "Tasks", "Workspace", "Clustering", "Ingest", "Pruning", "Storage",
        "TextSearch",
      ]),
    .target(
      name: "Manifests",
      dependencies: ["Foundations", "Workspace", "Ingest", "Pruning", "Storage"]),
    .target(name: "Canvas"),
    .target(
      name: "Explorer",
      dependencies: [
        "Foundations", "Canvas", "Ingest", "Manifests", "Pruning", "TextSearch", "Workspace",
      ]),
    .target(name: "Terminal", dependencies: ["CNcursesw", "Canvas", "Explorer"]),
    .executableTarget(
      name: "winnow",
      dependencies: [
        "Foundations", "Build", "Tasks", "Terminal", "Explorer", "Manifests", "Workspace",
        "Clustering", "Ingest", "Pruning", "Storage",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(
      name: "TestSupport", dependencies: ["Storage"], path: "Tests/TestSupport"),
    .target(
      name: "BuildSupport",
      dependencies: ["Build", "Tasks", "Workspace", "Clustering", "Ingest", "TestSupport"],
      path: "Tests/BuildSupport"),
    .target(name: "MachinePeak", path: "Tests/MachinePeak"),
    .executableTarget(
      name: "winnow-bench",
      dependencies: [
        "MachinePeak", "Foundations", "Storage", "Clustering", "Pruning", "Explorer", "Canvas",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Benchmarks"),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "TestSupport"]),
    .testTarget(name: "StorageTests", dependencies: ["Foundations", "Storage", "TestSupport"]),
    .testTarget(
      name: "IngestTests",
      dependencies: ["Foundations", "Ingest", "Storage", "TestSupport"]),
    .testTarget(
      name: "ClusteringTests",
      dependencies: ["Foundations", "Clustering", "Storage", "TestSupport"]),
    .testTarget(name: "FoundationsTests", dependencies: ["Foundations", "TestSupport"]),
    .testTarget(name: "TextSearchTests", dependencies: ["TextSearch", "TestSupport"]),
    .testTarget(name: "PruningTests", dependencies: ["Pruning", "TestSupport"]),
    .testTarget(
      name: "WorkspaceTests",
      dependencies: [
        "Foundations", "Workspace", "Build", "BuildSupport", "Clustering", "Ingest", "Pruning",
        "Storage", "TextSearch", "TestSupport",
      ]),
    .testTarget(name: "TasksTests", dependencies: ["Tasks", "Foundations", "TestSupport"]),
    .testTarget(
      name: "BuildTests",
      dependencies: [
        "Foundations", "Build", "BuildSupport", "Tasks", "Workspace", "Clustering", "Ingest",
        "Pruning", "Storage", "TextSearch", "TestSupport",
      ]),
    .testTarget(
      name: "ManifestsTests",
      dependencies: [
        "Manifests", "Build", "Workspace", "Clustering", "Ingest", "Pruning", "Storage",
        "TestSupport",
      ]),
    .testTarget(name: "CanvasTests", dependencies: ["Canvas", "TestSupport"]),
    .testTarget(
      name: "ExplorerTests",
      dependencies: [
        "Explorer", "Terminal", "Canvas", "Pruning", "Manifests", "Build", "Tasks", "Workspace",
        "Clustering", "Ingest", "TestSupport",
      ], exclude: ["Golden"]),
    .testTarget(
      name: "CommandTests",
      dependencies: ["winnow", "Foundations", "Storage", "Tasks", "TestSupport"]),
    .testTarget(
      name: "TerminalTests",
      dependencies: ["winnow", "Terminal", "Explorer", "Canvas", "TestSupport"]),
    .testTarget(name: "HouseTests", dependencies: ["winnow", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
