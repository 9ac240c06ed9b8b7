import Foundation

/// Every file below a folder, by its path relative to it, with its bytes; folders have none.
public func contents(below folder: String) throws -> [String: [UInt8]] {
  var found: [String: [UInt8]] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
    var isFolder: ObjCBool = false
    let path = folder + "/" + name
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    found[name] =
      isFolder.boolValue ? [] : [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }
  return found
}
