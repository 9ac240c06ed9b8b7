// Bytes as terminals send them, whole and in pieces: what is understood becomes one event, and what
// is not becomes none.

import Canvas
import Explorer
import Terminal
import Testing

@Suite struct InputDecoderTests {
  /// The events of bursts of characters; between two bursts there is nothing to read.
  private func events(_ bursts: String..., times: [Int] = []) -> [Event] {
    var decoder = InputDecoder()
    return bursts.enumerated().flatMap { index, burst in
      let time = index < times.count ? times[index] : 1_000 * index
      var found = burst.unicodeScalars.compactMap {
        decoder.take(.character($0.value), time: time)
      }
      if let event = decoder.take(.pause, time: time) { found.append(event) }
      return found
    }
  }

  private func key(_ text: String) -> Event { .key(KeyPress(parsing: text)!) }

  @Test func lettersAndControlsAreKeys() {
    #expect(events("jG/花") == ["j", "G", "/", "花"].map(key))
    #expect(
      events("\r\n\t\u{7F}\u{8}\u{12}\u{3}")
        == ["Enter", "Enter", "Tab", "Backspace", "Backspace", "Ctrl-R", "Ctrl-C"].map(key))
    #expect(events("\0\u{1C}\u{85}") == [])
  }

  @Test func escapeActsWhenNothingFollows() {
    #expect(events("\u{1B}") == [key("Escape")])
    #expect(events("\u{1B}", "j") == [key("Escape"), key("j")])
    #expect(events("\u{1B}\u{1B}") == [key("Escape"), key("Escape")])
  }

  @Test func keysWithAltDoNothing() {
    #expect(events("\u{1B}j") == [])
    #expect(events("\u{1B}jq") == [key("q")])
    var decoder = InputDecoder()
    #expect(decoder.take(.character(27), time: 0) == nil)
    #expect(decoder.take(.special(.up), time: 0) == nil)
    #expect(decoder.take(.special(.up), time: 0) == .key(.up))
    #expect(decoder.take(.special(nil), time: 0) == nil)
  }

  @Test(arguments: [
    "\u{1B}[1;5A", "\u{1B}[24;7~", "\u{1B}OP", "\u{1B}[?62;22c", "\u{1B}[12;40R", "\u{1B}[I",
    "\u{1B}]11;rgb:0000/0000/0000\u{7}", "\u{1B}P1$r0m\u{7}", "\u{1B}[M !!", "\u{1B}[<35;4;5M",
    "\u{1B}[<0;4;5m", "\u{1B}[<2;4;5M", "\u{1B}[<66;4;5M", "\u{1B}[<0;0;5M", "\u{1B}[<;;M",
    "\u{1B}[<0;99999999999999999999;1M", "\u{1B}[201~", "\u{1B}[27;5;106~", "\u{1B}[106;5u",
  ])
  func otherSequencesDoNothing(_ sequence: String) {
    #expect(events(sequence + "j") == [key("j")])
    #expect(events(sequence, "j") == [key("j")])
  }

  @Test func theMouseIsRead() {
    #expect(
      events("\u{1B}[<0;1;1M\u{1B}[<0;1;1m", "\u{1B}[<64;300;70M", "\u{1B}[<65;3;4M")
        == [
          .mouse(Mouse(.press, Spot(x: 0, y: 0))), .mouse(Mouse(.wheelUp, Spot(x: 299, y: 69))),
          .mouse(Mouse(.wheelDown, Spot(x: 2, y: 3))),
        ])
  }

  @Test func twoPressesSoonAfterAreDouble() {
    let press = "\u{1B}[<0;5;6M"
    func acts(_ times: [Int], _ bursts: String...) -> [Mouse.Act] {
      var decoder = InputDecoder()
      return zip(times, bursts).flatMap { time, burst in
        burst.unicodeScalars.compactMap { decoder.take(.character($0.value), time: time) }
      }.map { if case .mouse(let mouse) = $0 { mouse.act } else { .wheelUp } }
    }
    #expect(acts([0, 200, 300], press, press, press) == [.press, .doublePress, .press])
    #expect(acts([0, 500], press, press) == [.press, .press])
    #expect(acts([0, 100], press, "\u{1B}[<0;5;7M") == [.press, .press])
  }

  @Test func aPasteIsText() {
    #expect(
      events("\u{1B}[200~1\r2M q\u{1B}[201~j") == [.paste("1\r2M q"), key("j")])
    #expect(events("\u{1B}[200~\u{1B}[201~") == [.paste("")])
    // An escape sequence inside loses its escape character and stays text.
    #expect(events("\u{1B}[200~a\u{1B}xb\u{1B}[201~") == [.paste("axb")])
    // The closing bracket may be lost: Escape twice ends it.
    #expect(events("\u{1B}[200~abc", "\u{1B}", "\u{1B}", "j") == [.paste("abc"), key("j")])
    let long = String(repeating: "x", count: 50_000)
    #expect(events("\u{1B}[200~" + long + "\u{1B}[201~") == [.paste(String(long.prefix(10_000)))])
  }

  /// However the bytes of a sequence are split into bursts, the events are the same, but for an
  /// escape character alone in one.
  @Test func piecesMakeTheSame() {
    let text = "a\u{1B}[<0;12;7Mb\u{1B}[200~x\u{1B}[201~c\u{1B}[1;5Ad"
    let whole = events(text)
    let scalars = Array(text.unicodeScalars)
    for cut in 1..<scalars.count where scalars[cut - 1] != "\u{1B}" {
      let first = String(String.UnicodeScalarView(scalars[..<cut]))
      let second = String(String.UnicodeScalarView(scalars[cut...]))
      #expect(events(first, second, times: [0, 0]) == whole, "cut at \(cut)")
    }
  }

  /// No bytes at all make it trap or grow.
  @Test func anyBytesAreTaken() {
    var random = SystemRandomNumberGenerator()
    let alphabet: [UInt32] = [
      27, 27, 0x5B, 0x4F, 0x5D, 0x3C, 0x3B, 0x4D, 0x30, 0x32, 0x7E, 7, 0x6A,
    ]
    for _ in 0..<2_000 {
      var decoder = InputDecoder()
      for _ in 0..<60 {
        let input: Input =
          switch Int.random(in: 0..<8, using: &random) {
          case 0: .pause
          case 1: .special(Bool.random(using: &random) ? .down : nil)
          default: .character(alphabet.randomElement(using: &random)!)
          }
        _ = decoder.take(input, time: 0)
      }
    }
  }
}
