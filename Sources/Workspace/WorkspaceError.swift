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

  public var description: String {
    switch self {
    case .storage(let error): error.description
    case .ingest(let error): error.description
    case .plan(let error): error.description
    case .invalid(let text): text
    case .interrupted: "interrupted: nothing was written"
    }
  }
}

/// Runs `body`, turning a ``StorageError`` into a ``WorkspaceError``.
func storing<R: ~Copyable>(
  _ body: () throws(StorageError) -> R
) throws(WorkspaceError) -> R {
  do throws(StorageError) { return try body() } catch { throw .storage(error) }
}
