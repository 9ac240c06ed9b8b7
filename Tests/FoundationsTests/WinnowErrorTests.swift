import Foundations
import Testing

@Suite struct WinnowErrorTests {
  @Test func texts() {
    let error = WinnowError(path: "a.csv", place: "line 3", fault: "expected x", remedy: "do y")
    #expect("\(error)" == "a.csv, line 3: expected x; do y")
    #expect("\(WinnowError(path: "a", fault: "b"))" == "a: b")
    #expect("\(WinnowError.invalid("text"))" == "text")
    #expect(
      "\(WinnowError.unfinished(error, folder: "f"))"
        == "\(error); finished work is in f, and the next build uses it")
  }

  @Test func interruptions() {
    #expect("\(WinnowError.interrupted)" == "interrupted: nothing was written")
    let unfinished = WinnowError.unfinished(.interrupted, folder: "f")
    #expect(
      "\(unfinished)"
        == "interrupted; the same command continues where it stopped (finished work is in f)")
    #expect(unfinished != .interrupted && unfinished.isInterruption)
    #expect(unfinished.status == 130 && WinnowError.interrupted.status == 130)
    #expect(WinnowError.unfinished(.invalid("x"), folder: "f").status == 1)
  }
}
