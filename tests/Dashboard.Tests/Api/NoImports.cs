using Escalation.Grains.Imports;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>A host that takes no files.</summary>
internal sealed class NoImports : IImports
{
    public Task<ImportPreview> PreviewAsync(Stream content, string? mapping, CancellationToken cancellationToken) =>
        throw new ImportFileException("This host takes no files.");

    public Task<ImportStart> StartAsync(Guid id, Stream content, string? mapping, string by, CancellationToken cancellationToken) =>
        throw new ImportFileException("This host takes no files.");

    public Task<IReadOnlyList<ImportView>> ReadAsync(int limit, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ImportView>>([]);

    public Task<ImportView?> FindAsync(Guid id, CancellationToken cancellationToken) => Task.FromResult<ImportView?>(null);

    public Task<IReadOnlyList<ImportLine>> LinesAsync(Guid id, ImportOutcome? outcome, int after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ImportLine>>([]);
}
