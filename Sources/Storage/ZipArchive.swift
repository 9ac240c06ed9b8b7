// Zip archives as far as numpy writes them (.npz): the directory at the end, members stored or
// deflated, sizes beyond 4 GiB by zip64.
// Source: PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5.3.

import Foundations

/// The directory of a zip archive.
public struct ZipArchive: Sendable {
  /// What the directory says of a member.
  private struct Entry: Sendable {
    var name: String
    var bytes: [UInt8]
    var flags: Int
    var method: Int
    var checksum: UInt32
    var storedSize: UInt64
    var size: UInt64
    var headerOffset: UInt64
  }

  public let path: String
  private let entries: [Entry]
  /// Where the directory begins: members lie before it.
  private let directoryOffset: Int

  /// The names of its members, in the directory's order.
  public var names: [String] { entries.map(\.name) }

  /// Directories beyond this many bytes are taken for damage: a .npz file has a few members.
  private static let largestDirectory = 64 << 20

  /// Reads the directory of an open file.
  ///
  /// - Throws: ``WinnowError`` when it is no zip archive, or not whole.
  /// - Complexity: O(directory), at most 64 KiB beyond it are read.
  public init(of file: borrowing InputFile) throws(WinnowError) {
    path = file.path
    let tailSize = min(file.size, 22 + 0xFFFF)
    let tailOffset = file.size - tailSize
    let tail: [UInt8] = try file.elements(tailSize, at: tailOffset)
    guard let end = Self.end(of: tail) else {
      throw Self.fault(
        file.path, "expected a zip archive (.npz), found no directory at its end",
        "it is truncated or not an archive: fetch or write it again")
    }
    var count = UInt64(number(tail, end + 10, 2))
    var size = UInt64(number(tail, end + 12, 4))
    var offset = UInt64(number(tail, end + 16, 4))
    var disks = number(tail, end + 4, 2) | number(tail, end + 6, 2)
    var limit = tailOffset + end
    if end >= 20, number(tail, end - 20, 4) == 0x0706_4B50 {
      guard let place = Int(exactly: number(tail, end - 12, 8)), place <= limit - 20 - 56 else {
        throw Self.damaged(file.path)
      }
      let record: [UInt8] = try file.elements(56, at: place)
      guard number(record, 0, 4) == 0x0606_4B50 else { throw Self.damaged(file.path) }
      disks = number(record, 16, 4) | number(record, 20, 4)
      count = number(record, 32, 8)
      size = number(record, 40, 8)
      offset = number(record, 48, 8)
      limit = place
    }
    guard disks == 0 || disks == 0xFFFF else {
      throw Self.fault(
        file.path, "expected a whole archive, found one part of a split one",
        "join its parts, or write it with numpy.savez")
    }
    guard size <= UInt64(Self.largestDirectory), let begin = Int(exactly: offset), begin <= limit,
      Int(size) == limit - begin
    else { throw Self.damaged(file.path) }
    let bytes: [UInt8] = try file.elements(Int(size), at: begin)
    entries = try Self.entries(bytes, count: count, file.path)
    directoryOffset = begin
  }

  /// The place of the last record that ends with the file.
  private static func end(of tail: [UInt8]) -> Int? {
    guard tail.count >= 22 else { return nil }
    for place in stride(from: tail.count - 22, through: 0, by: -1)
    where number(tail, place, 4) == 0x0605_4B50 {
      if place + 22 + Int(number(tail, place + 20, 2)) == tail.count { return place }
    }
    return nil
  }

  private static func entries(
    _ bytes: [UInt8], count: UInt64, _ path: String
  ) throws(WinnowError) -> [Entry] {
    var entries: [Entry] = []
    var place = 0
    while place < bytes.count {
      guard place + 46 <= bytes.count, number(bytes, place, 4) == 0x0201_4B50 else {
        throw damaged(path)
      }
      let nameEnd = place + 46 + Int(number(bytes, place + 28, 2))
      let extraEnd = nameEnd + Int(number(bytes, place + 30, 2))
      let next = extraEnd + Int(number(bytes, place + 32, 2))
      guard next <= bytes.count else { throw damaged(path) }
      let name = Array(bytes[place + 46..<nameEnd])
      var entry = Entry(
        name: String(decoding: name, as: UTF8.self), bytes: name,
        flags: Int(number(bytes, place + 8, 2)), method: Int(number(bytes, place + 10, 2)),
        checksum: UInt32(number(bytes, place + 16, 4)),
        storedSize: number(bytes, place + 20, 4), size: number(bytes, place + 24, 4),
        headerOffset: number(bytes, place + 42, 4))
      guard widen(&entry, Array(bytes[nameEnd..<extraEnd])) else { throw damaged(path) }
      entries.append(entry)
      place = next
    }
    guard UInt64(entries.count) == count else { throw damaged(path) }
    return entries
  }

