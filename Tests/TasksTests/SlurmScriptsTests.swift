// The scripts for Slurm as texts, against those that assets/slurm shows; WINNOW_WRITE_GOLDEN=1 writes
// these anew from assets/slurm/tasks.json, to be looked at before they are committed.

import Foundation
import Tasks
import TestSupport
import Testing

@Suite struct SlurmScriptsTests {
  private static let folder = "\(packageRoot())/assets/slurm"

  private static func example() throws -> SlurmScripts {
    let json = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/tasks.json"))
    var options = SlurmOptions(partition: "cpu")
    options.account = "vision"
    options.time = "04:00:00"
    return SlurmScripts(
      try JSONDecoder().decode(TaskList.self, from: json), options: options,
      program: "/shared/bin/winnow")
  }

  @Test func theExampleIsAsItWas() throws {
    let files = try Self.example().files
    if ProcessInfo.processInfo.environment["WINNOW_WRITE_GOLDEN"] == "1" {
      for name in try scriptNames() {
        try FileManager.default.removeItem(atPath: "\(Self.folder)/\(name)")
      }
      for file in files {
        try Data(file.text.utf8).write(to: URL(fileURLWithPath: "\(Self.folder)/\(file.name)"))
      }
    }
    #expect(try scriptNames() == files.map(\.name).sorted())
    for file in files {
      let expected = try String(contentsOfFile: "\(Self.folder)/\(file.name)", encoding: .utf8)
      #expect(file.text == expected, "\(file.name)")
    }
  }

