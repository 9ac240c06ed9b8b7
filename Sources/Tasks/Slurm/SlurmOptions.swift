// What Slurm is told about the jobs of a build, beside what follows from the list of its tasks.

/// What the scripts of ``SlurmScripts`` ask Slurm for.
public struct SlurmOptions: Sendable, Equatable {
  /// The partition, or several with commas between.
  public var partition: String
  /// Elements of a job array at most; a stage with more tasks has several tasks an element.
  public var arrayLimit = 256
  /// Elements of a job array that run at once at most; nil: as many as Slurm finds room for.
  public var atOnce: Int?
  /// A job's time limit, `HH:MM:SS` or `D-HH:MM:SS`; nil: the partition's.
  public var time: String?
  public var account: String?
  public var qos: String?
  /// More options of `sbatch`, one each, as in a `#SBATCH` line.  They come last, so they win.
  public var more: [String] = []

  public init(partition: String) { self.partition = partition }

  /// Options that would take from a script what it needs: its place in the order, its share of the
  /// tasks, the folder of its log.
  private static let ours = [
    "--array", "-a", "--dependency", "-d", "--chdir", "-D", "--wrap", "--parsable", "--test-only",
    "--wait", "-W",
  ]

  /// What is wrong with these options, with the flag of `winnow slurm` that set it; nil: nothing.
  public var fault: String? {
    let words = [("--partition", partition), ("--account", account), ("--qos", qos)]
    for case (let flag, let word?) in words where !Self.isWord(word) {
      return "\(flag): expected a name of letters, digits and . _ - + @ : / = , found '\(word)'"
    }
    if let time, !Self.isTime(time) {
      return "--time: expected HH:MM:SS or D-HH:MM:SS such as 04:00:00, found '\(time)'"
    }
    if arrayLimit < 1 { return "--array: expected 1 or more elements, found \(arrayLimit)" }
    if let atOnce, atOnce < 1 {
      return "--at-once: expected 1 or more elements, found \(atOnce)"
    }
    for option in more {
      guard option.hasPrefix("-"), !hasControlCharacter(option) else {
        return
          "--sbatch: expected an option of sbatch on one line such as --constraint=avx512, found "
          + "'\(option)'"
      }
      let name = option.prefix { $0 != "=" && $0 != " " }
      // A flag of one letter may have its value behind it: -a0-3.
      let taken = Self.ours.first {
        $0 == name || $0.utf8.count == 2 && option.hasPrefix($0)
      }
      if let taken {
        return
          "--sbatch: expected an option that the scripts do not set themselves, found '\(taken)'"
      }
    }
    return nil
  }

  /// What needs no quotes, neither in a `#SBATCH` line nor in Slurm's own files.
  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty && text.first != "-"
      && text.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
          || "._-+@:/=,".unicodeScalars.contains($0)
      }
  }

  private static func isTime(_ text: String) -> Bool {
    text.wholeMatch(of: /([0-9]+-)?[0-9]{1,2}:[0-5][0-9]:[0-5][0-9]/) != nil
  }
}

/// Whether a text has anything that would end a line or be invisible in one.
package func hasControlCharacter(_ text: String) -> Bool {
  text.unicodeScalars.contains {
    [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
  }
}
