import Ingest
import Pruning
import Storage
import Workspace

/// Why a keep list could not be written or checked.
public enum ManifestError: Error, Sendable, CustomStringConvertible {
  case storage(StorageError)
  case workspace(WorkspaceError)
  case plan(PlanError)
  /// A program that reads or writes Parquet failed, or is missing.
  case ingest(IngestError)
  /// What and where, and what to do.
  case invalid(String)
  case interrupted

  public var description: String {
    switch self {
    case .storage(let error): error.description
    case .workspace(let error): error.description
    case .plan(let error): error.description
    case .ingest(let error): error.description
    case .invalid(let text): text
    case .interrupted: "interrupted: nothing was written"
    }
  }
}

/// Runs `body`, turning a ``StorageError`` into a ``ManifestError``.
func storing<R: ~Copyable>(
  _ body: () throws(StorageError) -> R
) throws(ManifestError) -> R {
  do throws(StorageError) { return try body() } catch { throw .storage(error) }
}

/// Runs `body`, turning an ``IngestError`` into a ``ManifestError``.
func ingesting<R: ~Copyable>(
  _ body: () throws(IngestError) -> R
) throws(ManifestError) -> R {
  do throws(IngestError) { return try body() } catch { throw .ingest(error) }
}

/// Runs `body`, turning a ``WorkspaceError`` into a ``ManifestError``.
func reading<R: ~Copyable>(
  _ body: () throws(WorkspaceError) -> R
) throws(ManifestError) -> R {
  do throws(WorkspaceError) { return try body() } catch {
    if case .interrupted = error { throw .interrupted }
    throw .workspace(error)
  }
}