  /// Takes what does not fit into 32 bits from the zip64 field; false where it is missing.
  private static func widen(_ entry: inout Entry, _ extra: [UInt8]) -> Bool {
    let unknown: UInt64 = 0xFFFF_FFFF
    guard entry.size == unknown || entry.storedSize == unknown || entry.headerOffset == unknown
    else { return true }
    var place = 0
    while place + 4 <= extra.count {
      let end = place + 4 + Int(number(extra, place + 2, 2))
      guard end <= extra.count else { return false }
      if number(extra, place, 2) == 1 {
        var next = place + 4
        func take(_ value: inout UInt64) -> Bool {
          guard value == unknown else { return true }
          guard next + 8 <= end else { return false }
          value = number(extra, next, 8)
          next += 8
          return true
        }
        return take(&entry.size) && take(&entry.storedSize) && take(&entry.headerOffset)
      }
      place = end
    }
    return false
  }

  /// Finds a member in `file`, which the directory was read from.
  ///
  /// - Returns: nil when the archive has none of this name.
  /// - Throws: ``WinnowError`` when the name occurs twice, the member is encrypted or compressed by
  ///   other means than deflate, its own header says something else than the directory, it is not
  ///   all there, or no deflated data of its size could become what it says.
  public func member(
    _ name: String, in file: borrowing InputFile
  ) throws(WinnowError) -> ZipMember? {
    let found = entries.filter { $0.name == name }
    guard let entry = found.first else { return nil }
    guard found.count == 1 else {
      throw Self.fault(path, "expected one member \(name), found \(found.count)", "write it again")
    }
    guard entry.flags & 1 == 0, entry.method == 0 || entry.method == 8 else {
      let what = entry.flags & 1 != 0 ? "encrypted" : "compressed by method \(entry.method)"
      throw Self.fault(
        path, "expected the member \(name) stored or deflated, found it \(what)",
        "write it with numpy.savez or numpy.savez_compressed")
    }
    guard let header = Int(exactly: entry.headerOffset), header <= directoryOffset - 30,
      let storedSize = Int(exactly: entry.storedSize), let size = Int(exactly: entry.size)
    else { throw Self.damaged(path) }
    let start: [UInt8] = try file.elements(30, at: header)
    let nameSize = Int(number(start, 26, 2))
    let data = header + 30 + nameSize + Int(number(start, 28, 2))
    guard number(start, 0, 4) == 0x0403_4B50, nameSize == entry.bytes.count,
      Int(number(start, 8, 2)) == entry.method, data <= directoryOffset,
      storedSize <= directoryOffset - data
    else { throw Self.damaged(path) }
    let ownName: [UInt8] = try file.elements(nameSize, at: header + 30)
    guard ownName == entry.bytes, entry.method == 8 || size == storedSize else {
      throw Self.damaged(path)
    }
    // Deflate's longest match is 258 bytes for 2 bits: 1032 to 1.
    guard entry.method == 0 || size / 1032 <= storedSize else {
      throw Self.fault(
        path,
        "its member \(name) has \(storedSize) deflated bytes, which cannot inflate to the \(size) "
          + "that its header states", "it is damaged or forged: fetch or write it again")
    }
    return ZipMember(
      name: name, method: entry.method == 0 ? .stored : .deflated, dataOffset: data,
      storedSize: storedSize, size: size, checksum: entry.checksum)
  }

  private static func damaged(_ path: String) -> WinnowError {
    fault(
      path, "its directory does not match its contents", "it is damaged: fetch or write it again")
  }

  private static func fault(_ path: String, _ fault: String, _ remedy: String) -> WinnowError {
    WinnowError(path: path, fault: fault, remedy: remedy)
  }
}

/// The little-endian number of `count` bytes at `place`, which the caller has checked.
private func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64 {
  var value: UInt64 = 0
  for index in (place..<place + count).reversed() { value = value << 8 | UInt64(bytes[index]) }
  return value
}

/// A file inside a zip archive, and where its bytes are.
public struct ZipMember: Sendable, Equatable, Codable {
  /// How its bytes lie in the archive.
  public enum Method: String, Sendable, Codable {
    /// As they are.
    case stored
    /// Compressed by deflate.
    case deflated
  }

  public let name: String
  public let method: Method
  /// Where its bytes begin in the archive.
  public let dataOffset: Int
  /// Its bytes in the archive.
  public let storedSize: Int
  /// Its bytes when it is taken out; ``storedSize`` where it is stored as it is.
  public let size: Int
  /// CRC-32 of its bytes when it is taken out, as the archive says.
  public let checksum: UInt32
}
