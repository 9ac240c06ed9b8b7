import Clustering
import Ingest
import Pruning
import Storage

/// Why a workspace could not be built, opened or used.
public enum WorkspaceError: Error, Sendable, CustomStringConvertible {
  /// A file could not be read or written.
  case storage(StorageError)
  /// An input is not what it should be.
  case ingest(IngestError)
  /// A plan does not fit the workspace.
  case plan(PlanError)
  /// Something in or about a workspace: where, and what to do.
  case invalid(String)
  /// Somebody asked to stop.
  case interrupted
  /// A build ended early, with finished work in `folder` that the next one uses.
  indirect case unfinished(WorkspaceError, folder: String)

  public var description: String {
    switch self {
    case .storage(let error): error.description
    case .ingest(let error): error.description
    case .plan(let error): error.description
    case .invalid(let text): text
    case .interrupted: "interrupted: nothing was written"
    case .unfinished(.interrupted, let folder):
      "interrupted; the same command continues where it stopped (finished work is in \(folder))"
    case .unfinished(let error, let folder):
      "\(error.description); finished work is in \(folder), and the next build uses it"
    }
  }
}

/// Runs `body`, turning a ``StorageError`` into a ``WorkspaceError``.
func storing<R: ~Copyable>(
  _ body: () throws(StorageError) -> R
) throws(WorkspaceError) -> R {
  do throws(StorageError) { return try body() } catch { throw .storage(error) }
}
