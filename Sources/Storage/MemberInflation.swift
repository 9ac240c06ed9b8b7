// Deflated members, inflated piece by piece: memory is two buffers, whatever the member says.  What
// a member promises (its size and CRC-32) is an upper bound that is never exceeded and a promise
// that is checked.

import CZlib
import Foundations

/// The bytes of a deflated member, from its first to its last.
public final class MemberInflation {
  private let file: InputFile
  private let member: ZipMember
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  /// Bytes of the archive that were read, and bytes that came of them.
  private var taken = 0
  private var made = 0
  private var checksum = CRC32()
  private var hasEnded = false
  private var isChecked = false

  /// - Throws: ``WinnowError`` when the archive cannot be opened.
  public init(_ member: ZipMember, of path: String) throws(WinnowError) {
    precondition(member.method == .deflated)
    file = try InputFile(path)
    self.member = member
    // zlib keeps a pointer to it.
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: 1 << 18, alignment: 64)
    let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw WinnowError(path: path, fault: "cannot start zlib (code \(code))")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Fills `buffer` with the next bytes.
  ///
  /// - Returns: less than `buffer.count` only at the member's end; then size and CRC-32 agreed.
  /// - Throws: ``WinnowError`` when the data are damaged, or fewer or more than was promised.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(WinnowError) -> Int {
    var filled = 0
    while filled < buffer.count, made < member.size {
      let wanted = min(buffer.count - filled, member.size - made, 1 << 30)
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + wanted])
      let count = try inflateSome(into: part)
      guard count > 0 else {
        throw fault("expected \(member.size) bytes, found only \(made)")
      }
      checksum.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
      made += count
      filled += count
    }
    if made == member.size, !isChecked { try checkEnd() }
    return filled
  }

  /// The next bytes, at most `count`.
  public func bytes(_ count: Int) throws(WinnowError) -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { (buffer, filled) throws(WinnowError) in
      filled = try read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Inflates at least a byte unless the data end.
  private func inflateSome(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(WinnowError) -> Int {
    stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(buffer.count)
    while !hasEnded, Int(stream.pointee.avail_out) == buffer.count {
      if stream.pointee.avail_in == 0 {
        let count = min(input.count, member.storedSize - taken)
        guard count > 0 else { throw fault("its deflated data is cut off") }
        try file.readExactly(
          into: UnsafeMutableRawBufferPointer(rebasing: input[..<count]),
          at: member.dataOffset + taken)
        taken += count
        stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_in = UInt32(count)
      }
      let code = inflate(stream, Z_NO_FLUSH)
      guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
        let reason = stream.pointee.msg.map { ": " + String(cString: $0) } ?? ""
        throw fault("its deflated data is damaged\(reason)")
      }
      hasEnded = code == Z_STREAM_END
    }
    return buffer.count - Int(stream.pointee.avail_out)
  }

  /// Checks that nothing follows, and the checksum.
  private func checkEnd() throws(WinnowError) {
    let count = try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) {
      (spare) throws(WinnowError) in try inflateSome(into: spare)
    }
    guard count == 0 else {
      throw fault("expected \(member.size) bytes, as the archive says, found more")
    }
    guard taken == member.storedSize, stream.pointee.avail_in == 0 else {
      throw fault("expected \(member.storedSize) bytes of deflated data, found fewer")
    }
    guard checksum.value == member.checksum else {
      throw .checksum(file.path, member.name)
    }
    isChecked = true
  }

  private func fault(_ text: String) -> WinnowError {
    WinnowError(
      path: file.path, fault: "member \(member.name): \(text)",
      remedy: "it is damaged or forged: fetch or write it again")
  }
}

extension WinnowError {
  /// A member whose bytes are not those that the archive was made of.
  public static func checksum(_ path: String, _ member: String) -> WinnowError {
    WinnowError(
      path: path, fault: "member \(member): its bytes do not match the CRC-32 in the archive",
      remedy: "it is damaged: fetch or write it again")
  }
}
