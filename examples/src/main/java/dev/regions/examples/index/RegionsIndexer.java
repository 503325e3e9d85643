package dev.regions.examples.index;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Does the work with Regions. Used by one thread. */
final class RegionsIndexer implements Indexer {
    private final ProgressLine.Screen screen;
    private int spawned;

    RegionsIndexer(ProgressLine.Screen screen) {
        this.screen = screen;
    }

    /** Returns how many tasks were spawned so far. */
    int spawned() {
        return spawned;
    }

    /**
     * One task a file, and above them a binary tree of merges, whose arguments are the results of the tasks below. The
     * bulk region launches all of it as one graph; nothing waits but this thread, for the root of the tree.
     */
    @Override
    public Index index(List<SourceFile> files) throws InterruptedException {
        try (var progress = new ProgressLine(screen, "Reading", files.size(), "files")) {
            Task<Index> whole = Regions.bulk(() -> fold(files, progress));
            return whole.join();
        }
    }

    private Task<Index> fold(List<SourceFile> files, ProgressLine progress) {
        spawned++;
        if (files.size() == 1) {
            SourceFile file = files.get(0);
            return Tasks.builder().name("read: " + file.path()).spawn(() -> {
                Index index = Index.of(file);
                progress.step();
                return index;
            });
        }
        int middle = files.size() / 2;
        Task<Index> left = fold(files.subList(0, middle), progress);
        Task<Index> right = fold(files.subList(middle, files.size()), progress);
        return Tasks.builder().name("merge: " + files.size() + " files").spawn(left, right, Index::merge);
    }

    /**
     * A connection is a device that does one thing after the other, and has one transaction at a time: so a sequential
     * region. Each of its transactions is a bulk of statements, and a commit that comes after all of them and before
     * any of the next bulk. If a statement fails, the rest of the sequence is skipped, commits included.
     *
     * <p>The statements of a bulk run side by side: tasks convert rows and bind parameters in parallel. For executing
     * they take turns, because H2 "synchronizes access to the same connection, but other databases may not do this"
     * (H2, Features, Multithreading Support): a batch holds the lock of the session, a {@code ReentrantLock}, from its
     * first row to its last.
     */
    @Override
    public void write(List<Transaction> transactions, Connection connection) throws SQLException, InterruptedException {
        try (var progress = new ProgressLine(screen, "Writing", transactions.size(), "transactions");
                var sequence = Regions.sequential()) {
            for (Transaction transaction : transactions) {
                Regions.bulk(() -> {
                    for (Insert<?> insert : transaction.inserts()) {
                        Tasks.builder().name("insert: into " + insert.table()).spawn(() -> insert.execute(connection));
                    }
                });
                Tasks.builder().name("commit").spawn(() -> {
                    connection.commit();
                    progress.step();
                });
                spawned += transaction.inserts().size() + 1;
            }
            sequence.join();
        } catch (RegionFailedException failed) {
            connection.rollback();
            if (failed.getCause() instanceof SQLException refused) {
                throw refused;
            }
            throw failed;
        }
    }
}