  private func scriptNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Self.folder)
      .filter { $0.hasSuffix(".sh") }.sorted()
  }

  /// A list whose stages come after some of those before them.
  private func randomList(_ random: inout SeededRandom) -> TaskList {
    var stages: [TaskList.Stage] = []
    for number in 0..<Int.random(in: 1...30, using: &random) {
      let isExact = Bool.random(using: &random)
      stages.append(
        TaskList.Stage(
          name: "stage-\(number)",
          tasks: Int.random(in: isExact ? 1...2000 : 0...5, using: &random),
          isExact: isExact, done: 0,
          after: stages.map(\.name).filter { _ in Int.random(in: 0..<4, using: &random) == 0 },
          threads: Int.random(in: 1...64, using: &random),
          memory: Int.random(in: 0...1 << 40, using: &random), bytes: 0))
    }
    return TaskList(workspace: "/w", program: "1.2.3", build: "", stages: stages)
  }

  @Test func everyTaskIsDoneOnceAndAfterWhatItNeeds() throws {
    var random = SeededRandom(6)
    for _ in 0..<200 {
      let list = randomList(&random)
      var options = SlurmOptions(partition: "p")
      options.arrayLimit = Int.random(in: 1...300, using: &random)
      let files = SlurmScripts(list, options: options, program: "/winnow").files
      try #require(files.count == list.stages.count + 1)
      for (stage, file) in zip(list.stages, files) {
        check(stage, file.text, limit: options.arrayLimit)
      }
      try checkSubmission(list, files)
    }
  }

  private func check(_ stage: TaskList.Stage, _ text: String, limit: Int) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "#!/usr/bin/env bash")
    func asked(_ option: String) -> Substring? {
      let found = lines.filter { $0.hasPrefix("#SBATCH \(option)=") }
      #expect(found.count <= 1, "\(text)")
      return found.first.map { $0[$0.index(after: $0.firstIndex(of: "=")!)...] }
    }
    // Slurm reads no options behind the first command.
    let first = lines.firstIndex { !$0.hasPrefix("#") }!
    #expect(!lines[first...].contains { $0.hasPrefix("#SBATCH") }, "\(text)")

    let elements: [Int]
    if let array = asked("--array") {
      let bounds = array.split(separator: "-").compactMap { Int($0) }
      #expect(bounds.count == 2 && bounds[0] == 0, "\(array)")
      elements = Array(0...bounds[1])
      #expect(
        text.contains("task run \(stage.name) \"$SLURM_ARRAY_TASK_ID\" --of \(elements.count) "))
    } else {
      elements = [0]
      let words = stage.isExact && stage.tasks == 1 ? "0" : "0 --of 1"
      #expect(text.contains("task run \(stage.name) \(words) "), "\(text)")
    }
    #expect(elements.count <= limit)
    let done = elements.flatMap { Array(stride(from: $0, to: stage.tasks, by: elements.count)) }
    #expect(done.sorted() == Array(0..<stage.tasks))
    #expect(elements.allSatisfy { $0 == 0 || $0 < stage.tasks }, "an element without a task")

    #expect(asked("--cpus-per-task") == "\(stage.threads)")
    let memory = asked("--mem").flatMap { $0.last == "M" ? Int($0.dropLast()) : nil } ?? 0
    #expect(
      memory << 20 > stage.memory + stage.memory / 8 && memory << 20 < 2 * stage.memory + 1 << 30)
    #expect(asked("--kill-on-invalid-dep") == "yes" && asked("--open-mode") == "append")
    #expect(lines.contains("#SBATCH --requeue"))
  }

  private func checkSubmission(_ list: TaskList, _ files: [SlurmScripts.File]) throws {
    let submit = try #require(files.last)
    #expect(submit.name == "submit.sh")
    let lines = submit.text.split(separator: "\n").filter { $0.hasPrefix("submit ") }
      .map { $0.split(separator: " ").map(String.init) }
    try #require(lines.count == list.stages.count)
    var submitted: Set<String> = []
    for (number, words) in lines.enumerated() {
      let stage = list.stages[number]
      #expect(words[1] == stage.name)
      #expect(words[2] == files[number].name)
      #expect(Array(words[3...]) == stage.after)
      #expect(submitted.isSuperset(of: stage.after))
      submitted.insert(stage.name)
    }
    #expect(Set(files.map(\.name)).count == files.count)
    // In a folder's listing they stand in their order.
    let names = files.dropLast().map(\.name)
    #expect(names == names.sorted())
  }

  private func oneStage(_ workspace: String, _ program: String, tasks: Int = 3) -> String {
    let stage = TaskList.Stage(
      name: "scan", tasks: tasks, isExact: true, done: 0, after: [], threads: 2, memory: 1, bytes: 1
    )
    let list = TaskList(workspace: workspace, program: "1", build: "", stages: [stage])
    return SlurmScripts(list, options: SlurmOptions(partition: "p"), program: program).files[0].text
  }

  @Test(
    arguments: [
      "plain", "with space", "it's", "\"twice\"", "$HOME`ls`$(ls)", "back\\slash", "a;b&c|d>e<f",
      "*?[a]", "~", "!x", "#no", "ümlaut 数", "'\u{301}", "-o", "%j",
    ])
  func pathsReachTheProgramAsTheyAre(_ name: String) throws {
    let scratch = try TemporaryFolder()
    let program = try scratch.program("\(name)/winnow", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    let workspace = "/shared/\(name)/\(name)"
    let script = try scratch.write("scan.sh", oneStage(workspace, program))
    let result = try ProcessRunner.run(
      "bash", [script],
      environment: ["SLURM_ARRAY_TASK_ID": "2", "SLURM_CPUS_PER_TASK": "7"])
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(
      result.output.split(separator: "\n").map(String.init)
        == ["task", "run", "scan", "2", "--of", "3", "-o", workspace, "--threads", "7"])
  }

  @Test func aNodeWithoutTheProgramSaysWhichAndWhere() throws {
    let scratch = try TemporaryFolder()
    let script = try scratch.write("scan.sh", oneStage("/w", scratch("winnow")))
    let result = try ProcessRunner.run("bash", [script])
    #expect(result.exitCode == 1)
    let host = try ProcessRunner.run("uname", ["-n"]).output.dropLast()
    #expect(result.errors.hasPrefix("\(host): "), "\(result.errors)")
    #expect(result.errors.contains(scratch("winnow")), "\(result.errors)")
  }

  @Test func optionsThatDoNotFitAreNamed() {
    func fault(_ change: (inout SlurmOptions) -> Void) -> String {
      var options = SlurmOptions(partition: "cpu,gpu-2.a_b")
      options.account = "a@b"
      options.qos = "high"
      options.time = "1-00:30:00"
      options.atOnce = 4
      options.more = [
        "--constraint=avx512|amx", "--comment=\"a b\"", "-x node[1-3]", "--array-tasks",
      ]
      #expect(options.fault == nil, "\(options.fault ?? "")")
      change(&options)
      return options.fault ?? "none"
    }
    for word in ["", "a b", "a\nb", "-p", "a'b", "a#b", "$(x)", "ü"] {
      #expect(fault { $0.partition = word }.hasPrefix("--partition: "), "\(word)")
      #expect(fault { $0.account = word }.hasPrefix("--account: "), "\(word)")
      #expect(fault { $0.qos = word }.hasPrefix("--qos: "), "\(word)")
    }
    for time in ["", "10", "1:60:00", "01:00:00 ", "x", "1-2", "-1:00:00"] {
      #expect(fault { $0.time = time }.hasPrefix("--time: "), "\(time)")
    }
    #expect(fault { $0.arrayLimit = 0 }.hasPrefix("--array: "))
    #expect(fault { $0.atOnce = 0 }.hasPrefix("--at-once: "))
    for option in [
      "", "exclusive", "--a\n#SBATCH --b", "--array=0-3", "-a0-3", "-a 0-3", "-d afterok:1",
      "--dependency=singleton", "-D/tmp", "--wrap=ls",
    ] {
      #expect(fault { $0.more.append(option) }.hasPrefix("--sbatch: "), "\(option)")
    }
  }
}
