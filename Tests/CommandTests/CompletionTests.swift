// Shell completions: the scripts that the program prints, in the shells that read them.

import Foundation
import TestSupport
import Testing

@Suite struct CompletionTests {
  private func script(_ shell: String) throws -> String {
    let result = try winnow("--generate-completion-script", shell)
    #expect(result.exitCode == 0)
    return result.output
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func thereIsAScriptWithEveryCommand(_ shell: String) throws {
    let text = try script(shell)
    let commands = [
      "demo", "build", "explore", "plan", "export", "verify", "info", "arms", "explain", "compare",
      "replay", "slurm",
    ]
    for word in commands { #expect(text.contains(word), "\(shell): \(word)") }
    #expect(text.contains("no-mouse"))
  }

  /// What bash offers when Tab is pressed after a line.
  private func completions(_ words: [String], in folder: TemporaryFolder) throws -> Set<String> {
    try folder.write("winnow.bash", try script("bash"))
    let list = words.map { "'\($0)'" }.joined(separator: " ")
    let shell = """
      source ./winnow.bash
      COMP_WORDS=(\(list)) COMP_CWORD=\(words.count - 1)
      COMP_LINE='\(words.joined(separator: " "))' COMP_POINT=${#COMP_LINE}
      declaration=$(complete -p winnow)
      function=${declaration##*-F }
      ${function%% *} winnow "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try ProcessRunner.run("bash", ["--norc", "-c", shell], folder: folder.path)
    #expect(result.exitCode == 0, "\(result.errors)")
    return Set(
      result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
  }

  @Test func bashCompletesCommandsFlagsAndFiles() throws {
    let folder = try TemporaryFolder()
    try folder.write("my-workspace/workspace.json", "{}")
    #expect(try completions(["winnow", "exp"], in: folder).isSuperset(of: ["explore", "export"]))
    #expect(try completions(["winnow", "explore", "--no"], in: folder).contains("--no-mouse"))
    #expect(
      try completions(["winnow", "explore", "my-"], in: folder)
        .contains { $0.hasPrefix("my-workspace") })
    #expect(
      try completions(["winnow", "plan", "my-workspace", "--order", "st"], in: folder)
        .contains("stratified"))
    #expect(
      try completions(["winnow", "build", "my-workspace", "--progress", "js"], in: folder)
        .contains("json"))
    #expect(
      try completions(["winnow", "export", "my-"], in: folder)
        .contains { $0.hasPrefix("my-workspace") })
  }

  @Test func theHelpSaysHow() throws {
    #expect(try winnow("--help").output.contains("--generate-completion-script"))
  }
}
